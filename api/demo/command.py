"""``homeward demo``: journeys of fictional persons, played between real nodes on this machine, every step shown."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.errors import NotFound


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
    from api.demo import performance  # noqa: PLC0415  # no other command has to wait for the stage
    from api.demo.reading import read_scenario  # noqa: PLC0415
    from api.demo.screen import Screen  # noqa: PLC0415

    if schema:
        typer.echo(performance.schema_text(), nl=False)
    elif check is not None:
        play = read_scenario(check)
        typer.echo(f"{check} is in form: {len(play.steps)} steps of {len(play.parties)} agencies")
    else:
        files = _journeys() if scenario is None else [scenario]
        screen = Screen()
        for asking in (signal.SIGTERM, signal.SIGINT):  # a shell may have told a job in the background to ignore it
            signal.signal(asking, _asked_to_stop)
        try:
            failures = performance.perform(files, screen, stay=stay)
        except KeyboardInterrupt:
            screen.plain("\nended; the nodes are stopped and nothing is left behind")
            failures = 0 if stay else 1
        sys.exit(1 if failures else 0)


def _journeys() -> list[Path]:
    """Return the journeys that come with the project."""
    for root in (Path.cwd(), Path(__file__).parents[2]):
        found = sorted((root / "examples" / "scenarios").glob("s*.yaml"))
        if found:
            return found
    raise NotFound("scenario_not_found", "run this in the project's folder, or name a file with --scenario")


def _asked_to_stop(_signal: int, _frame: object) -> None:
    """End like Ctrl-C does: the nodes are stopped and the folder is removed on the way out."""
    raise KeyboardInterrupt
