"""An office that holds documents as if it had received them: how they get there is told elsewhere."""

from collections.abc import Iterable

from api.flow import shelf
from api.sealing.signed import SignedType, sign
from api.store import documents
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import country_of
from schemas.document import CaseState, Document, Side
from tests.sixty import DSW
from tests.support import Office


def shelve(office: Office, held: Iterable[Document], destination: str = "TH", origin: str = "MM") -> None:
    """Let an office hold documents, those of the department as its own, and open the cases that they speak of."""
    new = [_new(office, _as_own(office, one)) for one in held]

    def unit(session: Session) -> None:
        for document, row in new:
            documents.add_document(session, row, document.case_uids())
            for uid in document.case_uids():
                if session.get(CaseRow, (office.agency, uid)) is None:
                    session.add(_case(office, uid, destination, origin))
                    session.flush()

    office.node.writer.write(unit)


def _as_own(office: Office, held: Document) -> Document:
    ends = {name: getattr(held, name) for name in ("sender", "recipient")}
    return held.model_copy(update={name: office.agency for name, agency in ends.items() if agency == DSW})


def _new(office: Office, held: Document) -> tuple[Document, documents.NewDocument]:
    node, agency = office.node, office.agency
    key = node.keys_of(agency).signing_key(office.clock())
    signed = sign(held.model_dump_json(exclude_none=True).encode(), SignedType.DOCUMENT, key)
    peer = held.recipient if held.sender == agency else held.sender
    body = node.vault.lock(signed, shelf.context_of(agency, peer, held.id))
    return held, documents.NewDocument(
        agency_id=agency,
        peer=peer,
        document_id=held.id,
        is_sent=held.sender == agency,
        at=office.clock(),
        envelope_sha256=held.id,
        signed_sha256=held.id,
        supersedes=held.supersedes,
        reply_to=held.reply_to,
        form=held.facts.form,
        feed_on=None,
        body=body.body,
        body_key=body.key,
    )


def _case(office: Office, uid: str, destination: str, origin: str) -> CaseRow:
    return CaseRow(
        agency_id=office.agency,
        case_uid=uid,
        side=Side.ORIGIN if origin == country_of(office.agency) else Side.DESTINATION,
        destination=destination,
        origin=origin,
        state=CaseState.RECEIVED,
        opened_at=office.clock(),
        moved_at=office.clock(),
    )
