"""``homeward demo``: journeys of fictional persons, played between real nodes on this machine, every step shown."""

import json
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from api.demo.outsider import try_as_outsider
from api.demo.player import Player
from api.demo.processes import warm_up
from api.demo.reading import read_scenario
from api.demo.scenario import Scenario
from api.demo.screen import Screen
from api.demo.stage import Stage, set_stage
from api.errors import NotFound

FICTIONAL = "Real nodes, real keys, real HTTP on loopback. All persons are fictional."


def add_to(app: typer.Typer) -> None:
    """Add this command to the root."""
    app.command()(demo)


def demo(
    scenario: Annotated[Path | None, typer.Option(help="A scenario file; all journeys when left out.")] = None,
    check: Annotated[Path | None, typer.Option(help="Only check the form of a scenario file; plays nothing.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of scenario files.")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="Keep the nodes up afterwards, for trying by hand.")] = False,
) -> None:
    """Start nodes on this machine and play journeys between them, with fictional persons.

    Exit code 0 says that every expectation of every scenario held.
    """
    if schema:
        typer.echo(schema_text(), nl=False)
    elif check is not None:
        play = read_scenario(check)
        typer.echo(f"{check} is in form: {len(play.steps)} steps of {len(play.parties)} agencies")
    else:
        files = _journeys() if scenario is None else [scenario]
        screen = Screen()
        signal.signal(signal.SIGTERM, _asked_to_stop)
        try:
            failures = perform(files, screen, stay=stay)
        except KeyboardInterrupt:
            screen.plain("\nended; the nodes are stopped and nothing is left behind")
            failures = 0 if stay else 1
        sys.exit(1 if failures else 0)


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


def _journeys() -> list[Path]:
    """Return the journeys that come with the project."""
    for root in (Path.cwd(), Path(__file__).parents[2]):
        found = sorted((root / "examples" / "scenarios").glob("s*.yaml"))
        if found:
            return found
    raise NotFound("scenario_not_found", "run this in the project's folder, or name a file with --scenario")


def _stay(stage: Stage, screen: Screen) -> None:
    screen.plain("\nThe nodes stay up. Clients for trying by hand (id, secret):")
    for (agency, role), client in stage.clients.items():
        screen.plain(f"  {agency} as {role}: {client.client_id}  {client.secret}")
    for url in dict.fromkeys(node.url for node in stage.nodes.values()):
        screen.plain(f"  {url}/docs")
    screen.plain("End them with Ctrl-C.")
    while True:
        time.sleep(1)


def _asked_to_stop(_signal: int, _frame: object) -> None:
    """End like Ctrl-C does: the nodes are stopped and the folder is removed on the way out."""
    raise KeyboardInterrupt
