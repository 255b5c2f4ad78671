"""The metrics of the guidelines, each a small function that takes its samples from one case (domain 4.6; 004 3.10)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from api.rules.deadlines import first_admission
from api.rules.figures.answers import Answers
from api.rules.figures.measures import Metric, Reading, Sample, Unit
from api.rules.schedule import follow_ups_due
from schemas.aftercare_codes import ClosureReason, ReadmissionReason, TraffickedAgain
from schemas.base import YesNoUnknown
from schemas.care_codes import Service
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.departure_record import DepartureRecord
from schemas.earlier import find_newest
from schemas.escape_family_informed import EscapeFamilyInformed
from schemas.escape_notice import EscapeNotice
from schemas.family_assessment import FamilyAssessment
from schemas.family_contact_message import FamilyContactMessage
from schemas.follow_up_report import FollowUpReport
from schemas.needs import Stage
from schemas.notice_codes import FileStatus
from schemas.readmission import Readmission
from schemas.return_codes import ServiceOutcome, VictimType
from schemas.service_provider_assignment import ServiceProviderAssignment

_HOUR = timedelta(hours=1)


def _handed_over(reading: Reading) -> Iterator[Answers]:
    """Yield the returns from government to government."""
    return (one for one in reading.returns if one.victim_type is VictimType.XB_G2G)


def within_6_months(reading: Reading) -> Iterator[Sample]:
    """Yield whether each return came in time; who ran away meanwhile is left out (004 1.1)."""
    if not reading.all_of(EscapeNotice):
        yield from (one.within_6_months for one in reading.returns if one.within_6_months is not None)


def within_6_months_special(reading: Reading) -> Iterator[Sample]:
    """Yield the same for special cases alone (004 3.10)."""
    if any(one.special_case for one in reading.returns):
        yield from within_6_months(reading)


def days_in_shelter(reading: Reading) -> Iterator[Sample]:
    """Yield the days from the first admission to each return."""
    return (one.days_in_shelter for one in reading.returns if one.days_in_shelter is not None)


def full_file(reading: Reading) -> Iterator[Sample]:
    """Yield whether the full file was there at each return (004 1.6)."""
    return (one.file_level_at_return is FileStatus.FULL for one in _handed_over(reading))


def full_file_special(reading: Reading) -> Iterator[Sample]:
    """Yield the same for special cases alone, which come first (004 1.6)."""
    return (one.file_level_at_return is FileStatus.FULL for one in _handed_over(reading) if one.special_case)


def _days_to_file(reading: Reading, levels: frozenset[Stage]) -> Iterator[Sample]:
    """Yield the days from the first admission to the first file of these levels, for files of the year."""
    held = (one for one in reading.case.counting if isinstance(one, CaseFile) and one.level in levels)
    first = min(held, key=lambda one: (one.created_at, one.id), default=None)
    admitted = first.header.counted_from if first is not None and first.header else None
    if first is not None and admitted is not None and reading.is_in_year(first.created_at.date()):
        yield (first.created_at.date() - admitted).days


def days_to_basic_file(reading: Reading) -> Iterator[Sample]:
    """Yield the days until anything was sent (004 1.4(3))."""
    return _days_to_file(reading, frozenset(Stage))


def days_to_full_file(reading: Reading) -> Iterator[Sample]:
    """Yield the days until the full file was sent (004 1.6)."""
    return _days_to_file(reading, frozenset({Stage.FULL}))


def announced_in_time(reading: Reading) -> Iterator[Sample]:
    """Yield whether each hand-over was announced as early as agreed; no notice is not in time (004 1.4(4))."""
    for one in _handed_over(reading):
        agreed = one.notice_days_agreed
        yield one.notice_days is not None and agreed is not None and one.notice_days >= agreed


def assessed_before_return(reading: Reading) -> Iterator[Sample]:
    """Yield whether a family was assessed before each return (004 1.8)."""
    days = [assessed.assessed_on for assessed in reading.all_of(FamilyAssessment)]
    return (any(day <= one.return_date for day in days) for one in reading.returns)


def negative_assessments(reading: Reading) -> Iterator[Sample]:
    """Yield whether the assessment of each return was negative, where there is one (004 4.6)."""
    found = (one.family_assessment_negative for one in reading.returns)
    return (is_negative for is_negative in found if is_negative is not None)


def not_assigned(reading: Reading) -> Iterator[Sample]:
    """Yield whether nobody could be assigned, where that was decided (004 4.4)."""
    return (one.not_assigned for one in reading.returns if one.not_assigned is not None)


def medical_declined(reading: Reading) -> Iterator[Sample]:
    """Yield whether medical care was declined, of whoever was offered it at the reception (004 2.7)."""
    for one in reading.returns:
        for offer in one.reception.services if one.reception else ():
            if offer.service is Service.MEDICAL and offer.outcome not in _NO_OFFER:
                yield offer.outcome is ServiceOutcome.OFFERED_DECLINED


_NO_OFFER = frozenset({ServiceOutcome.NOT_AVAILABLE, ServiceOutcome.NOT_NEEDED})


def _escapes(reading: Reading) -> Iterator[tuple[EscapeNotice, EscapeFamilyInformed | None]]:
    """Yield the escapes of the year whose family may be informed, with the answer that says so."""
    answers = reading.all_of(EscapeFamilyInformed)
    for notice in reading.all_of(EscapeNotice):
        if notice.informs_family and reading.is_in_year(notice.escape_discovered_at.date()):
            yield notice, next((one for one in answers if one.reply_to == notice.id and one.informed_at), None)


def family_informed(reading: Reading) -> Iterator[Sample]:
    """Yield whether the family was informed of each escape, where it may be (004 1.10)."""
    return (answer is not None for _, answer in _escapes(reading))


def hours_to_inform_family(reading: Reading) -> Iterator[Sample]:
    """Yield the hours from the discovery until the family knew (004 1.10)."""
    for notice, answer in _escapes(reading):
        if answer is not None and answer.informed_at is not None:
            yield (answer.informed_at - notice.escape_discovered_at) / _HOUR


def followed_up_on_time(reading: Reading) -> Iterator[Sample]:
    """Yield, for each visit that was due in the year, whether it was made by that day (000 recommendations)."""
    case = reading.case
    home = find_newest(DepartureRecord, case.counting, case.case_uid)
    assigned = find_newest(ServiceProviderAssignment, case.counting, case.case_uid)
    if home is None or assigned is None:
        return
    went, policy = home.departed_at.date(), case.policy_at(home.departed_at)
    made = {one.interval: one.visit_date for one in reversed(reading.all_of(FollowUpReport)) if one.visit_date >= went}
    for due in follow_ups_due(went, assigned.support_model, policy, assigned.monitoring):
        is_closed = any(closure.closed_on < due.latest for closure in reading.all_of(CaseClosure))
        if reading.is_in_year(due.latest) and not is_closed:
            yield made.get(due.interval, date.max) <= due.latest


def revisited(reading: Reading) -> Iterator[Sample]:
    """Yield, for each visit after a closure that was due in the year, whether it was made (004 3.6)."""
    visits = [one.visit_date for one in reading.all_of(FollowUpReport) if one.is_revisit]
    for closure in reading.all_of(CaseClosure):
        if closure.revisit_due is not None and reading.is_in_year(closure.revisit_due):
            yield any(day >= closure.closed_on for day in visits)


def readmitted(reading: Reading) -> Iterator[Sample]:
    """Yield whether help began again after each return (004 3.6)."""
    return (one.readmission for one in reading.returns)


def trafficked_again(reading: Reading) -> Iterator[Sample]:
    """Yield whether somebody was trafficked again, of whom anything is known after the return."""
    reports, closures = reading.all_of(FollowUpReport), reading.all_of(CaseClosure)
    told = [one.indicators.not_retrafficked for one in reports if one.indicators is not None]
    known = [one for one in told if one not in {None, TraffickedAgain.UNKNOWN}]
    again = [one.reason is ReadmissionReason.NEW_TRAFFICKING for one in reading.all_of(Readmission)]
    is_again = TraffickedAgain.TRAFFICKED in known or any(again)
    is_again |= any(one.reason is ClosureReason.RETRAFFICKED for one in closures)
    if reading.returns and (known or again or closures):
        yield is_again


def _contacts_in(quarter: int, reading: Reading) -> Iterator[Sample]:
    """Yield the letters and calls of one quarter, for whoever was in a shelter in it (004 1.2)."""
    first = date(reading.year, 3 * quarter - 2, 1)
    last = date(reading.year + quarter // 4, 3 * quarter % 12 + 1, 1) - timedelta(days=1)
    case = reading.case
    came = first_admission(case.counting, case.case_uid, case.destination)
    left = min((one.return_date for one in reading.all_returns if came and one.return_date >= came), default=date.max)
    messages = [one.written_on for one in reading.all_of(FamilyContactMessage)]
    if came is not None and came <= min(last, reading.today) and left >= first:
        yield sum(first <= day <= last for day in messages)


def interpreter_gap(reading: Reading) -> Iterator[Sample]:
    """Yield whether nobody interpreted for who needed it, of this year's returns."""
    file = reading.file
    if not reading.returns or file is None or file.person is None or file.interim_care is None:
        return
    used = file.interim_care.interpreter_used
    if file.person.interpreter_needed is YesNoUnknown.YES and used in {YesNoUnknown.YES, YesNoUnknown.NO}:
        yield used is YesNoUnknown.NO


def original_handed(reading: Reading) -> Iterator[Sample]:
    """Yield whether the paper original came along at each hand-over (004 1.6)."""
    return (one.original_handed for one in reading.returns if one.original_handed is not None)


METRICS = (
    Metric("within_6_months", "Returned within six months", Unit.SHARE, within_6_months),
    Metric("within_6_months_special", "the same, special cases", Unit.SHARE, within_6_months_special),
    Metric("days_in_shelter", "Days in the shelter", Unit.MEDIAN_DAYS, days_in_shelter),
    Metric("full_file", "Full case file at the return", Unit.SHARE, full_file),
    Metric("full_file_special", "the same, special cases", Unit.SHARE, full_file_special),
    Metric("days_to_basic_file", "Days from admission to the basic file", Unit.MEDIAN_DAYS, days_to_basic_file),
    Metric("days_to_full_file", "Days from admission to the full file", Unit.MEDIAN_DAYS, days_to_full_file),
    Metric("announced_in_time", "Announced as early as agreed", Unit.SHARE, announced_in_time),
    Metric("assessed_before_return", "Family assessed before the return", Unit.SHARE, assessed_before_return),
    Metric("negative", "Negative family assessment", Unit.SHARE, negative_assessments),
    Metric("not_assigned", "No provider could be assigned", Unit.SHARE, not_assigned),
    Metric("medical_declined", "Medical care declined, of those offered", Unit.SHARE, medical_declined),
    Metric("family_informed", "Family informed of an escape, where it may be", Unit.SHARE, family_informed),
    Metric("hours_to_inform", "Hours until the family knew", Unit.MEDIAN_HOURS, hours_to_inform_family),
    Metric("followed_up_on_time", "Follow-ups made by the day they were due", Unit.SHARE, followed_up_on_time),
    Metric("revisited", "Visited after the closure, of those due", Unit.SHARE, revisited),
    Metric("readmitted", "Taken in again", Unit.SHARE, readmitted),
    Metric("trafficked_again", "Trafficked again, of those known of", Unit.SHARE, trafficked_again),
    *(
        Metric(f"contacts_q{q}", f"Letters and calls, quarter {q}", Unit.PER_PERSON, partial(_contacts_in, q))
        for q in (1, 2, 3, 4)
    ),
    Metric("interpreter_gap", "Needed an interpreter and had none", Unit.SHARE, interpreter_gap),
    Metric("original_handed", "Paper original handed over", Unit.SHARE, original_handed),
)
"""All of them, in the order of the list; the coverage of places stands beside the hot spots."""
