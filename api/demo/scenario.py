"""A scenario file: who takes part, which steps they take when, and what must come out. Told in docs/scenarios.md."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from api.errors import InvalidInput, NotFound
from schemas.base import AgencyId, AgencyIdField
from schemas.document import Role


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Party(_Part):
    """An agency that takes part, with a node of its own."""

    name: str


class OpenCase(_Part):
    """Open the case of the journey."""

    do: Literal["open_case"]


class SaveDraft(_Part):
    """Save a form as far as it is filled in; ``without`` leaves parts out, ``put`` adds or replaces some."""

    do: Literal["save_draft"]
    form: int
    content: Path
    put: dict[str, Any] = {}
    without: tuple[str, ...] = ()


class Finalise(_Part):
    """Finalise the draft and send it; ``name`` is how later steps refer to the document."""

    do: Literal["finalise"]
    form: int
    to: AgencyIdField
    name: str


class Send(_Part):
    """Send a form whole."""

    do: Literal["send"]
    form: int
    to: AgencyIdField
    content: Path
    put: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    name: str


class Read(_Part):
    """Read a document that came in."""

    do: Literal["read"]
    name: str


class Feed(_Part):
    """Look at the announced returns; ``expect`` compares how the first one stands."""

    do: Literal["feed"]
    expect: dict[str, Any] = {}


Action = Annotated[OpenCase | SaveDraft | Finalise | Send | Read | Feed, Field(discriminator="do")]


class Step(_Part):
    """One step: when, by whom in which role, what, and what is said about it.

    ``refused`` is the code that must come back.
    """

    at: AwareDatetime
    by: AgencyIdField
    role: Role
    say: str
    action: Action
    refused: str | None = None


def _two(parties: dict[AgencyId, Party]) -> dict[AgencyId, Party]:
    if len(parties) != 2:  # noqa: PLR2004
        raise ValueError("a journey has two parties")
    return parties


class Expectations(_Part):
    """What must have come out in the end."""

    return_due: date | None = None
    state: str | None = None
    receipts: dict[str, tuple[str, ...]] = {}


class Scenario(_Part):
    """A whole journey."""

    title: str
    corridor: dict[Literal["destination", "origin"], str]
    parties: Annotated[dict[AgencyIdField, Party], AfterValidator(_two)]
    steps: tuple[Step, ...]
    expect: Expectations = Expectations()
    later: tuple[str, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file; raises ``InvalidInput`` that says which part of it is not in form."""
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text()))
    except OSError:
        raise InvalidInput("file_unreadable", f"look at the path: {path}") from None
    except yaml.YAMLError:
        raise InvalidInput("scenario_not_yaml", "the file has to be YAML") from None
    except ValidationError as error:
        places = sorted({"/" + "/".join(map(str, item["loc"])) for item in error.errors()})
        raise InvalidInput("scenario_malformed", "see docs/scenarios.md; look at " + ", ".join(places[:5])) from None


_NAME = re.compile(r"^\$([a-z_]+)$")
_SET_BY_NODE = ("kind", "schema_version", "id", "sender", "recipient", "created_at", "case_uid")


def read_content(folder: Path, act: SaveDraft | Send, names: dict[str, str]) -> dict[str, Any]:
    """Read a form's content.

    Without what the node sets by itself, with ``$names`` replaced by the ids they stand for.
    """
    try:
        whole: dict[str, Any] = json.loads((folder / act.content).read_text()) | act.put
    except (OSError, ValueError):
        raise InvalidInput("file_unreadable", f"a step needs a JSON file: {act.content}") from None
    left_out = {*_SET_BY_NODE, *act.without}
    return {name: _replace(value, names) for name, value in whole.items() if name not in left_out}


def _replace(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replace(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, names) for item in value]
    found = _NAME.match(value) if isinstance(value, str) else None
    return get_name(names, found.group(1)) if found else value


def get_name(names: dict[str, str], name: str) -> str:
    """Return the id that a name stands for; raises ``NotFound`` where no step before gave it."""
    if name not in names:
        raise NotFound("name_not_found", f"no step before was taken that is named {name}")
    return names[name]
