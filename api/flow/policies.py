"""Which numbers hold in which corridor, read from the agreements that an agency holds (form 29).

They are asked for at every step and change once in years, so they are read once and kept on the node. Whether anything
changed is asked of the database each time, never of the clock: another worker may have stored the next agreement.
"""

from api.flow import shelf
from api.flow.node import Node
from api.rules.agreements import Policies, agreed_in, open_proposals
from api.store import documents, watch
from api.store.engine import Session
from schemas.corridor_policy import CorridorPolicy, PolicyStage
from schemas.document import Document


def find_policies(node: Node, session: Session, agency: str) -> Policies:
    """Return everything that an agency agreed; nothing where it holds no agreement."""
    mark = documents.mark_of_form(session, agency, CorridorPolicy.facts.form)
    known = node.policies.get(agency)
    if known is None or known[0] != mark:
        known = node.policies[agency] = (mark, agreed_in(_held(node, session, agency)))
    return known[1]


def list_open_proposals(node: Node, session: Session, agency: str) -> tuple[CorridorPolicy, ...]:
    """Return what was proposed by or to an agency and is not answered, oldest first."""
    return open_proposals(_held(node, session, agency))


def apply_agreement(session: Session, document: Document, holder: str) -> None:
    """Let the deadlines of a corridor be worked out anew where a document agrees to a proposal that is held."""
    if not isinstance(document, CorridorPolicy) or document.stage is not PolicyStage.AGREED:
        return
    if document.reply_to is not None and documents.find_held(session, holder, document.reply_to) is not None:
        watch.unwatch_corridor(session, holder, document.corridor.destination, document.corridor.origin)


def _held(node: Node, session: Session, agency: str) -> list[Document]:
    return shelf.read_all(node, documents.list_of_form(session, agency, CorridorPolicy.facts.form))
