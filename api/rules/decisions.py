"""What a corridor's policy asks of a return decision, beside the rules that the document keeps by itself.

A young adult who leaves alone is at risk (004 2.2): who counts as young is the corridor's own number.
"""

from collections.abc import Iterator

from api.rules.age import age_on
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.assessment_codes import YoungAdultReview
from schemas.case_file import CaseFile
from schemas.needs import Problem
from schemas.return_decision_adult import ReturnDecisionAdult


def decision_problems(
    decision: ReturnDecisionAdult, case_file: CaseFile, policy: CorridorNumbers = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield a young adult for whom the review of travelling alone was called not applicable."""
    age = age_on(case_file, decision.decision_date)
    youngest, oldest = policy.young_adult_ages
    if age.lowest is None or age.highest is None:
        return
    may_be_young = age.lowest <= oldest and age.highest >= youngest
    if may_be_young and decision.young_adult_risk_reviewed is YoungAdultReview.NOT_APPLICABLE:
        yield Problem(
            ("young_adult_risk_reviewed",),
            "young_adult_not_reviewed",
            "for a young adult the risk of travelling alone is talked through, also with an escort",
            source="004 2.2",
        )
