"""Lists inside a form: ``None`` is blank, ``()`` is the explicit "none", and every list has an end."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")
MAX_ROWS = 60


def _no_duplicates(codes: tuple[T, ...]) -> tuple[T, ...]:
    """Refuse a code that was ticked twice."""
    if len(set(codes)) != len(codes):
        raise PydanticCustomError("duplicate_code", "the same code is listed twice; keep one")
    return codes


Rows = Annotated[tuple[T, ...], Field(max_length=MAX_ROWS)]
"""Rows of a table, at most 60: a form, not a register."""
Codes = Annotated[tuple[T, ...], Field(max_length=MAX_ROWS), AfterValidator(_no_duplicates)]
"""Ticked codes, each once."""
SomeCodes = Annotated[tuple[T, ...], Field(min_length=1, max_length=MAX_ROWS), AfterValidator(_no_duplicates)]
"""Ticked codes, each once and at least one."""
