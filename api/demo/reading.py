"""A scenario file is read, and its mistakes are told: in which step, and what to write instead."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.demo.contents import content_as_written, names_in, names_in_address
from api.demo.scenario import Action, Filled, Look, Mark, Scenario, Step
from api.demo.yaml_files import read_yaml
from api.errors import HomewardError, InvalidInput
from api.rules.checking import code_and_hint
from schemas.registry import FORMS

_MOST_TOLD = 10


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file; raises ``InvalidInput`` that tells every mistake with the number of its step."""
    try:
        data = read_yaml(path)
        play = Scenario.model_validate(data)
    except OSError:
        raise InvalidInput("file_unreadable", f"look at the path: {path}") from None
    except (yaml.YAMLError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise InvalidInput("scenario_not_yaml", f"the file has to be YAML in UTF-8{where}") from None
    except ValidationError as error:
        lines = error.errors()
        within = {line["loc"][:1] for line in lines if len(line["loc"]) > 1}
        raise _malformed([_told(line, data) for line in lines if line["loc"] not in within]) from None
    mistakes = list(_mistakes(play, path.parent))
    if mistakes:
        raise _malformed(mistakes)
    return play


def _malformed(mistakes: Sequence[str]) -> InvalidInput:
    told = list(dict.fromkeys(mistakes))
    more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    return InvalidInput(
        "scenario_malformed", "\n  ".join(["docs/scenarios.md tells the form", *told[:_MOST_TOLD], *more])
    )


def _told(line: ErrorDetails, data: Any) -> str:
    """Return one mistake of form: where it is, counted as people count, and what to write instead."""
    place = [str(step) for step in line["loc"]]
    if place[:1] == ["steps"] and len(place) > 1:
        said = _said(data, int(place[1]))
        place[:2] = [f"step {int(place[1]) + 1}{said}"]
        place[2:3] = [] if place[1:2] == ["action"] else place[2:3]  # the kind of action, which stands there anyway
    where = ", ".join(filter(None, (".".join(place[:1]), ".".join(place[1:])))) or "the file"
    return f"{where}: {_mend(line)}"


def _said(data: Any, index: int) -> str:
    step = data["steps"][index]
    text = step.get("say") if isinstance(step, dict) else None
    return f" ({text})" if isinstance(text, str) else ""


def _mend(line: ErrorDetails) -> str:
    """Return what to write instead, for one of pydantic's errors."""
    kind, limits = line["type"], line.get("ctx", {})
    if kind == "extra_forbidden":
        names = difflib.get_close_matches(str(line["loc"][-1]), sorted(_members()), n=1)
        return f"there is no such member; did you mean {names[0]}?" if names else "there is no such member"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return f"`do` is one of {', '.join(acts())}"
    if kind in {"enum", "literal_error"}:
        return f"one of {limits['expected']}"
    if kind == "timezone_aware":
        return "a time needs its offset: 2025-03-14T09:00:00+07:00"
    return code_and_hint(kind, limits)[1] or line["msg"].lower()


def acts() -> list[str]:
    """Return what can be done in a step."""
    return [str(get_args(act.model_fields["do"].annotation)[0]) for act in _actions()]


def _actions() -> tuple[type[BaseModel], ...]:
    kinds: tuple[type[BaseModel], ...] = get_args(get_args(Action)[0])
    return kinds


def _members() -> set[str]:
    models: tuple[type[BaseModel], ...] = (Scenario, Step, *_actions())
    return {name for model in models for name in model.model_fields}


def _mistakes(play: Scenario, folder: Path) -> Iterator[str]:
    """Yield what no form can tell: agencies, forms, names and files that are not there, and a clock that runs back."""
    for agency, party in play.parties.items():
        host = party.node
        if host is not None and (host not in play.parties or play.parties[host].node or host == agency):
            yield f"parties, {agency}.node: name a party that has a node of its own"
    if len({play.home_of(agency) for agency in play.parties}) < 2:  # noqa: PLR2004  # or nothing would travel
        yield "parties: two nodes at least; leave `node` out for the second"
    known: set[str] = set()
    for number, step in enumerate(play.steps, start=1):
        before = play.steps[max(0, number - 2)]
        for text in _step_mistakes(play, folder, step, known):
            yield f"step {number} ({step.say}), {text}"
        if step.at < before.at:
            yield f"step {number} ({step.say}), at: time does not run backwards; the step before is at {before.at}"
        known |= _given(step)
    yield from _end_mistakes(play, known)


def _step_mistakes(play: Scenario, folder: Path, step: Step, known: set[str]) -> Iterator[str]:
    act = step.action
    if step.by not in play.parties:
        yield f"by: one of the parties: {', '.join(play.parties)}"
    if any(party not in play.parties for party in _marked(act, Mark.PARTY)):
        yield f"action.to: one of the parties: {', '.join(play.parties)}"
    if any(form not in FORMS for form in _marked(act, Mark.FORM)):
        yield f"action.form: one of {', '.join(map(str, FORMS))}"
    used = _used(act)
    for name in sorted(used - known):
        yield f"action: no step before gives ${name}"
    if isinstance(act, Filled):
        try:
            used = names_in(content_as_written(folder, act))
            yield from (f"action.content: no step before gives ${name}" for name in sorted(used - known))
        except HomewardError as error:
            yield f"action.content: {error.hint}"


_NAMES: Mapping[Mark, Callable[[Any], set[str]]] = {
    Mark.NAME: lambda name: {name},
    Mark.DATA: names_in,
    Mark.ADDRESS: names_in_address,
}
"""How the names that a member refers to are found in it."""


def _used(act: Action | Look) -> set[str]:
    """Return the names that an action itself refers to."""
    named = set[str]().union(*(find(value) for mark, find in _NAMES.items() for value in _marked(act, mark)))
    is_about_case = any(form in FORMS and FORMS[form].facts.about_case for form in _marked(act, Mark.FORM))
    return named.union(_marked(act, Mark.CASE) if is_about_case else ())


def _given(step: Step) -> set[str]:
    """Return the names that a step gives; one that is to be refused gives none."""
    if step.refused:
        return set()
    return set(_marked(step.action, Mark.GIVES)).union(*_marked(step.action, Mark.KEEPS))


def _marked(act: BaseModel, mark: Mark) -> Iterator[Any]:
    """Yield what stands in the members of an action that carry a mark."""
    return (getattr(act, name) for name, info in type(act).model_fields.items() if mark in info.metadata)


def _end_mistakes(play: Scenario, known: set[str]) -> Iterator[str]:
    """Yield what is expected at the end of something that is not there."""
    for part in ("cases", "receipts"):
        for name in sorted(set(getattr(play.expect, part)) - known):
            yield f"expect, {part}: no step gives {name}"
    for number, look in enumerate(play.expect.calls, start=1):
        if look.by not in play.parties:
            yield f"expect, call {number}: `by` is one of the parties"
        for name in sorted(_used(look) - known):
            yield f"expect, call {number}: no step gives ${name}"
