"""How far a case file has come: works on any draft, however broken, and never repeats what was entered.

What can be understood is reviewed; what can't is told as a problem. Percentages, missing questions and conditions
come from the needs that the fields declare, so the form and this review can't drift apart (004 1.5(i), 1.6).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from api.errors import Finding
from api.rules.age import age_on
from api.rules.agreements import BUILT_IN, Policies
from api.rules.cautions import cautions_in
from api.rules.checking import findings_of, too_much_at
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.ages import IsChild
from schemas.amounts import find_too_much
from schemas.base import AgencyId, Frozen
from schemas.case_body import CaseBody, sections
from schemas.case_file import CaseFile
from schemas.case_rules import conditions_of, contradictions, section_requirements
from schemas.consent import decisive_record
from schemas.document import ConsentPurpose
from schemas.needs import Answer, Condition, Problem, Requirement, Stage, pointer
from schemas.pruning import salvage

_LANDMARKS_FOR_A_PLACE = 2
_AROUND = tuple(name for name in CaseFile.model_fields if name not in CaseBody.model_fields)
"""What a file says beside its sections; what is missing of it is no matter before it is sent."""


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

    @classmethod
    def of(cls, problem: Problem) -> "Remark":
        """Show a problem."""
        return cls(path=pointer(problem.location), code=problem.code, hint=problem.hint)

    @classmethod
    def told(cls, finding: Finding) -> "Remark":
        """Show a finding."""
        return cls(path=finding.path, code=finding.code, hint=finding.hint)


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

    def with_problems(self, findings: Sequence[Finding]) -> "Review":
        """Return the review with more that is wrong, for which the form would be refused."""
        if not findings:
            return self
        problems = (*map(Remark.told, findings), *self.problems)
        return self.model_copy(update={"problems": problems, "ready_for_basic": False, "ready_for_full": False})


def review_case_file(raw: Mapping[str, Any], today: date, policies: Policies = BUILT_IN) -> Review:
    """Return the review of a draft or a finished file, by what was agreed between the countries."""
    body, findings = _understood(raw)
    problems = [Remark.told(finding) for finding in (*_wrong_around(raw), *findings)]
    if any(name not in CaseFile.model_fields for name in raw):
        problems.append(Remark(path="", code="unknown_field", hint="a field does not exist here; leave it out"))
    problems.extend(map(Remark.of, contradictions(body, today)))
    holds = conditions_of(body, today)
    reviews = tuple(_section(body, name, holds) for name in sections())
    recipients = _recipients_of(raw, body)
    age, missing = age_on(body, today), tuple(_tracing_missing(body, recipients, today))
    policy = _policy_of(body, today, policies)
    looked_at = (*cautions_in(body, today, policy), *_consent_missing(body, recipients, today))
    admission = body.header.admission_date if body.header else None
    return Review(
        sections=reviews,
        problems=tuple(dict.fromkeys(problems)),
        warnings=tuple(map(Remark.of, looked_at)),
        tracing_ready=not missing,
        tracing_missing=missing,
        is_child=age.is_child,
        age_lowest=age.lowest,
        age_highest=age.highest,
        is_child_at_admission=age_on(body, admission or today).is_child,
        ready_for_basic=not problems and not any(review.missing_basic for review in reviews),
        ready_for_full=not problems and not any(review.missing_full or review.not_asked for review in reviews),
    )


def _policy_of(body: CaseBody, today: date, policies: Policies) -> CorridorNumbers:
    """Return what was agreed for the corridor that a draft names."""
    corridor = body.header.corridor if body.header else None
    return policies.on(corridor.destination, corridor.origin, today) if corridor else DEFAULT_POLICY


def _understood(raw: Mapping[str, Any]) -> tuple[CaseBody, tuple[Finding, ...]]:
    """Return what can be read of the sections, and what is wrong; a section with too much in it is left unread."""
    known: dict[str, Any] = {}
    too_much: list[Finding] = []
    for name in (name for name in CaseBody.model_fields if name in raw):
        place = find_too_much(raw[name])
        if place is None:
            known[name] = raw[name]
        else:
            too_much.append(too_much_at(CaseBody, (name, *place)))
    found, error = salvage(CaseBody, known)
    return found or CaseBody(), (*too_much, *(findings_of(error, CaseBody) if error else ()))


def _wrong_around(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with answers that stand beside the sections: how complete the file claims to be, and why."""
    around = {name: raw[name] for name in _AROUND if name in raw}
    for name, value in [*around.items()]:
        place = find_too_much(value)
        if place is not None:
            yield too_much_at(CaseFile, (name, *place))
            del around[name]
    try:
        CaseFile.model_validate(around)
    except ValidationError as error:
        yield from (one for one in findings_of(error, CaseFile) if one.path[1:].partition("/")[0] in around)


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


def _recipients_of(raw: Mapping[str, Any], body: CaseBody) -> frozenset[AgencyId | None]:
    """Return whose consent is looked for: the recipient, or, while there is none, everyone whom a record names."""
    recipient = raw.get("recipient")
    if isinstance(recipient, str):
        return frozenset({AgencyId(recipient)})
    return frozenset({None, *(record.recipient_agency for record in body.consents or ())})


def _has_consent(body: CaseBody, purpose: ConsentPurpose, recipients: frozenset[AgencyId | None], today: date) -> bool:
    """Say whether the consent that counts today is given and has not ended."""
    found = (decisive_record(body.consents or (), purpose, recipient, today) for recipient in recipients)
    return any(record is not None and record.is_given and not record.has_ended(today) for record in found)


def _consent_missing(body: CaseBody, recipients: frozenset[AgencyId | None], today: date) -> Iterator[Problem]:
    """Yield the consents to share that are missing, refused or ended, so that nobody learns it only at sending."""
    for purpose in (ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE):
        if not _has_consent(body, purpose, recipients, today):
            yield Problem(("consents",), "consent_missing", f"{purpose} is missing, was refused or has ended")


def _tracing_missing(body: CaseBody, recipients: frozenset[AgencyId | None], today: date) -> Iterator[str]:
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
    if not _has_consent(body, ConsentPurpose.FAMILY_TRACING, recipients, today):
        yield "consent"
