"""What somebody should look at twice after a return. Nothing here refuses: a long stay is a right (004 2.1)."""

from collections.abc import Iterator
from datetime import date

from api.rules.policy import DEFAULT_POLICY, CorridorPolicy
from schemas.aftercare_codes import Recommendation, TraffickedAgain
from schemas.base import YesNoUnknown
from schemas.departure_record import DepartureRecord
from schemas.follow_up_report import FollowUpReport
from schemas.needs import Problem
from schemas.reception_record import ReceptionRecord
from schemas.return_codes import StayReason


def stay_days(reception: ReceptionRecord, until: date) -> int:
    """Return the days that somebody has stayed, counted on the facility's own calendar."""
    return (until - reception.arrived_at.date()).days


def stay_flags(reception: ReceptionRecord, until: date, policy: CorridorPolicy = DEFAULT_POLICY) -> tuple[str, ...]:
    """Return a flag with the reason for a stay longer than usual; it informs the meeting and ends nothing."""
    if stay_days(reception, until) <= policy.transit_stay_days:
        return ()
    return (f"extended_stay_{(reception.stay_choice.reason or StayReason.OTHER).value}",)


def reception_cautions(reception: ReceptionRecord) -> Iterator[Problem]:
    """Yield an interview by law enforcement that the person did not agree to."""
    interview = reception.police_interview
    if interview.held is YesNoUnknown.YES and interview.consented is not YesNoUnknown.YES:
        yield Problem(
            ("police_interview", "consented"), "interview_without_consent", "find out how this happened, and help"
        )


def departure_cautions(departure: DepartureRecord, policy: CorridorPolicy = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a company that neighbours would notice (004 3.1)."""
    if len(departure.escorts) > policy.max_visitors:
        yield Problem(("escorts",), "too_many_visitors", "a return is discreet; fewer people draw less attention")


def follow_up_cautions(report: FollowUpReport, policy: CorridorPolicy = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a visit by too many, and a danger without urgency (004 3.8: one of the department and one of an NGO)."""
    if len(report.visitors) > policy.max_visitors:
        yield Problem(("visitors",), "too_many_visitors", "one of the department and one of the NGO are enough")
    told = report.indicators
    is_danger = told is not None and (
        told.safe is YesNoUnknown.NO or told.not_retrafficked in {TraffickedAgain.TRAFFICKED, TraffickedAgain.SUSPECTED}
    )
    if is_danger and report.recommendation in {Recommendation.CONTINUE, Recommendation.CLOSE}:
        yield Problem(("recommendation",), "danger_without_urgency", "somebody is in danger; refer, or call it urgent")
