"""An envelope arrives: opened, checked, stored with its signed receipt in one commit, and only then answered.

The same envelope, however often and however late it comes, is stored once and answered with the same receipt
(promise 2). What fails a check of the seal leaves nothing behind but a line with its code; a document that its known
sender signed but that this node can't take gets a signed refusal.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api.errors import InvalidInput, SealError
from api.flow import receipts, shelf
from api.flow.evidence import Action, Entry, TreeHead, note
from api.flow.node import Node
from api.flow.standing import find_side, move_cases, side_in
from api.flow.trust import Peer, find_peer
from api.rules.checking import UnsupportedVersion, check_from_peer
from api.sealing.digest import sha256_hex
from api.sealing.receipt import Receipt, ReceiptStatus, sign_receipt
from api.sealing.unseal import EnvelopeHeader, Unsealed, peek, unseal
from api.store import documents
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.base import AgencyId, country_of
from schemas.document import Document, Side
from schemas.reading import PeerReading


@dataclass(frozen=True)
class Received:
    """What a sender gets back: a signed receipt, and whether this was the first time."""

    receipt: bytes
    is_new: bool
    is_refused: bool = False


def receive(node: Node, data: bytes, *, peer: AgencyId) -> Received:
    """Take an envelope that an authenticated peer brought and return its receipt.

    Raises ``SealError`` for whatever is wrong with the envelope; its code stays inside the node.
    """
    now = node.clock()
    header = peek(data, max_bytes=node.limits.envelope_bytes)
    if header.recipient not in node.keyring:
        raise SealError("recipient_not_served")
    if header.sender != peer:
        raise SealError("sender_is_not_the_caller")
    with node.database.reader() as session:
        sender = find_peer(node, session, peer)
        earlier = documents.find_document(session, header.recipient, header.id)
        if earlier is not None and earlier.envelope_sha256 == sha256_hex(data):
            return _again(session, earlier)
    if sender is None:
        raise SealError("sender_unknown")
    opened = unseal(
        data,
        recipient=header.recipient,
        keys=node.keys_of(header.recipient),
        sender_keys=sender.signing,
        now=now,
        max_bytes=node.limits.envelope_bytes,
        skew=node.limits.skew,
    )
    if earlier is not None:
        with node.database.reader() as session:
            return _as_before(session, earlier, peer, opened.signed_sha256)
    try:
        reading = check_from_peer(opened.payload)
    except (InvalidInput, UnsupportedVersion) as problem:
        return _refuse(node, opened, problem, now)
    return _store(node, opened, reading, sender, now)


def _again(session: Session, earlier: DocumentRow) -> Received:
    """Answer what was stored before with the very same receipt."""
    receipt = documents.find_receipt(
        session, earlier.agency_id, earlier.peer, earlier.document_id, status=ReceiptStatus.STORED, is_issued=True
    )
    if receipt is None:
        raise SealError("id_stands_for_another_document")
    return Received(receipt.data, is_new=False)


def _as_before(session: Session, earlier: DocumentRow, peer: str, signed_sha256: str) -> Received:
    """Answer a document that was sealed anew like the first time; refuse another under its id."""
    if (earlier.peer, earlier.signed_sha256) != (peer, signed_sha256):
        raise SealError("id_stands_for_another_document")
    return _again(session, earlier)


def _store(node: Node, opened: Unsealed, reading: PeerReading, sender: Peer, now: datetime) -> Received:
    header, document = opened.header, reading.document
    locked = node.vault.lock(opened.signed, shelf.context_of(header.recipient, header.sender, header.id))
    feed_on = document.facts.feed_on
    new_row = partial(
        DocumentRow,
        agency_id=header.recipient,
        peer=header.sender,
        document_id=header.id,
        is_sent=False,
        at=now,
        envelope_sha256=opened.sha256,
        signed_sha256=opened.signed_sha256,
        supersedes=document.supersedes,
        reply_to=document.reply_to,
        form=document.facts.form,
        feed_on=getattr(document, feed_on) if feed_on else None,
        body=locked.body,
        body_key=locked.key,
    )
    return node.writer.write(lambda session: _unit(node, session, new_row(), document, sender, now))


def _unit(node: Node, session: Session, row: DocumentRow, document: Document, sender: Peer, now: datetime) -> Received:
    """Store the document with its receipt; somebody who was faster with the same one is answered with theirs."""
    earlier = documents.find_document(session, row.agency_id, row.document_id)
    if earlier is not None:
        return _as_before(session, earlier, row.peer, row.signed_sha256)
    documents.add_document(session, row, document.case_uids())
    _move(node, session, document, row.agency_id, now)
    line = Entry(
        Action.RECEIVED,
        agency=row.agency_id,
        by=sender.agency,
        document_id=row.document_id,
        case_uid=document.case_uid,
        sha256=row.envelope_sha256,
    )
    return Received(receipts.prove(node, session, row, ReceiptStatus.STORED, line, role=None, now=now), is_new=True)


def _move(node: Node, session: Session, document: Document, holder: str, now: datetime) -> None:
    """Let a document move its cases where its sender may say so; what does not fit is kept and moves nothing."""
    asked = documents.find_document(session, holder, document.reply_to) if document.reply_to else None
    is_answer_to_us = asked is not None and asked.is_sent and asked.peer == document.sender
    if document.reply_to is not None and not is_answer_to_us:
        return
    corridor = document.find_corridor()
    sender_side = find_side(session, document, holder)
    if sender_side is not None and sender_side not in document.facts.senders:
        return
    ours = Side.ORIGIN
    if corridor is not None:
        ours = side_in(corridor.destination, corridor.origin, country_of(holder), default=Side.ORIGIN)
    move_cases(node, session, document, holder, ours, now)


def _refuse(node: Node, opened: Unsealed, problem: InvalidInput | UnsupportedVersion, now: datetime) -> Received:
    """Sign a refusal that says which rule was broken where; nothing of the document is kept."""
    header: EnvelopeHeader = opened.header

    def unit(session: Session) -> TreeHead:
        line = Entry(
            Action.REFUSED,
            agency=header.recipient,
            by=header.sender,
            document_id=header.id,
            code=problem.code,
            sha256=opened.sha256,
        )
        return note(session, now, line)

    head = node.writer.write(unit)
    receipt = Receipt(
        envelope_id=header.id,
        envelope_sha256=opened.sha256,
        status=ReceiptStatus.REFUSED,
        code=problem.code,
        findings=tuple(problem.findings) if isinstance(problem, InvalidInput) else (),
        at=now,
        by=header.recipient,
        to=header.sender,
        tree_size=head.size,
        tree_root=head.root,
    )
    return Received(sign_receipt(receipt, node.keys_of(header.recipient), now), is_new=True, is_refused=True)
