"""The national spreadsheet of basic victim statistics (004 4.8), restricted: it is the only place of the village.

Its fields and their order are the clause's; behind them stand what it disaggregates by, the four types of victim, by
whom and where they were identified, and which of the two sources tells of them.
"""

from collections.abc import Iterable, Iterator

from api.rules.figures.columns import Column, age_told, cell_of, purposes_told
from api.rules.figures.row import FigureRow
from schemas.background_codes import Purpose
from schemas.codes import Sex
from schemas.figures_codes import AgeGroup, IdentifiedAt, IdentifiedBy, ReportingBody
from schemas.places import CodeSystem
from schemas.return_codes import VictimType

COLUMNS = (
    Column("age", "Age", age_told, (AgeGroup,), "in completed years at the return, or its group", 8),
    Column("sex", "Sex", lambda row: cell_of(row.sex), (Sex,), width=8),
    Column("source_village", "Source village", lambda row: cell_of(row.source_village), (), "code of the place"),
    Column("source_township", "Source township", lambda row: cell_of(row.home_township), (), "code of the area"),
    Column(
        "source_state",
        "Source state/region",
        lambda row: cell_of(row.source_state),
        (CodeSystem,),
        "code of the area; the codes are of one of these lists",
    ),
    Column(
        "recruited", "Month/year of recruitment", lambda row: cell_of(row.recruitment_month), (), "YYYY-MM, or the year"
    ),
    Column("repatriated", "Month/year of repatriation", lambda row: row.return_month, (), "YYYY-MM"),
    Column("purposes", "Purpose of trafficking", purposes_told, (Purpose,), "the main one first", 28),
    Column("type", "Type of victim", lambda row: cell_of(row.victim_type), (VictimType,), width=22),
    Column("identified_by", "Identified by", lambda row: cell_of(row.identified_by), (IdentifiedBy,)),
    Column("identified_at", "Identified at", lambda row: cell_of(row.identified_at), (IdentifiedAt,)),
    Column("source", "Source of the statistics", lambda row: cell_of(row.reporting_body), (ReportingBody,)),
)


def sheet_of(rows: Iterable[FigureRow]) -> Iterator[FigureRow]:
    """Yield the rows of the national sheet: all four types, for who agreed to be one."""
    return (row for row in rows if row.may_be_a_row)
