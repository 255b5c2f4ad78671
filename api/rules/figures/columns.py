"""A column of a sheet: what the clause calls it, what stands in it for a row, and which code lists explain it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from api.rules.figures.row import FigureRow
from schemas.base import YesNoUnknown
from schemas.codes import Sex
from schemas.figures_codes import AgeGroup, IdentifiedBy, ReportingBody
from schemas.places import CodeSystem
from schemas.return_codes import VictimType

UNKNOWN = "unknown"
Cell = str | int
Codes = tuple[type[Enum], ...]


@dataclass(frozen=True)
class Column:
    """One column, named in JSON by ``key`` and on paper by ``header``."""

    key: str
    header: str
    tell: Callable[[FigureRow], Cell]
    codes: Codes = ()
    note: str = ""
    width: int = 16


@dataclass(frozen=True)
class Explained:
    """One line of the second sheet: a code of a column and what it means."""

    column: str
    code: str
    meaning: str


def cell_of(value: object) -> Cell:
    """Return what stands in a cell: the code, yes or no, and never a blank for what is not known."""
    if value is None or value is Sex.NOT_KNOWN or value is AgeGroup.UNKNOWN:
        return UNKNOWN
    if isinstance(value, bool):
        return YesNoUnknown.YES if value else YesNoUnknown.NO
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, int) else str(value)


def age_told(row: FigureRow) -> Cell:
    """Return the age at the return in years, or its group where that is all that is known."""
    return cell_of(row.age_group_at_return if row.age_at_return is None else row.age_at_return)


def purposes_told(row: FigureRow) -> Cell:
    """Return the types of trafficking, the main one first."""
    return "; ".join(purpose.value for purpose in row.purposes)


def line_of(columns: Sequence[Column], row: FigureRow) -> tuple[Cell, ...]:
    """Return a row as it stands in a sheet."""
    return tuple(column.tell(row) for column in columns)


def item_of(columns: Sequence[Column], row: FigureRow) -> Mapping[str, Cell]:
    """Return a row as it stands in JSON."""
    return {column.key: column.tell(row) for column in columns}


def explain(columns: Iterable[Column]) -> Iterator[Explained]:
    """Yield what the codes of a sheet mean, column by column."""
    for column in columns:
        if column.note:
            yield Explained(column.header, "", column.note)
        for codes in column.codes:
            yield from explain_codes(column.header, codes)


def explain_codes(header: str, codes: type[Enum]) -> Iterator[Explained]:
    """Yield what the codes of one list mean."""
    for code in codes:
        meaning = _MEANINGS.get(code) or str(code.value).replace("_", " ").lower()
        yield Explained(header, str(cell_of(code)), meaning)


_MEANINGS: Mapping[Enum, str] = {
    Sex.NOT_KNOWN: "not known (0 in ISO 5218)",
    Sex.MALE: "male (ISO 5218)",
    Sex.FEMALE: "female (ISO 5218)",
    Sex.NOT_APPLICABLE: "not applicable (ISO 5218)",
    AgeGroup.UNKNOWN: "not known",
    VictimType.XB_G2G: "came back across the border, from government to government",
    VictimType.INTERNAL: "trafficked inside the country",
    VictimType.SELF_RETURN_XB: "came back across the border alone",
    VictimType.SELF_RETURN_INTERNAL: "came back alone inside the country",
    ReportingBody.DSW: "the welfare department",
    ReportingBody.ATU: "the anti-trafficking unit",
    ReportingBody.NGO: "a non-governmental organisation",
    IdentifiedBy.LAW_ENFORCEMENT: "police, immigration, court or prosecution",
    CodeSystem.MM_PCODE: "place codes of Myanmar (P-codes)",
    CodeSystem.TH_DOPA: "place codes of Thailand (DOPA)",
    CodeSystem.CN_GBT2260: "place codes of China (GB/T 2260)",
}
"""What a code does not say by itself."""
