"""The ranks decide, for all of them; and the one who assesses is told why, factor by factor."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.assessment import Effect, explain, explain_ranks
from api.rules.policy import CorridorNumbers
from schemas.assessment_codes import AssessmentResult, Population, RiskAnswer, RiskRank
from schemas.assessment_result import auto_negative_factors_of, overall_rank_of, possible_results
from schemas.family_assessment import FamilyAssessment
from schemas.risk_catalogue import CATALOGUES
from tests.forms import document

CATALOGUE = CATALOGUES["0"]
RANKS = st.sampled_from(list(RiskRank))


def assessment(name: str = "family_assessment") -> FamilyAssessment:
    made = document(name)
    assert isinstance(made, FamilyAssessment)
    return made


@given(st.sampled_from(list(Population)), st.data())
def test_whatever_the_ranks_are_no_danger_becomes_positive(population: Population, data: st.DataObject) -> None:
    """The two promises: a deciding factor is never positive, and what is open is inconclusive."""
    ranks = {factor.id: data.draw(RANKS, label=factor.id) for factor in CATALOGUE.factors_for(population)}
    possible = possible_results(CATALOGUE, population, ranks)
    deciding = auto_negative_factors_of(CATALOGUE, population, ranks)
    assert possible
    if deciding:
        assert not any(result.is_positive for result in possible)
    if RiskRank.NOT_ASSESSED in ranks.values():
        assert possible == {AssessmentResult.INCONCLUSIVE}
        assert overall_rank_of(ranks) is not RiskRank.NONE
    worst = data.draw(st.sampled_from(sorted(ranks)))
    if ranks[worst] is not RiskRank.NOT_ASSESSED:
        worse = possible_results(CATALOGUE, population, {**ranks, worst: RiskRank.HIGH})
        assert AssessmentResult.POSITIVE not in worse


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUE.factors)), RANKS))
def test_the_explanation_says_what_the_rules_say(ranks: dict[str, RiskRank]) -> None:
    """A rank that is missing counts as not assessed; each factor of the population is explained once."""
    told = explain_ranks(CATALOGUE, Population.CHILD, ranks, {})
    assert [row.factor_id for row in told.factors] == [row.id for row in CATALOGUE.factors_for(Population.CHILD)]
    assert set(told.auto_negative_factors) == {
        row.factor_id for row in told.factors if row.effect is Effect.DECIDES_NEGATIVE
    }
    assert set(told.not_assessed) == {row.factor_id for row in told.factors if row.effect is Effect.LEAVES_OPEN}
    assert told.not_assessed or told.possible_results != (AssessmentResult.INCONCLUSIVE,)


def test_the_assessor_sees_why_it_is_negative_factor_by_factor() -> None:
    """Scenario S2: the mother's home. F02 at medium decides too, since it is one of those that decide alone."""
    told = explain(assessment("family_assessment_negative"), today=date(2025, 7, 2))
    assert told is not None
    assert told.auto_negative_factors == ("F01", "F02", "F18")
    assert told.possible_results == (AssessmentResult.NEGATIVE,)
    assert (told.overall_rank, told.flags) == (RiskRank.HIGH, ())
    first = told.factors[0]
    assert (first.factor_id, first.effect, first.rank) == ("F01", Effect.DECIDES_NEGATIVE, RiskRank.HIGH)
    assert [(question.answer, question.is_basis) for question in first.questions] == [
        (RiskAnswer.YES, True),
        (RiskAnswer.NO, False),
    ]


def test_a_low_rank_of_a_deciding_factor_is_explained_as_what_it_is() -> None:
    ranks = dict.fromkeys((factor.id for factor in CATALOGUE.factors_for(Population.ADULT)), RiskRank.NONE)
    told = explain_ranks(CATALOGUE, Population.ADULT, {**ranks, "F01": RiskRank.LOW}, {})
    assert told.factors[0].effect is Effect.WEIGHS
    assert "at low it does not" in told.factors[0].explanation
    assert AssessmentResult.POSITIVE in told.possible_results


@pytest.mark.parametrize(
    ("today", "policy", "flags"),
    [
        pytest.param(date(2025, 6, 10), CorridorNumbers(), (), id="usual"),
        pytest.param(date(2025, 9, 2), CorridorNumbers(), ("stale",), id="after-ninety-days"),
        pytest.param(
            date(2025, 7, 1),
            CorridorNumbers(assessment_valid_days=20),
            ("stale", "validity_beyond_policy"),
            id="shorter",
        ),
        pytest.param(date(2025, 6, 10), CorridorNumbers(max_visitors=1), ("many_visitors",), id="one-visitor"),
    ],
)
def test_what_the_corridor_finds_unusual_is_a_flag_and_blocks_nothing(
    today: date, policy: CorridorNumbers, flags: tuple[str, ...]
) -> None:
    told = explain(assessment(), today=today, policy=policy)
    assert told is not None
    assert told.flags == flags


def test_a_catalogue_that_is_not_known_here_is_not_explained() -> None:
    """A peer's newer version may name one."""
    newer = assessment().model_copy(update={"catalogue_version": "3-KH"})
    assert explain(newer, today=date(2025, 6, 10)) is None
