"""While somebody waits in the shelter: the return, the files, the family, what has to be asked again (D01-D03, D17-18).

The clock of six months runs from the first admission, and an escape stops none; it only leaves the case out of the
figure (004 1.1, 1.10).
"""

from collections.abc import Iterator
from datetime import timedelta

from api.rules.deadlines import return_due
from api.rules.watch.case import Watched
from api.rules.watch.clock import day_of, end_of, start_of
from api.rules.watch.found import Found
from schemas.background_codes import WishContact
from schemas.base import country_of
from schemas.case_file import CaseFile
from schemas.case_worker_visit import CaseWorkerVisitReport
from schemas.dates import add_months
from schemas.family_contact_message import FamilyContactMessage
from schemas.needs import Stage


def home_in_time(case: Watched) -> Iterator[Found]:
    """D01: home within six calendar months of the first admission (004 1.1); reminded from day 90, warned from 150."""
    if case.admitted is None:
        return
    policy, place = case.policy_on(case.admitted), case.destination
    yield Found(
        started=start_of(case.admitted, place),
        due_at=end_of(return_due(case.admitted, policy), place),
        met=case.returned,
        warn_at=start_of(case.admitted + timedelta(days=policy.return_warn_days), place),
    )


def basic_file(case: Watched) -> Iterator[Found]:
    """D02: the basic file as soon as possible (004 1.4(3)); where none is there yet, from the day the case was opened.

    A case that the origin side opened (somebody came back alone) has no file to wait for.
    """
    files = _files(case)
    is_ours = country_of(case.agency) == case.destination != case.origin
    started = case.admitted or (day_of(case.opened_at, case.destination) if is_ours else None)
    if started is None:
        return
    due = started + timedelta(days=case.policy_on(started).basic_file_days)
    met = (files[0].created_at, files[0].id) if files else None
    yield Found(start_of(started, case.destination), end_of(due, case.destination), met)


def full_file(case: Watched) -> Iterator[Found]:
    """D03: the full file, special cases first (004 1.5, 1.6)."""
    if case.admitted is None:
        return
    policy, files = case.policy_on(case.admitted), [file for file in _files(case) if file.level is Stage.FULL]
    days = policy.full_file_special_days if case.is_special else policy.full_file_days
    met = (files[0].created_at, files[0].id) if files else None
    due = end_of(case.admitted + timedelta(days=days), case.destination)
    yield Found(start_of(case.admitted, case.destination), due, met)


def family_contact(case: Watched) -> Iterator[Found]:
    """D17: contact with the family at least every quarter (004 1.2), unless the person wants none."""
    wishes = [file.family.wish_contact for file in case.all(CaseFile) if file.family and file.family.wish_contact]
    if case.admitted is None or WishContact.NO in wishes[-1:]:
        return
    written = [one.written_on for one in case.all(FamilyContactMessage)]
    visited = [one.visited_on for one in case.all(CaseWorkerVisitReport)]
    last = max([case.admitted, *written, *visited])
    due = last + timedelta(days=case.policy_on(last).family_contact_days)
    yield Found(start_of(last, case.destination), end_of(due, case.destination))


def consent_review(case: Watched) -> Iterator[Found]:
    """D18: what a person agreed to is asked again after half a year (domain 2.J)."""
    dates = [record.date for file in case.all(CaseFile) for record in file.consents or ()]
    if not dates:
        return
    last = max(dates)
    due = add_months(last, case.policy_on(last).consent_review_months)
    yield Found(start_of(last, case.destination), end_of(due, case.destination))


def hold_review(case: Watched) -> Iterator[Found]:
    """D18: somebody who stays on as a witness is asked again within 60 days, or on the day that was named."""
    if case.hold is None:
        return
    file, hold = case.hold
    since = day_of(file.created_at, case.destination)
    latest = since + timedelta(days=case.policy_on(since).legal_hold_review_days)
    due = min(hold.review_date or latest, latest)
    yield Found(file.created_at, end_of(due, case.destination), subject=file.id)


def _files(case: Watched) -> list[CaseFile]:
    """Return the files that the destination side sent, corrected ones included: the first one counts."""
    files = [one for one in case.counting if isinstance(one, CaseFile) and one.case_uid == case.case_uid]
    return [file for file in files if country_of(file.sender) == case.destination]
