"""The quarterly visit of case workers from home, who carry letters both ways (004 1.2)."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import AgencyIdField, CaseUid, CaseUidField, Part, YesNoUnknown
from schemas.care_codes import StaffRole
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.rows import Codes, SomeCodes
from schemas.services import Count

Quarter = Annotated[str, StringConstraints(pattern=r"^\d{4}-Q[1-4]$")]
"""A quarter of a year: 2025-Q3."""


def quarter_of(day: Day) -> str:
    """Return the quarter that a day lies in."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


class PersonMet(Part):
    """One person whom the visitors were to meet."""

    case_uid: Annotated[CaseUidField, fact(Level.L2, "Case", need=Need.BASIC)]
    met: Annotated[bool, fact(Level.L2, "Was met", "Nobody has to.", need=Need.BASIC)]
    letters_to_family: Annotated[Count, fact(Level.L2, "Letters to the family")] = 0
    letters_from_family: Annotated[Count, fact(Level.L2, "Letters from the family")] = 0
    wants_a_call: Annotated[YesNoUnknown | None, fact(Level.L2, "Wants to call home")] = None


class CaseWorkerVisitReport(Document):
    """One visit at one facility."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=25,
        title="Case worker visit",
        source="004 1.2",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.WO, Role.NG}),
        row=Row.LETTERS,
        scope="contact",
        about_case=False,
    )

    kind: Literal["case_worker_visit"] = "case_worker_visit"
    quarter: Annotated[Quarter, fact(Level.L1, "Quarter", need=Need.BASIC)]
    facility: Annotated[AgencyIdField, fact(Level.L2, "Facility", need=Need.BASIC)]
    visited_on: Annotated[Day, fact(Level.L2, "On", need=Need.BASIC)]
    agencies: Annotated[SomeCodes[AgencyIdField], fact(Level.L1, "Visiting agencies", need=Need.BASIC)]
    visitor_roles: Annotated[Codes[StaffRole], fact(Level.L1, "Visitors, as roles")] = ()
    persons_met: Annotated[
        Annotated[tuple[PersonMet, ...], Field(max_length=500)], fact(Level.L2, "Persons", need=Need.BASIC)
    ]
    letters_carried: Annotated[Count, fact(Level.L1, "Letters carried", "Both ways, of all persons.", need=Need.BASIC)]

    @model_validator(mode="after")
    def _visit_agrees_with_itself(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        """Yield a quarter that is not that of the day, a person listed twice, and letters that got lost on paper."""
        if self.quarter != quarter_of(self.visited_on):
            yield Problem(("quarter",), "quarter_contradicts", "the day lies in another quarter")
        if len(set(self.case_uids())) != len(self.persons_met):
            yield Problem(("persons_met",), "duplicate_person", "the same case is listed twice")
        if self.letters_carried != sum(row.letters_to_family + row.letters_from_family for row in self.persons_met):
            yield Problem(("letters_carried",), "letters_mismatch", "the number is the sum of all persons' letters")
        if self.case_uid is not None:
            yield Problem(("case_uid",), "case_in_header", "the cases are those of the persons; leave it out")

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return the case of everyone on the list."""
        return tuple(row.case_uid for row in self.persons_met)
