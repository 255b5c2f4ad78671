"""A recorded document is sealed for its recipient and waits in the outbox: the transactional outbox.

Sealing happens before the unit of work (it needs the processor, not the database); the row of the document, the
outbox row and the log lines are one commit.
"""

from dataclasses import dataclass
from datetime import datetime

from api.flow.node import Node
from api.flow.peers import get_peer
from api.sealing.seal import SealedEnvelope, document_bytes, seal
from api.store import outbox
from api.store.engine import Session
from schemas.base import AgencyId
from schemas.document import Document


@dataclass(frozen=True)
class Outgoing:
    """Something for another agency: an envelope, or a receipt about one of its envelopes."""

    agency_id: AgencyId
    peer: AgencyId
    document_id: str
    what: str
    data: bytes
    sha256: str


def seal_for_recipient(node: Node, session: Session, document: Document, now: datetime) -> SealedEnvelope:
    """Seal a document for the agency it names.

    Raises ``TrustError`` where that agency's keys are not pinned or expired.
    """
    peer = get_peer(node, session, document.recipient)
    return seal(document_bytes(document), keys=node.keys_of(document.sender), to=peer.newest, now=now)


def put_into_outbox(session: Session, item: Outgoing, now: datetime) -> None:
    """Let something wait for its recipient, due at once."""
    outbox.add_item(session, vars(item), now)
