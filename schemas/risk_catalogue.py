"""The risk catalogue as versioned data: 26 factors, each with its tier, its population and one to three questions.

Three tiers, individual, family and community (004 1.8(3)); indicators of their own for child and adult (1.8(2));
factors that at once give a negative assessment (1.8(1)); questions linked to each factor, put so that *yes* means risk
(1.8). Version 0 is a proposal to the two countries; a national variant is a further entry of ``CATALOGUES``, and an
assessment names the version that it was made with (1.8, Guiding Principles art. IV cl. 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.assessment_codes import Population


class Tier(StrEnum):
    """Where a risk lies."""

    INDIVIDUAL = "individual"
    FAMILY = "family"
    COMMUNITY = "community"


@dataclass(frozen=True)
class Question:
    """One question; yes means risk."""

    id: str
    text: str


@dataclass(frozen=True)
class RiskFactor:
    """One risk. ``auto_negative``: at medium or high it gives a negative assessment by itself."""

    id: str
    tier: Tier
    populations: frozenset[Population]
    auto_negative: bool
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class RiskCatalogue:
    """One version of the list."""

    version: str
    factors: Mapping[str, RiskFactor]

    def factors_for(self, population: Population) -> tuple[RiskFactor, ...]:
        """Return the factors that are assessed for a population, in the order of the list."""
        return tuple(factor for factor in self.factors.values() if population in factor.populations)

    def find_factor_of(self, question_id: str) -> RiskFactor | None:
        """Find the factor that a question belongs to."""
        return next(
            (factor for factor in self.factors.values() if question_id in {q.id for q in factor.questions}), None
        )


def _factor(
    number: str,
    tier: Tier,
    populations: frozenset[Population],
    title: str,
    *questions: str,
    auto_negative: bool = False,
) -> RiskFactor:
    """Make a factor; its questions are numbered F01Q1, F01Q2 ..."""
    numbered = tuple(Question(f"{number}Q{place}", text) for place, text in enumerate(questions, start=1))
    return RiskFactor(number, tier, populations, auto_negative, title, numbered)


_I, _F, _C = Tier.INDIVIDUAL, Tier.FAMILY, Tier.COMMUNITY
_CHILD, _ADULT = frozenset({Population.CHILD}), frozenset({Population.ADULT})
_BOTH = _CHILD | _ADULT

_FACTORS_0 = (
    _factor(
        "F01",
        _F,
        _BOTH,
        "A family member took part in the trafficking or arranged it",
        "Did anyone in this household receive money for the departure or arrange it?",
        "Does anyone in this household keep in touch with the recruiter or the exploiter?",
        auto_negative=True,
    ),
    _factor(
        "F02",
        _F,
        _CHILD,
        "Violence, abuse or neglect of the child by a caregiver",
        "Was the child beaten, sexually abused or left without care at home?",
        "Has anyone in the household been reported or convicted for harming a child?",
        auto_negative=True,
    ),
    _factor(
        "F03",
        _F,
        _ADULT,
        "Violence by spouse, partner or family",
        "Has someone in the household harmed or threatened the returnee?",
        "Is the returnee afraid of someone in the household?",
        auto_negative=True,
    ),
    _factor(
        "F04",
        _F,
        _CHILD,
        "No willing and able adult caregiver",
        "Is there no adult who agrees to care for the child now?",
        "Is the adult who agrees unable to do it, even with support?",
        auto_negative=True,
    ),
    _factor(
        "F05",
        _F,
        _ADULT,
        "The family refuses to receive the returnee",
        "Does the family say it won't accept the return?",
    ),
    _factor(
        "F06",
        _F,
        _BOTH,
        "Acceptance under conditions, or rejection because of stigma",
        "Does the family set conditions because of what happened?",
        "Does the family blame the returnee for what happened?",
    ),
    _factor(
        "F07",
        _F,
        _BOTH,
        "Debt to a broker or trafficker",
        "Does the household owe money to a broker or recruiter?",
        "Is somebody in the household expected to work the debt off?",
    ),
    _factor(
        "F08",
        _F,
        _BOTH,
        "Severe poverty, no income or food",
        "Does the household have fewer than two meals a day?",
        "Is there nobody in the household who earns?",
    ),
    _factor(
        "F09",
        _F,
        _BOTH,
        "Substance dependence in the household",
        "Does problem drinking or drug use affect the household?",
    ),
    _factor(
        "F10",
        _F,
        _CHILD,
        "The child would have to work or marry early",
        "Is the child to leave school in order to work?",
        "Is there a plan for the child to marry?",
    ),
    _factor(
        "F11",
        _F,
        _CHILD,
        "Separation, conflict in a step-family, or death of a parent",
        "Has the caregiver changed since the departure?",
        "Is there conflict between the child and a step-parent or new partner?",
    ),
    _factor(
        "F12",
        _F,
        _ADULT,
        "Conflict with the spouse, or about custody of children",
        "Is there a dispute about children or about the marriage?",
    ),
    _factor(
        "F13",
        _F,
        _BOTH,
        "Other members of the family migrate with the same broker",
        "Has another member left with the same broker?",
        "Does another member plan to leave with the same broker?",
    ),
    _factor(
        "F14",
        _I,
        _BOTH,
        "Serious need of health care without access",
        "Can the care that is needed not be reached from this home?",
    ),
    _factor(
        "F15",
        _I,
        _BOTH,
        "No identity document or household registration",
        "Is the returnee not on the household list?",
        "Has the returnee no identity document, and no way to get one soon?",
    ),
    _factor(
        "F16",
        _I,
        _ADULT,
        "Own strong wish not to return",
        "Did the returnee say that she or he does not want this home?",
    ),
    _factor(
        "F17",
        _I,
        _CHILD,
        "The child freely objects, with a well-founded fear",
        "Does the child express fear of this home?",
        "Did the child, asked alone, say no to living in this home?",
        auto_negative=True,
    ),
    _factor(
        "F18",
        _C,
        _BOTH,
        "A trafficker or broker is present and knows of the return, or threatens",
        "Is the trafficker or broker in or near the village?",
        "Have threats been made against the returnee or the family?",
        auto_negative=True,
    ),
    _factor(
        "F19",
        _C,
        _BOTH,
        "A broker is active in the area, without a threat",
        "Is a recruiter active in the township?",
    ),
    _factor(
        "F20",
        _C,
        _BOTH,
        "Armed conflict, insecurity, landmines or disaster",
        "Is the village insecure or mined?",
        "Can the village not be reached for part of the year or at all?",
    ),
    _factor(
        "F21",
        _C,
        _BOTH,
        "Discrimination and stigma in the community",
        "Would neighbours insult or exclude the returnee?",
        "Is it known in the village what happened to the returnee?",
    ),
    _factor(
        "F22",
        _C,
        _CHILD,
        "No school within reach",
        "Is there no school within 60 minutes?",
    ),
    _factor(
        "F23",
        _C,
        _BOTH,
        "No health, psychosocial or social service within reach",
        "Is there no clinic in the township?",
        "Is there no social worker or counsellor in the township?",
    ),
    _factor(
        "F24",
        _C,
        _BOTH,
        "No service provider covers the township",
        "Does the directory of providers show none for this township?",
    ),
    _factor(
        "F25",
        _C,
        _ADULT,
        "No livelihood opportunity",
        "Is there no work or business that the returnee could do here?",
    ),
    _factor(
        "F26",
        _C,
        _BOTH,
        "Local authorities are complicit or unsafe to inform",
        "Are officials here linked to a broker, or unsafe to inform?",
    ),
)

CATALOGUES: Mapping[str, RiskCatalogue] = {
    "0": RiskCatalogue("0", {factor.id: factor for factor in _FACTORS_0}),
}
"""By version. A version never changes; a change is a new version."""


def find_catalogue(version: str) -> RiskCatalogue | None:
    """Find a version of the catalogue."""
    return CATALOGUES.get(version)
