"""What comes out of a bundle goes the way of everything that arrives, and the bundle that answers is made.

In whatever order and however often it comes, and whatever the network has brought meanwhile: stored once, answered with
the same receipt, and never before its commit. An envelope of ours waits until its receipt is back, a receipt of ours
until an answer says that it is kept; an attachment goes along until an answer says that it is settled.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from tempfile import SpooledTemporaryFile

import structlog

from api.errors import CallerError, InvalidInput, SealError, TrustError
from api.flow import receipts
from api.flow.attachments.unpacking import Arriving
from api.flow.bundle import NOTED, Bundle, Found, Outcome, look_through
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.peers import get_peer
from api.flow.receive import receive
from api.sealing.bundle import (
    Answers,
    Item,
    ItemType,
    Manifest,
    length_of_line,
    read_manifest,
    sign_manifest,
    verify_manifest,
)
from api.sealing.digest import sha256_hex
from api.sealing.unseal import peek
from api.store import bundles, outbox
from api.store.attachments import mark_brought
from api.store.blobs import PIECE
from api.store.engine import Session
from api.store.groups import groups_of
from schemas.base import AgencyId

HANDS = 8
"""So many items are opened beside each other, so that they share their commits."""
IN_MEMORY = 1 << 20
"""Bytes of attachments that wait for their document in memory; more wait on the disk."""

_Through = tuple[int, list[Outcome]]
"""How many lines are through, and what came of the items that are through with them."""

_log = structlog.get_logger("homeward.bundle")


@dataclass(frozen=True)
class Taken:
    """What came of a bundle: how many items it has, those that were taken, refused, or not found in the file."""

    manifest: Manifest
    taken: int
    refused: tuple[Outcome, ...]
    missing: tuple[int, ...]
    answer: Bundle | None

    @property
    def is_whole(self) -> bool:
        """Whether everything that the sender packed was taken."""
        return not self.refused and not self.missing


def take(
    node: Node,
    lines: Iterable[bytes],
    *,
    agency: AgencyId | None = None,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Taken:
    """Take everything out of a bundle and answer it; may be done again, and after the network brought the same.

    ``agency`` is whom it has to be for, where it may not be for any that is served here; ``told`` hears how many items
    of how many are through (a piece of an attachment is one). An item that can't be taken blocks no other. Raises
    ``InvalidInput`` ``bundle_empty``, ``bundle_malformed``, ``bundle_not_for_us``, and ``SealError`` or ``TrustError``
    where its first line is not what a trusted agency signed.
    """
    rest = iter(lines)
    head = next(rest, b"")
    manifest = _prove(node, head, agency)
    longest = max(node.limits.envelope_bytes, length_of_line(PIECE))
    outcomes = _take_all(node, manifest, look_through(rest, manifest, longest=longest), told)
    _log_left(manifest, outcomes)
    if manifest.answers is not None:
        _finish_all(node, manifest, manifest.answers)
    found = {outcome.number for outcome in outcomes}
    missing = tuple(number for number in range(1, len(manifest.items) + 1) if number not in found)
    refused = tuple(outcome for outcome in outcomes if outcome.error is not None)
    answer = None if manifest.answers is not None else _answer(node, manifest, sha256_hex(head), outcomes)
    return Taken(manifest, len(outcomes) - len(refused), refused, missing, answer)


def _prove(node: Node, head: bytes, agency: AgencyId | None) -> Manifest:
    """Return the manifest, signed by a pinned key of its sender and addressed to an agency served here."""
    if not head:
        raise InvalidInput("bundle_empty", "the file is empty")
    claimed = read_manifest(head)
    with node.database.reader() as session:
        keys = get_peer(node, session, claimed.sender).signing
    manifest = verify_manifest(head, keys=keys, now=node.clock(), skew=node.limits.skew)
    if manifest.recipient not in node.keyring or agency not in {None, manifest.recipient}:
        raise InvalidInput("bundle_not_for_us", "it is for another agency; carry it there")
    return manifest


def _take_all(
    node: Node, manifest: Manifest, found: Iterable[Found], told: Callable[[int, int], None]
) -> list[Outcome]:
    """Take letters beside each other and pieces one after the other; their order in the file does not matter."""
    outcomes, done, count = list[Outcome](), 0, sum(len(item.lines) for item in manifest.items)
    letters = sum(item.type != ItemType.ATTACHMENT for item in manifest.items)
    with ThreadPoolExecutor(HANDS, thread_name_prefix="bundle") as hands, SpooledTemporaryFile(IN_MEMORY) as waiting:
        files, open_one = Arriving(node, manifest, waiting), partial(_take_one, node, manifest)
        for is_letter, run in groupby(found, _is_letter):
            if is_letter:
                through = _letters(hands, open_one, run)
            else:
                through = _pieces(files, run, may_wait=len(outcomes) < letters)
            for lines, some in through:
                outcomes += some
                done += lines
                told(done, count)
        outcomes += files.settle()
    return outcomes


def _log_left(manifest: Manifest, outcomes: Iterable[Outcome]) -> None:
    for one in outcomes:
        if one.error is not None:
            _log.warning("bundled_item_left", peer=manifest.sender, number=one.number, reason=one.error.code)


def _is_letter(found: Found) -> bool:
    return found.item.type != ItemType.ATTACHMENT


def _letters(hands: Executor, open_one: Callable[[Found], Outcome], run: Iterable[Found]) -> Iterator[_Through]:
    """Take letters that follow each other, some beside each other."""
    for some in groups_of(4 * HANDS, run):
        yield len(some), list(hands.map(open_one, some))


def _pieces(files: Arriving, run: Iterable[Found], *, may_wait: bool) -> Iterator[_Through]:
    """Take pieces that follow each other; what came of their files is known when all are through."""
    for piece in run:
        files.take(piece, may_wait=may_wait)
        yield 1, []


def _take_one(node: Node, manifest: Manifest, found: Found) -> Outcome:
    nothing_yet, take_it = Outcome(found.number, found.item), _TAKE.get(found.item.type)
    try:
        if take_it is None:
            raise InvalidInput("item_type_unknown", "a newer version packed it; update this node and import it again")
        return take_it(node, manifest, nothing_yet, found.data)
    except (SealError, TrustError, CallerError) as error:
        return replace(nothing_yet, error=error)


def _take_envelope(node: Node, manifest: Manifest, outcome: Outcome, data: bytes) -> Outcome:
    if peek(data, node.limits.envelope_bytes).recipient != manifest.recipient:
        raise SealError("recipient_differs", "it is for another agency than the bundle")
    got = receive(node, data, peer=AgencyId(manifest.sender))
    error = InvalidInput("document_refused", "the signed refusal in the answer says why") if got.is_refused else None
    return replace(outcome, receipt=got.receipt, error=error)


def _take_receipt(node: Node, manifest: Manifest, outcome: Outcome, data: bytes) -> Outcome:
    receipts.hold(node, data, peer=AgencyId(manifest.sender), agency=AgencyId(manifest.recipient))
    return outcome


_TAKE: dict[str, Callable[[Node, Manifest, Outcome, bytes], Outcome]] = {
    ItemType.ENVELOPE: _take_envelope,
    ItemType.RECEIPT: _take_receipt,
}


def _answer(node: Node, manifest: Manifest, name: str, outcomes: Sequence[Outcome]) -> Bundle | None:
    """Return the bundle that answers one; nothing answers where nothing was taken. An answer itself is not answered."""
    ours, theirs = AgencyId(manifest.recipient), AgencyId(manifest.sender)
    back = [outcome.receipt for outcome in outcomes if outcome.receipt is not None]
    kept = tuple(
        outcome.item.sha256 for outcome in outcomes if outcome.item.type == ItemType.RECEIPT and outcome.error is None
    )
    settled = tuple(outcome.item.sha256 for outcome in outcomes if outcome.is_settled)
    if not (back or kept or settled):
        return None
    now = node.clock()
    items = tuple(Item(type=ItemType.RECEIPT, sha256=sha256_hex(data), bytes=len(data)) for data in back)
    answers = Answers(bundle=name, kept=kept, settled=settled)
    answer = Manifest(sender=ours, recipient=theirs, made_at=now, items=items, answers=answers)
    return Bundle(answer, sign_manifest(answer, node.keys_of(ours), now), back)


def _finish_all(node: Node, manifest: Manifest, answers: Answers) -> None:
    """Let what the other side has kept wait no more: receipts, each with a line in the log, and attachments."""
    ours, theirs, now = manifest.recipient, manifest.sender, node.clock()
    for some in groups_of(NOTED, answers.kept):
        node.writer.write(partial(_finish, now=now, manifest=manifest, kept=some))
    for some in groups_of(NOTED, answers.settled):
        node.writer.write(partial(mark_brought, agency_id=ours, peer=theirs, files=some, now=now))


def _finish(session: Session, now: datetime, manifest: Manifest, kept: Sequence[str]) -> None:
    rows = bundles.list_waiting_receipts(session, manifest.recipient, manifest.sender, kept)
    for row in rows:
        outbox.finish(session, row, now)
    note(
        session,
        now,
        *(Entry(Action.DELIVERED, row.agency_id, row.peer, row.document_id, code=row.what) for row in rows),
    )
