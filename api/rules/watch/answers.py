"""Who was asked has to answer (D04, D05, D07, D10, D12), and whoever gets something signs a receipt (D06).

Which kind asks for which answer, and within which time, is declared on the kind; a corridor may have agreed another
time. An answer counts that the asked agency gave to that very document, or a correction of it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from api.rules.watch.case import Met, Watched
from api.rules.watch.clock import after_working_days, day_of, end_of
from api.rules.watch.deadline import Rule
from api.rules.watch.found import Found
from schemas.base import country_of
from schemas.document import Document
from schemas.earlier import versions_of
from schemas.escape_notice import EscapeNotice
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.handover_record import HandoverRecord
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_codes import DateStatus
from schemas.special_case_alert import SpecialCaseAlert
from schemas.tracing_codes import TracingOutcome


def answers_due(rule: Rule) -> Callable[[Watched], Iterator[Found]]:
    """Return the rule that waits for the answers to one kind; ``Rule.ANSWER`` waits for those of all other kinds."""

    def find(case: Watched) -> Iterator[Found]:
        for asked in case.all(Document):
            its_rule, time_of = _AGREED.get(type(asked), (Rule.ANSWER, _declared))
            if its_rule is rule and is_question(asked) and _concerns(case, asked):
                started, due = time_of(case, asked)
                yield Found(started, max(started, due), answered(case, asked), subject=asked.id)

    return find


def is_question(document: Document) -> bool:
    """Say whether a document waits for an answer; one that is an answer of that kind itself does not."""
    is_answer = document.reply_to is not None and document.facts.answered_by == document.kind
    return document.facts.answered_by is not None and document.facts.answer_within is not None and not is_answer


def _concerns(case: Watched, asked: Document) -> bool:
    """Say whether the question is still about this person: nobody answers for who does not travel any more."""
    if not isinstance(asked, AdvanceRepatriationNotice):
        return True
    return asked.moves(case.case_uid) is not None and asked.date_status is not DateStatus.CANCELLED


def answered(case: Watched, asked: Document) -> Met | None:
    """Return when the asked agency gave the first answer that settles the question."""
    given = [one for one in replies(case, asked) if _settles(one)]
    return min(((one.created_at, one.id) for one in given), default=None)


def replies(case: Watched, asked: Document) -> list[Document]:
    """Return what the asked agency answered, and how it corrected that."""
    kind, who = asked.facts.answered_by, asked.recipient
    given = [one for one in case.counting if one.kind == kind and one.sender == who]
    return [one for one in given if any(version.reply_to == asked.id for version in versions_of(one, given))]


def _settles(answer: Document) -> bool:
    """Say whether an answer is the last word; that tracing goes on is none."""
    return not (isinstance(answer, FamilyTracingResult) and answer.status is TracingOutcome.IN_PROGRESS)


def receipt(case: Watched) -> Iterator[Found]:
    """D06: whatever is sent is receipted within two working days; a receipt that came proves itself."""
    for sent, day in _without_receipt(case):
        due = after_working_days(day, case.policy_on(day).receipt_working_days)
        yield Found(sent.created_at, end_of(due, country_of(sent.recipient)), subject=sent.id)


def second_contact(case: Watched) -> Iterator[Found]:
    """D06: without a receipt after five working days the second contact is asked; shown when the first time is over."""
    for sent, day in _without_receipt(case):
        policy, place = case.policy_on(day), country_of(sent.recipient)
        first = end_of(after_working_days(day, policy.receipt_working_days), place)
        due = end_of(after_working_days(day, policy.receipt_escalation_working_days), place)
        yield Found(sent.created_at, due, subject=sent.id, warn_at=first)


def _without_receipt(case: Watched) -> Iterator[tuple[Document, date]]:
    """Yield what this agency sent and holds no receipt for, with the day at the recipient's on which it left."""
    for sent in case.counting:
        if sent.sender == case.agency and sent.id not in case.arrived:
            yield sent, day_of(sent.created_at, country_of(sent.recipient))


def _declared(_case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """Within the time that the kind declares, from when it was written."""
    return asked.created_at, asked.created_at + (asked.facts.answer_within or timedelta())


def _special_case(case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """D04: acknowledged within five working days of the other side (004 1.7)."""
    place = country_of(asked.recipient)
    day = day_of(asked.created_at, place)
    return asked.created_at, end_of(after_working_days(day, case.policy_on(day).alert_answer_working_days), place)


def _family_informed(case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """D05: the family is informed within 72 hours after the notice was received (004 1.10: as soon as possible)."""
    started = case.arrived.get(asked.id, asked.created_at)
    return started, started + timedelta(hours=case.policy_at(started).escape_family_hours)


def _tracing_result(case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """D07: tracing has a result within 45 days of the request."""
    place = country_of(asked.recipient)
    day = day_of(asked.created_at, place)
    return asked.created_at, end_of(day + timedelta(days=case.policy_on(day).tracing_days), place)


def _notice_answered(case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """D10: a notice is answered within five days, and three days before the journey; never before it was sent."""
    place = country_of(asked.recipient)
    day = day_of(asked.created_at, place)
    policy = case.policy_on(day)
    due = day + timedelta(days=policy.notice_answer_days)
    if isinstance(asked, AdvanceRepatriationNotice):
        due = min(due, asked.planned_date - timedelta(days=policy.notice_answer_before_days))
    return asked.created_at, end_of(max(due, day), place)


def _handover_signed(case: Watched, asked: Document) -> tuple[datetime, datetime]:
    """D12: the other side signs within 72 hours of the hand-over itself, so that a late record wins no time."""
    started = asked.at if isinstance(asked, HandoverRecord) else asked.created_at
    return started, started + timedelta(hours=case.policy_at(started).countersign_hours)


Times = Callable[[Watched, Document], tuple[datetime, datetime]]
_AGREED: Mapping[type[Document], tuple[Rule, Times]] = {
    SpecialCaseAlert: (Rule.SPECIAL_CASE_ANSWERED, _special_case),
    EscapeNotice: (Rule.FAMILY_INFORMED, _family_informed),
    FamilyTracingRequest: (Rule.TRACING_RESULT, _tracing_result),
    AdvanceRepatriationNotice: (Rule.NOTICE_ANSWERED, _notice_answered),
    HandoverRecord: (Rule.HANDOVER_SIGNED, _handover_signed),
}
"""Where the corridor has its own number: under which rule, from when until when. Any other kind declares its time."""
