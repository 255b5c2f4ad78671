"""Two officers stand for the numbers of a corridor: one approves the very terms, another sends them (form 29).

Numbers can weaken what protects people, longer periods and later alerts among them, so no officer binds a country
alone, neither by a proposal nor by agreeing to one. Whoever declines needs nobody. It is leave like a release
(``grants.py``), of no case, and stands in the log under actions of its own.
"""

from collections.abc import Callable
from datetime import datetime

from api.errors import NotPermitted
from api.flow.evidence import Action, Entry, note
from api.flow.grants import Wanted, row_of, use_up, words_of
from api.flow.node import Node
from api.rules.access import Principal
from api.rules.need_to_know import Leave
from api.store import grants, log
from api.store.case_tables import GrantRow
from api.store.engine import Session
from schemas.base import AgencyIdField, Frozen
from schemas.corridor import Corridor
from schemas.corridor_policy import CorridorPolicy, PolicyStage, PolicyTerms
from schemas.dates import Day
from schemas.document import Document


class ApprovedTerms(Frozen):
    """What is approved: these numbers from this day on, to be sent to this agency."""

    recipient: AgencyIdField
    corridor: Corridor
    valid_from: Day
    terms: PolicyTerms


def prepare_approval(node: Node, caller: Principal, terms: ApprovedTerms) -> Callable[[Session], GrantRow]:
    """Return the unit by which an officer approves that another one sends these terms, once."""
    caller.require_write(CorridorPolicy)
    now = node.clock()
    wanted = Wanted(Leave.TERMS, terms.model_dump_json(), recipient=terms.recipient)
    new_row = row_of(node, caller, "", wanted, Leave.TERMS, now)

    def unit(session: Session) -> GrantRow:
        row = new_row(approved_by=caller.client_id, approved_at=now)
        session.add(row)
        note(session, now, Entry(Action.TERMS_APPROVED, caller.agency, caller.role, peer=terms.recipient))
        return row

    return unit


def require_second_officer(node: Node, session: Session, caller: Principal, document: Document, now: datetime) -> None:
    """Use up the approval under which terms may leave; whoever declines them needs none.

    To be called in the unit that records it. Raises ``NotPermitted`` ``second_officer_needed`` where nobody else
    approved exactly these.
    """
    if getattr(document, "stage", None) is PolicyStage.DECLINED:
        return
    log.take_head(session)  # one at a time, so that nothing leaves twice under one approval
    sent = ApprovedTerms.model_validate(document, from_attributes=True).model_dump_json()
    for row in grants.list_approvals(session, caller.agency, Leave.TERMS, document.recipient, now):
        is_erased = row.body_key is None
        if row.client_id != caller.client_id and not is_erased and words_of(node, row) == sent:
            use_up(session, caller, row, document, now)
            return
    raise NotPermitted(
        "second_officer_needed", "let another officer approve the very same terms first: POST /v1/policies/approvals"
    )
