"""The assessment of a family: is this home, in this village, safe to return to? (004 1.8; domain 3.7).

It follows a tracing result and is another document (1.8(4)). Every factor of the catalogue for the population is
ranked; what the ranks come to is computed and must equal what is stated: a factor that decides by itself leaves no
positive result, what was not assessed leaves it inconclusive. ``assessment_rules.py`` holds the rules.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from schemas.ages import IsChild
from schemas.ages_of_case import find_is_child
from schemas.assessment_codes import Population
from schemas.assessment_parts import Answered, Assessor, Caregiver, Interviewed, Overall, Ranked
from schemas.assessment_result import Ranks
from schemas.assessment_rules import assessment_problems
from schemas.base import CaseUidField, DocumentIdField, Language, Text, YesNoUnknown
from schemas.care_codes import Service
from schemas.consent import Consents, child_alone
from schemas.contact_limits import DANGER, contact_problems, limits_of
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.family_tracing_result import is_located
from schemas.guards import Disclosure
from schemas.need_to_know import Row, Under
from schemas.needs import TOLERANT, Problem, future_dates, refuse
from schemas.places import Place
from schemas.rows import Codes
from schemas.solutions import DurableSolution

CatalogueVersion = Annotated[str, StringConstraints(pattern=r"^\d{1,4}(-[A-Z]{2})?$")]
"""A version of the risk catalogue, or of a country's own variant."""
_WRONG_RULES = {
    Population.ADULT: (IsChild.TRUE, IsChild.UNCERTAIN),
    Population.CHILD: (IsChild.FALSE,),
}


class FamilyAssessment(Document):
    """One home, assessed for one person."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=12,
        title="Family assessment",
        source="004 1.8, 2.2, 2.8, 4.6",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.WO, Role.NG}),
        row=Row.ASSESSMENT,
        scope="assessment",
    )

    kind: Literal["family_assessment"] = "family_assessment"
    case_uid: CaseUidField
    tracing_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Tracing result", "Its number.")] = None
    assessed_before_located_because: Annotated[
        Text | None, fact(Level.L3, "Assessed before the family was located because")
    ] = None
    population: Annotated[
        Population, fact(Level.L1, "Assessed as", "Child or adult; uncertain counts as a child.", need=Need.BASIC)
    ]
    catalogue_version: Annotated[CatalogueVersion, fact(Level.L1, "Version of the risk catalogue", need=Need.BASIC)]
    assessed_on: Annotated[Day, fact(Level.L1, "Assessed on", need=Need.BASIC), Under(Row.ASSESSMENT_RESULT)]
    place: Annotated[Place, fact(Level.L2, "Place", "Where the home is.", need=Need.BASIC)]
    assessors: Annotated[
        Annotated[tuple[Assessor, ...], Field(min_length=1, max_length=10)],
        fact(Level.L1, "Assessors", "Two at most keep it discreet.", need=Need.BASIC),
    ]
    interviewed: Annotated[
        Annotated[tuple[Interviewed, ...], Field(min_length=1, max_length=20)],
        fact(Level.L3, "Asked", need=Need.BASIC),
    ]
    language: Annotated[Language, fact(Level.L1, "Language", "ISO 639-3.", need=Need.BASIC)]
    consents: Annotated[Consents | None, fact(Level.L1, "Consent", "Where no case file holds it.")] = None
    home_observed: Annotated[YesNoUnknown, fact(Level.L3, "Home was seen", need=Need.BASIC)]
    caregiver: Annotated[
        Caregiver | None, fact(Level.L3, "Caregiver and household", "Blank only where nobody would.", need=Need.BASIC)
    ] = None
    answers: Annotated[
        Annotated[tuple[Answered, ...], Field(max_length=200)], fact(Level.L3, "Answers", need=Need.BASIC)
    ]
    ranks: Annotated[
        Annotated[tuple[Ranked, ...], Field(min_length=1, max_length=99)],
        fact(Level.L3, "Ranks", "Every factor of the catalogue for child or adult, each once.", need=Need.BASIC),
    ]
    overall: Annotated[Overall, fact(Level.L3, "Overall", need=Need.BASIC), Under(Row.ASSESSMENT_RESULT)]
    family_view: Annotated[Text | None, fact(Level.L3, "What the family says")] = None
    community_view: Annotated[Text | None, fact(Level.L3, "What the community says")] = None
    recommendation: Annotated[
        DurableSolution, fact(Level.L3, "Recommended", need=Need.BASIC), Under(Row.ASSESSMENT_RESULT)
    ]
    support_needed: Annotated[Codes[Service], fact(Level.L3, "Support needed", need=Need.BASIC)] = ()
    informed_family_of_next_steps: Annotated[
        YesNoUnknown, fact(Level.L1, "Family knows the next steps", need=Need.BASIC)
    ]

    @model_validator(mode="after")
    def _keeps_the_rules_of_the_catalogue(self, info: ValidationInfo) -> Self:
        is_tolerant = bool(info.context and info.context.get(TOLERANT))
        rules = () if is_tolerant else assessment_problems(self)
        refuse([*rules, *self._consent_problems(), *future_dates(self, self.created_at.date())])
        return self

    def _consent_problems(self) -> Iterator[Problem]:
        """Yield every consent that a child gave alone; uncertain counts as a child."""
        if self.population is Population.CHILD:
            for index, record in enumerate(self.consents or ()):
                yield from child_alone(record, ("consents", index))

    @property
    def rank_of(self) -> Ranks:
        """The rank of each factor."""
        return {row.factor_id: row.level for row in self.ranks}

    @property
    def is_positive(self) -> bool:
        """Whether a return to this home is possible, with or without support."""
        return self.overall.result.is_positive

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to assess the family, for the agency that did."""
        return (Disclosure(ConsentPurpose.FAMILY_ASSESSMENT, self.sender, self.case_uid, carried=self.consents),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a family that is not located, rules for the wrong age, and somebody who must not be approached."""
        if self.assessed_before_located_because is None and not is_located(earlier, self.case_uid, self.tracing_ref):
            yield Problem(
                ("tracing_ref",),
                "not_located",
                "first a tracing result that located the family, or the reason why not",
                source="004 1.8(4); domain 4",
            )
        is_child = find_is_child(earlier, self.case_uid, self.assessed_on)
        if is_child in _WRONG_RULES[self.population]:
            yield Problem(
                ("population",), "population_contradicts", "the case file says otherwise; uncertain is a child"
            )
        yield from self._limit_problems(earlier)

    def _limit_problems(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield who was asked, or would receive, or lives in a good home, and must not (004 3.1; 1.8(1))."""
        limits = limits_of(earlier, self.case_uid)
        for index, row in enumerate(self.interviewed):
            yield from contact_problems(("interviewed", index, "relation"), [row.relation], limits)
        if self.caregiver is None or not self.is_positive:
            return
        yield from contact_problems(("caregiver", "relation"), [self.caregiver.relation], limits)
        dangers = {relation for relation, reasons in limits.items() if reasons & DANGER}
        for index, member in enumerate(self.caregiver.household_members):
            if member.relation in dangers:
                yield Problem(
                    ("caregiver", "household_members", index, "relation"),
                    "danger_in_household",
                    "a home is not good while somebody lives there whom the person fears or who was involved",
                    source="004 3.1, 1.8(1)",
                )
