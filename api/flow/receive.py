"""An envelope arrives: opened, checked, stored with its signed receipt in one commit, and only then answered.

The same envelope, however often and however late it comes, is stored once and answered with the same receipt
(promise 2). What fails a check of the seal leaves nothing behind but a line with its code; a document that its known
sender signed but that this node can't take gets a signed refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api.errors import InvalidInput, SealError
from api.flow import receipts, shelf
from api.flow.attachments.naming import expect
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.peer import Peer
from api.flow.peers import peer_of
from api.flow.standing import move_cases
from api.rules.checking import UnsupportedVersion, check_from_peer
from api.rules.parties import find_side
from api.sealing.digest import sha256_hex
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import sign_statement
from api.sealing.unseal import Unsealed, peek, unseal
from api.store import documents
from api.store.arrivals import look_up
from api.store.documents import Held, NewDocument
from api.store.engine import Session
from schemas.base import AgencyId
from schemas.document import Document, Side


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
    return node.writer.write(prepare_receive(node, data, peer=peer))


def prepare_receive(node: Node, data: bytes, *, peer: AgencyId) -> Callable[[Session], Received]:
    """Open an envelope, check what is in it, and return the unit of work that stores it and gives its receipt.

    Raises like ``receive``. All cryptography but the receipt's signature is done here, outside the writer.
    """
    now = node.clock()
    header = peek(data, max_bytes=node.limits.envelope_bytes)
    if header.recipient not in node.keyring:
        raise SealError("recipient_not_served")
    if header.sender != peer:
        raise SealError("sender_is_not_the_caller")
    accepted, earlier = look_up(node.database, agency_id=header.recipient, peer=peer, document_id=header.id)
    sender = peer_of(node, peer, accepted)
    if earlier is not None and earlier.envelope_sha256 == sha256_hex(data):
        return partial(_again, earlier=earlier)
    if sender is None:
        raise SealError("sender_unknown")
    opened = _unsealed(node, data, header.recipient, sender, now)
    if earlier is not None:
        return partial(_as_before, earlier=earlier, peer=peer, signed_sha256=opened.signed_sha256)
    try:
        reading = check_from_peer(opened.content)
    except (InvalidInput, UnsupportedVersion) as problem:
        return partial(_refuse, node, opened, problem, now)
    stored = shelf.locked(
        node, reading.document, opened.signed, at=now, agency=header.recipient, envelope_sha256=opened.sha256
    )
    return partial(_store, node, stored, reading.document, now)


def _again(session: Session, earlier: Held) -> Received:
    """Answer what was stored before with the very same receipt."""
    receipt = documents.find_receipt(
        session, earlier.agency_id, earlier.peer, earlier.document_id, status=ReceiptStatus.STORED, is_issued=True
    )
    if receipt is None:
        raise SealError("id_stands_for_another_document")
    return Received(receipt.data, is_new=False)


def _as_before(session: Session, earlier: Held, peer: str, signed_sha256: str) -> Received:
    """Answer a document that was sealed anew like the first time; refuse another under its id."""
    if (earlier.peer, earlier.signed_sha256) != (peer, signed_sha256):
        raise SealError("id_stands_for_another_document")
    return _again(session, earlier)


def _unsealed(node: Node, data: bytes, recipient: AgencyId, sender: Peer, now: datetime) -> Unsealed:
    """Open an envelope from a peer by the rules of this node; raises like ``unseal``."""
    return unseal(
        data,
        recipient=recipient,
        keys=node.keys_of(recipient),
        sender_keys=sender.signing,
        now=now,
        max_bytes=node.limits.envelope_bytes,
        skew=node.limits.skew,
    )


def _store(node: Node, stored: NewDocument, document: Document, now: datetime, session: Session) -> Received:
    """Store the document with its receipt; somebody who was faster with the same one is answered with theirs."""
    holder = stored.agency_id
    earlier = documents.find_held(session, holder, stored.document_id)
    if earlier is not None:
        return _as_before(session, earlier, stored.peer, stored.signed_sha256)
    documents.add_document(session, stored, document.case_uids())
    expect(session, document, holder, node.limits.attachment_bytes, now)
    corridor = document.find_corridor()
    side = find_side(corridor, holder) if corridor is not None else None
    move_cases(node, session, document, holder, side or Side.ORIGIN, now)
    line = Entry(
        Action.RECEIVED,
        agency=holder,
        by=stored.peer,
        document_id=stored.document_id,
        case_uid=document.case_uid,
        sha256=stored.envelope_sha256,
    )
    return Received(receipts.prove(node, session, stored, ReceiptStatus.STORED, line, role=None, now=now), is_new=True)


def _refuse(
    node: Node, opened: Unsealed, problem: InvalidInput | UnsupportedVersion, now: datetime, session: Session
) -> Received:
    """Sign a refusal that says which rule was broken where; nothing of the document is kept."""
    header = opened.header
    line = Entry(
        Action.REFUSED,
        agency=header.recipient,
        by=header.sender,
        document_id=header.id,
        code=problem.code,
        sha256=opened.sha256,
    )
    head = note(session, now, line)
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
    return Received(sign_statement(receipt, node.keys_of(header.recipient), now), is_new=True, is_refused=True)
