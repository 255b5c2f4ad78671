"""The years of which documents tell: no person, step or period of ours lies outside of them.

A day near either end of the calendar is a mistake or an attack, because whoever adds an offset or a period to it falls
off the calendar. So every type of a date or an instant is bound here, before anything is worked out from it.
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


def require_year(year: int) -> None:
    """Raise ``PydanticCustomError`` ``year_out_of_range`` for a year of which no document tells."""
    if year not in YEARS:
        raise PydanticCustomError("year_out_of_range", f"give a year from {YEARS.start} to {YEARS.stop - 1}")


def _within(value: D) -> D:
    require_year(value.year)
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
