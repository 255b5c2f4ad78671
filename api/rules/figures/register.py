"""The register of the shelters: all who came back from government to government (004 2.12).

Its nine columns, their order and their names are the clause's own. What it calls "among other information" stands in
the last one.
"""

from collections.abc import Iterable, Iterator

from api.rules.figures.columns import Cell, Column, age_told, cell_of, purposes_told
from api.rules.figures.row import FigureRow
from schemas.aftercare_codes import SupportModel
from schemas.ages import IsChild
from schemas.background_codes import Purpose
from schemas.codes import ReferralSource, Sex
from schemas.figures_codes import AgeGroup
from schemas.notice_codes import FileStatus, ReturnMode
from schemas.return_codes import VictimType

_OTHER = (
    "is_child",
    "special_case",
    "border_point",
    "days_in_shelter",
    "within_6_months",
    "notice_days",
    "file_level_at_return",
    "original_handed",
    "return_mode",
    "support_model",
    "family_assessment_negative",
    "readmission",
)
"""Which further fields stand in the last column, each with its name (domain 3.15)."""
_SHORT = 12


def _referral(row: FigureRow) -> Cell:
    """Return who brought the person, and who helps at home or that nobody could be found (004 4.4)."""
    helped = "not assigned" if row.not_assigned else cell_of(row.provider_assigned)
    return f"{cell_of(row.referral_source)}; {helped}"


def _other(row: FigureRow) -> Cell:
    """Return the further information: first the start of the row's pseudonym, by which the statistician finds it."""
    return "; ".join([f"row={row.stat_id[:_SHORT]}", *(f"{name}={cell_of(getattr(row, name))}" for name in _OTHER)])


COLUMNS = (
    Column("age", "Age", age_told, (AgeGroup,), "in completed years on the day of return, or its group", 8),
    Column("sex", "Sex", lambda row: cell_of(row.sex), (Sex,), width=8),
    Column("home_township", "Home township", lambda row: cell_of(row.home_township), (), "code of the area"),
    Column("recruited_on", "Date of recruitment", lambda row: cell_of(row.recruitment_date), (), "EDTF: 2023, 2023-08"),
    Column(
        "destination_country",
        "Destination country",
        lambda row: cell_of(row.destination_country),
        (),
        "ISO 3166-1 alpha-2",
    ),
    Column("purposes", "Type of trafficking", purposes_told, (Purpose,), "the main one first", 28),
    Column("returned_on", "Date of return", lambda row: cell_of(row.return_date)),
    Column(
        "referral",
        "Referral information",
        _referral,
        (ReferralSource,),
        "who brought the person; the provider assigned, by its id, or that none could be",
        32,
    ),
    Column(
        "other",
        "Other information",
        _other,
        (IsChild, FileStatus, ReturnMode, SupportModel),
        "start of the row's pseudonym, then each further field with its name",
        60,
    ),
)


def register_of(rows: Iterable[FigureRow]) -> Iterator[FigureRow]:
    """Yield the rows of the register: who agreed to be one and came back from government to government."""
    return (row for row in rows if row.may_be_a_row and row.victim_type is VictimType.XB_G2G)
