"""Every journey is played between real nodes, and each line that any of them logged is scanned for every value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.demo.player import Player
from api.demo.reading import read_scenario
from api.demo.scenario import Scenario
from api.demo.screen import Screen
from api.demo.stage import set_stage
from tests.flow.secrets_of_a_person import found_in, secrets_in
from tests.flow.steps import texts_in

SCENARIOS = Path(__file__).parents[2] / "examples" / "scenarios"
JOURNEYS = sorted([*SCENARIOS.glob("s*.yaml"), *SCENARIOS.glob("more/*.yaml")])


def entered(play: Scenario, folder: Path) -> Iterator[Any]:
    """Return everything that somebody enters in a journey, what is refused included."""
    for step in play.steps:
        content = getattr(step.action, "content", None)
        if isinstance(content, Path):
            yield json.loads((folder / content).read_text())
        yield [content, getattr(step.action, "with_", None), step.say]


@pytest.mark.parametrize("file", JOURNEYS, ids=lambda file: str(file.stem))
def test_no_line_of_any_node_holds_what_somebody_entered(file: Path, tmp_path: Path) -> None:
    """No name, no sentence, no kind of document, and no token; each line is one JSON object of few members."""
    play, screen = read_scenario(file), Screen()
    with set_stage(play, tmp_path) as stage:
        player = Player(play, file.parent, stage, screen)
        player.play()
        tokens = {client.secret for client in stage.clients.values()}
    logs = list(tmp_path.rglob("*.log"))
    assert len(logs) >= 2
    secrets = secrets_in([*entered(play, file.parent), *player.posted.values(), *player.contents.values()]) | tokens
    assert len(secrets) > 40
    told = b"".join(log.read_bytes() for log in logs)
    assert found_in(told, secrets) == []
    lines = [json.loads(line) for line in told.splitlines()]
    assert any(line["event"] == "delivered" for line in lines)
    agencies = set(map(str, play.parties))
    for line in lines:
        assert set(line) <= MEMBERS | {"event", "level", "timestamp"}, line["event"]
        assert not {text for text in texts_in(line) if len(text) > 64 and text not in agencies}, line["event"]


MEMBERS = frozenset(
    {"document_id", "case_uid", "agency", "peer", "attempts", "reason", "code", "error", "where", "instance", "count"}
)
"""All that a line may say beside what happened and when."""
