"""What a family assessment comes to, explained factor by factor, for the one who makes it and the one who relies on it.

Pure: it takes ranks and answers, whether of a finished document or of one that is being filled in (004 1.8, 2.8).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.assessment_codes import AssessmentResult, Population, RiskAnswer, RiskRank
from schemas.assessment_result import (
    SERIOUS,
    Ranks,
    auto_negative_factors_of,
    not_assessed_of,
    overall_rank_of,
    possible_results,
)
from schemas.base import Frozen
from schemas.family_assessment import FamilyAssessment
from schemas.needs import Problem
from schemas.risk_catalogue import RiskCatalogue, RiskFactor, Tier, find_catalogue


class Effect(StrEnum):
    """What one factor does to the result."""

    DECIDES_NEGATIVE = "decides_negative"
    """it is of the kind that decides by itself, and ranked medium or high"""
    LEAVES_OPEN = "leaves_open"
    """it was not assessed, so the result is inconclusive"""
    WEIGHS = "weighs"
    """it is a risk that the assessor weighs"""
    NO_RISK = "no_risk"


class QuestionExplained(Frozen):
    """One question and its answer; ``None`` where it was not asked."""

    id: str
    text: str
    answer: RiskAnswer | None
    is_basis: bool


class FactorExplained(Frozen):
    """One factor: its rank, what that rank does, and the questions on which it rests."""

    factor_id: str
    title: str
    tier: Tier
    auto_negative: bool
    rank: RiskRank
    effect: Effect
    explanation: str
    questions: tuple[QuestionExplained, ...]


class Explanation(Frozen):
    """The computed result, and why. ``flags`` name what a policy finds unusual; they never block."""

    because: str
    catalogue_version: str
    population: Population
    overall_rank: RiskRank
    auto_negative_factors: tuple[str, ...]
    not_assessed: tuple[str, ...]
    possible_results: tuple[AssessmentResult, ...]
    factors: tuple[FactorExplained, ...]
    flags: tuple[str, ...] = ()


_TEXTS: Mapping[Effect, str] = {
    Effect.DECIDES_NEGATIVE: "By itself this makes the assessment negative, since it is ranked medium or high.",
    Effect.LEAVES_OPEN: "This was not assessed, which is not the same as no risk: the result stays inconclusive.",
    Effect.WEIGHS: "This is a risk that counts towards the overall rank and needs an answer in the support plan.",
    Effect.NO_RISK: "Every question was answered with no.",
}
_REASONS: Mapping[frozenset[AssessmentResult], str] = {
    frozenset({AssessmentResult.INCONCLUSIVE}): "Inconclusive, since not every factor was assessed: "
    "what nobody has looked at is not the same as no risk.",
    frozenset({AssessmentResult.NEGATIVE}): "Negative, since a factor that decides by itself is medium or high.",
    frozenset(AssessmentResult) - {AssessmentResult.POSITIVE}: "No factor decides by itself, but a risk is high: "
    "positive with support at best, and the assessor says which.",
    frozenset(AssessmentResult): "No factor decides by itself and no risk is high: the assessor weighs what there is.",
}
"""By the results that are left open; together these are all that ranks can come to."""
_NEAR_MISS = "This kind of risk decides by itself from medium on; at low it does not."


def explain_ranks(
    catalogue: RiskCatalogue,
    population: Population,
    ranks: Ranks,
    answers: Mapping[str, RiskAnswer],
    basis: Mapping[str, Sequence[str]] | None = None,
) -> Explanation:
    """Return what ranks come to; a factor without a rank counts as not assessed."""
    factors = tuple(
        _explained(factor, ranks.get(factor.id, RiskRank.NOT_ASSESSED), answers, (basis or {}).get(factor.id, ()))
        for factor in catalogue.factors_for(population)
    )
    known = {factor.factor_id: factor.rank for factor in factors}
    possible = possible_results(catalogue, population, known)
    return Explanation(
        because=_REASONS[possible],
        catalogue_version=catalogue.version,
        population=population,
        overall_rank=overall_rank_of(known),
        auto_negative_factors=auto_negative_factors_of(catalogue, population, known),
        not_assessed=not_assessed_of(catalogue, population, known),
        possible_results=tuple(result for result in AssessmentResult if result in possible),
        factors=factors,
    )


def misnumbered(
    catalogue: RiskCatalogue, population: Population, questions: Sequence[str], factors: Sequence[str]
) -> Iterator[Problem]:
    """Yield the questions and factors of a draft that do not exist, are for the other population, or are there twice.

    ``questions`` are those of its answers and ``factors`` those of its ranks, in the order of their rows.
    """
    yield from _misfits("answers", "question", questions, catalogue.find_factor_of, population)
    yield from _misfits("ranks", "factor", factors, catalogue.factors.get, population)


def _misfits(
    rows: str,
    what: str,
    numbers: Sequence[str],
    find: Callable[[str], RiskFactor | None],
    population: Population,
) -> Iterator[Problem]:
    for index, number in enumerate(numbers):
        here, factor = (rows, index, f"{what}_id"), find(number)
        if factor is None:
            yield Problem(here, f"unknown_{what}", f"the catalogue has no such {what}")
        elif population not in factor.populations:
            yield Problem(here, "wrong_population", f"this {what} is not for a child, or not for an adult")
        if number in numbers[:index]:
            yield Problem(here, f"duplicate_{what}", f"name each {what} once")


def _explained(
    factor: RiskFactor, rank: RiskRank, answers: Mapping[str, RiskAnswer], basis: Sequence[str]
) -> FactorExplained:
    """Explain one factor."""
    effect = effect_of(factor, rank)
    is_near_miss = factor.auto_negative and rank is RiskRank.LOW
    return FactorExplained(
        factor_id=factor.id,
        title=factor.title,
        tier=factor.tier,
        auto_negative=factor.auto_negative,
        rank=rank,
        effect=effect,
        explanation=_NEAR_MISS if is_near_miss else _TEXTS[effect],
        questions=tuple(
            QuestionExplained(id=asked.id, text=asked.text, answer=answers.get(asked.id), is_basis=asked.id in basis)
            for asked in factor.questions
        ),
    )


def effect_of(factor: RiskFactor, rank: RiskRank) -> Effect:
    """Return what a rank of a factor does to the result."""
    if rank is RiskRank.NOT_ASSESSED:
        return Effect.LEAVES_OPEN
    if rank is RiskRank.NONE:
        return Effect.NO_RISK
    return Effect.DECIDES_NEGATIVE if factor.auto_negative and rank in SERIOUS else Effect.WEIGHS


def explain(
    assessment: FamilyAssessment, *, today: date, policy: CorridorNumbers = DEFAULT_POLICY
) -> Explanation | None:
    """Return the computed result of an assessment; ``None`` where its catalogue is not known here."""
    catalogue = find_catalogue(assessment.catalogue_version)
    if catalogue is None:
        return None
    explained = explain_ranks(
        catalogue,
        assessment.population,
        assessment.rank_of,
        {row.question_id: row.answer for row in assessment.answers},
        {row.factor_id: row.basis for row in assessment.ranks},
    )
    return explained.model_copy(update={"flags": tuple(_flags(assessment, today, policy))})


def _flags(assessment: FamilyAssessment, today: date, policy: CorridorNumbers) -> list[str]:
    """Return what the policy of the corridor finds unusual: age, validity, and too many visitors (004 2.8, 3.9)."""
    latest = assessment.assessed_on + timedelta(days=policy.assessment_valid_days)
    found = {
        "stale": today > min(latest, assessment.overall.valid_until),
        "validity_beyond_policy": assessment.overall.valid_until > latest,
        "many_visitors": len(assessment.assessors) > policy.max_visitors,
    }
    return [flag for flag, is_true in found.items() if is_true]
