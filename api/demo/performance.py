"""A performance: journeys one after the other, each on nodes of its own, and what came of them."""

import json
import tempfile
import threading
import time
from pathlib import Path

from api.demo.outsider import try_as_outsider
from api.demo.player import Player
from api.demo.processes import warm_up
from api.demo.reading import read_scenario
from api.demo.scenario import Scenario
from api.demo.screen import Screen
from api.demo.stage import Stage, set_stage

FICTIONAL = "Real nodes, real keys, real HTTP on loopback. All persons are fictional."


def schema_text() -> str:
    """Return the JSON Schema of scenario files, as it lies beside the journeys."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Scenario.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def perform(files: list[Path], screen: Screen, *, stay: bool = False) -> int:
    """Play journeys one after the other, each on nodes of its own; returns how many expectations did not hold."""
    plays = [(file, read_scenario(file)) for file in files]
    summaries: list[str] = []
    failures = 0
    threading.Thread(target=warm_up, daemon=True).start()
    for file, play in plays:
        started = time.monotonic()
        screen.title(play.title, FICTIONAL)
        _perform_one(play, file.parent, screen, stay=stay and play is plays[-1][1])
        failures += screen.failures
        summaries.append(_summary(play, screen, time.monotonic() - started))
    screen.plain()
    for line in summaries:
        screen.plain(line)
    screen.plain(_verdict(failures))
    return failures


def _perform_one(play: Scenario, folder: Path, screen: Screen, *, stay: bool) -> None:
    """Play one journey on nodes that live as long as this call."""
    with tempfile.TemporaryDirectory(prefix="homeward-demo-") as place, set_stage(play, Path(place)) as stage:
        for agency, text in stage.fingerprints.items():
            screen.note(f"{agency:<16} {stage.nodes[agency].url}  fingerprint {text}, compared by the others")
        player = Player(play, folder, stage, screen)
        player.play()
        try_as_outsider(player, play.steps[-1].at)
        if stay:
            _stay(stage, screen)


def _summary(play: Scenario, screen: Screen, seconds: float) -> str:
    mark = "✗" if screen.failures else "✓"
    came_out = f"{screen.failures} did not hold" if screen.failures else "all as expected"
    return f"{mark} {play.title}: {screen.steps} steps, {screen.held} checks, {came_out} ({seconds:.0f} s)"


def _verdict(failures: int) -> str:
    return "Everything came out as expected." if not failures else f"{failures} expectations did not hold."


def _stay(stage: Stage, screen: Screen) -> None:
    screen.plain("\nThe nodes stay up. Clients for trying by hand (id, secret):")
    for (agency, role), client in stage.clients.items():
        screen.plain(f"  {agency} as {role}: {client.client_id}  {client.secret}")
    for url in dict.fromkeys(node.url for node in stage.nodes.values()):
        screen.plain(f"  {url}/docs")
    screen.plain("End them with Ctrl-C.")
    while True:
        time.sleep(1)
