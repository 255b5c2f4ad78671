"""``homeward demo``: two nodes on loopback, one journey, every step shown."""

import secrets
import signal
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
from api.flow.clients import Proof, let_in
from api.flow.trust import trust
from api.sealing.descriptor import Descriptor, read_descriptor
from api.sealing.tokens import hash_secret
from api.store.agencies import list_descriptors
from schemas.base import AgencyId
from schemas.document import Role

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
    file = scenario or _examples() / FIRST
    play, screen = read_scenario(file), Screen()
    screen.title(play.title, "Two nodes, real keys, real HTTP on loopback. All persons are fictional.")
    signal.signal(signal.SIGTERM, _asked_to_stop)
    try:
        failures = _perform(play, file.parent, screen, stay=stay)
    except KeyboardInterrupt:
        screen.plain("\nended; both nodes are stopped and nothing is left behind")
        failures = 0 if stay else 1
    sys.exit(1 if failures else 0)


def _perform(play: Scenario, forms: Path, screen: Screen, *, stay: bool) -> int:
    """Play on two nodes that live as long as this call; returns how many expectations did not hold."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="homeward-demo-") as folder, ExitStack() as stack:
        stage = _set_up(play, Path(folder), screen, stack)
        player = Player(play, forms, stage, screen)
        failures = player.play()
        screen.step(play.steps[-1].at, "somebody else", "none", "What an outsider gets")
        failures += try_as_outsider(stage, player.names, screen, play.steps[-1].at)
        screen.plain(f"\n{_verdict(failures)} in {time.monotonic() - started:.0f} seconds.")
        for agency, node in stage.nodes.items():
            screen.plain(f"  {agency:<16} {node.url}/docs")
        if stay:
            _stay(stage, screen)
        else:
            screen.plain("  (down again now; `make demo ARGS=--stay` keeps them up)")
    return failures


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
    with screen.working("two nodes set up, each with a database, keys and its agency"):
        prints = {agency: node.set_up() for agency, node in nodes.items()}
    with screen.working("fingerprints compared, as over the telephone; each side trusts the other"):
        descriptors = _introduce(nodes, prints)
    for agency, text in prints.items():
        screen.note(f"{agency:<16} {text}")
    with screen.working("systems let in, each with a secret of its own and the roles it needs"):
        wanted = sorted({(str(step.by), str(step.role)) for step in play.steps})
        clients = {one: _let_in(nodes[one[0]], *one) for one in wanted}
    with screen.working("both nodes serve, as processes of their own"), ThreadPoolExecutor() as pool:
        for node in nodes.values():
            stack.callback(node.stop)
        tap.start()
        stack.callback(tap.stop)
        list(pool.map(NodeProcess.serve, nodes.values()))
    for client in clients.values():
        stack.callback(client.close)
        client.login()
    return Stage(nodes, clients, {agency: descriptor.keys for agency, descriptor in descriptors.items()}, tap, clock)


def _introduce(nodes: dict[str, NodeProcess], prints: dict[str, str]) -> dict[str, Descriptor]:
    """Let each node trust the other by the fingerprint that was read out; returns their descriptors."""
    found = {}
    for agency, node in nodes.items():
        with node.opened() as opened, opened.database.reader() as session:
            found[agency] = list_descriptors(session, agency)[-1]
    for agency, node in nodes.items():
        with node.opened() as opened:
            for other in nodes.keys() - {agency}:
                trust(opened, found[other], expected_fingerprint=prints[other])
    return {agency: read_descriptor(data) for agency, data in found.items()}


def _let_in(node: NodeProcess, agency: str, role: str) -> Stranger:
    client_id, secret = f"{agency.lower()}-{role.lower()}", secrets.token_urlsafe(24)
    with node.opened() as opened:
        proof = Proof(secret_hash=hash_secret(secret))
        let_in(opened, client_id, agency=AgencyId(agency), roles=[Role(role)], scopes=(), proof=proof)
    return Stranger(f"http://127.0.0.1:{node.port}", client_id, secret)


def _stay(stage: Stage, screen: Screen) -> None:
    screen.plain("\nBoth nodes stay up. Clients for trying by hand (id, secret):")
    for (agency, role), client in stage.clients.items():
        screen.plain(f"  {agency} as {role}: {client.client_id}  {client.secret}")
    screen.plain("End them with Ctrl-C.")
    while True:
        time.sleep(1)


def _asked_to_stop(_signal: int, _frame: object) -> None:
    """End like Ctrl-C does: the nodes are stopped and the folder is removed on the way out."""
    raise KeyboardInterrupt
