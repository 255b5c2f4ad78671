"""What somebody should look at twice after a return: told with the answer to whoever wrote it, and refusing nothing.

Each kind has its own look; a kind without one has nothing to be cautious of.
"""

from collections.abc import Iterator
from functools import singledispatch

from api.rules.policy import DEFAULT_POLICY, CorridorTerms
from schemas.aftercare_codes import Recommendation, TraffickedAgain
from schemas.base import YesNoUnknown
from schemas.departure_record import DepartureRecord
from schemas.document import Document
from schemas.follow_up_report import FollowUpReport
from schemas.needs import Problem
from schemas.reception_record import ReceptionRecord


@singledispatch
def cautions_of(document: Document, policy: CorridorTerms = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield what to look at twice in a document, by what the corridor agreed; a place and a code, never a value."""
    _ = document, policy
    yield from ()


@cautions_of.register
def _of_reception(reception: ReceptionRecord, _policy: CorridorTerms = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield an interview by law enforcement that the person did not agree to."""
    interview = reception.police_interview
    if interview.held is YesNoUnknown.YES and interview.consented is not YesNoUnknown.YES:
        yield Problem(
            ("police_interview", "consented"), "interview_without_consent", "find out how this happened, and help"
        )


@cautions_of.register
def _of_departure(departure: DepartureRecord, policy: CorridorTerms = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a company that neighbours would notice (004 3.1)."""
    if len(departure.escorts) > policy.max_visitors:
        yield Problem(("escorts",), "too_many_visitors", "a return is discreet; fewer people draw less attention")


@cautions_of.register
def _of_follow_up(report: FollowUpReport, policy: CorridorTerms = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a visit by too many, and a danger without urgency (004 3.8: one of the department and one of an NGO)."""
    if len(report.visitors) > policy.max_visitors:
        yield Problem(("visitors",), "too_many_visitors", "one of the department and one of the NGO are enough")
    told = report.indicators
    is_danger = told is not None and (
        told.safe is YesNoUnknown.NO or told.not_retrafficked in {TraffickedAgain.TRAFFICKED, TraffickedAgain.SUSPECTED}
    )
    if is_danger and report.recommendation in {Recommendation.CONTINUE, Recommendation.CLOSE}:
        yield Problem(("recommendation",), "danger_without_urgency", "somebody is in danger; refer, or call it urgent")
