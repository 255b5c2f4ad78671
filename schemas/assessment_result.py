"""What ranks come to: the arithmetic of the assessment, one place for form and explanation alike.

A factor that is auto-negative for the population gives a negative assessment at medium or high (004 1.8(1)); what was
not assessed leaves it inconclusive and never counts as none; the overall rank is the highest.
"""

from collections.abc import Mapping

from schemas.assessment_codes import AssessmentResult, Population, RiskRank
from schemas.risk_catalogue import RiskCatalogue

_ORDER = {
    RiskRank.NONE: 0,
    RiskRank.NOT_ASSESSED: 1,
    RiskRank.LOW: 2,
    RiskRank.MEDIUM: 3,
    RiskRank.HIGH: 4,
}
"""An open question is worse than no risk, and known risks are worse than an open question."""
SERIOUS = frozenset({RiskRank.MEDIUM, RiskRank.HIGH})

Ranks = Mapping[str, RiskRank]
"""The rank of each factor, by its number."""


def overall_rank_of(ranks: Ranks) -> RiskRank:
    """Return the highest rank; without any rank nothing was assessed."""
    return max(ranks.values(), key=_ORDER.__getitem__, default=RiskRank.NOT_ASSESSED)


def auto_negative_factors_of(catalogue: RiskCatalogue, population: Population, ranks: Ranks) -> tuple[str, ...]:
    """Return the factors that give a negative assessment by themselves, in the order of the catalogue."""
    return tuple(
        factor.id
        for factor in catalogue.factors_for(population)
        if factor.auto_negative and ranks.get(factor.id) in SERIOUS
    )


def not_assessed_of(catalogue: RiskCatalogue, population: Population, ranks: Ranks) -> tuple[str, ...]:
    """Return the factors that were not assessed; a factor that is not ranked at all is one of them."""
    return tuple(
        factor.id
        for factor in catalogue.factors_for(population)
        if ranks.get(factor.id, RiskRank.NOT_ASSESSED) is RiskRank.NOT_ASSESSED
    )


def possible_results(catalogue: RiskCatalogue, population: Population, ranks: Ranks) -> frozenset[AssessmentResult]:
    """Return the results that the ranks leave open to the assessor's judgement."""
    if not_assessed_of(catalogue, population, ranks):
        return frozenset({AssessmentResult.INCONCLUSIVE})
    if auto_negative_factors_of(catalogue, population, ranks):
        return frozenset({AssessmentResult.NEGATIVE})
    if overall_rank_of(ranks) is RiskRank.HIGH:
        return frozenset(AssessmentResult) - {AssessmentResult.POSITIVE}
    return frozenset(AssessmentResult)
