"""The rules that bind the sections of a case file to each other, each a small generator of problems.

Nothing here needs a clock: ``today`` is the day the document was written, by its own time. Where dates are vague,
only what is wrong for certain is refused.
"""

from collections.abc import Callable, Iterator
from datetime import date

from schemas.background_codes import Purpose
from schemas.base import YesNoUnknown
from schemas.care_codes import AttachmentType, Quality
from schemas.case_body import CaseBody, sections
from schemas.case_sections.family import Family
from schemas.codes import AdmissionKind, IdDocumentType, Priority, VictimStatus
from schemas.consent import consent_problems, decisive_record
from schemas.dates import is_surely_after
from schemas.document import ConsentPurpose
from schemas.facts import facts_of
from schemas.names import name_problems
from schemas.needs import Answer, Condition, Problem, Requirement, Stage, future_dates, leaves, requirements

Rule = Callable[[CaseBody, date], Iterator[Problem]]


def conditions_of(body: CaseBody, today: date) -> frozenset[Condition]:
    """Return the conditions that hold, for the questions that depend on them."""
    header, person, family = body.header, body.person, body.family
    purposes = body.trafficking.purpose or () if body.trafficking else ()
    special = body.special_needs.special_case if body.special_needs else None
    age_told = person is not None and person.age_reported is not None
    holds = {
        Condition.CHILD: (is_child := body.is_child(today).needs_child_rules),
        Condition.ADULT: not is_child,
        Condition.AGE_TOLD: age_told,
        Condition.NO_AGE_TOLD: not age_told,
        Condition.FORCED_LABOUR: Purpose.FORCED_LABOUR in purposes,
        Condition.HOME_IN_MYANMAR: body.home is not None and body.home.home_country == "MM",
        Condition.IDENTIFIED: header is not None and header.victim_status is VictimStatus.IDENTIFIED,
        Condition.NO_PARENT_TO_FIND: family is not None and not _has_parent_to_find(family),
        Condition.SPECIAL_CASE: special is YesNoUnknown.YES,
        Condition.TRANSFER: header is not None and header.admission_kind is AdmissionKind.TRANSFER_IN,
        Condition.UNRELIABLE: body.completion is not None
        and body.completion.quality in {Quality.PARTLY, Quality.UNCERTAIN},
    }
    return frozenset(condition for condition, is_true in holds.items() if is_true)


def _has_parent_to_find(family: Family) -> bool:
    """Say whether a parent is alive as far as is known."""
    return any(parent is not None and parent.alive is YesNoUnknown.YES for parent in (family.father, family.mother))


def section_requirements(
    body: CaseBody, name: str, stage: Stage, holds: frozenset[Condition], *, is_open: bool = False
) -> Iterator[Requirement]:
    """Yield the questions of one section that have to be answered at a stage; with ``is_open`` the unanswered ones."""
    if name == "consents":
        needed = facts_of(CaseBody, name)
        if needed is not None and not (is_open and body.consents is not None):
            yield Requirement((name,), needed, Answer.BLANK if body.consents is None else Answer.ANSWERED)
        return
    yield from requirements(sections()[name], getattr(body, name), (name,), stage, holds, is_open=is_open)


def missing_answers(body: CaseBody, stage: Stage, today: date) -> Iterator[Problem]:
    """Yield what is blank at this stage, and, in a full file, what was never asked."""
    holds = conditions_of(body, today)
    for name in sections():
        for requirement in section_requirements(body, name, stage, holds, is_open=True):
            if requirement.answer is Answer.BLANK:
                yield Problem(
                    requirement.location, "required_blank", "answer the question or say why there is no answer"
                )
            elif requirement.answer is Answer.NOT_ASKED and stage is Stage.FULL:
                yield Problem(
                    requirement.location, "required_not_asked", "a full file is complete only when this was asked"
                )


def _admission(body: CaseBody, _today: date) -> Iterator[Problem]:
    """Yield a first admission after this one, or a second date for a first admission."""
    header = body.header
    if header is None or header.first_admission_date is None or header.admission_date is None:
        return
    here = ("header", "first_admission_date")
    if header.first_admission_date > header.admission_date:
        yield Problem(here, "wrong_order", "the first admission can't be after this admission")
    elif header.admission_kind is AdmissionKind.FIRST and header.first_admission_date != header.admission_date:
        yield Problem(here, "first_admission_contradicts", "a first admission has one date; is it a transfer?")


def _order_of_events(body: CaseBody, _today: date) -> Iterator[Problem]:
    """Yield what breaks the order of birth, recruitment, exploitation and admission."""
    trafficking = body.trafficking
    if trafficking is None:
        return
    period, recruited = trafficking.exploitation_period, trafficking.recruitment_date
    admitted = body.header.admission_date if body.header else None
    birth = body.person.birth.edtf if body.person and body.person.birth else None
    if is_surely_after(birth, recruited):
        yield Problem(("trafficking", "recruitment_date"), "wrong_order", "recruitment can't be before birth")
    if is_surely_after(recruited, period and period.start):
        yield Problem(
            ("trafficking", "exploitation_period"), "wrong_order", "exploitation can't begin before recruitment"
        )
    if is_surely_after(recruited, admitted):
        yield Problem(("trafficking", "recruitment_date"), "wrong_order", "recruitment can't be after admission")
    if is_surely_after(period and period.end, admitted):
        yield Problem(("trafficking", "exploitation_period"), "wrong_order", "exploitation can't end after admission")


def _special_case(body: CaseBody, _today: date) -> Iterator[Problem]:
    """Yield a flag, open categories and a priority that do not say the same."""
    needs = body.special_needs
    if needs is None or needs.special_case is None:
        return
    if needs.categories is not None:
        is_open = any(row.resolved_on is None for row in needs.categories)
        if is_open != (needs.special_case is YesNoUnknown.YES):
            yield Problem(
                ("special_needs", "special_case"), "special_case_contradicts", "yes exactly if a category is open"
            )
    expected = {YesNoUnknown.YES: Priority.SPECIAL_CASE, YesNoUnknown.NO: Priority.STANDARD}.get(needs.special_case)
    priority = body.header.priority if body.header else None
    if priority and expected and priority is not expected:
        yield Problem(("header", "priority"), "priority_contradicts", "the priority follows from section F")


def _person(body: CaseBody, _today: date) -> Iterator[Problem]:
    """Yield two main names, a number of dependants that is not the number of rows, and "no papers" beside papers."""
    person = body.person
    if person is None:
        return
    yield from name_problems(person.names, ("person", "names"))
    rows, count = person.dependants_present, person.dependants_count
    if rows is not None and count is not None and len(rows) != count:
        yield Problem(("person", "dependants_count"), "count_mismatch", "the number differs from the rows")
    papers = [paper.type for paper in person.id_documents or ()]
    if IdDocumentType.NONE in papers and len(papers) > 1:
        yield Problem(("person", "id_documents"), "none_among_others", "either there is no paper, or list the papers")


def _consents(body: CaseBody, today: date) -> Iterator[Problem]:
    """Yield consents that are there twice or come from a child alone, and a photo without its own consent."""
    consents = body.consents or ()
    yield from consent_problems(consents, ("consents",), body.birth_span(today))
    if body.person is not None and body.person.photo is not None:
        record = decisive_record(consents, ConsentPurpose.PHOTO, None, today)
        if record is None or not record.is_given:
            yield Problem(
                ("person", "photo"), "photo_without_consent", "a photo needs the consent PHOTO", source="domain 2.J"
            )


def _files(body: CaseBody, _today: date) -> Iterator[Problem]:
    """Yield medical papers: they belong to the restricted annex."""
    for location, _, _, value in leaves(body, (AttachmentType,)):
        if value is AttachmentType.MEDICAL:
            yield Problem(location, "medical_outside_annex", "medical papers go with the restricted annex only")


RULES: tuple[Rule, ...] = (_admission, _order_of_events, _special_case, _person, _consents, _files)


def contradictions(body: CaseBody, today: date) -> Iterator[Problem]:
    """Yield everything that can't be true together, at any stage."""
    yield from future_dates(body, today)
    for rule in RULES:
        yield from rule(body, today)
