"""The journey is announced in time, and a long stay on the way is looked at (D09, D13)."""

from collections.abc import Iterator
from datetime import timedelta

from api.rules.watch.answers import answered
from api.rules.watch.case import Watched
from api.rules.watch.clock import day_of, end_of
from api.rules.watch.found import Found
from schemas.base import country_of
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_codes import DateStatus
from schemas.reception_record import ReceptionRecord


def announced_in_time(case: Watched) -> Iterator[Found]:
    """D09: a notice comes so many days ahead (004 2.4: in advance), counted by the sender's calendar.

    One that came in time met it. A late one is accepted, and stays a breach until the other side has answered it.
    """
    for notice in case.all(AdvanceRepatriationNotice):
        if notice.moves(case.case_uid) is None or notice.date_status is DateStatus.CANCELLED:
            continue
        place = country_of(notice.sender)
        lead = case.policy_at(notice.created_at).lead_days_for(notice.channel)
        due = end_of(notice.planned_date - timedelta(days=lead), place)
        met = (notice.created_at, notice.id) if notice.created_at <= due else answered(case, notice)
        yield Found(min(notice.created_at, due), due, met, subject=notice.id)


def transit_stay(case: Watched) -> Iterator[Found]:
    """D13: a stay of more than two weeks is told to the meeting, no more: who stays longer has the right to (2.1)."""
    for reception in case.all(ReceptionRecord):
        day = day_of(reception.arrived_at, case.origin)
        due = end_of(day + timedelta(days=case.policy_on(day).transit_stay_days), case.origin)
        yield Found(reception.arrived_at, due, case.home, subject=reception.id, warn_at=due)
