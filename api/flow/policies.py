"""Which numbers hold in which corridor, read once from the agreements that an agency holds (form 29; ``kept.py``)."""

from api.flow import shelf
from api.flow.node import Node
from api.rules.agreements import BUILT_IN, Corridors, Policies, agreed_in, corridors_in
from api.store import documents, watch
from api.store.engine import Session
from schemas.corridor_policy import CorridorPolicy, PolicyStage
from schemas.document import Document


def find_policies(node: Node, session: Session, agency: str) -> Policies:
    """Return everything that an agency agreed; nothing where it holds no agreement."""
    return _find_corridors(node, session, agency).agreed


def list_open_proposals(node: Node, session: Session, agency: str) -> tuple[CorridorPolicy, ...]:
    """Return what was proposed by or to an agency and is not answered, oldest first."""
    return _find_corridors(node, session, agency).proposed


def apply_agreement(node: Node, session: Session, document: Document, holder: str) -> None:
    """Let the deadlines of a corridor be worked out anew where a document, which is stored, makes an agreement.

    Only what makes one: whoever agrees to an own proposal, to other terms or once more changes nothing.
    """
    if not isinstance(document, CorridorPolicy) or document.stage is not PolicyStage.AGREED:
        return
    rows = documents.list_answers(session, holder, document.facts.form, document.reply_to or "")
    told = shelf.read_readable(node, rows)
    before = agreed_in([one for one in told if one.id != document.id])
    if before == BUILT_IN != agreed_in(told):
        watch.unwatch_corridor(session, holder, document.corridor.destination, document.corridor.origin)


def _find_corridors(node: Node, session: Session, agency: str) -> Corridors:
    return shelf.read_form(node, session, agency, CorridorPolicy, node.corridors, corridors_in)
