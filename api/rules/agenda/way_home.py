"""What a case management meeting speaks about: what keeps somebody from going home (domain 3.16; 004 1.4, 1.6)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from api.rules.agenda.brought import Brought, Finder, Found, Occasion
from api.rules.handover import handover_standing
from api.rules.policy import CorridorPolicy
from api.rules.watch.deadline import INFORMS_FOR, Rule
from schemas.assessment_codes import AssessmentResult
from schemas.base import YesNoUnknown
from schemas.case_file import CaseFile
from schemas.case_sections.wishes_and_justice import ReturnHold
from schemas.codes import NationalityStatus
from schemas.document import CaseState, Document
from schemas.earlier import current, find_newest, is_replaced
from schemas.family_assessment import FamilyAssessment
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult, is_located
from schemas.figures_codes import Barrier, Topic
from schemas.handover_record import Difference, HandoverRecord
from schemas.needs import Stage
from schemas.special_case_alert import SpecialCaseAlert
from schemas.tracing_codes import TracingOutcome

_AT_HOME = frozenset({CaseState.HOME, CaseState.REINTEGRATION})


def _admitted_on(case: Brought) -> date | None:
    """Return the first admission, from which the months are counted."""
    header = case.file.header if case.file else None
    return (header.first_admission_date or header.admission_date) if header else None


def nearly_due(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who has waited for long and is not yet overdue."""
    admitted = _admitted_on(case)
    if not case.is_before_return or case.return_due is None or admitted is None:
        return
    if admitted + _long_wait(meeting.policy) <= meeting.on <= case.return_due:
        yield Found(due=case.return_due)


def _long_wait(policy: CorridorPolicy) -> timedelta:
    """Return after how long in a shelter a return is nearly due: 150 days where nothing else was agreed (D01)."""
    return timedelta(days=policy.return_warn_days) + INFORMS_FOR[Rule.RETURN]


def overdue(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who should be home, with the barrier that was recorded, or else the one that the documents show."""
    if case.is_before_return and case.return_due is not None and case.return_due < meeting.on:
        yield Found(due=case.return_due, barrier=case.barrier or shown_barrier(case))


def shown_barrier(case: Brought) -> Barrier:
    """Return what the documents show to be in the way, the hardest first; *other* where they show nothing."""
    asked = find_newest(FamilyTracingRequest, case.held, case.case_uid) is not None
    shown = {
        Barrier.LEGAL: find_hold(case) is not None,
        Barrier.NO_SAFE_FAMILY: _find_negative(case) is not None,
        Barrier.NATIONALITY: is_nationality_open(case),
        Barrier.TRACING: asked and not is_located(case.held, case.case_uid),
    }
    return next((barrier for barrier, is_there in shown.items() if is_there), Barrier.OTHER)


def special_case(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield who needs special care, by whatever told it last: an alert, or the case file."""
    alert, file = find_newest(SpecialCaseAlert, case.held, case.case_uid), case.file
    told = file.special_needs.special_case if file and file.special_needs else None
    is_newer = file is not None and (alert is None or file.created_at > alert.created_at)
    if (told is YesNoUnknown.YES) if told is not None and is_newer else alert is not None:
        yield Found(refs=(alert.id,) if alert else ())


def basic_file_only(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who has waited for weeks and has no full file yet."""
    file, admitted = case.file, _admitted_on(case)
    if not case.is_before_return or file is None or admitted is None or has_full_file(case):
        return
    due = admitted + timedelta(days=meeting.policy.full_file_days)
    if due < meeting.on:
        yield Found(refs=(file.id,), due=due)


def has_full_file(case: Brought) -> bool:
    """Say whether a full case file is held."""
    return any(file.level is Stage.FULL for file in current(CaseFile, case.held, case.case_uid))


def tracing_overdue(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield each request to trace that had no result in time."""
    results = current(FamilyTracingResult, case.held, case.case_uid)
    for request in current(FamilyTracingRequest, case.held, case.case_uid):
        due = request.deadline_requested or request.created_at.date() + timedelta(days=meeting.policy.tracing_days)
        is_answered = any(
            result.created_at >= request.created_at and result.status is not TracingOutcome.IN_PROGRESS
            for result in results
        )
        if due < meeting.on and not is_answered:
            yield Found(refs=(request.id,), due=due)


def _answer_due(document: Document) -> date | None:
    """Return the day by which the kind of a document asks for an answer."""
    within = document.facts.answer_within
    return (document.created_at + within).date() if within is not None else None


def nationality_pending(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield whose nationality is not confirmed; it gates the return, never the tracing."""
    if case.is_before_return and is_nationality_open(case):
        yield Found()


def is_nationality_open(case: Brought) -> bool:
    """Say whether the case file tells a nationality that is anything but confirmed."""
    person = case.file.person if case.file else None
    status = person.nationality_status if person else None
    return status is not None and status is not NationalityStatus.CONFIRMED


def legal_hold(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield who stays on as a witness, with the day on which that has to be looked at again."""
    hold = find_hold(case) if case.is_before_return else None
    if hold is not None:
        yield Found(due=hold.review_date)


def find_hold(case: Brought) -> ReturnHold | None:
    """Find the legal hold of a case."""
    justice = case.file.justice if case.file else None
    hold = justice.return_hold if justice else None
    return hold if hold is not None and hold.hold is YesNoUnknown.YES else None


def negative_assessment(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield whose home was found not to be safe, until there is another (004 4.6)."""
    found = _find_negative(case)
    if found is not None and case.state not in _AT_HOME:
        yield Found(refs=(found.id,))


def _find_negative(case: Brought) -> FamilyAssessment | None:
    newest = find_newest(FamilyAssessment, case.held, case.case_uid)
    return newest if newest is not None and newest.overall.result is AssessmentResult.NEGATIVE else None


def handover_dispute(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield each hand-over of this person that the two sides tell differently."""
    records = current(HandoverRecord, case.held, case.case_uid)
    for number in dict.fromkeys(record.handover_id for record in records):
        both = [record for record in records if record.handover_id == number]
        standing = handover_standing(both, both[-1].created_at, meeting.policy)
        if standing is None or not standing.is_disputed or not meeting.is_new(both[-1].created_at.date()):
            continue
        if any(_concerns(case, difference, both) for difference in standing.differences):
            yield Found(refs=tuple(record.id for record in both))


def _concerns(case: Brought, difference: Difference, records: list[HandoverRecord]) -> bool:
    """Say whether a difference is about this person, or about the whole group."""
    rows = (person for record in records for person in record.persons if person.seq == difference.seq)
    return difference.seq is None or any(person.case_uid == case.case_uid for person in rows)


def unacknowledged(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield what nobody has signed for, and what was not answered in time; tracing has a topic of its own."""
    answered = {(document.reply_to, document.kind) for document in case.held}
    for document in case.held:
        due = _answer_due(document)
        is_late = due is not None and due < meeting.on and (document.id, document.facts.answered_by) not in answered
        is_traced = isinstance(document, FamilyTracingRequest)
        if is_replaced(document, case.held) or not (document.id in case.unproven or (is_late and not is_traced)):
            continue
        yield Found(refs=(document.id,), due=due if is_late else None, is_of_case=len(document.case_uids()) == 1)


WAY_HOME: Mapping[Topic, Finder] = {
    Topic.NEARLY_DUE: nearly_due,
    Topic.OVERDUE: overdue,
    Topic.SPECIAL_CASE: special_case,
    Topic.BASIC_FILE_ONLY: basic_file_only,
    Topic.TRACING_OVERDUE: tracing_overdue,
    Topic.NATIONALITY_PENDING: nationality_pending,
    Topic.LEGAL_HOLD: legal_hold,
    Topic.NEGATIVE_ASSESSMENT: negative_assessment,
    Topic.HANDOVER_DISPUTE: handover_dispute,
    Topic.UNACKNOWLEDGED: unacknowledged,
}
"""By topic, in the order of the agenda."""
