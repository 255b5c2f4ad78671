"""What waits for an agency that lost its keys and begins anew is sealed to its new ones, from the sender's own copy.

It stays the same document, signed as it was: only the envelope around it is another, and receipts name the new one.
"""

from datetime import datetime

from api.flow import shelf
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.sealing.keys import PublicKeySet
from api.sealing.seal import reseal
from api.store import documents, outbox
from api.store.engine import Session
from api.store.tables import DocumentRow, OutboxRow


def seal_waiting_anew(node: Node, session: Session, agency: str, keys: PublicKeySet, now: datetime) -> None:
    """Put every envelope that waits for an agency into a new one; to be called in the unit that accepts its new keys.

    What was erased here meanwhile can't be sealed again and stays as it is. Raises ``TrustError`` where the agency has
    no key that is valid now.
    """
    for item in outbox.list_waiting_envelopes(session, agency):
        own = documents.find_document(session, item.agency_id, item.document_id)
        if own is not None and own.body_key is not None:
            _seal_anew(node, session, item, own, keys, now)


def _seal_anew(
    node: Node, session: Session, item: OutboxRow, own: DocumentRow, keys: PublicKeySet, now: datetime
) -> None:
    """Put one document into a new envelope, and note that."""
    sealed = reseal(shelf.read_signed(node, own), to=keys, now=now)
    item.data = sealed.data
    item.sha256 = own.envelope_sha256 = sealed.sha256
    session.add_all([item, own])
    line = Entry(Action.SEALED, item.agency_id, "AD", item.document_id, peer=item.peer, sha256=sealed.sha256)
    note(session, now, line)
