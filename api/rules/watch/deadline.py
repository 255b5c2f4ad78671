"""One thing that is due, and how urgent it is now.

``warn_at`` is when somebody is reminded for the first time; after ``due_at`` it is late. Some rules only inform for a
while before they warn (the return, from 90 to 150 days), one never does more (a long stay is a right, 004 2.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.document import Role


class Rule(StrEnum):
    """The rules of the policy table; where one has two clocks they are told apart by a letter."""

    RETURN = "D01"
    BASIC_FILE = "D02"
    FULL_FILE = "D03"
    SPECIAL_CASE_TOLD = "D04a"
    SPECIAL_CASE_ANSWERED = "D04b"
    ESCAPE_TOLD = "D05a"
    FAMILY_INFORMED = "D05b"
    RECEIPT = "D06a"
    SECOND_CONTACT = "D06b"
    TRACING_BEGUN = "D07a"
    TRACING_RESULT = "D07b"
    ASSESSMENT = "D08"
    NOTICE_LEAD = "D09"
    NOTICE_ANSWERED = "D10"
    ASSESSMENT_AGE = "D11"
    HANDOVER_SIGNED = "D12"
    TRANSIT_STAY = "D13"
    FOLLOW_UP = "D14"
    REVISIT = "D15"
    STATISTICS = "D16"
    FAMILY_CONTACT = "D17"
    CONSENT_REVIEW = "D18a"
    HOLD_REVIEW = "D18b"
    HOT_SPOTS = "D19"
    ANSWER = "D20"
    """any other kind that declares an answer and its time"""
    CLOSED_ELSEWHERE = "D21"


class AlertSeverity(StrEnum):
    """How urgent something is."""

    INFO = "info"
    WARN = "warn"
    BREACH = "breach"


ONLY_INFORM = frozenset({Rule.TRANSIT_STAY})
"""Rules that are never late."""
INFORMS_FOR: Mapping[Rule, timedelta] = {
    Rule.RETURN: timedelta(days=60),
    **dict.fromkeys(ONLY_INFORM, timedelta(days=36_500)),
}
"""How long a rule only informs: the return from the first reminder at 90 days to 150; a long stay for ever."""


@dataclass(frozen=True)
class Deadline:
    """Something that is due in a case. ``subject`` is the document or the visit that it is about, if any."""

    rule: Rule
    subject: str
    started: datetime
    warn_at: datetime
    due_at: datetime
    owners: tuple[Role, ...]
    met_at: datetime | None = None
    met_by: str | None = None


def severity_of(rule: str, warn_at: datetime, due_at: datetime, now: datetime) -> AlertSeverity | None:
    """Return how urgent an open deadline is, or ``None`` before its first reminder."""
    if now < warn_at:
        return None
    if now < warn_at + INFORMS_FOR.get(Rule(rule), timedelta()):
        return AlertSeverity.INFO
    return AlertSeverity.BREACH if now > due_at else AlertSeverity.WARN
