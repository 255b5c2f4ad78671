"""The rules of a family assessment, each a small generator of problems; the arithmetic is in ``assessment_result``."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.assessment_codes import (
    Able,
    AssessmentResult,
    Population,
    RiskAnswer,
    RiskRank,
    Willing,
)
from schemas.assessment_parts import Ranked
from schemas.assessment_result import (
    auto_negative_factors_of,
    not_assessed_of,
    overall_rank_of,
    possible_results,
)
from schemas.needs import Location, Problem
from schemas.risk_catalogue import RiskCatalogue, RiskFactor, find_catalogue

if TYPE_CHECKING:
    from schemas.family_assessment import FamilyAssessment


def assessment_problems(assessed: "FamilyAssessment") -> Iterator[Problem]:
    """Yield everything in an assessment that breaks a rule."""
    catalogue = find_catalogue(assessed.catalogue_version)
    if catalogue is None:
        yield Problem(("catalogue_version",), "unknown_catalogue", "use a published version of the risk catalogue")
        return
    yield from _answer_problems(assessed, catalogue)
    yield from _list_problems(assessed, catalogue)
    yield from _basis_problems(assessed, catalogue)
    yield from _overall_problems(assessed, catalogue)
    yield from _home_problems(assessed)


def _answer_problems(assessed: "FamilyAssessment", catalogue: RiskCatalogue) -> Iterator[Problem]:
    """Yield answers to questions that do not exist, are for the other population (1.8(2)), or are there twice."""
    counts = Counter(row.question_id for row in assessed.answers)
    for index, row in enumerate(assessed.answers):
        here = ("answers", index, "question_id")
        factor = catalogue.find_factor_of(row.question_id)
        if factor is None:
            yield Problem(here, "unknown_question", "the catalogue has no such question")
        elif assessed.population not in factor.populations:
            yield Problem(here, "wrong_population", "this question is not asked for a child, or not for an adult")
        if counts[row.question_id] > 1:
            yield Problem(here, "duplicate_question", "answer each question once")


def _list_problems(assessed: "FamilyAssessment", catalogue: RiskCatalogue) -> Iterator[Problem]:
    """Yield ranks of factors that do not exist, are for the other population, twice, or missing (1.8)."""
    counts = Counter(row.factor_id for row in assessed.ranks)
    for index, row in enumerate(assessed.ranks):
        here = ("ranks", index, "factor_id")
        factor = catalogue.factors.get(row.factor_id)
        if factor is None:
            yield Problem(here, "unknown_factor", "the catalogue has no such factor")
        elif assessed.population not in factor.populations:
            yield Problem(here, "wrong_population", "this factor is not ranked for a child, or not for an adult")
        if counts[row.factor_id] > 1:
            yield Problem(here, "duplicate_factor", "rank each factor once")
    if {factor.id for factor in catalogue.factors_for(assessed.population)} - set(counts):
        yield Problem(("ranks",), "factor_missing", "rank every factor, or say that it was not assessed")


def _basis_problems(assessed: "FamilyAssessment", catalogue: RiskCatalogue) -> Iterator[Problem]:
    """Yield ranks that rest on nothing, on other questions, or on answers that say otherwise (1.8)."""
    answers = {row.question_id: row.answer for row in assessed.answers}
    for index, row in enumerate(assessed.ranks):
        factor = catalogue.factors.get(row.factor_id)
        if factor is None or row.level is RiskRank.NOT_ASSESSED:
            continue
        here = ("ranks", index, "basis")
        own = {question.id for question in factor.questions}
        if not set(row.basis) <= own & set(answers):
            yield Problem(
                here,
                "basis_not_answered",
                "a rank rests on questions of its factor that were answered",
                source="004 1.8",
            )
        elif not row.basis:
            yield Problem(here, "basis_missing", "name the questions on which the rank rests", source="004 1.8")
        elif row.level is RiskRank.NONE and not _is_none_shown(factor, answers):
            yield Problem(
                here, "none_without_evidence", "none needs a no to every question of the factor", source="004 1.8"
            )
        elif row.level is not RiskRank.NONE and row.rationale is None and not _has_yes(row, answers):
            yield Problem(
                ("ranks", index, "rationale"),
                "rationale_missing",
                "no answer shows this risk; say why",
                source="004 1.8",
            )


def _is_none_shown(factor: RiskFactor, answers: dict[str, RiskAnswer]) -> bool:
    """Say whether every question of a factor was answered with no."""
    return all(answers.get(question.id) is RiskAnswer.NO for question in factor.questions)


def _has_yes(row: Ranked, answers: dict[str, RiskAnswer]) -> bool:
    """Say whether a question on which a rank rests was answered with yes."""
    return any(answers.get(question) is RiskAnswer.YES for question in row.basis)


def _overall_problems(assessed: "FamilyAssessment", catalogue: RiskCatalogue) -> Iterator[Problem]:
    """Yield an overall result that is not what the ranks come to (1.8(1))."""
    overall, ranks, population = assessed.overall, assessed.rank_of, assessed.population
    deciding = auto_negative_factors_of(catalogue, population, ranks)
    if overall.auto_negative_factors is not None and set(overall.auto_negative_factors) != set(deciding):
        yield Problem(
            ("overall", "auto_negative_factors"),
            "auto_negative_contradicts",
            "list exactly the factors that decide by themselves and are ranked medium or high",
            source="004 1.8(1)",
        )
    if overall.overall_rank not in {None, overall_rank_of(ranks)}:
        yield Problem(
            ("overall", "overall_rank"),
            "overall_rank_contradicts",
            "the overall rank is the highest one",
            source="004 1.8(1)",
        )
    if overall.valid_until <= assessed.assessed_on:
        yield Problem(("overall", "valid_until"), "ends_before_start", "it is valid after the day it was made")
    if overall.result not in possible_results(catalogue, population, ranks):
        is_open = bool(not_assessed_of(catalogue, population, ranks))
        yield _refusal(("overall", "result"), is_open=is_open, is_decided=bool(deciding))


def _refusal(here: Location, *, is_open: bool, is_decided: bool) -> Problem:
    """Return what is wrong with a result that the ranks do not allow."""
    if is_open:
        return Problem(
            here, "not_assessed", "while a factor is not assessed the result is inconclusive", source="004 1.8(1)"
        )
    if is_decided:
        hint = "a factor that decides by itself is medium or high: the result is negative"
        return Problem(here, "auto_negative", hint, source="004 1.8(1)")
    return Problem(
        here, "high_risk", "with a high risk the result is positive with support at best", source="004 1.8(1)"
    )


def _home_problems(assessed: "FamilyAssessment") -> Iterator[Problem]:
    """Yield a result, a caregiver and a recommendation that do not fit together (2.2)."""
    result, caregiver = assessed.overall.result, assessed.caregiver
    if result is AssessmentResult.POSITIVE_WITH_SUPPORT and not assessed.support_needed:
        yield Problem(("support_needed",), "support_missing", "say which support it needs", source="004 2.2")
    if result.is_positive:
        is_received = caregiver is not None and caregiver.willing is not Willing.NO and caregiver.able is not Able.NO
        needs_one = assessed.population is Population.CHILD or assessed.recommendation.is_with_family
        if needs_one and not is_received:
            yield Problem(
                ("caregiver",),
                "caregiver_missing",
                "a positive result needs somebody willing and able",
                source="004 2.2",
            )
    elif assessed.recommendation.is_with_family:
        yield Problem(
            ("recommendation",),
            "recommendation_contradicts",
            "a home that is not positive can't be recommended",
            source="004 2.2",
        )
