"""One row of the figures, for one return of one person: codes and numbers, and what nobody knows stays unknown.

The fields are those of form 27 (``schemas/statistics_record.py``), so the same row fills that form and is read from it
when another agency reports one. Here a blank is an answer of its own: *unknown*. Never in a row: a name, a case
number, health, a story (domain 3.15).
"""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from schemas.aftercare_codes import SupportModel
from schemas.ages import IsChild
from schemas.background_codes import Purpose
from schemas.base import Frozen
from schemas.care_codes import ConsentDecision
from schemas.codes import ReferralSource, Sex
from schemas.dates import Edtf
from schemas.facts import Need, facts_of
from schemas.figures_codes import AgeGroup, IdentifiedAt, IdentifiedBy, ReportingBody, age_group
from schemas.notice_codes import FileStatus, ReturnMode
from schemas.places import CodeSystem
from schemas.return_codes import VictimType
from schemas.statistics_record import StatisticsRecord


class FigureRow(Frozen):
    """One return in codes and numbers; ``None`` is unknown."""

    model_config = ConfigDict(from_attributes=True)

    stat_id: str
    year: int
    reporting_body: ReportingBody
    consent: ConsentDecision
    victim_type: VictimType
    identified_by: IdentifiedBy | None
    identified_at: IdentifiedAt | None
    sex: Sex
    age_at_return: int | None
    age_group_at_return: AgeGroup
    age_at_recruitment: int | None
    age_group_at_recruitment: AgeGroup
    is_child: IsChild
    place_codes: CodeSystem | None
    place_codes_version: str | None
    source_state: str | None
    home_township: str | None
    source_village: str | None
    recruitment_date: Edtf | None
    destination_country: str | None
    purposes: tuple[Purpose, ...]
    return_date: date
    referral_source: ReferralSource | None
    provider_assigned: str | None
    not_assigned: bool | None
    family_assessment_negative: bool | None
    special_case: bool | None
    border_point: str | None
    days_in_shelter: int | None
    within_6_months: bool | None
    notice_days: int | None
    file_level_at_return: FileStatus
    original_handed: bool | None
    return_mode: ReturnMode | None
    support_model: SupportModel | None
    readmission: bool

    @property
    def may_be_a_row(self) -> bool:
        """Whether the person agreed to it; who did not counts in the totals only (domain 2.J rule 6)."""
        return self.consent is ConsentDecision.GIVEN

    @property
    def recruitment_month(self) -> str | None:
        """The month of recruitment as the national sheet asks for it; the year where no month is known (004 4.8)."""
        told = self.recruitment_date
        if told is None or told.earliest.year != told.latest.year:
            return None
        return f"{told.earliest:%Y-%m}" if told.earliest.month == told.latest.month else f"{told.earliest:%Y}"

    @property
    def return_month(self) -> str:
        """The month of repatriation as the national sheet asks for it (004 4.8)."""
        return f"{self.return_date:%Y-%m}"

    def filled_from(self, reported: "FigureRow") -> "FigureRow":
        """Return the row with what it leaves unknown taken from what somebody reported of the same return."""
        blank = {name for name in FigureRow.model_fields if _is_unknown(getattr(self, name))}
        return self.model_copy(update={name: getattr(reported, name) for name in blank})


class ReportedRow(FigureRow):
    """A row that another body told (form 27): nobody here holds the case that it speaks of."""

    told_by: Annotated[str, Field(validation_alias="sender", exclude=True)]


def teller_of(row: FigureRow) -> str | None:
    """Return which other body told a row; ``None`` for one that was read from documents of a case."""
    return row.told_by if isinstance(row, ReportedRow) else None


_UNKNOWN = (None, Sex.NOT_KNOWN, AgeGroup.UNKNOWN, IsChild.UNCERTAIN)
"""Answers that say that nobody knows."""


def _is_unknown(value: object) -> bool:
    """Say whether an answer is one of these very codes; a nought or a no is an answer."""
    return any(value is code for code in _UNKNOWN) or value == (Purpose.UNKNOWN,)


def content_of(row: FigureRow) -> dict[str, Any]:
    """Return what form 27 is filled in with: everything that is known, spelt as it is posted.

    The form's groups of ages are those of an age in years, so a group that is known without one is left to its rule.
    """
    ages = {f"age_group_at_{when}": age_group(getattr(row, f"age_at_{when}")) for when in ("return", "recruitment")}
    told = row.model_copy(update=ages).model_dump(mode="json", exclude_none=True)
    return {name: told[name] for name in StatisticsRecord.model_fields if name in told}


def blanks_of(row: FigureRow) -> tuple[str, ...]:
    """Return the questions of form 27 that the documents do not answer and that a person still has to."""
    return tuple(
        name
        for name in FigureRow.model_fields
        if getattr(row, name) is None
        and (facts := facts_of(StatisticsRecord, name)) is not None
        and facts.need is Need.BASIC
    )
