"""Putting a reminder off: for a reason, for a while, and never to hide what is late (domain 4.1, alert object)."""

from datetime import datetime, timedelta
from enum import StrEnum

from api.errors import InvalidInput, NotPermitted
from api.rules.watch.deadline import Rule

LONGEST = timedelta(days=30)
"""After a month somebody looks again."""


class SnoozeReason(StrEnum):
    """Why somebody puts a reminder off."""

    BEING_DONE = "being_done"
    WAITING_FOR_OTHER_SIDE = "waiting_for_other_side"
    DATE_AGREED = "date_agreed"
    PERSON_ASKED_FOR_TIME = "person_asked_for_time"
    NO_ACCESS = "no_access"
    NEXT_MEETING = "next_meeting"
    OTHER = "other"


def check_snooze(rule: str, due_at: datetime, barrier: str | None, *, until: datetime, now: datetime) -> None:
    """Refuse a snooze that ends in the past or too late, and a late return that nobody named a barrier for.

    Raises ``InvalidInput`` ``snooze_too_long`` or ``snooze_in_past``, and ``NotPermitted`` ``barrier_needed``.
    """
    if until <= now:
        raise InvalidInput("snooze_in_past", "choose a time that lies ahead")
    if until > now + LONGEST:
        raise InvalidInput("snooze_too_long", f"at most {LONGEST.days} days; then somebody looks again")
    if rule == Rule.RETURN and now > due_at and barrier is None:
        raise NotPermitted("barrier_needed", "first say what keeps this return from happening")
