"""The years of which documents tell: no person, step or period of ours lies outside of them.

A day near either end of the calendar is a mistake or an attack, because whoever adds an offset or a period to it falls
off the calendar. So every type of a date or an instant is bound here, before anything is worked out from it. A year
from 2400 to 2700 is almost surely of the Buddhist era, and is told apart.
"""

from datetime import date
from typing import Any, Final, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

D = TypeVar("D", bound=date)

YEARS: Final = range(1900, 2201)
IN_SCHEMA: Final = {"x-years": [YEARS.start, YEARS.stop - 1]}
"""How a JSON Schema tells the bounds, both included."""
_BUDDHIST_OFFSET = 543
_BUDDHIST_YEARS = range(2400, 2701)


def require_common_era(year: int) -> None:
    """Raise ``PydanticCustomError`` ``buddhist_era`` for a year that only makes sense there: which may be meant."""
    if year in _BUDDHIST_YEARS:
        common = year - _BUDDHIST_OFFSET
        raise PydanticCustomError(
            "buddhist_era", f"looks like Buddhist era, did you mean {common}-..? Enter the common era"
        )


def require_year(year: int, years: range = YEARS) -> None:
    """Raise ``PydanticCustomError`` ``buddhist_era``, or ``year_out_of_range`` for one of which nothing tells."""
    require_common_era(year)
    if year not in years:
        raise PydanticCustomError("year_out_of_range", f"give a year from {years.start} to {years.stop - 1}")


def _within(value: D) -> D:
    require_year(value.year, YEARS)
    return value


class WithinYears:
    """Marks a date or an instant that has to lie in these years, by the calendar day that was written."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Look at the year once everything else is right."""
        return core_schema.no_info_after_validator_function(_within, handler(source))

    @staticmethod
    def __get_pydantic_json_schema__(schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the bounds to partners."""
        return {**handler(schema), **IN_SCHEMA}
