"""Every journey that comes with the project plays to its end between real nodes, and none of them logs a word of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.demo.contents import content_as_written
from api.demo.performance import perform
from api.demo.player import Player
from api.demo.scenario import SaveDraft, Scenario, Send
from api.demo.screen import Screen
from tests.flow.secrets_of_a_person import found_in, secrets_in
from tests.flow.steps import texts_in

SCENARIOS = Path(__file__).parents[2] / "examples" / "scenarios"
JOURNEYS = sorted([*SCENARIOS.glob("s*.yaml"), *SCENARIOS.glob("more/*.yaml")])

MEMBERS = frozenset(
    {"document_id", "case_uid", "agency", "peer", "attempts", "reason", "code", "error", "where", "instance", "count"}
)
"""All that a line of a log may say beside what happened and when."""


def test_these_are_all() -> None:
    assert [file.stem for file in JOURNEYS] == ["group_return", "readmission", "sent_twice", "s1", "s2", "s4", "s5"]


@pytest.mark.parametrize("file", JOURNEYS, ids=lambda file: str(file.stem))
def test_a_journey_comes_out_as_expected(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is marked, each line of the end is there, and the logs hold nothing that somebody entered."""
    heard: list[tuple[Player, dict[Path, bytes]]] = []
    play_to_the_end = Player.play

    def and_read_the_logs(player: Player) -> None:
        play_to_the_end(player)
        folders = {node.directory for node in player.stage.nodes.values()}
        heard.append((player, {log: log.read_bytes() for folder in folders for log in folder.rglob("*.log")}))

    monkeypatch.setattr(Player, "play", and_read_the_logs)
    failures = perform([file], Screen())
    shown = capsys.readouterr().out
    assert (failures, shown.count("✗")) == (0, 0), shown[-4000:]
    for line in (
        "compared by the others",
        "bytes on the wire",
        "receipt verified with its public key",
        "At the end",
        "What an outsider gets",
        "all as expected",
        "Everything came out as expected.",
    ):
        assert line in shown
    [(player, logs)] = heard
    _check_logs(player, file.parent, logs)


def _check_logs(player: Player, folder: Path, logs: dict[Path, bytes]) -> None:
    """No name, no sentence, no kind of document, and no token; each line is one JSON object of few members."""
    assert len(logs) >= 2
    tokens = {client.secret for client in player.stage.clients.values()}
    entered = [*_entered(player.scenario, folder), *player.posted.values(), *player.contents.values()]
    secrets = secrets_in(entered) | tokens
    assert len(secrets) > 40
    told = b"".join(logs.values())
    assert found_in(told, secrets) == []
    lines = [json.loads(line) for line in told.splitlines()]
    assert any(line["event"] == "delivered" for line in lines)
    agencies = set(map(str, player.scenario.parties))
    for line in lines:
        assert set(line) <= MEMBERS | {"event", "level", "timestamp"}, line["event"]
        assert not {text for text in texts_in(line) if len(text) > 64 and text not in agencies}, line["event"]


def _entered(play: Scenario, folder: Path) -> Iterator[Any]:
    """Return everything that somebody enters in a journey, what is refused included."""
    for step in play.steps:
        if isinstance(step.action, SaveDraft | Send):
            yield content_as_written(folder, step.action)
        yield [getattr(step.action, "with_", None), step.say]


def test_each_refusal_that_the_journeys_name_is_played() -> None:
    """What the four journeys say must fail stands in their files as a step that is refused."""
    wanted = {
        "s1": {"not_located", "discrepancy_unlisted"},
        "s2": {"assessment_not_positive", "unknown_field", "child_unaccompanied", "auto_negative", "release_needed"},
        "s4": {"child_rules_apply", "unknown_code", "child_unaccompanied"},
        "s5": {"contact_restricted", "restriction_dropped"},
    }
    for name, codes in wanted.items():
        text = (SCENARIOS / f"{name}.yaml").read_text()
        assert [code for code in sorted(codes) if f"refused: {code}\n" not in text] == []
