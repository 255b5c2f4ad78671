"""What a case management meeting speaks about: what keeps somebody from going home (domain 3.16; 004 1.4, 1.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from api.rules.agenda.brought import Brought, Finder, Found, Occasion
from api.rules.agenda.late import late
from api.rules.handover import handover_standing
from api.rules.watch.deadline import AlertSeverity, Deadline, Rule
from api.rules.watch.family import find_assessment
from schemas.assessment_codes import AssessmentResult
from schemas.case_file import CaseFile
from schemas.codes import NationalityStatus
from schemas.document import AT_HOME
from schemas.earlier import current
from schemas.family_assessment import FamilyAssessment
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import is_located
from schemas.figures_codes import Barrier, Topic
from schemas.handover_record import Difference, HandoverRecord
from schemas.needs import Stage
from schemas.special_case_alert import SpecialCaseAlert


def before_return(finder: Finder) -> Finder:
    """Return a finder for who still waits for the way home."""

    def find(case: Brought, meeting: Occasion) -> Iterator[Found]:
        if case.is_before_return:
            yield from finder(case, meeting)

    return find


def overdue(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who should be home, with the barrier that was recorded, or else the one that the documents show."""
    for found in late(Rule.RETURN)(case, meeting):
        yield replace(found, barrier=case.barrier or shown_barrier(case))


def shown_barrier(case: Brought) -> Barrier:
    """Return what the documents show to be in the way, the hardest first; *other* where they show nothing."""
    asked = case.newest(FamilyTracingRequest) is not None
    shown = {
        Barrier.LEGAL: find_hold(case) is not None,
        Barrier.NO_SAFE_FAMILY: _find_negative(case) is not None,
        Barrier.NATIONALITY: is_nationality_open(case),
        Barrier.TRACING: asked and not is_located(case.held, case.case_uid),
    }
    return next((barrier for barrier, is_there in shown.items() if is_there), Barrier.OTHER)


def special_case(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield who needs special care, with the alert if there was one."""
    alert = case.newest(SpecialCaseAlert)
    if case.watched.is_special:
        yield Found(refs=(alert.id,) if alert else ())


def basic_file_only(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield whose full file is late; who has no file at all has no reference to speak of."""
    if case.file is not None:
        refs = (case.file.id,)
        yield from (replace(found, refs=refs) for found in late(Rule.FULL_FILE)(case, meeting))


def has_full_file(case: Brought) -> bool:
    """Say whether a full case file is held."""
    return any(file.level is Stage.FULL for file in current(CaseFile, case.held, case.case_uid))


def nationality_pending(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield whose nationality is not confirmed; it gates the return, never the tracing."""
    if is_nationality_open(case):
        yield Found()


def is_nationality_open(case: Brought) -> bool:
    """Say whether the case file tells a nationality that is anything but confirmed."""
    person = case.file.person if case.file else None
    status = person.nationality_status if person else None
    return status is not None and status is not NationalityStatus.CONFIRMED


def legal_hold(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield who stays on as a witness, with the day by which that has to be looked at again."""
    hold = find_hold(case)
    if hold is not None:
        yield Found(due=hold.due_at.date())


def find_hold(case: Brought) -> Deadline | None:
    """Find the legal hold of a case: somebody waits for its review as long as it lasts."""
    return next(case.waits_for(Rule.HOLD_REVIEW), None)


def negative_assessment(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield whose home was found not to be safe, until there is another (004 4.6)."""
    found = _find_negative(case)
    if found is not None and case.state not in AT_HOME:
        yield Found(refs=(found.id,))


def _find_negative(case: Brought) -> FamilyAssessment | None:
    newest = find_assessment(case.watched)
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


UNACKNOWLEDGED = (
    Rule.RECEIPT,
    Rule.SPECIAL_CASE_ANSWERED,
    Rule.FAMILY_INFORMED,
    Rule.NOTICE_ANSWERED,
    Rule.HANDOVER_SIGNED,
    Rule.ANSWER,
)
"""What nobody has signed for, and what was not answered; tracing has a topic of its own."""

WAY_HOME: Mapping[Topic, Finder] = {
    Topic.NEARLY_DUE: before_return(late(Rule.RETURN, severity=AlertSeverity.WARN)),
    Topic.OVERDUE: before_return(overdue),
    Topic.SPECIAL_CASE: special_case,
    Topic.BASIC_FILE_ONLY: before_return(basic_file_only),
    Topic.TRACING_OVERDUE: late(Rule.TRACING_RESULT),
    Topic.NATIONALITY_PENDING: before_return(nationality_pending),
    Topic.LEGAL_HOLD: before_return(legal_hold),
    Topic.NEGATIVE_ASSESSMENT: negative_assessment,
    Topic.HANDOVER_DISPUTE: handover_dispute,
    Topic.UNACKNOWLEDGED: late(*UNACKNOWLEDGED),
}
"""By topic, in the order of the agenda."""
