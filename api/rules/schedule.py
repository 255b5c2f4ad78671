"""When somebody looks how life goes on: follow-ups after the way home, and a visit after the closure.

Three, six and twelve calendar months (000 recommendations), or once between six and seven (000 purpose 9); a year
after the closure once more (004 3.6). Months end where the calendar ends them: six after 30 August is 28 or 29
February. The minimum models have no follow-up (004 4.5). The numbers are the corridor's policy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.aftercare_codes import MINIMUM_MODELS, FollowUpInterval, MonitoringSchedule, SupportModel
from schemas.base import CaseUid
from schemas.case_closure import NO_REVISIT, CaseClosure
from schemas.dates import add_months
from schemas.departure_record import DepartureRecord
from schemas.document import Document
from schemas.earlier import current, find_newest
from schemas.episodes import of_this_episode, of_this_way_home
from schemas.follow_up_report import FollowUpReport
from schemas.readmission import Readmission
from schemas.service_provider_assignment import ServiceProviderAssignment

_INTERVALS: Mapping[int, FollowUpInterval] = {
    3: FollowUpInterval.M3,
    6: FollowUpInterval.M6,
    12: FollowUpInterval.M12,
}


@dataclass(frozen=True)
class Due:
    """One visit: which, from which day on, and the day by which it should be made."""

    interval: FollowUpInterval
    on: date
    latest: date

    def is_overdue(self, today: date) -> bool:
        """Say whether the last day has passed."""
        return today > self.latest


def follow_ups_due(
    home_on: date,
    model: SupportModel,
    policy: CorridorNumbers = DEFAULT_POLICY,
    monitoring: MonitoringSchedule = MonitoringSchedule.THREE_SIX_TWELVE,
) -> tuple[Due, ...]:
    """Return the visits after the day on which somebody came home; none for a minimum model."""
    if model in MINIMUM_MODELS:
        return ()
    if monitoring is MonitoringSchedule.SIX_TO_SEVEN:
        first, last = policy.follow_up_window_months
        return (Due(FollowUpInterval.M6_7, add_months(home_on, first), add_months(home_on, last)),)
    return tuple(
        Due(_INTERVALS.get(months, FollowUpInterval.EXTRA), due, due)
        for months in policy.follow_up_months
        for due in [add_months(home_on, months)]
    )


def find_revisit_due(
    closure: CaseClosure, model: SupportModel | None, policy: CorridorNumbers = DEFAULT_POLICY
) -> Due | None:
    """Find the visit after a closure: calendar months later, unless the reason or a minimum model leaves none."""
    is_left_out = closure.reason in NO_REVISIT or closure.no_revisit_reason is not None
    if is_left_out or model in MINIMUM_MODELS:
        return None
    due = add_months(closure.closed_on, policy.revisit_months)
    return Due(FollowUpInterval.REVISIT, due, due)


def still_due(schedule: Iterable[Due], reports: Sequence[FollowUpReport], since: date) -> tuple[Due, ...]:
    """Return the visits that no report since that day was about.

    A visit at which nobody was met counts: what follows from it is the recommendation's to say.
    """
    made = {report.interval for report in reports if report.visit_date >= since}
    return tuple(due for due in schedule if due.interval not in made)


def plan_of(held: Sequence[Document], case_uid: CaseUid, policy: CorridorNumbers = DEFAULT_POLICY) -> tuple[Due, ...]:
    """Return the visits that a case still waits for, by everything that is held about it.

    Follow-ups run from the way home, and anew from a re-admission, until a shelter abroad takes the person in; after a
    closure only the visit a year later is left.
    """
    departure = next(reversed(of_this_way_home(DepartureRecord, held, case_uid)), None)
    assigned = find_newest(ServiceProviderAssignment, held, case_uid)
    reports = current(FollowUpReport, held, case_uid)
    again = next(reversed(of_this_way_home(Readmission, held, case_uid)), None)
    closure = next(reversed(of_this_episode(CaseClosure, held, case_uid)), None)
    if closure is not None:
        revisit = find_revisit_due(closure, assigned.support_model if assigned else None, policy)
        return still_due([revisit] if revisit else [], reports, closure.closed_on)
    starts = [departure.departed_at.date()] if departure else []
    starts += [again.readmitted_on] if again else []
    if not starts or assigned is None:
        return ()
    start = max(starts)
    return still_due(follow_ups_due(start, assigned.support_model, policy, assigned.monitoring), reports, start)
