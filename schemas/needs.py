"""When a question has to be answered: one generic walk over the needs that the fields declare.

A field says ``need=BASIC`` or ``FULL`` in its facts; ``CONDITIONAL`` fields name their condition with ``When``, also
on the field. ``requirements`` walks any group of questions, however incomplete, and says what is answered, what is
absent with a reason, what is blank and what was never asked. There is no other list of required fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TypeVar, get_args

from pydantic import BaseModel, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from schemas.base import AbsentReason, Frozen, Part
from schemas.dates import Edtf, is_surely_after
from schemas.facts import FieldFacts, Need, facts_of

Location = tuple[str | int, ...]
TOLERANT = "tolerant"
"""In a validation context: read a newer version, of which something required may have been left out."""
_M = TypeVar("_M")


class Stage(StrEnum):
    """How complete a case file is: sent at admission, or finished."""

    BASIC = "basic"
    FULL = "full"


class Condition(StrEnum):
    """A named circumstance that makes a question necessary; decided once, in ``case_file.conditions_of``."""

    ADULT = "adult"
    AGE_TOLD = "age_told"
    CHILD = "child"
    FORCED_LABOUR = "forced_labour"
    HOME_IN_MYANMAR = "home_in_myanmar"
    IDENTIFIED = "identified"
    NO_AGE_TOLD = "no_age_told"
    NO_PARENT_TO_FIND = "no_parent_to_find"
    SPECIAL_CASE = "special_case"
    TRANSFER = "transfer"
    UNRELIABLE = "unreliable"


@dataclass(frozen=True)
class When:
    """Marks a conditional question: from which stage on it has to be answered, if the condition holds."""

    condition: Condition
    stage: Stage = Stage.FULL

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show the condition to partners as ``x-when``."""
        return {**handler(schema), "x-when": f"{self.condition.value} ({self.stage.value})"}


@dataclass(frozen=True)
class Planned:
    """Marks a date that may lie in the future; every other one may not."""


@dataclass(frozen=True)
class Firm:
    """Marks a question for which no reason replaces the answer: without it no rule can work."""


class Answer(StrEnum):
    """What became of a required question."""

    ANSWERED = "answered"
    EXCUSED = "excused"
    BLANK = "blank"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Requirement:
    """One question that has to be answered, where it stands, and what became of it."""

    location: Location
    facts: FieldFacts
    answer: Answer


@dataclass(frozen=True)
class Problem:
    """One rule that a document breaks across fields: where, its code, and how to mend it."""

    location: Location
    code: str
    hint: str


def refuse(problems: list[Problem]) -> None:
    """Raise all problems at once, each at its own place, as pydantic's own error; nothing happens for none."""
    if problems:
        raise ValidationError.from_exception_data(
            "document",
            [InitErrorDetails(type=PydanticCustomError(p.code, p.hint), loc=p.location, input=None) for p in problems],
        )


@cache
def group_of(model: type[BaseModel], name: str) -> type[Frozen] | None:
    """Return the type of the group behind a field (of its rows, for a list), or ``None`` for a plain field."""
    waiting: list[object] = [model.model_fields[name].annotation]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, Frozen):
            return kind
        waiting.extend(get_args(kind))
    return None


@cache
def marker_of(model: type[BaseModel], name: str, kind: type[_M]) -> _M | None:
    """Return the marker of that type on a field, if it carries one."""
    return next((mark for mark in model.model_fields[name].metadata if isinstance(mark, kind)), None)


@cache
def _questions(model: type[Part]) -> tuple[tuple[str, FieldFacts, When | None], ...]:
    """Return the questions of a group with their facts and conditions, worked out once."""
    declared = ((name, facts_of(model, name), marker_of(model, name, When)) for name in model.model_fields)
    return tuple((name, facts, when) for name, facts, when in declared if facts is not None)


def _is_needed(facts: FieldFacts, when: When | None, stage: Stage, holds: frozenset[Condition]) -> bool:
    """Say whether a field has to be answered at this stage under the conditions that hold."""
    if facts.need is Need.CONDITIONAL:
        return when is not None and when.condition in holds and (when.stage is Stage.BASIC or stage is Stage.FULL)
    return facts.need is Need.BASIC or (facts.need is Need.FULL and stage is Stage.FULL)


def _answer_of(model: type[Part], part: Part | None, name: str) -> Answer:
    """Say what became of one question."""
    if part is not None and getattr(part, name) is not None:
        return Answer.ANSWERED
    reason = part.absent.get(name) if part is not None else None
    if reason is AbsentReason.NOT_ASKED:
        return Answer.NOT_ASKED
    return Answer.BLANK if reason is None or marker_of(model, name, Firm) is not None else Answer.EXCUSED


def rows_of(value: object, location: Location) -> Iterator[tuple[Location, Frozen]]:
    """Yield the groups behind a value: itself, or each row of a list, each with its place."""
    if isinstance(value, Frozen):
        yield location, value
    elif isinstance(value, tuple):
        for index, row in enumerate(value):
            if isinstance(row, Frozen):
                yield (*location, index), row


def requirements(
    model: type[Part], part: Part | None, location: Location, stage: Stage, holds: frozenset[Condition]
) -> Iterator[Requirement]:
    """Yield every question of a group that has to be answered, the ones of its rows included."""
    for name, facts, when in _questions(model):
        here = (*location, name)
        if _is_needed(facts, when, stage, holds):
            yield Requirement(here, facts, _answer_of(model, part, name))
        for row_location, row in rows_of(getattr(part, name, None), here):
            if isinstance(row, Part):
                yield from requirements(type(row), row, row_location, stage, holds)


def leaves(part: Frozen, location: Location = ()) -> Iterator[tuple[Location, type[Frozen], str, object]]:
    """Yield every answer inside a group with its place, the group that asks, and the name of the question."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value is None:
            continue
        here = (*location, name)
        rows = list(rows_of(value, here))
        for row_location, row in rows:
            yield from leaves(row, row_location)
        if not rows:
            yield here, type(part), name, value


def future_dates(part: Frozen, today: date, location: Location = ()) -> Iterator[Problem]:
    """Yield a problem for every date that surely lies after today and is not a planned one."""
    for here, model, name, value in leaves(part, location):
        if (
            isinstance(value, date | Edtf)
            and is_surely_after(_start(value), today)
            and not marker_of(model, name, Planned)
        ):
            yield Problem(here, "future_date", "this date lies in the future; only planned dates may")


def _start(value: date | Edtf) -> date:
    """Return the first day a date may mean; an instant counts as the day on its own clock."""
    start = value.earliest if isinstance(value, Edtf) else value
    return start.date() if isinstance(start, datetime) else start


def pointer(location: Location) -> str:
    """Return a place as a JSON pointer. Names are declared field names, so nothing needs escaping."""
    return "".join(f"/{step}" for step in location)
