"""One row of the figures, for one return of one person: never a name, a case number, health or a story (004 2.12, 4.8).

The row's id is a keyed pseudonym (``api/rules/pseudonym.py``). Places are codes; the village travels in the restricted
national sheet only. Who did not agree to be counted as a row is counted in the totals (domain 2.J rule 6).
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.aftercare_codes import SupportModel
from schemas.ages import CHILD_UNDER, IsChild
from schemas.background_codes import Purpose
from schemas.base import AgencyIdField, CountryCode, Line, Sha256
from schemas.care_codes import ConsentDecision
from schemas.case_sections.trafficking import BorderPoint
from schemas.codes import ReferralSource, Sex
from schemas.dates import Day, Edtf, is_surely_after
from schemas.document import Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.figures_codes import AgeGroup, IdentifiedAt, IdentifiedBy, ReportingBody, age_group
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.notice_codes import FileStatus, ReturnMode
from schemas.places import CodeSystem
from schemas.relatives import Age
from schemas.return_codes import VictimType
from schemas.rows import SomeCodes
from schemas.services import Days

PlaceCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,24}$")]
"""A code of an administrative area, never its name in words."""
CROSS_BORDER = frozenset({VictimType.XB_G2G, VictimType.SELF_RETURN_XB})


class StatisticsRecord(Document):
    """One return episode in codes and numbers."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=27,
        title="Statistics record",
        source="004 2.12, 4.4, 4.6, 4.8",
        senders=frozenset({Side.ORIGIN, Side.DESTINATION}),
        writers=frozenset({Role.WO, Role.LE, Role.ST}),
        row=Row.STATISTICS,
        scope="stats",
        about_case=False,
    )

    kind: Literal["statistics_record"] = "statistics_record"
    stat_id: Annotated[Sha256, fact(Level.L1, "Row", "A keyed pseudonym, not the case.", need=Need.BASIC)]
    year: Annotated[Annotated[int, Field(ge=2000, le=2100)], fact(Level.L1, "Year", need=Need.BASIC)]
    reporting_body: Annotated[ReportingBody, fact(Level.L1, "Reported by", need=Need.BASIC)]
    consent: Annotated[
        ConsentDecision, fact(Level.L1, "Agreed to be counted", "Otherwise only the totals count.", need=Need.BASIC)
    ]
    victim_type: Annotated[VictimType, fact(Level.L1, "Type of return", need=Need.BASIC)]
    identified_by: Annotated[IdentifiedBy, fact(Level.L1, "Identified by", need=Need.BASIC)]
    identified_at: Annotated[IdentifiedAt, fact(Level.L1, "Identified at", need=Need.BASIC)]
    sex: Annotated[Sex, fact(Level.L2, "Sex", need=Need.BASIC, htcds="prs_Gender")]
    age_at_return: Annotated[Age | None, fact(Level.L2, "Age at return")] = None
    age_group_at_return: Annotated[AgeGroup, fact(Level.L1, "Age group at return", need=Need.BASIC)]
    age_at_recruitment: Annotated[Age | None, fact(Level.L2, "Age at recruitment")] = None
    age_group_at_recruitment: Annotated[AgeGroup, fact(Level.L1, "Age group at recruitment", need=Need.BASIC)]
    is_child: Annotated[IsChild, fact(Level.L1, "Child at return", need=Need.BASIC)]
    place_codes: Annotated[CodeSystem, fact(Level.L1, "Code list of places", need=Need.BASIC)]
    place_codes_version: Annotated[Line, fact(Level.L1, "Version of the list", need=Need.BASIC)]
    source_state: Annotated[PlaceCode | None, fact(Level.L2, "State or region", need=Need.BASIC)] = None
    home_township: Annotated[PlaceCode | None, fact(Level.L2, "Township", need=Need.BASIC)] = None
    source_village: Annotated[PlaceCode | None, fact(Level.L2, "Village", "In the restricted national sheet only.")] = (
        None
    )
    recruitment_date: Annotated[Edtf | None, fact(Level.L2, "Recruited", need=Need.BASIC)] = None
    destination_country: Annotated[CountryCode | None, fact(Level.L1, "Country of destination")] = None
    purposes: Annotated[
        SomeCodes[Purpose],
        fact(
            Level.L2,
            "Type of trafficking",
            "The first is the main one.",
            need=Need.BASIC,
            htcds="vic_TypeOfExploitation",
        ),
    ]
    return_date: Annotated[Day, fact(Level.L2, "Returned on", need=Need.BASIC)]
    referral_source: Annotated[ReferralSource, fact(Level.L1, "Referred by", need=Need.BASIC)]
    provider_assigned: Annotated[AgencyIdField | None, fact(Level.L1, "Provider")] = None
    not_assigned: Annotated[bool, fact(Level.L1, "Could not be assigned", need=Need.BASIC)]
    family_assessment_negative: Annotated[bool, fact(Level.L1, "Negative family assessment", need=Need.BASIC)]
    special_case: Annotated[bool, fact(Level.L1, "Special case", "Never which.", need=Need.BASIC)]
    border_point: Annotated[BorderPoint | None, fact(Level.L1, "Border crossing")] = None
    days_in_shelter: Annotated[Days | None, fact(Level.L1, "Days in the shelter")] = None
    within_6_months: Annotated[bool | None, fact(Level.L1, "Within six months")] = None
    notice_days: Annotated[Days | None, fact(Level.L1, "Days of notice")] = None
    file_level_at_return: Annotated[FileStatus, fact(Level.L1, "Case file at return", need=Need.BASIC)]
    original_handed: Annotated[bool | None, fact(Level.L1, "Original handed over")] = None
    return_mode: Annotated[ReturnMode | None, fact(Level.L1, "Mode of return")] = None
    support_model: Annotated[SupportModel | None, fact(Level.L1, "Support")] = None
    readmission: Annotated[bool, fact(Level.L1, "Was taken in again", need=Need.BASIC)]

    @model_validator(mode="after")
    def _row_tells_no_person(self) -> Self:
        refuse([*_header_problems(self), *_problems(self), *future_dates(self, self.created_at.date())])
        return self

    @property
    def recruitment_month(self) -> str | None:
        """The month of recruitment as the national sheet asks for it; the year where no month is known (004 4.8)."""
        if self.recruitment_date is None:
            return None
        earliest, latest = self.recruitment_date.earliest, self.recruitment_date.latest
        if (earliest.year, earliest.month) == (latest.year, latest.month):
            return f"{earliest:%Y-%m}"
        return f"{earliest:%Y}" if earliest.year == latest.year else None

    @property
    def return_month(self) -> str:
        """The month of repatriation as the national sheet asks for it (004 4.8)."""
        return f"{self.return_date:%Y-%m}"


def _header_problems(row: StatisticsRecord) -> Iterator[Problem]:
    """Yield whatever in the header would lead from the row to a person."""
    for name in ("case_uid", "reply_to", "vital_interest"):
        if getattr(row, name) is not None:
            yield Problem((name,), "case_in_statistics", "a row leads to no case; leave it out")
    if row.consent is not ConsentDecision.GIVEN:
        yield Problem(("consent",), "statistics_consent", "without this consent a person counts in the totals only")


def _problems(row: StatisticsRecord) -> Iterator[Problem]:
    """Yield groups, dates and flags that contradict each other."""
    for name in ("return", "recruitment"):
        if getattr(row, f"age_group_at_{name}") is not age_group(getattr(row, f"age_at_{name}")):
            yield Problem((f"age_group_at_{name}",), "age_group_contradicts", "the group is that of the age")
    age = row.age_at_return
    if age is not None and row.is_child is not (IsChild.TRUE if age < CHILD_UNDER else IsChild.FALSE):
        yield Problem(("is_child",), "child_contradicts", "a child is under 18 at return")
    if age is not None and row.age_at_recruitment is not None and row.age_at_recruitment > age:
        yield Problem(("age_at_recruitment",), "wrong_order", "nobody is older at recruitment than at return")
    if is_surely_after(row.recruitment_date, row.return_date):
        yield Problem(("recruitment_date",), "wrong_order", "recruitment comes before the return")
    if row.year != row.return_date.year:
        yield Problem(("year",), "other_year", "a row belongs to the year of the return")
    if (row.victim_type in CROSS_BORDER) != (row.destination_country is not None):
        hint = "who came back over a border has a country of destination, and nobody else"
        yield Problem(("destination_country",), "destination_contradicts", hint)
    if row.not_assigned and row.provider_assigned is not None:
        yield Problem(("not_assigned",), "provider_contradicts", "who could not be assigned has no provider")
