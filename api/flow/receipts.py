"""Receipts: signed statements about an envelope, issued by its recipient and held by its sender as proof."""

from datetime import datetime

from api.errors import SealError
from api.flow.dispatch import Outgoing, put_into_outbox
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.trust import get_peer
from api.sealing.digest import sha256_hex
from api.sealing.receipt import Receipt, ReceiptStatus, sign_receipt, verify_receipt
from api.store import documents, outbox
from api.store.engine import Session
from api.store.outbox import OutboxState
from api.store.tables import DocumentRow, ReceiptRow
from schemas.base import AgencyId


def prove(
    node: Node,
    session: Session,
    row: DocumentRow,
    status: ReceiptStatus,
    *lines: Entry,
    role: str | None,
    now: datetime,
) -> bytes:
    """Note what happened to a received document and sign the receipt that says so; returns its bytes.

    The receipt covers the lines. That something was stored is told in the answer; whatever is told later travels to the
    document's sender through the outbox.
    """
    head = note(session, now, *lines)
    agency, peer = AgencyId(row.agency_id), AgencyId(row.peer)
    receipt = Receipt(
        envelope_id=row.document_id,
        envelope_sha256=row.envelope_sha256,
        status=status,
        role=role,
        at=now,
        by=agency,
        to=peer,
        tree_size=head.size,
        tree_root=head.root,
    )
    data = sign_receipt(receipt, node.keys_of(agency), now)
    documents.add_receipt(session, _row(receipt, agency, peer, data, is_issued=True))
    if status is not ReceiptStatus.STORED:
        put_into_outbox(session, Outgoing(agency, peer, row.document_id, status, data, sha256_hex(data)), now)
        node.wake.set()
    return data


def has_issued(session: Session, row: DocumentRow, status: ReceiptStatus) -> bool:
    """Tell whether a receipt of this status was issued for a received document."""
    return (
        documents.find_receipt(session, row.agency_id, row.peer, row.document_id, status=status, is_issued=True)
        is not None
    )


def hold(node: Node, data: bytes, *, peer: AgencyId, agency: AgencyId | None = None) -> Receipt:
    """Verify a receipt that a peer brought about an envelope of an agency served here, and keep it; may come twice.

    ``agency`` is whose envelope it has to be about, where that is known. Raises ``SealError`` where the signature or
    the statement does not fit, ``TrustError`` where the peer is unknown.
    """
    now = node.clock()
    with node.database.reader() as session:
        receipt = verify_receipt(data, keys=get_peer(node, session, peer).signing, now=now)
    if receipt.by != peer or receipt.to not in node.keyring or agency not in {None, receipt.to}:
        raise SealError("receipt_names_differ")
    node.writer.write(lambda session: _hold(session, receipt, data, now))
    node.wake.set()
    return receipt


def _hold(session: Session, receipt: Receipt, data: bytes, now: datetime) -> None:
    item = outbox.find_item(session, receipt.to, receipt.by, receipt.envelope_id, "envelope")
    if item is None or item.sha256 != receipt.envelope_sha256:
        raise SealError("receipt_of_no_envelope")
    row = _row(receipt, receipt.to, receipt.by, data, is_issued=False)
    if documents.find_receipt(session, row.agency_id, row.peer, row.document_id, status=row.status, is_issued=False):
        return
    documents.add_receipt(session, row)
    if item.state == OutboxState.WAITING:
        outbox.finish(session, item, now, refused_as=receipt.code)
    about = {"agency": receipt.to, "by": receipt.by, "document_id": receipt.envelope_id}
    note(session, now, Entry(Action.RECEIPT_HELD, **about, code=receipt.status, sha256=sha256_hex(data)))


def _row(receipt: Receipt, agency: AgencyId, peer: AgencyId, data: bytes, *, is_issued: bool) -> ReceiptRow:
    return ReceiptRow(
        agency_id=agency,
        peer=peer,
        document_id=receipt.envelope_id,
        is_issued=is_issued,
        status=receipt.status,
        at=receipt.at,
        data=data,
    )
