"""``homeward demo``: two nodes on loopback, one journey, every step shown."""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.demo.nodes import NodeProcess, Wiretap, free_port, set_clock
from api.demo.outsider import try_as_outsider
from api.demo.player import Player, Stage
from api.demo.scenario import Scenario, read_scenario
from api.demo.screen import Screen
from api.demo.stranger import Stranger
from api.errors import NotFound
from api.sealing.keys import PublicKeySet

FIRST = "s1.yaml"


def add_to(app: typer.Typer) -> None:
    """Add this command to the root."""
    app.command()(demo)


def demo(
    scenario: Annotated[Path | None, typer.Option(help="A scenario file; the first journey when left out.")] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep both nodes up afterwards, for trying by hand.")] = False,
) -> None:
    """Start two nodes on this machine and play a person's journey between them, with fictional persons.

    Exit code 0 says that every expectation of the scenario held.
    """
    started = time.monotonic()
    file = scenario or _examples() / FIRST
    play = read_scenario(file)
    screen = Screen()
    screen.title(play.title, "Two nodes, real keys, real HTTP on loopback. All persons are fictional.")
    with tempfile.TemporaryDirectory(prefix="homeward-demo-") as folder, ExitStack() as stack:
        stage = _set_up(play, Path(folder), screen, stack)
        player = Player(play, file.parent, stage, screen)
        failures = player.play()
        screen.step(play.steps[-1].at, "somebody else", "none", "What an outsider gets")
        failures += try_as_outsider(stage, player.names, screen, play.steps[-1].at)
        screen.plain(f"\n{_verdict(failures)} in {time.monotonic() - started:.0f} seconds.")
        for agency, node in stage.nodes.items():
            screen.plain(f"  {agency:<16} {node.url}/docs")
        if stay:
            _stay(stage, screen)
    sys.exit(1 if failures else 0)


def _verdict(failures: int) -> str:
    return "Everything came out as expected" if not failures else f"{failures} expectations did not hold"


def _examples() -> Path:
    folder = Path("examples/scenarios")
    if not (folder / FIRST).exists():
        folder = Path(__file__).parents[2] / folder
    if not (folder / FIRST).exists():
        raise NotFound("scenario_not_found", "run this in the project's folder, or name a file with --scenario")
    return folder


def _set_up(play: Scenario, folder: Path, screen: Screen, stack: ExitStack) -> Stage:
    clock = folder / "clock"
    set_clock(clock, play.steps[0].at - timedelta(hours=1))
    nodes = {
        str(agency): NodeProcess(agency, party.name, folder / agency, clock) for agency, party in play.parties.items()
    }
    tapped = list(nodes.values())[1]
    tapped.public_port = free_port()
    tap = Wiretap(f"http://127.0.0.1:{tapped.port}", tapped.public_port)
    with ThreadPoolExecutor() as pool:
        with screen.working("two nodes set up: keys, database, first agency, backup of the keys"):
            prints = dict(zip(nodes, pool.map(NodeProcess.set_up, nodes.values()), strict=True))
        with screen.working("fingerprints compared, as over the telephone; each side trusts the other"):
            descriptors = dict(
                zip(nodes, pool.map(lambda node: node.run("agency", "show"), nodes.values()), strict=True)
            )
            list(pool.map(lambda pair: _trust(pair, nodes, descriptors, prints), nodes.items()))
        for agency, text in prints.items():
            screen.note(f"{agency:<16} {text}")
        with screen.working("systems let in: each with a secret and the roles it needs"):
            wanted = sorted({(str(step.by), str(step.role)) for step in play.steps})
            made = list(pool.map(lambda one: _let_in(nodes[one[0]], one[0], one[1]), wanted))
        with screen.working("both nodes serve"):
            for node in nodes.values():
                stack.callback(node.stop)
            tap.start()
            stack.callback(tap.stop)
            list(pool.map(NodeProcess.serve, nodes.values()))
    clients = {
        one: Stranger(f"http://127.0.0.1:{nodes[one[0]].port}", *credentials)
        for one, credentials in zip(wanted, made, strict=True)
    }
    for client in clients.values():
        client.login()
    keys = {agency: PublicKeySet.from_json(node.run("agency", "show", "--jwks")) for agency, node in nodes.items()}
    return Stage(nodes, clients, keys, tap, clock)


def _trust(
    pair: tuple[str, NodeProcess], nodes: dict[str, NodeProcess], descriptors: dict[str, str], prints: dict[str, str]
) -> None:
    agency, node = pair
    other = next(name for name in nodes if name != agency)
    node.run("agency", "trust", "-", "--fingerprint", prints[other], given=descriptors[other])


def _let_in(node: NodeProcess, agency: str, role: str) -> tuple[str, str]:
    told = node.run("client", "add", "--agency", agency, "--role", role, "--id", f"{agency.lower()}-{role.lower()}")
    words = dict(line.split(maxsplit=1) for line in told.splitlines() if line.startswith("client_"))
    return words["client_id"].strip(), words["client_secret"].strip()


def _stay(stage: Stage, screen: Screen) -> None:
    screen.plain("\nBoth nodes stay up. Clients for trying by hand (id, secret):")
    for (agency, role), client in stage.clients.items():
        screen.plain(f"  {agency} as {role}: {client.client_id}  {client.secret}")
    screen.plain("End them with Ctrl-C.")
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        screen.plain("ended")
