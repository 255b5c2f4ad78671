"""A consent is taken back: everyone it reaches is told in one commit, and what they signed for it is held against them.

Who has to be told follows from the documents (``api/rules/withdrawal.py``); here it is written for each of them, and
read back with the receipts. A node signs in an agency's name only what its staff recorded, so what came in is passed on
by a person too; until then it is shown as left to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from api.errors import CaseChanged, Conflict, InvalidInput, NotFound
from api.flow import shelf
from api.flow.assigning import get_known_case
from api.flow.node import Node
from api.flow.record import Recorded, prepare_together
from api.rules.access import Principal
from api.rules.withdrawal import Reached, is_recalled, left_to_tell, reached_by, to_tell, withdrawals_of
from api.sealing.receipt import ReceiptStatus
from api.store import documents, log, trail
from api.store.engine import Session
from schemas.base import CaseUid, DocumentId
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import Document
from schemas.rows import MAX_ROWS

Write = Callable[[Mapping[str, Any]], Document]
"""Makes a checked document of the agency out of what staff would enter."""
Record = Callable[[Session], tuple[Recorded, ...]]
"""The unit of work that records all withdrawals of one recall."""


class Progress(StrEnum):
    """How far one recipient's withdrawal has come, by the receipts that are held."""

    ON_ITS_WAY = "on_its_way"
    REFUSED = "refused"
    STORED = "stored"
    OPENED = "opened"
    ANSWERED = "answered"


OPEN = frozenset({Progress.ON_ITS_WAY, Progress.REFUSED, Progress.STORED})
"""Nobody over there has read it yet."""


@dataclass(frozen=True)
class Sent:
    """One withdrawal to one recipient, and when they signed that they stored, read or answered it."""

    withdrawal: ConsentWithdrawal
    recorded_at: datetime
    receipts: Mapping[ReceiptStatus, datetime]

    @property
    def standing(self) -> Progress:
        """The furthest that a receipt proves."""
        reached = [step for step in Progress if step in {Progress(status) for status in self.receipts}]
        return reached[-1] if reached else Progress.ON_ITS_WAY


@dataclass(frozen=True)
class Got:
    """One withdrawal that came in, and whom this agency still has to tell of it."""

    withdrawal: ConsentWithdrawal
    received_at: datetime
    to_pass_on: tuple[Reached, ...]


@dataclass(frozen=True)
class Recalls:
    """Every withdrawal in a case as one agency sees it; ``to_tell`` are those whom its own did not reach yet."""

    told: tuple[Sent, ...]
    got: tuple[Got, ...]
    to_tell: tuple[Reached, ...]


def prepare_recall(node: Node, caller: Principal, withdrawal: ConsentWithdrawal, write: Write) -> Record:
    """Return the unit that records a withdrawal for everyone who relies on the consents: for all of them, or for none.

    ``withdrawal`` says what is taken back; its own recipient does not matter. Raises ``NotFound`` where the caller does
    not know of the case, ``InvalidInput`` ``nobody_reached`` where nobody was told and nobody keeps the consent,
    ``Conflict`` ``recalled_already`` where all of them know; and whatever forbids one of the documents.
    """
    held = _read_known_case(node, caller, withdrawal.case_uid)
    if not reached_by(withdrawal.records, withdrawal.case_uid, held, caller.agency):
        raise InvalidInput(
            "nobody_reached", "nothing was told under these consents; correct section J of the case file instead"
        )
    return _prepare(node, caller, withdrawal, held, write)


def prepare_pass_on(
    node: Node, caller: Principal, case_uid: CaseUid, withdrawal_id: DocumentId, write: Write
) -> Record:
    """Return the unit that passes a withdrawal on to everyone whom this agency told something under the same consents.

    Raises ``NotFound`` for what is no withdrawal that came in for this case, ``Conflict`` ``recalled_already`` where
    there is nobody left to tell.
    """
    held = _read_known_case(node, caller, case_uid)
    received = (one for one in withdrawals_of(case_uid, held) if one.recipient == caller.agency)
    withdrawal = next((one for one in received if one.id == withdrawal_id), None)
    if withdrawal is None:
        raise NotFound
    return _prepare(node, caller, withdrawal, held, write, reply_to=withdrawal.id)


def _prepare(
    node: Node,
    caller: Principal,
    withdrawal: ConsentWithdrawal,
    held: Sequence[Document],
    write: Write,
    *,
    reply_to: DocumentId | None = None,
) -> Record:
    agency = caller.agency
    left = left_to_tell(withdrawal, held, agency)
    if not left:
        raise Conflict("recalled_already", "everyone knows, or it was given anew; read the recalls of this case")
    answers = {"reply_to": reply_to} if reply_to is not None else {}
    told = [write({**_content(withdrawal, one), **answers}) for one in left]
    record = prepare_together(node, told, role=caller.role)
    sent_before = {one.id for one in held if one.sender == agency}

    def unit(session: Session) -> tuple[Recorded, ...]:
        log.take_head(session)  # nothing is sent between this look and the commit
        rows = documents.list_of_case(session, agency, withdrawal.case_uid)
        if any(row.is_sent and row.body_key is not None and row.document_id not in sent_before for row in rows):
            raise CaseChanged(hint="something was sent in this case meanwhile; post the recall again")
        return record(session)

    return unit


def _content(withdrawal: ConsentWithdrawal, reached: Reached) -> dict[str, Any]:
    """Return what one recipient is told: the rows that concern it, and what it received, the newest first to stay."""
    return {
        "recipient": reached.recipient,
        "records": [row.model_dump(mode="json", exclude_none=True) for row in reached.records],
        "asks": list(withdrawal.asks),
        "recalled": list(reached.documents[-MAX_ROWS:]),
    }


def _read_known_case(node: Node, caller: Principal, case_uid: CaseUid) -> list[Document]:
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
        return shelf.read_case(node, session, caller.agency, case_uid)


def read_recalls(node: Node, caller: Principal, case_uid: CaseUid) -> Recalls:
    """Return every withdrawal in a case with what proves its way and what is left to do.

    Raises ``NotFound`` where the caller does not know of the case.
    """
    agency = caller.agency
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
        rows = {row.document_id: row for row in documents.list_of_case(session, agency, case_uid)}
        held = shelf.read_all(node, rows.values())
        counting = withdrawals_of(case_uid, held)
        own = (one for one in counting if one.sender == agency)
        told = tuple(Sent(one, rows[one.id].at, _receipts(session, agency, one)) for one in own)
    got = tuple(
        Got(one, rows[one.id].at, left_to_tell(one, held, agency)) for one in counting if one.recipient == agency
    )
    return Recalls(told, got, to_tell(case_uid, held, agency))


def _receipts(session: Session, agency: str, withdrawal: ConsentWithdrawal) -> dict[ReceiptStatus, datetime]:
    """Return when the recipient signed what, by the receipts that are held."""
    rows = documents.list_receipts(session, agency, withdrawal.id)
    return {ReceiptStatus(row.status): row.at for row in rows if not row.is_issued and row.peer == withdrawal.recipient}


def is_held_recalled(node: Node, session: Session, agency: str, document: Document) -> bool:
    """Say whether everything that a held document tells was recalled, and not yet allowed anew.

    Other documents are only opened where a withdrawal is held in one of its cases, which is seldom.
    """
    uids = trail.cases_with(session, agency, document.case_uids(), ConsentWithdrawal.facts.form)
    rows = {row.seq: row for uid in uids for row in documents.list_of_case(session, agency, uid)}
    return bool(rows) and is_recalled(document, shelf.read_all(node, rows.values()))
