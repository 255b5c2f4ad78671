"""Receipts: signed statements about an envelope, issued by its recipient and held by its sender as proof."""

from datetime import datetime, timedelta
from typing import Protocol

from api.errors import SealError
from api.flow.dispatch import Outgoing, put_into_outbox
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.peers import get_peer
from api.rules.waiting_reasons import NEEDS_NEW_VERSION
from api.sealing.digest import sha256_hex
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import sign_statement, verify_statement
from api.store import documents, outbox
from api.store.documents import NewReceipt
from api.store.engine import Session
from api.store.outbox import OutboxState
from schemas.base import AgencyId

REFUSED_FOR_NOW = timedelta(minutes=15)
"""How long an envelope rests that its recipient can't read in its version; it is tried sooner when they come anew."""

_ARRIVED = frozenset({ReceiptStatus.STORED, ReceiptStatus.REFUSED})
"""Others may overtake these two where an answer was lost; then the envelope goes again, until one of these is held."""


class Proven(Protocol):
    """A received document that a receipt is about."""

    @property
    def agency_id(self) -> str:
        """Who received it."""
        ...

    @property
    def peer(self) -> str:
        """Who sent it."""
        ...

    @property
    def document_id(self) -> str:
        """Its id."""
        ...

    @property
    def envelope_sha256(self) -> str:
        """What its envelope is named by."""
        ...


def prove(
    node: Node,
    session: Session,
    row: Proven,
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
    data = sign_statement(receipt, node.keys_of(agency), now)
    documents.add_receipt(session, _kept(receipt, agency, peer, data, is_issued=True))
    if status is not ReceiptStatus.STORED:
        put_into_outbox(session, Outgoing(agency, peer, row.document_id, status, data, sha256_hex(data)), now)
        node.wake.set()
    return data


def has_issued(session: Session, row: Proven, status: ReceiptStatus) -> bool:
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
        receipt = verify_statement(Receipt, data, keys=get_peer(node, session, peer).signing, now=now)
    if receipt.by != peer or receipt.to not in node.keyring or agency not in {None, receipt.to}:
        raise SealError("receipt_names_differ")
    node.writer.write(lambda session: _hold(session, receipt, data, now))
    node.wake.set()
    return receipt


def _hold(session: Session, receipt: Receipt, data: bytes, now: datetime) -> None:
    item = outbox.find_item(session, receipt.to, receipt.by, receipt.envelope_id, "envelope")
    if item is None or item.sha256 != receipt.envelope_sha256:
        raise SealError("receipt_of_no_envelope")
    if receipt.code in NEEDS_NEW_VERSION:
        outbox.put_off(session, item, now + REFUSED_FOR_NOW, reason=receipt.code)
    kept = _kept(receipt, receipt.to, receipt.by, data, is_issued=False)
    if documents.find_receipt(
        session, kept.agency_id, kept.peer, kept.document_id, status=kept.status, is_issued=False
    ):
        return
    documents.add_receipt(session, kept)
    if item.state == OutboxState.WAITING and receipt.status in _ARRIVED and receipt.code not in NEEDS_NEW_VERSION:
        outbox.finish(session, item, now, refused_as=receipt.code)
    about = {"agency": receipt.to, "by": receipt.by, "document_id": receipt.envelope_id}
    note(session, now, Entry(Action.RECEIPT_HELD, **about, code=receipt.status, sha256=sha256_hex(data)))


def _kept(receipt: Receipt, agency: AgencyId, peer: AgencyId, data: bytes, *, is_issued: bool) -> NewReceipt:
    return NewReceipt(
        agency_id=agency,
        peer=peer,
        document_id=receipt.envelope_id,
        is_issued=is_issued,
        status=receipt.status,
        at=receipt.at,
        data=data,
    )
