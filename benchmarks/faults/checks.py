"""What has to hold when everything has settled, whatever struck before: each promise is one function.

They look at the rows of both nodes from outside and compare them with the ledger of what was answered. A finding is a
sentence with ids and codes; an empty list is what everybody hopes for.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from api.errors import NodeError
from api.flow import shelf
from api.flow.timeline import tell
from api.rules.lifecycle import fold
from api.sealing.merkle import Frontier, leaf_hash
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import verify_statement
from api.sealing.stream import Measured
from api.store import documents, log
from api.store.attachment_tables import AttachmentRow, AttachmentUseRow, UploadPartRow, UploadRow
from api.store.attachments import find_sealed
from api.store.attachments_waiting import list_waiting_files
from api.store.blobs import read_blob
from api.store.tables import (
    CaseRow,
    DocumentCaseRow,
    DocumentRow,
    IdempotencyRow,
    LogRow,
    OutboxRow,
    ReceiptRow,
)
from benchmarks.faults.pair import Pair, Side
from benchmarks.faults.work import Ledger
from schemas.base import CaseUid

Findings = Iterator[str]
ONCE = {
    **dict.fromkeys(("recorded", "sealed", "received", "opened", "answered", "case_opened"), 1),
    **dict.fromkeys(("attached", "attachment_held"), 1),
}
"""Actions that a log tells at most once of a document or a case; each side hands in one file a case."""
AGAIN = frozenset({"looked_at", "assigned"})
"""Actions that are told each time, also when somebody asks again."""


@dataclass
class Memory:
    """What is known of one node's log and rows from the rounds before."""

    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, str] = field(default_factory=dict)
    documents: int = 0
    calls: int = 0
    files: int = 0
    uploads: int = 0


@dataclass
class Look:
    """One look at one node, with the other one's, the ledger and what is remembered."""

    side: Side
    other: Side
    session: Session
    theirs: Session
    pair: Pair
    ledger: Ledger
    memory: Memory
    theirs_remembered: Memory
    lines: list[LogRow] = field(default_factory=list)

    @property
    def sent(self) -> list[str]:
        """Return which documents of this round this side has sent."""
        is_department = self.side is self.pair.department
        return [one for one in self.ledger.sent if (one in self.ledger.from_department) == is_department]

    def rows(self, session: Session) -> dict[str, list[DocumentRow]]:
        """Return the documents of this round by id."""
        found: dict[str, list[DocumentRow]] = {}
        for row in session.exec(select(DocumentRow).where(col(DocumentRow.document_id).in_(list(self.ledger.sent)))):
            found.setdefault(row.document_id, []).append(row)
        return found


def check(pair: Pair, ledger: Ledger, memories: Mapping[str, Memory]) -> list[str]:
    """Return what does not hold, of both nodes."""
    found: list[str] = []
    readers = [side.inside.database.reader() for side in pair.sides]
    try:
        looks = [_look(pair, pair.sides, readers, ledger, memories)]
        looks += [_look(pair, pair.sides[::-1], readers[::-1], ledger, memories)]
        for look in looks:  # the roots of both logs have to be known before the receipts are looked at
            found += [f"{look.side.agency}: {one}" for one in log_is_whole(look)]
        for promise in PROMISES:
            for look in looks:
                found += [f"{look.side.agency}: {promise.__name__}: {one}" for one in promise(look)]
    finally:
        for reader in readers:
            reader.close()
    return found


def _look(
    pair: Pair, sides: tuple[Side, Side], readers: list[Session], ledger: Ledger, memories: Mapping[str, Memory]
) -> Look:
    (side, other), (here, there) = sides, readers
    return Look(side, other, here, there, pair, ledger, memories[side.agency], memories[other.agency])


def log_is_whole(look: Look) -> Findings:
    """Say where the log does not continue that of the round before, leaf by leaf, up to a head that covers it."""
    memory, frontier = look.memory, look.memory.frontier
    head = log.get_head(look.session)
    query = select(LogRow).where(col(LogRow.seq) >= frontier.size, col(LogRow.seq) < head.size)
    for line in look.session.exec(query.order_by(col(LogRow.seq))):
        if line.seq != frontier.size or line.leaf != leaf_hash(line.entry):
            yield f"log line {line.seq} is not the next one, or not what its leaf says"
        frontier = frontier.append(line.leaf)
        memory.roots[frontier.size] = frontier.root().hex()
        look.lines.append(line)
    if (head.size, head.peaks) != (frontier.size, frontier.to_bytes()):
        yield f"the head stands at {head.size} and the lines at {frontier.size}, or their hashes differ"
    memory.frontier = frontier


def everything_arrived_once(look: Look) -> Findings:
    """Say which document that was answered with a yes is not held once by each side, the same."""
    here, there = look.rows(look.session), look.rows(look.theirs)
    for name in look.sent:
        held = [*here.get(name, []), *there.get(name, [])]
        if [row.is_sent for row in held] != [True, False]:
            yield f"{name} is held {[(row.agency_id, row.is_sent) for row in held]}"
        elif len({row.signed_sha256 for row in held} | {row.envelope_sha256 for row in held}) != 2:
            yield f"{name} is not the same on both sides"
        elif held[0].envelope_sha256 != look.ledger.sent[name]:
            yield f"{name} is not what the answer said"


def nothing_else_is_there(look: Look) -> Findings:
    """Say where there are documents or remembered answers that nobody was told of, or too few."""
    look.memory.documents += len(look.ledger.sent)
    look.memory.calls += look.ledger.calls.get(look.side.agency, 0)
    for row, wanted in ((DocumentRow, look.memory.documents), (IdempotencyRow, look.memory.calls)):
        count = look.session.exec(select(func.count()).select_from(row)).one()
        if count != wanted:
            yield f"{count} rows of {row.__tablename__} and not {wanted}"


def files_are_whole(look: Look) -> Findings:
    """Say which file that a document names is not held by each side, the same bytes, with the hash that it names."""
    named = select(AttachmentUseRow).where(AttachmentUseRow.agency_id == look.side.agency)
    about = col(AttachmentUseRow.document_id).in_(list(look.ledger.files))
    uses = {use.document_id: use for use in look.session.exec(named.where(about))}
    for name in sorted(look.ledger.files.keys() - uses.keys()):
        yield f"{name} names a file that nobody knows of"
    for name, use in uses.items():
        file = find_sealed(look.session, use.agency_id, use.sealed_sha256)
        if file is None or file.held_at is None:
            yield f"{name} names a file that is not here: {file.reason if file else 'no row'}"
            continue
        sealed = Measured(read_blob(look.side.inside.blobs, file.blob, 0, file.size))
        with suppress(NodeError):  # a piece is gone
            sealed.to_end()
        if (sealed.size, sealed.sha256) != (file.size, file.sealed_sha256):
            yield f"{name} names a file that is told as held: {sealed.size} of {file.size} bytes are there, or others"


def no_file_stands_alone(look: Look) -> Findings:
    """Say which upload or file is there that no document names, or twice, or in parts."""
    mine = [name for name in look.ledger.files if name in look.sent]
    look.memory.files += len(look.ledger.files)
    look.memory.uploads += len(mine)
    files, uploads = look.memory.files, look.memory.uploads
    for row, number in (
        (AttachmentRow, files),
        (AttachmentUseRow, files),
        (UploadRow, uploads),
        (UploadPartRow, 0),
    ):
        count = look.session.exec(select(func.count()).select_from(row)).one()
        if count != number:
            yield f"{count} rows of {row.__tablename__} and not {number}"
    for name in mine:
        upload = look.session.get(UploadRow, (look.side.agency, look.ledger.files[name]))
        if upload is None or upload.sealed_sha256 is None:
            yield f"{name} names an upload that is not complete"


def receipts_match(look: Look) -> Findings:
    """Say which receipts the sender does not hold as the recipient issued them, of that envelope and that log."""
    roots = look.theirs_remembered.roots
    for name in look.sent:
        wanted = {ReceiptStatus.STORED: True}
        wanted[ReceiptStatus.OPENED] = name in look.ledger.opened
        wanted[ReceiptStatus.ANSWERED] = name in look.ledger.answered
        held = _receipts(look.session, look.side.agency, name)
        issued = _receipts(look.theirs, look.other.agency, name)
        if held != issued or set(held) != {status for status, is_due in wanted.items() if is_due}:
            yield f"{name} has the receipts {sorted(held)} and {sorted(issued)}"
        for data in held.values():
            receipt = verify_statement(Receipt, data, keys=look.pair.keys[look.other.agency], now=look.pair.now)
            if receipt.envelope_sha256 != look.ledger.sent[name]:
                yield f"{name} has a receipt of another envelope"
            if roots.get(receipt.tree_size) != receipt.tree_root:
                yield f"{name} has a receipt that vouches for another log"


def _receipts(session: Session, agency: str, document_id: str) -> dict[str, bytes]:
    return {row.status: row.data for row in documents.list_receipts(session, agency, document_id)}


def nothing_is_half_written(look: Look) -> Findings:
    """Say which row lacks those that were to be written with it, and what still waits."""
    waiting = select(OutboxRow).where(OutboxRow.state != "done")
    for item in look.session.exec(waiting):
        yield f"{item.document_id} still is {item.state}: {item.what}, {item.reason}"
    for file in list_waiting_files(look.session, limit=100):
        yield f"{file.document_id} still waits for its file: {file.direction}, {file.reason}"
    rows = look.rows(look.session)
    about = col(OutboxRow.document_id).in_(list(look.ledger.sent))
    on_the_way = Counter((item.document_id, item.what) for item in look.session.exec(select(OutboxRow).where(about)))
    for name, held in rows.items():
        for row in held:
            if row.is_sent and on_the_way[name, "envelope"] != 1:
                yield f"{name} is recorded and was never put into the outbox"
            if not row.is_sent and "stored" not in _receipts(look.session, look.side.agency, name):
                yield f"{name} is stored without its receipt"
            if not documents.list_cases_of(look.session, look.side.agency, [row.seq or 0]):
                yield f"{name} belongs to no case"
    yield from (f"{name} lies in the outbox alone" for name, _ in on_the_way if name not in rows)
    yield from _orphans(look.session)


def _orphans(session: Session) -> Findings:
    known = select(DocumentRow.document_id)
    for receipt in session.exec(select(ReceiptRow).where(col(ReceiptRow.document_id).not_in(known))):
        yield f"{receipt.document_id} has a receipt and is not there"
    seqs = select(DocumentRow.seq)
    for row in session.exec(select(DocumentCaseRow).where(col(DocumentCaseRow.document_seq).not_in(seqs))):
        yield f"case {row.case_uid} names a document that is not there"


def each_thing_is_told_once(look: Look) -> Findings:
    """Say what the new lines of the log, or a timeline, tell twice that happened once."""
    told: Counter[tuple[str, str]] = Counter()
    for line in look.lines:
        entry = json.loads(line.entry)
        told[entry["action"], entry.get("document_id") or entry.get("case_uid") or ""] += 1
    yield from (f"{action} of {name} is told {count} times" for (action, name), count in told.items()
                if count > ONCE.get(action, count))  # fmt: skip
    for name, held in look.rows(look.session).items():
        begun = "recorded" if held[0].is_sent else "received"
        if told[begun, name] != 1:
            yield f"that {name} was {begun} is told {told[begun, name]} times"
    for uid in look.ledger.cases:
        held = documents.list_of_case(look.session, look.side.agency, uid)
        events = Counter(
            (one.action, one.document_id, one.peer, one.code, one.sha256)
            for one in tell(look.session, look.side.agency, uid, held)
            if one.action not in AGAIN
        )
        yield from (
            f"the timeline of {uid} has {event[0]} {count} times" for event, count in events.items() if count > 1
        )


def both_sides_agree(look: Look) -> Findings:
    """Say which case does not stand, on both sides, where its documents say."""
    for uid in look.ledger.cases:
        here, there = (
            session.get(CaseRow, (side.agency, uid))
            for session, side in ((look.session, look.side), (look.theirs, look.other))
        )
        if here is None or there is None:
            yield f"case {uid} is not known on both sides"
            continue
        told = fold(CaseUid(uid), shelf.read_case(look.side.inside, look.session, look.side.agency, uid))
        if not here.state == there.state == told:
            yield f"case {uid} stands at {here.state}, on the other side at {there.state}, by its documents at {told}"
        if here.return_due != there.return_due:
            yield f"case {uid} is due on two days"


PROMISES: Sequence[Callable[[Look], Findings]] = (
    everything_arrived_once,
    nothing_else_is_there,
    files_are_whole,
    no_file_stands_alone,
    receipts_match,
    nothing_is_half_written,
    each_thing_is_told_once,
    both_sides_agree,
)
