"""What can't wait: a special case is told within two days, an escape within one (D04, D05)."""

from collections.abc import Iterator
from datetime import timedelta

from api.rules.watch.case import Watched
from api.rules.watch.clock import day_of, end_of, start_of
from api.rules.watch.found import Found
from schemas.base import YesNoUnknown
from schemas.case_file import CaseFile
from schemas.escape_notice import EscapeNotice
from schemas.special_case_alert import SpecialCaseAlert


def special_case_told(case: Watched) -> Iterator[Found]:
    """D04: an alert within 48 hours after the need was identified (004 1.6); what has no hour ends with the day."""
    alerts = case.all(SpecialCaseAlert)
    found_on = [row.identified_on for alert in alerts for row in alert.categories if row.identified_on]
    file = case.newest(CaseFile)
    needs = file.special_needs if file else None
    found_on += [row.identified_on for row in (needs.categories or () if needs else ()) if row.identified_on]
    if file and needs and needs.special_case is YesNoUnknown.YES and not found_on:
        found_on = [day_of(file.created_at, case.destination)]
    found_on = found_on or [alert.raised_on for alert in alerts]
    if not found_on:
        return
    first = min(found_on)
    due = first + timedelta(hours=case.policy_on(first).alert_hours)
    met = min(((case.told_first(alert), alert.id) for alert in alerts), default=None)
    yield Found(start_of(first, case.destination), end_of(due, case.destination), met)


def escape_told(case: Watched) -> Iterator[Found]:
    """D05: an escape is told early, within a day of its discovery (004 1.10)."""
    for notice in case.all(EscapeNotice):
        hours = case.policy_at(notice.escape_discovered_at).escape_notice_hours
        due = notice.escape_discovered_at + timedelta(hours=hours)
        met = (case.told_first(notice), notice.id)
        yield Found(notice.escape_discovered_at, due, met, subject=notice.id)
