"""Receipts: signed statements about an envelope, issued by its recipient and held by its sender as proof."""

from datetime import datetime

from api.errors import InvalidInput, SealError
from api.flow.dispatch import Outgoing, put_into_outbox
from api.flow.evidence import Action, Entry, TreeHead, note
from api.flow.node import Node
from api.flow.trust import get_peer
from api.sealing.digest import sha256_hex
from api.sealing.receipt import Receipt, ReceiptStatus, sign_receipt, verify_receipt
from api.store import documents, outbox
from api.store.engine import Session
from api.store.outbox import OutboxState
from api.store.tables import DocumentRow, ReceiptRow
from schemas.base import AgencyId


def issue(
    node: Node, row: DocumentRow, status: ReceiptStatus, *, role: str | None, head: TreeHead, now: datetime
) -> bytes:
    """Sign a receipt of the agency that holds a received document."""
    receipt = Receipt(
        envelope_id=row.document_id,
        envelope_sha256=row.envelope_sha256,
        status=status,
        role=role,
        at=now,
        by=AgencyId(row.agency_id),
        to=AgencyId(row.peer),
        tree_size=head.size,
        tree_root=head.root,
    )
    return sign_receipt(receipt, node.keys_of(AgencyId(row.agency_id)), now)


def store_issued(session: Session, row: DocumentRow, status: ReceiptStatus, data: bytes, now: datetime) -> None:
    """Keep a receipt that was issued; the same question is answered with the same bytes for ever."""
    documents.add_receipt(
        session,
        ReceiptRow(
            agency_id=row.agency_id,
            peer=row.peer,
            document_id=row.document_id,
            is_issued=True,
            status=status,
            at=now,
            data=data,
        ),
    )


def has_issued(session: Session, row: DocumentRow, status: ReceiptStatus) -> bool:
    """Tell whether a receipt of this status was issued for a received document."""
    return (
        documents.find_receipt(session, row.agency_id, row.peer, row.document_id, status=status, is_issued=True)
        is not None
    )


def send_issued(session: Session, row: DocumentRow, status: ReceiptStatus, data: bytes, now: datetime) -> None:
    """Let a later receipt (opened, answered) travel to the sender of the document."""
    item = Outgoing(AgencyId(row.agency_id), AgencyId(row.peer), row.document_id, status, data, sha256_hex(data))
    put_into_outbox(session, item, now)


def hold(node: Node, data: bytes, *, agency: AgencyId, peer: AgencyId) -> Receipt:
    """Verify a receipt about an envelope that an agency served here has sent, and keep it as proof. May come twice.

    Raises ``SealError`` where the signature or the statement does not fit, ``TrustError`` where the peer is unknown.
    """
    now = node.clock()
    with node.database.reader() as session:
        receipt = verify_receipt(data, keys=get_peer(node, session, peer).signing, now=now)
    if receipt.by != peer or receipt.to != agency:
        raise SealError("receipt_names_differ")
    node.writer.write(lambda session: _hold(session, receipt, data, now))
    node.wake.set()
    return receipt


def _hold(session: Session, receipt: Receipt, data: bytes, now: datetime) -> None:
    item = outbox.find_item(session, receipt.to, receipt.by, receipt.envelope_id, "envelope")
    if item is None or item.sha256 != receipt.envelope_sha256:
        raise SealError("receipt_of_no_envelope")
    if documents.find_receipt(
        session, receipt.to, receipt.by, receipt.envelope_id, status=receipt.status, is_issued=False
    ):
        return
    session.add(
        ReceiptRow(
            agency_id=receipt.to,
            peer=receipt.by,
            document_id=receipt.envelope_id,
            is_issued=False,
            status=receipt.status,
            at=receipt.at,
            data=data,
        )
    )
    if item.state == OutboxState.WAITING:
        is_refused = receipt.status is ReceiptStatus.REFUSED
        item.state = OutboxState.REFUSED if is_refused else OutboxState.DONE
        item.reason = receipt.code
        item.done_at = now
        item.leased_until = None
        session.add(item)
    note(
        session,
        now,
        Entry(
            Action.RECEIPT_HELD,
            agency=receipt.to,
            by=receipt.by,
            document_id=receipt.envelope_id,
            code=receipt.status,
            sha256=sha256_hex(data),
        ),
    )


def hold_from_peer(node: Node, data: bytes, *, peer: AgencyId) -> Receipt:
    """Keep a receipt that a peer brought by itself, whichever of the agencies served here it is for."""
    with node.database.reader() as session:
        claimed = verify_receipt(data, keys=get_peer(node, session, peer).signing, now=node.clock())
    if claimed.to not in node.keyring:
        raise InvalidInput("receipt_for_somebody_else")
    return hold(node, data, agency=claimed.to, peer=peer)
