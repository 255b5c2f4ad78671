"""A case as one record of the standard, and everything that the record does not say.

Each answer is either in the record or in the losses, and where the standard is coarser it is in both: nothing is left
out silently. A loss names a place and never a value. What the reader may not see is reported and not exported.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from api.rules.htcds.declared import Question, is_section, questions_of
from api.rules.htcds.loss import Loss, LossReason
from api.rules.htcds.names import in_order, repeated
from api.rules.htcds.writing import WAYS, Row, Unwritten, Value, Written, say
from schemas.base import Frozen, Part
from schemas.document import CaseState
from schemas.facts import Level
from schemas.htcds.codes import CASE_STATUS
from schemas.htcds.events import EventType
from schemas.needs import Location, pointer

MaySee = Callable[[Level], bool]
_EVENTS = get_args(EventType)


@dataclass(frozen=True)
class Export:
    """One record: values under the names of the standard, rows of repeats as ``hte[1]/hte_Date``; and the losses."""

    record: Mapping[str, Value]
    losses: tuple[Loss, ...]


def up_to(highest: Level) -> MaySee:
    """Return the judgement of somebody who sees everything up to a level."""
    return lambda level: level.value <= highest.value


def export(groups: Iterable[Frozen], may_see: MaySee, *, state: CaseState | None = None) -> Export:
    """Return what a case file, a restricted annex and a closure say in the standard, as far as it may be seen.

    ``state`` is where the case stands, if it shall be told.
    """
    said = [one for group in groups for one in _walk(group, (), may_see)]
    told = [one for one in said if isinstance(one, Written)]
    flat = {one.name: one.value for one in told if one.row is None}
    if state is not None:
        flat["cas_Status"] = CASE_STATUS.get(state, "Active")
    whole = {**flat, **_repeats(told)}
    losses = (Loss(pointer(one.place), one.name, one.reason) for one in said if isinstance(one, Unwritten))
    return Export({name: whole[name] for name in in_order(whole)}, tuple(dict.fromkeys(losses)))


def _repeats(told: Iterable[Written]) -> Mapping[str, Value]:
    """Return the values of rows under numbered columns: events in the order in which they happen, then perpetrators."""
    rows: dict[tuple[str, Row], dict[str, Value]] = {}
    for one in told:
        if one.row is not None:
            rows.setdefault((one.name[:3], one.row), {})[one.name] = one.value
    numbers: dict[str, int] = {}
    found: dict[str, Value] = {}
    for (prefix, row), values in sorted(rows.items(), key=_happens):
        numbers[prefix] = numbers.get(prefix, 0) + 1
        typed = {"hte_Type": row[0], **values} if row[0] else values
        found |= {repeated(name, numbers[prefix]): value for name, value in typed.items()}
    return found


def _happens(item: tuple[tuple[str, Row], object]) -> tuple[str, int, int]:
    (prefix, (event, number)), _ = item
    return prefix, _EVENTS.index(event) if event else 0, number


def _walk(group: Frozen, place: Location, may_see: MaySee) -> Iterator[Written | Unwritten]:
    """Yield what each answer of a group says and does not say, with its whole place."""
    if isinstance(group, Part):
        for name in group.absent:
            yield Unwritten((*place, name), None, LossReason.REASON_FOR_BLANK)
    for question in questions_of(type(group)):
        value = _answer(group, question.name)
        if value is not None:
            yield from _one(type(group), question, value, (*place, question.name), may_see)


def _one(
    model: type[Frozen], question: Question, value: object, here: Location, may_see: MaySee
) -> Iterator[Written | Unwritten]:
    """Yield what one answer says and does not say."""
    name = question.facts.htcds
    if is_section(model, question) and isinstance(value, Frozen):
        yield from _walk(value, here, may_see)
    elif not may_see(question.level if name else question.facts.level):
        yield Unwritten(here, name, LossReason.LEVEL_RESTRICTED)
    elif name is None:
        yield from (Unwritten(place, None, LossReason.NO_FIELD_IN_STANDARD) for place in _leaves(value, here))
    elif name not in WAYS and isinstance(value, Frozen):
        yield from _walk(value, here, may_see)
    else:
        yield from _say_all(question, name, value, here)


def _say_all(question: Question, name: str, value: object, here: Location) -> Iterator[Written | Unwritten]:
    """Yield what is said of an answer, and for each part of it that nobody mentions that it has no field."""
    mentioned = []
    for one in say(name, question.event, value):
        place = (*here, *one.place)
        mentioned.append(place)
        if isinstance(one, Written):
            yield Written(place, one.name, one.value, one.row)
        else:
            yield Unwritten(place, one.name, one.reason)
    for leaf in _leaves(value, here):
        if not any(leaf[: len(place)] == place for place in mentioned):
            yield Unwritten(leaf, None, LossReason.NO_FIELD_IN_STANDARD)


def _leaves(value: object, here: Location) -> Iterator[Location]:
    """Yield the place of every answer and of every reason for a blank in a value; a list of codes is one answer."""
    rows = value if isinstance(value, tuple) else (value,)
    groups = [row for row in rows if isinstance(row, Frozen)]
    if not groups:
        yield here
    for index, group in enumerate(groups):
        place = (*here, index) if isinstance(value, tuple) else here
        if isinstance(group, Part):
            yield from ((*place, name) for name in group.absent)
        for question in questions_of(type(group)):
            inner = _answer(group, question.name)
            if inner is not None:
                yield from _leaves(inner, (*place, question.name))


def _answer(group: Frozen, name: str) -> object:
    """Return an answer, or ``None`` for a blank and for what stands there because nobody said anything else."""
    value = getattr(group, name)
    return None if value == type(group).model_fields[name].default else value
