"""What both return decisions share: who decides, the options that were weighed, and the assessment behind them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Annotated

from schemas.base import CaseUid, CaseUidField, DocumentId, DocumentIdField, Part, Text, YesNoUnknown
from schemas.codes import Relation
from schemas.contact_limits import contact_problems, limits_of
from schemas.dates import Day
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import current, find_by_id, is_replaced
from schemas.facts import Level, Need, fact
from schemas.family_assessment import FamilyAssessment
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Location, Problem
from schemas.solutions import DurableSolution


class Option(Part):
    """One way that was presented, with what speaks for it and against it."""

    solution: Annotated[DurableSolution, fact(Level.L3, "Solution", need=Need.BASIC)]
    benefits: Annotated[Text | None, fact(Level.L3, "Benefits", need=Need.BASIC)] = None
    risks: Annotated[Text | None, fact(Level.L3, "Risks", need=Need.BASIC)] = None
    available: Annotated[YesNoUnknown, fact(Level.L3, "Available now", need=Need.BASIC)]


class AssessmentShown(Part):
    """The assessment that was talked through, and when."""

    assessment_id: Annotated[DocumentIdField, fact(Level.L1, "Assessment", "Its number.", need=Need.BASIC)]
    date: Annotated[Day, fact(Level.L1, "Shown on", need=Need.BASIC)]


def decision_facts(form: int, title: str, source: str) -> KindFacts:
    """Return the facts of a kind of return decision: either side sends it, and the same people write and read it."""
    return KindFacts(
        form=form,
        title=title,
        source=source,
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.CM, Role.WO}),
        row=Row.DECISION,
        scope="decision",
    )


class ReturnDecision(Document, ABC):
    """A decision where one person is to live; ``settled`` is all by which it moves the case."""

    case_uid: CaseUidField

    @property
    @abstractmethod
    def settled(self) -> DurableSolution | None:
        """The solution that holds from now on; ``None`` where nothing was settled."""

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that what is settled decides a case; anything else leaves it where it is."""
        settled = self.settled if case_uid == self.case_uid else None
        if settled is None or not (settled.is_return or settled.is_stay):
            return None
        return CaseState.DECIDED if settled.is_return else CaseState.NOT_RETURNING

    def ends(self, case_uid: CaseUid) -> frozenset[CaseState]:
        """Return that a settled return ends an earlier decision to stay."""
        is_return = self.moves(case_uid) is CaseState.DECIDED
        return frozenset({CaseState.NOT_RETURNING}) if is_return else frozenset()

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to share the basics; the decision itself is the person's own statement, or made for it."""
        return (Disclosure(ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, self.recipient, self.case_uid),)


def option_problems(options: Sequence[Option], chosen: DurableSolution, location: Location) -> Iterator[Problem]:
    """Yield options that are there twice, too few for a choice, or without the one that was chosen (004 2.2)."""
    named = [option.solution for option in options]
    if len(set(named)) != len(named):
        yield Problem(location, "duplicate_option", "list each solution once", source="004 2.2")
    if len(set(named)) < 2:  # noqa: PLR2004  # one way is no choice
        yield Problem(
            location, "options_missing", "a decision is a choice: at least two solutions were weighed", source="004 2.2"
        )
    if chosen is not DurableSolution.PENDING and chosen not in named:
        yield Problem(
            location, "chosen_not_presented", "what was chosen has to be among the solutions weighed", source="004 2.2"
        )
    for index, option in enumerate(options):
        if option.solution is chosen and option.available is YesNoUnknown.NO:
            yield Problem(
                (*location, index, "available"),
                "chosen_not_available",
                "what was chosen is not available",
                source="004 2.2",
            )


def home_problems(
    case_uid: CaseUid, lives_with: Relation | None, solution: DurableSolution, earlier: Sequence[Document]
) -> Iterator[Problem]:
    """Yield a home with somebody who must not be approached."""
    if solution.is_return:
        yield from contact_problems(("lives_with",), [lives_with], limits_of(earlier, case_uid))


def assessment_of(
    earlier: Sequence[Document], case_uid: CaseUid | None, wanted: DocumentId, location: Location
) -> tuple[FamilyAssessment | None, tuple[Problem, ...]]:
    """Find the assessment a decision rests on, and what is wrong with resting on it."""
    found = find_by_id(FamilyAssessment, earlier, wanted)
    if found is None or found.case_uid != case_uid:
        return None, (Problem(location, "assessment_unknown", "name an assessment of this case that is held here"),)
    if is_replaced(found, earlier) or any(
        is_newer(other, found) for other in current(FamilyAssessment, earlier, case_uid)
    ):
        return found, (Problem(location, "assessment_superseded", "there is a newer assessment of this home"),)
    return found, ()


def is_newer(other: FamilyAssessment, found: FamilyAssessment) -> bool:
    """Say whether another assessment is about the same caregiver's home, and later."""
    if other.caregiver is None or found.caregiver is None or other.assessed_on <= found.assessed_on:
        return False
    return other.caregiver.relation is found.caregiver.relation


def other_home(assessment: FamilyAssessment, lives_with: Relation | None, location: Location) -> Iterator[Problem]:
    """Yield an assessment of another home than the one that was chosen."""
    caregiver = assessment.caregiver
    if caregiver is not None and lives_with is not None and caregiver.relation is not lives_with:
        yield Problem(location, "other_home", "this assessment is about the home of another relative")
