"""The risk catalogue of family assessments: what is asked, and what answers and ranks come to. Nothing is stored."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import InvalidInput, NotFound
from api.rules.assessment import Explanation, explain_ranks, misnumbered
from api.rules.refusing import findings_from
from api.web.callers import Caller
from api.web.context import operation_name
from api.web.places import of_body
from api.web.problems import PROBLEM_RESPONSES
from schemas.assessment_codes import Population, RiskAnswer, RiskRank
from schemas.assessment_parts import FactorId, QuestionId
from schemas.base import Text
from schemas.family_assessment import CatalogueVersion
from schemas.risk_catalogue import CATALOGUES, RiskCatalogue, RiskFactor, Tier, find_catalogue

router = APIRouter(prefix="/v1/risk-catalogue", tags=["assessment"], generate_unique_id_function=operation_name)

_NEWEST = [version for version in CATALOGUES if "-" not in version][-1]
"""Of those that are no country's own."""
_MOST_ANSWERS, _MOST_RANKS = 200, 99
"""As in an assessment (form 12)."""


class QuestionView(BaseModel):
    """One question. *Yes* always means risk."""

    id: str = Field(examples=["F01Q1"])
    text: str


class FactorView(BaseModel):
    """One risk, and the questions on which its rank rests."""

    id: str = Field(examples=["F01"])
    title: str
    tier: Tier = Field(description="Whether the risk lies with the person, the family or the community (004 1.8(3))")
    populations: list[Population] = Field(description="For whom it is assessed; child and adult have variants of both")
    auto_negative: bool = Field(
        description="At `medium` or `high` it makes the assessment negative by itself (004 1.8(1))"
    )
    questions: list[QuestionView]

    @classmethod
    def of(cls, factor: RiskFactor) -> "FactorView":
        """Show one factor."""
        questions = [QuestionView(id=asked.id, text=asked.text) for asked in factor.questions]
        return cls(
            id=factor.id,
            title=factor.title,
            tier=factor.tier,
            populations=sorted(factor.populations),
            auto_negative=factor.auto_negative,
            questions=questions,
        )


class CatalogueView(BaseModel):
    """One version of the catalogue. A version never changes; an assessment names the one that it was made with."""

    version: str
    versions: list[str] = Field(description="All versions that are published here")
    population: Population | None
    answers: list[RiskAnswer] = Field(description="What a question may be answered with")
    ranks: list[RiskRank] = Field(description="What a factor may be ranked; `not_assessed` is not `none`")
    factors: list[FactorView]


class DraftAnswer(BaseModel):
    """The answer to one question, as far as it was asked."""

    model_config = ConfigDict(extra="forbid")
    question_id: QuestionId
    answer: RiskAnswer


class DraftRank(BaseModel):
    """How great one risk is, and the questions that show it."""

    model_config = ConfigDict(extra="forbid")
    factor_id: FactorId
    level: RiskRank
    basis: list[QuestionId] = Field(default=[], max_length=60)
    mitigation: Text | None = Field(None, description="As in form 12, so that its ranks can be sent; not looked at")
    rationale: Text | None = Field(None, description="As in form 12, so that its ranks can be sent; not looked at")


class DraftAssessment(BaseModel):
    """An assessment that is being filled in: whatever is there already. A factor without a rank is not assessed."""

    model_config = ConfigDict(extra="forbid")
    population: Population = Field(description="Uncertain counts as a child")
    version: CatalogueVersion | None = Field(None, description="Else the newest")
    answers: list[DraftAnswer] = Field(default=[], max_length=_MOST_ANSWERS)
    ranks: list[DraftRank] = Field(default=[], max_length=_MOST_RANKS)


@router.get("", responses={404: PROBLEM_RESPONSES[404]})
def read_catalogue(
    _caller: Caller,
    population: Annotated[
        Population | None, Query(description="Only what is assessed for a child, or an adult")
    ] = None,
    version: Annotated[CatalogueVersion | None, Query(description="Else the newest")] = None,
) -> CatalogueView:
    """Read the risks that are assessed before somebody goes home to a family, each with its questions."""
    catalogue = _catalogue(version)
    factors = catalogue.factors.values() if population is None else catalogue.factors_for(population)
    return CatalogueView(
        version=catalogue.version,
        versions=list(CATALOGUES),
        population=population,
        answers=list(RiskAnswer),
        ranks=list(RiskRank),
        factors=[FactorView.of(factor) for factor in factors],
    )


@router.post("/explain", responses={code: PROBLEM_RESPONSES[code] for code in (404, 422)})
def explain_draft(_caller: Caller, draft: Annotated[DraftAssessment, Body()]) -> Explanation:
    """See what answers and ranks come to, factor by factor, before the assessment is signed. Nothing is stored.

    A factor that decides by itself and is ranked medium or high makes the result negative. A factor that was not
    assessed leaves it inconclusive and never counts as none. `possible_results` are those that are left to the
    assessor's judgement; `because` says why, and each factor says what its rank does.
    """
    catalogue = _catalogue(draft.version)
    questions, factors = [row.question_id for row in draft.answers], [row.factor_id for row in draft.ranks]
    wrong = findings_from(misnumbered(catalogue, draft.population, questions, factors))
    if wrong:
        raise of_body(InvalidInput(hint="use the numbers of the catalogue for this population", findings=wrong))
    return explain_ranks(
        catalogue,
        draft.population,
        {row.factor_id: row.level for row in draft.ranks},
        {row.question_id: row.answer for row in draft.answers},
        {row.factor_id: row.basis for row in draft.ranks},
    )


def _catalogue(version: str | None) -> RiskCatalogue:
    """Return a version of the catalogue; raises ``NotFound`` for one that is not published here."""
    found = find_catalogue(version or _NEWEST)
    if found is None:
        raise NotFound("catalogue_not_found", "leave the version out for the newest one")
    return found
