"""The form of a scenario: who takes part, which steps they take when, and what must come out.

Told for whoever writes one in docs/scenarios.md; ``examples/scenarios/scenario.schema.json`` is made from here. How a
file is read, and how its mistakes are told, is in ``reading.py``.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.rules.need_to_know import LookPurpose
from schemas.base import AgencyId, AgencyIdField, CountryCode
from schemas.document import Role

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""How later steps refer to something: ``$name`` stands for its id."""
Target = Annotated[str, StringConstraints(pattern=r"^(/[^/]+)+$|^[a-z][a-z0-9_]*$")]
"""A member of a content: by its name at the top, or by a JSON pointer further down."""
ApiPath = Annotated[str, StringConstraints(pattern=r"^/v1/\S*$")]
"""An address of the staff API; ``$name`` in it stands for an id."""


class Mark(StrEnum):
    """What stands in a member of an action; what is checked before a scenario is played follows from these marks."""

    PARTY = "party"
    """one of the parties"""
    FORM = "form"
    """the number of a form"""
    CASE = "case"
    """the name of a case, where the form is about one"""
    NAME = "name"
    """the name of something that a step before gave"""
    DATA = "data"
    """JSON data with such names in it"""
    ADDRESS = "address"
    """an address with such names in it"""
    GIVES = "gives"
    """the name of what this step makes"""
    KEEPS = "keeps"
    """the names of what is kept of an answer"""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Party(_Part):
    """An agency that takes part, with a node of its own or on the node of another one."""

    name: Annotated[str, Field(description="Its name, as the others see it.")]
    node: Annotated[AgencyIdField | None, Field(description="The agency whose node serves it too.")] = None


class Ends(_Part):
    """A corridor: from which country to which."""

    destination: CountryCode
    origin: CountryCode


class Filled(_Part):
    """A form's content: a file, or the content itself, with parts put in and parts left out."""

    content: Path | dict[str, Any]
    put: Annotated[dict[Target, Any], Field(description="Members that are added or replaced.")] = {}
    without: Annotated[tuple[Target, ...], Field(description="Members that are left out.")] = ()
    case: Annotated[Name, Field(description="The case that it is about."), Mark.CASE] = "case"


class OpenCase(_Part):
    """Open a case; ``$name`` stands for its id from then on."""

    do: Literal["open_case"]
    name: Annotated[Name, Mark.GIVES] = "case"
    corridor: Annotated[Ends | None, Field(description="Where it is not the journey's.")] = None


class SaveDraft(Filled):
    """Save a form as far as it is filled in."""

    do: Literal["save_draft"]
    form: Annotated[int, Mark.FORM]


class Finalise(_Part):
    """Finalise the draft and send it."""

    do: Literal["finalise"]
    form: Annotated[int, Mark.FORM]
    to: Annotated[AgencyIdField, Mark.PARTY]
    name: Annotated[Name, Mark.GIVES]
    case: Annotated[Name, Mark.CASE] = "case"


class Send(Filled):
    """Send a form whole."""

    do: Literal["send"]
    form: Annotated[int, Mark.FORM]
    to: Annotated[AgencyIdField, Mark.PARTY]
    name: Annotated[Name, Mark.GIVES]


class Wanted(_Part):
    """What an answer must say, and which words it must not hold."""

    expect: Annotated[dict[str, Any], Field(description="What has to be in the answer."), Mark.DATA] = {}
    never: Annotated[tuple[str, ...], Field(description="Words that must not stand anywhere in it.")] = ()


class Read(Wanted):
    """Read a document that came in."""

    do: Literal["read"]
    name: Annotated[Name, Mark.NAME]
    partly: Annotated[bool, Field(description="Whether the role may see a part of it only.")] = False
    purpose: Annotated[LookPurpose | None, Field(description="What it is read for.")] = None


class Call(Wanted):
    """Make any other call of the staff API, and compare what it answers."""

    do: Literal["call"]
    path: Annotated[ApiPath, Mark.ADDRESS]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    body: Annotated[dict[str, Any] | None, Mark.DATA] = None
    keep: Annotated[
        dict[Name, str], Field(description="Names for what stands at JSON pointers of the answer."), Mark.KEEPS
    ] = {}


class Wait(_Part):
    """Wait until the sender of a document holds a receipt of a kind for it."""

    do: Literal["wait"]
    name: Annotated[Name, Mark.NAME]
    status: Literal["stored", "opened", "answered"]


Action = Annotated[OpenCase | SaveDraft | Finalise | Send | Read | Call | Wait, Field(discriminator="do")]


class Step(_Part):
    """One step: when, by whom in which role, what, and what is said about it."""

    at: AwareDatetime
    by: AgencyIdField
    role: Role
    say: str
    action: Action
    refused: Annotated[str | None, Field(description="The code that has to come back.")] = None


class CaseAtTheEnd(_Part):
    """Where a case has to stand, at each agency that is named."""

    state: str | None = None
    return_due: date | None = None
    at: Annotated[tuple[AgencyIdField, ...], Field(description="At these agencies; at all when left out.")] = ()


class Look(Wanted):
    """A look at the end."""

    by: AgencyIdField
    role: Role
    path: Annotated[ApiPath, Mark.ADDRESS]
    say: str | None = None


class Expectations(_Part):
    """What must have come out in the end."""

    cases: dict[Name, CaseAtTheEnd] = {}
    receipts: dict[Name, tuple[str, ...]] = {}
    calls: tuple[Look, ...] = ()


class Scenario(_Part):
    """A whole journey."""

    title: str
    corridor: Ends
    parties: Annotated[dict[AgencyIdField, Party], Field(min_length=2, max_length=12)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    expect: Expectations = Expectations()

    def actors(self) -> Iterator[tuple[str, str]]:
        """Yield every agency with every role in which somebody acts."""
        yield from ((step.by, step.role) for step in self.steps)
        yield from ((look.by, look.role) for look in self.expect.calls)

    def home_of(self, agency: AgencyId) -> AgencyId:
        """Return the agency whose node serves this one."""
        return self.parties[agency].node or agency
