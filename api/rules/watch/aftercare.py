"""Life after the return: visits after three, six and twelve months, and a year after the closure (D14, D15).

Which visits a case waits for is decided in ``api/rules/schedule.py``; here each is a deadline, named after the visit.
And the end of it: a closure that only the other side told is looked into (D21).
"""

from collections.abc import Iterator
from datetime import datetime

from api.rules.schedule import Due, plan_of
from api.rules.watch.case import Met, Watched
from api.rules.watch.clock import WARN_AHEAD, after_working_days, day_of, end_of, start_of
from api.rules.watch.found import Found
from schemas.aftercare_codes import FollowUpInterval
from schemas.base import country_of
from schemas.departure_record import DepartureRecord
from schemas.follow_up_report import FollowUpReport


def follow_ups(case: Watched) -> Iterator[Found]:
    """D14: three, six and twelve calendar months after the way home (000 recommendations), or once in the seventh."""
    return (found for found in _visits(case) if found.subject != FollowUpInterval.REVISIT)


def revisit(case: Watched) -> Iterator[Found]:
    """D15: a year after the closure somebody looks again (004 3.6)."""
    return (found for found in _visits(case) if found.subject == FollowUpInterval.REVISIT)


def closed_elsewhere(case: Watched) -> Iterator[Found]:
    """D21: nobody ends the other side's reminders alone; shown at once, and late as an alert that nobody answers."""
    for closure, met in case.closed_elsewhere:
        started, place = case.arrived.get(closure.id, closure.created_at), country_of(case.agency)
        day = day_of(started, place)
        due = end_of(after_working_days(day, case.policy_on(day).alert_answer_working_days), place)
        yield Found(started, due, met, closure.id, warn_at=started)


def _visits(case: Watched) -> Iterator[Found]:
    """Yield the visits that are waited for, and those that were made of the rest."""
    waiting = plan_of(case.believed, case.case_uid, case.policy_at(_since(case)))
    made = {report.interval: report for report in case.all(FollowUpReport)}
    for due in waiting:
        yield _found(case, due)
    for interval in made.keys() - {due.interval for due in waiting} - {FollowUpInterval.EXTRA}:
        report = made[interval]
        met = (end_of(report.visit_date, case.origin), report.id)
        yield _found(case, Due(interval, report.due_date, report.due_date), met)


def _since(case: Watched) -> datetime:
    """Return when the visits began to be planned: by what was agreed on the way home."""
    left = case.newest(DepartureRecord)
    return left.departed_at if left is not None else case.opened_at


def _found(case: Watched, due: Due, met: Met | None = None) -> Found:
    """Return the clock of one visit; of those that have no name of their own each is named after its day."""
    name = f"{due.interval}-{due.on}" if due.interval is FollowUpInterval.EXTRA else due.interval.value
    opens = start_of(due.on, case.origin) - WARN_AHEAD
    return Found(opens, end_of(due.latest, case.origin), met, name, warn_at=opens)
