"""Whoever writes a scenario by the page writes one that is understood."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from api.demo import scenario
from api.errors import InvalidInput
from tests.docs.reading import ROOT, blocks_of

PAGE = (ROOT / "docs/scenarios.md").read_text()
ACTIONS: tuple[type[BaseModel], ...] = get_args(get_args(scenario.Action)[0])


def _named_under(heading: str) -> set[str]:
    part = PAGE.split(heading, 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("## The file", scenario.Scenario),
        ("### A step", scenario.Step),
        ("### Expectations", scenario.Expectations),
    ],
    ids=["file", "step", "expectations"],
)
def test_every_member_is_told(heading: str, part: type[BaseModel]) -> None:
    """The table under each heading lists the members that the model has."""
    assert _named_under(heading) == set(part.model_fields)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.__name__))
def test_every_action_is_told_with_its_members(action: type[BaseModel]) -> None:
    """The row of an action lists exactly its members, in order."""
    (name,) = get_args(action.model_fields["do"].annotation)
    row = re.search(rf"^\| `{name}` \| (.*?) ?\| \w", PAGE, re.MULTILINE)
    assert row is not None
    assert re.findall(r"`(\w+)`", row.group(1)) == [member for member in action.model_fields if member != "do"]


def test_the_example_is_a_scenario(tmp_path: Path) -> None:
    """What the page shows is read without complaint; with one member too many it is not."""
    (block,) = blocks_of("docs/scenarios.md", "yaml")
    file = tmp_path / "small.yaml"
    file.write_text(block.text)
    assert [step.action.do for step in scenario.read_scenario(file).steps] == ["open_case", "send"]
    file.write_text(block.text + "colour: red\n")
    with pytest.raises(InvalidInput) as caught:
        scenario.read_scenario(file)
    assert caught.value.code == "scenario_malformed"
