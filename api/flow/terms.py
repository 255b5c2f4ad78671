"""Two officers stand for the numbers of a corridor: one approves the very terms, another sends them (form 29).

Numbers can weaken what protects people, longer periods and later alerts among them, so no officer binds a country
alone, neither by a proposal nor by agreeing to one. Whoever declines needs nobody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ulid import ULID

from api.errors import NotPermitted
from api.flow.evidence import Action, Entry, note
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

LASTS = timedelta(hours=72)
"""Over a weekend, as a release."""
_REASON = "terms"


class Terms(Frozen):
    """What is approved: these numbers from this day on, to be sent to this agency."""

    recipient: AgencyIdField
    corridor: Corridor
    valid_from: Day
    terms: PolicyTerms


def prepare_approval(node: Node, caller: Principal, terms: Terms) -> Callable[[Session], GrantRow]:
    """Return the unit by which an officer approves that another one sends these terms, once."""
    caller.require_write(CorridorPolicy)
    now, grant_id = node.clock(), str(ULID())
    locked = node.vault.lock(terms.model_dump_json().encode(), _context(caller.agency, grant_id))

    def unit(session: Session) -> GrantRow:
        row = GrantRow(
            grant_id=grant_id,
            agency_id=caller.agency,
            case_uid="",
            what=Leave.TERMS,
            recipient=terms.recipient,
            client_id=caller.client_id,
            role=caller.role,
            reason=_REASON,
            asked_at=now,
            approved_by=caller.client_id,
            approved_at=now,
            expires_at=now + LASTS,
            body=locked.body,
            body_key=locked.key,
        )
        session.add(row)
        note(session, now, Entry(Action.RELEASE_APPROVED, caller.agency, caller.role, peer=terms.recipient))
        return row

    return unit


def require_second_officer(node: Node, session: Session, caller: Principal, document: Document, now: datetime) -> None:
    """Use up the approval under which terms may leave; nothing for any other document.

    To be called in the unit that records it. Raises ``NotPermitted`` ``second_officer_needed`` where nobody else
    approved exactly these.
    """
    if not isinstance(document, CorridorPolicy) or document.stage is PolicyStage.DECLINED:
        return
    log.take_head(session)  # one at a time, so that nothing leaves twice under one approval
    sent = Terms.model_validate({name: getattr(document, name) for name in Terms.model_fields}).model_dump_json()
    rows = grants.list_approvals(session, caller.agency, Leave.TERMS, document.recipient, now)
    for row in rows:
        if row.client_id != caller.client_id and _approved(node, row) == sent:
            row.used_at, row.document_id = now, document.id
            session.add(row)
            note(session, now, Entry(Action.RELEASE_USED, caller.agency, caller.role, document.id))
            return
    raise NotPermitted(
        "second_officer_needed", "let another officer approve the very same terms first: POST /v1/policies/approvals"
    )


def _approved(node: Node, row: GrantRow) -> str:
    """Return the terms that were approved, as text; none where they were erased."""
    if row.body_key is None:
        return ""
    return node.vault.unlock(row.body, row.body_key, _context(row.agency_id, row.grant_id)).decode()


def _context(agency: str, grant_id: str) -> str:
    return f"access_grant,{agency}/{grant_id},terms,1"
