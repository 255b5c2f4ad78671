"""The stage of a journey: nodes that trust each other, and a client for each role in which somebody acts."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from api.demo.nodes import NodeProcess, free_port, set_clock
from api.demo.processes import fork_process
from api.demo.scenario import Scenario
from api.demo.stranger import Stranger
from api.demo.wiretap import Wiretap
from api.flow.clients import Proof, let_in
from api.flow.trust import trust
from api.sealing.descriptor import read_descriptor
from api.sealing.keys import PublicKeySet
from api.sealing.tokens import hash_secret
from api.store.agencies import list_descriptors
from schemas.base import AgencyId
from schemas.document import Role


@dataclass(frozen=True)
class Stage:
    """The nodes by agency, a client for each role on each, the wiretap, and the keys that anybody may know."""

    nodes: dict[str, NodeProcess]
    clients: dict[tuple[str, str], Stranger]
    public_keys: dict[str, PublicKeySet]
    fingerprints: dict[str, str]
    tap: Wiretap
    clock_file: Path

    def clients_of(self, agency: str) -> list[Stranger]:
        """Return the clients of an agency, in the order of their roles."""
        return [client for (owner, _), client in self.clients.items() if owner == agency]


@contextmanager
def set_stage(play: Scenario, folder: Path) -> Iterator[Stage]:
    """Found the nodes of a journey, let them trust each other and serve; stop them afterwards."""
    clock = folder / "clock"
    set_clock(clock, play.steps[0].at - timedelta(hours=1))
    nodes = _found(play, folder, clock)
    served = list({node.agency: node for node in nodes.values()}.values())
    tapped = served[1]
    tapped.public_port = free_port()
    tap = Wiretap(f"http://127.0.0.1:{tapped.port}", tapped.public_port)
    prints = {
        agency: node.set_up() if node.agency == agency else node.add(agency, play.parties[AgencyId(agency)].name)
        for agency, node in nodes.items()
    }
    keys = _introduce(nodes, served, prints)
    clients = {
        actor: client for node in served for actor, client in _let_in(node, sorted(set(play.actors())), nodes).items()
    }
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        stack.callback(lambda: list(pool.map(NodeProcess.stop, served)))
        tap.start()
        stack.callback(tap.stop)
        list(pool.map(NodeProcess.serve, served))
        for client in clients.values():
            stack.callback(client.close)
            client.login()
        yield Stage(nodes, clients, keys, prints, tap, clock)


def _found(play: Scenario, folder: Path, clock: Path) -> dict[str, NodeProcess]:
    """Return the node of each agency; agencies that share one get the same."""
    own = {
        agency: NodeProcess(agency, party.name, folder / agency, clock, launch=fork_process)
        for agency, party in play.parties.items()
        if party.node is None
    }
    hosted = {agency: own[party.node] for agency, party in play.parties.items() if party.node is not None}
    return {str(agency): node for agency, node in (own | hosted).items()}


def _introduce(
    nodes: dict[str, NodeProcess], served: list[NodeProcess], prints: dict[str, str]
) -> dict[str, PublicKeySet]:
    """Let each node trust the agencies of the others by the fingerprints that were read out; returns their keys."""
    found = {}
    for agency, node in nodes.items():
        with node.opened() as opened, opened.database.reader() as session:
            found[agency] = list_descriptors(session, agency)[-1]
    for node in served:
        with node.opened() as opened:
            for other, descriptor in found.items():
                if nodes[other] is not node:
                    trust(opened, descriptor, expected_fingerprint=prints[other])
    return {agency: read_descriptor(data).keys for agency, data in found.items()}


def _let_in(
    node: NodeProcess, actors: list[tuple[str, str]], nodes: dict[str, NodeProcess]
) -> dict[tuple[str, str], Stranger]:
    """Let the clients of a node in: each a system of one agency in one role, with a secret of its own."""
    clients = {}
    with node.opened() as opened:
        for agency, role in actors:
            if nodes[agency] is not node:
                continue
            client_id, secret = client_of(agency, role), secrets.token_urlsafe(24)
            proof = Proof(secret_hash=hash_secret(secret))
            let_in(opened, client_id, agency=AgencyId(agency), roles=[Role(role)], scopes=(), proof=proof)
            clients[agency, role] = Stranger(f"http://127.0.0.1:{node.port}", client_id, secret)
    return clients


def client_of(agency: str, role: str) -> str:
    """Return the id of an agency's client in a role: both in lower case, with a hyphen between."""
    return f"{agency}-{role}".lower()
