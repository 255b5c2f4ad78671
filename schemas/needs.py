"""When a question has to be answered: one generic walk over the needs that the fields declare.

A field says ``need=BASIC`` or ``FULL`` in its facts; ``CONDITIONAL`` fields name their condition with ``When``, also
on the field. ``requirements`` walks any group of questions, however incomplete, and says what is answered, what is
absent with a reason, what is blank and what was never asked. There is no other list of required fields. What depends
on a class alone is worked out once, so that a walk goes only where something can be found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar

from pydantic import GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from schemas.base import AbsentReason, Frozen, Part
from schemas.dates import Edtf, is_surely_after
from schemas.facts import FieldFacts, Need, facts_of, group_of, marker_of, types_behind

Location = tuple[str | int, ...]
TOLERANT = "tolerant"
"""In a validation context: read a newer version, of which something required may have been left out."""
_DATES: tuple[type[date] | type[Edtf], ...] = (date, Edtf)
_M = TypeVar("_M")
_G = TypeVar("_G", bound=Frozen)


class Stage(StrEnum):
    """How complete a case file is: sent at admission, or finished."""

    BASIC = "basic"
    FULL = "full"


class Condition(StrEnum):
    """A named circumstance that makes a question necessary; decided once, in ``case_rules.conditions_of``."""

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


@dataclass(frozen=True)
class TravelsWithBasic:
    """Marks a question that a basic file may hold although only a full one has to; the rows below it are judged.

    What protects the person is never held back for want of a consent: who must not be told travels at once.
    """


class Answer(StrEnum):
    """What became of a required question."""

    ANSWERED = "answered"
    EXCUSED = "excused"
    BLANK = "blank"
    NOT_ASKED = "not_asked"


class Requirement(NamedTuple):
    """One question that has to be answered, where it stands, and what became of it."""

    location: Location
    facts: FieldFacts
    answer: Answer


@dataclass(frozen=True)
class Problem:
    """One rule that a document breaks across fields: where, its code, how to mend it, and which clause asks for it.

    Without a ``source`` of its own it is the clause of the form. What ``rests_on`` another document, by its kind, is
    told only to who reads such.
    """

    location: Location
    code: str
    hint: str
    source: str = ""
    rests_on: str = ""


def refuse(problems: list[Problem]) -> None:
    """Raise all problems at once, each at its own place, as pydantic's own error; nothing happens for none."""
    if problems:
        raise ValidationError.from_exception_data(
            "document",
            [
                InitErrorDetails(type=PydanticCustomError(p.code, p.hint, _told(p)), loc=p.location, input=None)
                for p in problems
            ],
        )


def _told(problem: Problem) -> dict[str, str] | None:
    """Return what pydantic's error carries along: the clause, where the rule names one of its own."""
    return {"source": problem.source} if problem.source else None


class _Question(NamedTuple):
    """What a walk needs to know of one field at one stage; ``condition`` is the one that makes it necessary."""

    name: str
    facts: FieldFacts
    is_needed: bool
    condition: Condition | None
    is_firm: bool
    has_rows: bool


@cache
def _questions(model: type[Part], stage: Stage) -> tuple[_Question, ...]:
    """Return the questions of a group that may have to be answered at a stage, or have such questions below them."""
    declared = (_question(model, name, facts, stage) for name in model.model_fields if (facts := facts_of(model, name)))
    return tuple(question for question in declared if question.is_needed or question.condition or question.has_rows)


def _question(model: type[Part], name: str, facts: FieldFacts, stage: Stage) -> _Question:
    """Return one question as its class declares it."""
    group = group_of(model, name)
    return _Question(
        name,
        facts,
        is_needed=facts.need is Need.BASIC or (facts.need is Need.FULL and stage is Stage.FULL),
        condition=_condition_of(model, name, stage),
        is_firm=marker_of(model, name, Firm) is not None,
        has_rows=group is not None and issubclass(group, Part) and any(map(_asks, types_behind(model, name))),
    )


def _asks(kind: type) -> bool:
    """Say whether a type is a group with a question that has to be answered some time."""
    if not issubclass(kind, Part):
        return False
    declared = (facts_of(kind, name) for name in kind.model_fields)
    return any(facts is not None and facts.need is not Need.OPTIONAL for facts in declared)


def _condition_of(model: type[Part], name: str, stage: Stage) -> Condition | None:
    """Return the condition that makes a question necessary at a stage, if there is one."""
    facts, when = facts_of(model, name), marker_of(model, name, When)
    if facts is None or facts.need is not Need.CONDITIONAL or when is None:
        return None
    return when.condition if stage in {when.stage, Stage.FULL} else None


def _answer_of(part: Part | None, question: _Question, value: object) -> Answer:
    """Say what became of one question."""
    if value is not None:
        return Answer.ANSWERED
    reason = part.absent.get(question.name) if part is not None else None
    if reason is AbsentReason.NOT_ASKED:
        return Answer.NOT_ASKED
    return Answer.BLANK if reason is None or question.is_firm else Answer.EXCUSED


def rows_of(groups: _G | tuple[_G, ...], location: Location) -> Iterator[tuple[Location, _G]]:
    """Yield what stands in a field of groups: the one group, or each row of a list, each with its place."""
    if isinstance(groups, tuple):
        for index, row in enumerate(groups):
            yield (*location, index), row
    else:
        yield location, groups


def requirements(
    model: type[Part],
    part: Part | None,
    location: Location,
    stage: Stage,
    holds: frozenset[Condition],
    *,
    is_open: bool = False,
) -> Iterator[Requirement]:
    """Yield every question of a group that has to be answered, the ones of its rows included.

    With ``is_open`` only those without an answer.
    """
    for question in _questions(model, stage):
        value = getattr(part, question.name, None)
        if (question.is_needed or question.condition in holds) and (value is None or not is_open):
            yield Requirement((*location, question.name), question.facts, _answer_of(part, question, value))
        if question.has_rows and value is not None:
            for place, row in rows_of(value, (*location, question.name)):
                yield from requirements(type(row), row, place, stage, holds, is_open=is_open)


@cache
def _fields_with(model: type[Frozen], kinds: tuple[type, ...]) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a group in which an answer of one of the types may stand, and whether they hold groups."""
    return tuple(
        (name, group_of(model, name) is not None)
        for name in model.model_fields
        if any(issubclass(kind, kinds) for kind in types_behind(model, name))
    )


def leaves(
    part: Frozen, kinds: tuple[type[_M], ...], location: Location = ()
) -> Iterator[tuple[Location, type[Frozen], str, _M]]:
    """Yield every answer of one of the types inside a group: its place, the group that asks, the question's name."""
    for name, has_groups in _fields_with(type(part), kinds):
        value = getattr(part, name)
        if has_groups and value is not None:
            for place, row in rows_of(value, (*location, name)):
                yield from leaves(row, kinds, place)
        elif isinstance(value, kinds):
            yield (*location, name), type(part), name, value


def future_dates(part: Frozen, today: date) -> Iterator[Problem]:
    """Yield a problem for every date that surely lies after today and is not a planned one.

    An instant in a document lies in the future as soon as it comes after the one at which the document is written.
    """
    now = getattr(part, "created_at", None)
    for here, model, name, value in leaves(part, _DATES):
        if isinstance(now, datetime) and isinstance(value, datetime):
            is_ahead = value > now
        else:
            is_ahead = is_surely_after(_start(value), today)
        if is_ahead and not marker_of(model, name, Planned):
            yield Problem(here, "future_date", "this date lies in the future; only planned dates may")


def _start(value: date | Edtf) -> date:
    """Return the first day a date may mean; an instant counts as the day on its own clock."""
    start = value.earliest if isinstance(value, Edtf) else value
    return start.date() if isinstance(start, datetime) else start


def pointer(location: Location) -> str:
    """Return a place as a JSON pointer. Names are declared field names, so nothing needs escaping."""
    return "".join(f"/{step}" for step in location)
