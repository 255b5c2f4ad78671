"""How an announced return stands, for the one who works the feed off.

Soonest first, what is unusual, what is unanswered.
"""

from collections.abc import Sequence
from datetime import date

from api.rules.notice import lead_time
from api.rules.policy import CorridorNumbers
from schemas.base import Frozen
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement
from schemas.notice_codes import AckDecision


class Standing(Frozen):
    """A notice in a list: numbers and codes, no names."""

    notice_id: str
    notice_version: int
    planned_date: date
    date_status: str
    border_point: str
    confirm_by: date | None
    persons: int
    children: int
    special: int
    accepted: int
    deferred: int
    unanswered: int
    lead_days: int
    flags: tuple[str, ...]


def standing_of(
    notice: AdvanceRepatriationNotice, answers: Sequence[NoticeAcknowledgement], policy: CorridorNumbers
) -> Standing:
    """Return how a notice stands after the answers that were given to it, the newest of which counts.

    ``policy`` is what the corridor had agreed when the notice was written.
    """
    newest = max(answers, key=lambda answer: (answer.created_at, answer.id), default=None)
    coming = {person.seq for person in notice.persons if person.is_travelling}
    decided = {person.seq: person.decision for person in newest.persons} if newest else {}
    accepted = sum(decided.get(seq) is AckDecision.ACCEPTED for seq in coming)
    deferred = sum(decided.get(seq) is AckDecision.DEFERRED for seq in coming)
    lead = lead_time(notice, policy)
    return Standing(
        notice_id=notice.notice_id,
        notice_version=notice.notice_version,
        planned_date=notice.planned_date,
        date_status=notice.date_status,
        border_point=notice.border_point,
        confirm_by=notice.requesting_confirmation_by,
        persons=len(coming),
        children=notice.totals.children,
        special=notice.totals.special,
        accepted=accepted,
        deferred=deferred,
        unanswered=len(coming) - accepted - deferred,
        lead_days=lead.days,
        flags=("lead_below_policy",) if lead.lead_below_policy else (),
    )
