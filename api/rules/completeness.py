"""How far a case file has come: works on any draft, however broken, and never repeats what was entered.

What can be understood is reviewed; what can't is told as a problem. Percentages, missing questions and conditions
come from the needs that the fields declare, so the form and this review can't drift apart (004 1.5(i), 1.6).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from api.rules.age import age_on
from api.rules.cautions import cautions
from api.rules.checking import findings_of
from schemas.ages import IsChild
from schemas.base import Frozen
from schemas.case_body import CaseBody, sections
from schemas.case_file import CaseFile
from schemas.case_rules import conditions_of, contradictions, section_requirements
from schemas.document import ConsentPurpose
from schemas.needs import Answer, Condition, Problem, Requirement, Stage, pointer
from schemas.pruning import salvage

_LANDMARKS_FOR_A_PLACE = 2


class OpenQuestion(Frozen):
    """A question that still has to be answered."""

    path: str
    label: str
    help: str


class Remark(Frozen):
    """Something that is wrong, or should be looked at: where, a code, and how to mend it. Never a value."""

    path: str
    code: str
    hint: str


class SectionReview(Frozen):
    """How far one section has come."""

    letter: str
    title: str
    percent_basic: int
    percent_full: int
    missing_basic: tuple[OpenQuestion, ...]
    missing_full: tuple[OpenQuestion, ...]
    not_asked: tuple[str, ...]


class Review(Frozen):
    """How far a case file has come, and what to do next."""

    sections: tuple[SectionReview, ...]
    problems: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    tracing_ready: bool
    tracing_missing: tuple[str, ...]
    is_child: IsChild
    age_lowest: int | None
    age_highest: int | None
    is_child_at_admission: IsChild
    ready_for_basic: bool
    ready_for_full: bool


def review_case_file(raw: Mapping[str, Any], today: date) -> Review:
    """Return the review of a draft or a finished file."""
    known = {name: value for name, value in raw.items() if name in CaseBody.model_fields}
    found, error = salvage(CaseBody, known)
    body = found or CaseBody()
    problems = [Remark(path=f.path, code=f.code, hint=f.hint) for f in (findings_of(error, CaseBody) if error else ())]
    if any(name not in CaseFile.model_fields for name in raw):
        problems.append(Remark(path="", code="unknown_field", hint="a field does not exist here; leave it out"))
    problems.extend(_remark(problem) for problem in contradictions(body, today))
    holds = conditions_of(body, today)
    reviews = tuple(_section(body, name, holds) for name in sections())
    age, missing = age_on(body, today), tuple(_tracing_missing(body, today))
    admission = body.header.admission_date if body.header else None
    return Review(
        sections=reviews,
        problems=tuple(dict.fromkeys(problems)),
        warnings=tuple(_remark(caution) for caution in cautions(body, today)),
        tracing_ready=not missing,
        tracing_missing=missing,
        is_child=age.is_child,
        age_lowest=age.lowest,
        age_highest=age.highest,
        is_child_at_admission=age_on(body, admission or today).is_child,
        ready_for_basic=not problems and not any(review.missing_basic for review in reviews),
        ready_for_full=not problems and not any(review.missing_full or review.not_asked for review in reviews),
    )


def _remark(problem: Problem) -> Remark:
    """Return a problem as the web shows it."""
    return Remark(path=pointer(problem.location), code=problem.code, hint=problem.hint)


def _section(body: CaseBody, name: str, holds: frozenset[Condition]) -> SectionReview:
    """Return how far one section has come, at both stages."""
    group = sections()[name]
    basic = list(section_requirements(body, name, Stage.BASIC, holds))
    full = list(section_requirements(body, name, Stage.FULL, holds))
    return SectionReview(
        letter=str(getattr(group, "letter", "")),
        title=str(getattr(group, "title", "")),
        percent_basic=_percent(basic),
        percent_full=_percent(full),
        missing_basic=tuple(_open(basic)),
        missing_full=tuple(_open(full)),
        not_asked=tuple(pointer(need.location) for need in full if need.answer is Answer.NOT_ASKED),
    )


def _percent(needs: list[Requirement]) -> int:
    """Return how many of the questions are done, rounded down, so that 100 means all."""
    done = sum(need.answer in {Answer.ANSWERED, Answer.EXCUSED} for need in needs)
    return 100 * done // len(needs) if needs else 100


def _open(needs: list[Requirement]) -> Iterator[OpenQuestion]:
    """Yield the questions that are blank."""
    for need in needs:
        if need.answer is Answer.BLANK:
            yield OpenQuestion(path=pointer(need.location), label=need.facts.label, help=need.facts.help)


def _tracing_missing(body: CaseBody, today: date) -> Iterator[str]:
    """Yield what is missing before a family can be looked for: name, place, a relative's name, consent."""
    home, family = body.home, body.family
    if body.person is None or not body.person.names:
        yield "name"
    clues = [home.landmarks, home.school, home.known_local_persons] if home else []
    if home is None or (home.admin3 is None and sum(map(bool, clues)) < _LANDMARKS_FOR_A_PLACE):
        yield "place"
    parents = [family.father, family.mother] if family else []
    kin = [*parents, *(family.relatives or ()), *(family.spouse_children or ())] if family else []
    if not any(relative is not None and relative.names for relative in kin):
        yield "relative"
    asked = [
        record
        for record in body.consents or ()
        if record.purpose is ConsentPurpose.FAMILY_TRACING and record.date <= today
    ]
    if not asked or not asked[-1].is_given:
        yield "consent"
