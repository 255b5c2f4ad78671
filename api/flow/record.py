"""A checked document is recorded.

Permitted by the rules, stored locked, sealed and put into the outbox in one commit.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api.errors import CaseChanged, InvalidInput
from api.flow import receipts, shelf
from api.flow.assigning import case_not_found
from api.flow.attachments.naming import refer
from api.flow.dispatch import Outgoing, put_into_outbox, seal_for_recipient
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.policies import find_policies
from api.flow.standing import find_case_file, find_own_side, list_heard, move_cases
from api.rules.permit import Ground, Permit, may_record
from api.rules.references import check_references, references_of
from api.rules.refusing import asked_by
from api.sealing.digest import sha256_hex
from api.sealing.receipt import ReceiptStatus
from api.sealing.seal import SealedEnvelope
from api.store import cases, documents, log
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.base import DocumentId
from schemas.document import CaseState, Document, Side
from schemas.needs import Problem


@dataclass(frozen=True)
class Recorded:
    """A document that is stored and on its way, and what its writer should look at twice."""

    document_id: str
    recipient: str
    envelope_sha256: str
    at: datetime
    ground: Ground
    cautions: tuple[Problem, ...] = ()


def prepare_record(node: Node, document: Document, *, role: str) -> Callable[[Session], Recorded]:
    """Check and seal a document and return the unit of work that records it.

    Raises ``NotPermitted`` where a rule protects the person, ``NotFound`` where the case is not this agency's,
    ``TrustError`` where the recipient's keys can't be relied on. The unit raises ``CaseChanged`` where another
    document of its cases came since: then it has to be judged again.
    """
    together = prepare_together(node, [document], role=role)
    return lambda session: together(session)[0]


def prepare_together(node: Node, some: Sequence[Document], *, role: str) -> Callable[[Session], tuple[Recorded, ...]]:
    """Do the same for several documents, of which all are recorded or none."""
    with node.database.reader() as session:
        seen = _marks(session, some)
    units = [_prepare(node, document, role=role) for document in some]

    def unit(session: Session) -> tuple[Recorded, ...]:
        log.take_head(session)  # whoever records a document of a case takes it too: nothing comes until the commit
        if _marks(session, some) != seen:
            raise CaseChanged(hint="another document of this case came meanwhile; read it and send this one again")
        return tuple(record(session) for record in units)

    return unit


def _marks(session: Session, some: Sequence[Document]) -> list[object]:
    """Return what tells whether a document came that may judge these: of one of their cases, or another answer."""
    marks: list[object] = []
    for one in some:
        marks.append(documents.mark_of_cases(session, one.sender, one.case_uids()))
        followed = filter(None, (one.reply_to, one.supersedes))
        marks.extend(documents.count_own_after(session, one.sender, before) for before in followed)
    return marks


def _prepare(node: Node, document: Document, *, role: str) -> Callable[[Session], Recorded]:
    """Check and seal a document and return what records it, by what is held now."""
    now = node.clock()
    with node.database.reader() as session:
        _require_both_ends(session, document)
        referred = shelf.read_all(node, _referred(session, document))
        side = find_own_side(session, document, referred)
        permit = _permit(node, session, document, referred, side, now)
        sealed = seal_for_recipient(node, session, document, now)
    stored = shelf.locked(node, document, sealed.signed, at=now, agency=document.sender, envelope_sha256=sealed.sha256)

    def unit(session: Session) -> Recorded:
        with asked_by(type(document)):
            refer(session, document)
        documents.add_document(session, stored, document.case_uids())
        move_cases(node, session, document, document.sender, side, now)
        put_into_outbox(session, _envelope(document, sealed), now)
        note(session, now, *_lines(document, sealed, permit, role))
        _prove_answer(node, session, document, role, now)
        return Recorded(document.id, document.recipient, sealed.sha256, now, permit.ground, permit.cautions)

    return unit


def _require_both_ends(session: Session, document: Document) -> None:
    """Raise unless the document is for another agency, and about a case that its sender opened, if about one."""
    if document.recipient == document.sender:
        raise InvalidInput("recipient_is_sender", "choose the agency that it is for")
    if document.case_uid is not None and cases.find_standing(session, document.sender, document.case_uid) is None:
        raise case_not_found()


def _permit(
    node: Node, session: Session, document: Document, referred: list[Document], side: Side | None, now: datetime
) -> Permit:
    """Ask the rules, with what this agency holds about every case the document speaks of."""
    earlier = {uid: shelf.read_case(node, session, document.sender, uid) for uid in document.case_uids()}
    standings = {uid: cases.find_standing(session, document.sender, uid) for uid in earlier}
    before = [*(held for group in earlier.values() for held in group), *referred]
    before += _named_about_no_case(node, session, document, {held.id for held in before})
    heard = list_heard(session, document, before, earlier, standings)
    check_references(document, heard)
    found = {uid: find_case_file(session, held, document, uid, standings[uid]) for uid, held in earlier.items()}
    return may_record(
        document,
        case_files={uid: file for uid, file in found.items() if file is not None},
        earlier=before,
        heard=heard,
        side=side,
        now=now,
        states={uid: CaseState(one.state) for uid, one in standings.items() if one is not None},
        policies=find_policies(node, session, document.sender),
    )


def _referred(session: Session, document: Document) -> list[DocumentRow]:
    """Return what the document answers or corrects, as far as it is held, with other answers and corrections."""
    rows: list[DocumentRow] = []
    for before in filter(None, (document.reply_to, document.supersedes)):
        held = documents.find_document(session, document.sender, before)
        rows.extend([held] if held is not None else [])
        rows.extend(documents.list_own_after(session, document.sender, before))
    return rows


def _named_about_no_case(
    node: Node, session: Session, document: Document, known: Collection[DocumentId]
) -> list[Document]:
    """Return what the document names and no case is told by: a notice of persons without a file, a meeting."""
    others = [named for _, named in references_of(document) if named not in known]
    rows = (documents.find_document(session, document.sender, named) for named in others)
    return [held for held in shelf.read_all(node, [row for row in rows if row is not None]) if not held.case_uids()]


def _prove_answer(node: Node, session: Session, document: Document, role: str, now: datetime) -> None:
    """Sign a receipt that says that a received document was answered; the first answer does it."""
    asked = documents.find_held(session, document.sender, document.reply_to) if document.reply_to else None
    if asked is None or asked.is_sent or receipts.has_issued(session, asked, ReceiptStatus.ANSWERED):
        return
    line = Entry(Action.ANSWERED, agency=asked.agency_id, by=role, document_id=asked.document_id)
    receipts.prove(node, session, asked, ReceiptStatus.ANSWERED, line, role=role, now=now)


def _envelope(document: Document, sealed: SealedEnvelope) -> Outgoing:
    return Outgoing(document.sender, document.recipient, document.id, "envelope", sealed.data, sealed.sha256)


def _lines(document: Document, sealed: SealedEnvelope, permit: Permit, role: str) -> tuple[Entry, Entry]:
    about = partial(Entry, agency=document.sender, by=role, document_id=document.id, case_uid=document.case_uid)
    return (
        about(Action.RECORDED, code=permit.ground, sha256=sha256_hex(sealed.signed)),
        about(Action.SEALED, peer=document.recipient, sha256=sealed.sha256),
    )
