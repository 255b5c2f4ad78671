"""Whoever writes a scenario by the page writes one that is understood, and that plays."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from api.demo import scenario
from api.demo.expecting import differences
from api.demo.reading import read_scenario
from api.demo.yaml_files import read_yaml
from api.errors import InvalidInput
from tests.docs.reading import ROOT, blocks_of

PAGE = (ROOT / "docs/scenarios.md").read_text()
ACTIONS: tuple[type[BaseModel], ...] = get_args(get_args(scenario.Action)[0])


def _named_under(heading: str) -> set[str]:
    part = PAGE.split(heading, 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def _small_one(folder: Path) -> Path:
    """Lay the scenario of the page where its paths lead to the documents."""
    (folder / "documents").symlink_to(ROOT / "examples" / "documents")
    (folder / "scenarios").mkdir()
    file = folder / "scenarios" / "small.yaml"
    file.write_text(blocks_of("docs/scenarios.md", "yaml")[-1].text)
    return file


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


def test_every_journey_is_told() -> None:
    """The page has a line for each file, and for no other."""
    folder = ROOT / "examples" / "scenarios"
    told = set(re.findall(r"^\| `([\w/]+\.yaml)` \|", PAGE, re.MULTILINE))
    assert told == {str(file.relative_to(folder)) for file in [*folder.glob("s*.yaml"), *folder.glob("more/*.yaml")]}


def test_what_the_page_shows_of_expectations_is_understood(tmp_path: Path) -> None:
    """Each line of the example holds for an answer like this."""
    (tmp_path / "shown.yaml").write_text(blocks_of("docs/scenarios.md", "yaml")[0].text)
    standing = {"lead_days": 13, "flags": []}
    wanted = read_yaml(tmp_path / "shown.yaml")["expect"]
    answer = {
        "state": "HOME",
        "flags": ["lead_below_policy"],
        "items": [{"rule": "D14", "standing": standing}, {"rule": "D15"}],
        "due_at": "2025-11-30T17:29:59Z",
    }
    assert list(differences(answer, wanted)) == []


def test_the_example_is_a_scenario(tmp_path: Path) -> None:
    """What the page shows is read without complaint; with one member too many it is not."""
    file = _small_one(tmp_path)
    assert [step.action.do for step in read_scenario(file).steps] == ["open_case", "send", "send", "call"]
    file.write_text(yaml.safe_dump({**read_yaml(file), "colour": "red"}))
    with pytest.raises(InvalidInput) as caught:
        read_scenario(file)
    assert caught.value.code == "scenario_malformed"


def test_the_example_plays(tmp_path: Path) -> None:
    """As it stands on the page, with what it refuses and what it expects."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "demo", "--scenario", _small_one(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]
    assert "refused, as it must be: consent_missing" in done.stdout
