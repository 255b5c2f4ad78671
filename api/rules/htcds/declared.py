"""Where our questions have a name in the standard, read off their declarations; there is no other mapping.

Inside a section one goes into a group only through a question that declares a name itself: the family's names,
the address somebody wants to live at and the phone of a relative are never taken for the person's own. A group whose
name has a way of its own (``writing.WAYS``) is written whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from schemas.base import Frozen
from schemas.case_body import CaseBody
from schemas.case_closure import CaseClosure
from schemas.facts import FieldFacts, Level, facts_of, group_of, marker_of
from schemas.htcds.events import EventType, OfEvent
from schemas.restricted_annex import RestrictedAnnex
from schemas.service_provider_assignment import ServiceProviderAssignment

KINDS: tuple[type[Frozen], ...] = (CaseBody, RestrictedAnnex, ServiceProviderAssignment, CaseClosure)
"""What an export is made of."""
_ORDER = list(Level)


@dataclass(frozen=True)
class Question:
    """One question with its facts; ``level`` is that of the most sensitive thing in it."""

    name: str
    facts: FieldFacts
    group: type[Frozen] | None
    event: EventType | None
    level: Level


@cache
def questions_of(model: type[Frozen]) -> tuple[Question, ...]:
    """Return the questions of a group, in the order of the form."""
    found = []
    for name in model.model_fields:
        facts, group = facts_of(model, name), group_of(model, name)
        if facts is not None:
            event = marker_of(model, name, OfEvent)
            level = max((facts.level, _level_inside(group)), key=_ORDER.index)
            found.append(Question(name, facts, group, event.type if event else None, level))
    return tuple(found)


@cache
def _level_inside(group: type[Frozen] | None) -> Level:
    """Return the level of the most sensitive question of a group and of what is inside it."""
    inside = () if group is None else tuple(question.level for question in questions_of(group))
    return max((Level.L1, *inside), key=_ORDER.index)


def is_section(model: type[Frozen], question: Question) -> bool:
    """Say whether a question is a section, into which one goes although it has no name in the standard."""
    return issubclass(model, CaseBody) and question.group is not None and question.facts.htcds is None


def mapped(model: type[Frozen], path: str = "") -> Iterator[tuple[str, Question]]:
    """Yield each question that has a name in the standard with its path, and those inside it."""
    for question in questions_of(model):
        here = f"{path}.{question.name}" if path else question.name
        if question.facts.htcds is not None:
            yield here, question
        if question.group is not None and (question.facts.htcds is not None or is_section(model, question)):
            yield from mapped(question.group, here)
