"""The rows of a department that has worked for years: five documents a case, made of examples and locked one by one.

Each case has a case file, a notice, its acknowledgement, a handover and a reception, with ids of its own and dates in
its year; the node reads every one of them, its log is whole, and what was done has its receipt. Synthetic is that all
cases tell the same story of the same fictional person, and that signatures, receipts and envelopes are those of one
real document of each kind, repeated: nothing looks at them again when lists are read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from ulid import ULID

from api.flow.node import Node
from api.flow.shelf import context_of
from api.rules.checking import check_own
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.merkle import Frontier, leaf_hash
from api.sealing.seal import document_bytes, seal
from api.sealing.strict import decode_segment, encode_segment
from benchmarks.bench.nodes import DEPARTMENT, EXAMPLES, SHELTER
from schemas.document import CaseState

_STORY = (
    "case_file_basic",
    "advance_repatriation_notice",
    "notice_acknowledgement",
    "handover_record",
    "reception_record",
)
PER_CASE = len(_STORY)
RECENT = 100
"""So many cases are of last year, however many documents there are: the others lie behind, up to a decade."""
UNOPENED, WAITING, OPEN = 40, 20, 60
"""So many of the newest cases have a document that nobody read, one that waits, and deadlines that are not met."""
_EXAMPLE_YEAR, _EXAMPLE_CASE, _PLANNED = b"2025-", "01JP0ZK8W3T5N7Q9R1S2V4X6Y8", b"2025-08-19"
_YEARS_BEHIND = 10
Row = tuple[object, ...]


@dataclass(frozen=True)
class Template:
    """One real document of a kind, taken apart."""

    example_id: str
    form: int
    is_sent: bool
    is_fed: bool
    head: bytes
    payload: bytes
    signature: bytes
    envelope: bytes
    reply_to: str | None

    @property
    def peer(self) -> str:
        """Whose keys are at the other end; both ends are always the same two."""
        return SHELTER


def templates(node: Node, shelter: PrivateKeySet, to_shelter: PublicKeySet) -> list[Template]:
    """Seal one document of each kind, for real."""
    sealers = {
        SHELTER: (shelter, node.keys_of(DEPARTMENT).public()),
        DEPARTMENT: (node.keys_of(DEPARTMENT), to_shelter),
    }
    found = []
    for name in _STORY:
        example = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        document = check_own(example)
        keys, to = sealers[document.sender]
        sealed = seal(document_bytes(document), keys=keys, to=to, now=node.clock())
        head, payload, signature = sealed.signed.split(b".")
        found.append(
            Template(
                example_id=document.id,
                form=document.facts.form,
                is_sent=document.sender == DEPARTMENT,
                is_fed=document.facts.feed_on is not None,
                head=head,
                payload=decode_segment(payload, "envelope_not_canonical"),
                signature=signature,
                envelope=sealed.data,
                reply_to=document.reply_to,
            )
        )
    return found


class Archive:
    """Makes the rows of an archive, case by case and table by table."""

    def __init__(self, node: Node, kinds: list[Template], documents: int) -> None:
        self._node, self._kinds, self._cases = node, kinds, documents // PER_CASE
        self.frontier, self.recent = Frontier(), list[str]()
        self.year = node.clock().year - 1
        self._seq = self._out = 0

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield a table and a row of it, in turn; the oldest case comes first."""
        for number in range(self._cases):
            behind = self._cases - number
            uid = str(ULID())
            year = self.year if behind <= RECENT else self.year - 3 - number % _YEARS_BEHIND
            if behind <= RECENT:
                self.recent.append(uid)
            yield from self._case(uid, behind, year)

    def _case(self, uid: str, behind: int, year: int) -> Iterator[tuple[str, Row]]:
        opened = datetime(year, 3, 10, tzinfo=UTC) + timedelta(minutes=behind % 100_000)
        moved = opened + timedelta(days=180)
        is_open = behind <= OPEN
        state = CaseState.RECEIVED if is_open else CaseState.CLOSED
        due = date(year, 9, 10) if is_open else None
        yield "case", (DEPARTMENT, uid, "origin", "TH", "MM", state, opened, moved, due, True)
        yield from self._deadlines(uid, is_open, moved)
        ids = {_EXAMPLE_CASE: uid, **{kind.example_id: str(ULID()) for kind in self._kinds}}
        planned = date(year, 8, 1) + timedelta(days=behind % 120)  # a notice announces: never before it was written
        for kind in self._kinds:
            yield from self._document(kind, ids, year, planned, behind, opened)

    def _deadlines(self, uid: str, is_open: bool, moved: datetime) -> Iterator[tuple[str, Row]]:
        """Yield a deadline that passed and was told, and one that is still to come; both are met in closed cases."""
        met = None if is_open else moved
        soon = self._node.clock() + timedelta(days=20)
        warned = moved - timedelta(days=30)
        yield "deadline", (DEPARTMENT, uid, "D01", "", warned, moved, "CM", met, moved)
        yield "deadline", (DEPARTMENT, uid, "D14", "", soon - timedelta(days=30), soon, "CM", met, None)

    def _document(
        self, kind: Template, ids: dict[str, str], year: int, planned: date, behind: int, opened: datetime
    ) -> Iterator[tuple[str, Row]]:
        self._seq += 1
        name, uid, at = ids[kind.example_id], ids[_EXAMPLE_CASE], opened + timedelta(days=self._seq % 150)
        signed = self._signed(kind, ids, year, planned)
        locked = self._node.vault.lock(signed, context_of(DEPARTMENT, SHELTER, name))
        digest, envelope = sha256(signed).hexdigest(), sha256(name.encode()).hexdigest()
        is_unread = behind <= UNOPENED and kind.is_fed
        reply_to = ids.get(kind.reply_to or "")
        fed = planned if kind.is_fed else None
        read_at = None if is_unread or kind.is_sent else at
        yield (
            "document",
            (
                *(self._seq, DEPARTMENT, SHELTER, name, kind.is_sent, at, envelope, digest, reply_to),
                *(kind.form, fed, read_at, locked.body, locked.key),
            ),
        )
        yield "document_case", (DEPARTMENT, uid, self._seq)
        waits = kind.is_sent and behind <= WAITING
        if kind.is_sent:
            yield "outbox", self._sent(kind, name, envelope, at, waits)
        if not waits:
            yield "receipt", (DEPARTMENT, SHELTER, name, not kind.is_sent, "stored", at, kind.envelope[:900])
        yield "log", self._line(kind, name, uid, at, digest)

    def _signed(self, kind: Template, ids: dict[str, str], year: int, planned: date) -> bytes:
        """Return a template with the ids and dates of a case."""
        payload = kind.payload
        if kind.is_fed:
            payload = payload.replace(_PLANNED, planned.isoformat().encode())
        payload = payload.replace(_EXAMPLE_YEAR, b"%d-" % year)
        for before, after in ids.items():
            payload = payload.replace(before.encode(), after.encode())
        return b".".join((kind.head, encode_segment(payload), kind.signature))

    def _sent(self, kind: Template, name: str, envelope: str, at: datetime, waits: bool) -> Row:
        self._out += 1
        state, done = ("waiting", None) if waits else ("done", at)
        due = self._node.clock() + timedelta(days=1) if waits else at
        return (
            *(self._out, DEPARTMENT, SHELTER, name, "envelope", kind.envelope, envelope),
            *(state, 1, at, due, done),
        )

    def _line(self, kind: Template, name: str, uid: str, at: datetime, digest: str) -> Row:
        action, by = ("recorded", "WO") if kind.is_sent else ("received", SHELTER)
        facts = {"action": action, "agency": DEPARTMENT, "at": at.isoformat(), "by": by}
        about = {"case_uid": uid, "document_id": name, "sha256": digest}
        entry = json.dumps({**facts, **about}, sort_keys=True, separators=(",", ":")).encode()
        leaf, seq = leaf_hash(entry), self.frontier.size
        self.frontier = self.frontier.append(leaf)
        return seq, at, name, uid, entry, leaf


COLUMNS = {
    "case": "agency_id case_uid side destination origin state opened_at moved_at return_due is_watched",
    "deadline": "agency_id case_uid rule subject warn_at due_at owners met_at told_at",
    "document": "seq agency_id peer document_id is_sent at envelope_sha256 signed_sha256 reply_to "
    "form feed_on opened_at body body_key",
    "document_case": "agency_id case_uid document_seq",
    "receipt": "agency_id peer document_id is_issued status at data",
    "outbox": "seq agency_id peer document_id what data sha256 state attempts created_at due_at done_at",
    "log": "seq at document_id case_uid entry leaf",
    "assignment": "agency_id case_uid client_id role assigned_at assigned_by",
}
"""What is written of each table; columns that are left out are empty."""
