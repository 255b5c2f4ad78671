"""Two nodes in memory with real keys, a clock that is set by hand, and the peer's app as the wire.

No mocks of our own code.
"""

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import httpx2
from starlette.testclient import TestClient
from ulid import ULID

from api.app import create_app
from api.flow.clients import Proof, let_in
from api.flow.deliver import deliver_once
from api.flow.founding import found_agency
from api.flow.line import ASSERTION
from api.flow.node import Limits, Node
from api.flow.trust import trust
from api.sealing.descriptor import fingerprint
from api.sealing.keys import PrivateKeySet, generate_keys
from api.sealing.tokens import hash_secret, sign_token
from api.sealing.vault import NodeKeys, Vault
from api.store import agencies
from api.store.blobs.directory import Directory
from api.store.engine import Database
from api.store.writer import Writer
from schemas.base import AgencyId
from schemas.document import Role

START = datetime(2025, 3, 14, 9, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parent.parent / "examples"
SECRET = "a-fictional-secret-of-a-fictional-client"
CLIENT_KEYS = generate_keys(None, START - timedelta(days=1), valid_for=timedelta(days=3650))
PROOF = Proof(secret_hash=hash_secret(SECRET), jwks=CLIENT_KEYS.public().to_json())
"""How fictional systems prove themselves: by the secret, or by the key, which takes a node a hundredth of the time."""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, when: str) -> None:
        """Set it to a day or an instant."""
        moment = datetime.fromisoformat(when)
        self.now = moment if moment.tzinfo else moment.replace(hour=moment.hour or 9, tzinfo=UTC)

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


class Network:
    """The wire between nodes in memory: an address leads to the app that listens there, or to nobody."""

    def __init__(self) -> None:
        self.apps: dict[str, httpx2.Client] = {}
        self.wrapper: Callable[[httpx2.Client], httpx2.Client] | None = None

    def __call__(self, endpoint: str) -> httpx2.Client:
        return _Line(self, endpoint)  # type: ignore[return-value]


class _Line:
    """A client that finds whoever listens at the address at the time of the call."""

    def __init__(self, network: Network, endpoint: str) -> None:
        self._network, self._endpoint = network, endpoint

    def request(self, method: str, url: str, **more: Any) -> httpx2.Response:
        app = self._network.apps.get(self._endpoint)
        if app is None:
            raise httpx2.ConnectError("nobody listens")
        return app.request(method, url, **more)

    def post(self, url: str, **more: Any) -> httpx2.Response:
        return self.request("POST", url, **more)

    def get(self, url: str, **more: Any) -> httpx2.Response:
        return self.request("GET", url, **more)


@dataclass
class Office:
    """One node with its agency, as its own staff and its peers see it."""

    node: Node
    agency: AgencyId
    http: TestClient
    clock: Clock
    clients: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def add_client(self, *roles: str, client_id: str | None = None, scopes: str = "", agency: str | None = None) -> str:
        """Let a system in, with a secret, and return its id."""
        name = client_id or f"{self.agency.lower()}-{'-'.join(roles).lower()}-{secrets.token_hex(2)}"
        served = AgencyId(agency or self.agency)
        let_in(self.node, name, agency=served, roles=[Role(role) for role in roles], scopes=scopes.split(), proof=PROOF)
        return name

    def as_role(self, *roles: str, **more: str) -> dict[str, str]:
        """Return the headers of a client with these roles."""
        key = "+".join(roles)
        if more or key not in self.clients:
            self.clients[key] = self.add_client(*roles, **more)
        name = f"{self.clients[key]} at {self.clock()}"
        if name not in self.tokens:
            answer = self.ask_with(self.assertion_of(self.clients[key], CLIENT_KEYS))
            assert answer.status_code == 200, answer.text
            self.tokens[name] = answer.json()["access_token"]
        return {"authorization": f"Bearer {self.tokens[name]}"}

    def claims_of(self, name: str, **over: object) -> dict[str, object]:
        """Return the claims of an assertion; ``None`` leaves one out."""
        now = int(self.clock().timestamp())
        claims = {"iss": name, "sub": name, "aud": f"{self.node.base_url}/oauth/token", "jti": str(ULID())}
        return {
            key: value for key, value in {**claims, "iat": now, "exp": now + 60, **over}.items() if value is not None
        }

    def assertion_of(self, name: str, keys: PrivateKeySet, **over: object) -> str:
        """Return an assertion for this node, signed by somebody's key."""
        return sign_token(self.claims_of(name, **over), keys.signing_key(self.clock()), typ="JWT")

    def ask_with(self, assertion: str, **more: str) -> httpx2.Response:
        """Ask for a token with an assertion."""
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
        return self.http.post("/oauth/token", data={**form, **more})

    def deliver(self) -> int:
        """Carry what is due."""
        return deliver_once(self.node)

    @property
    def descriptor(self) -> bytes:
        with self.node.database.reader() as session:
            return agencies.list_descriptors(session, self.agency)[-1]

    def trust(self, other: "Office", **more: Any) -> None:
        """Pin the other side's descriptor after comparing fingerprints."""
        trust(self.node, other.descriptor, expected_fingerprint=fingerprint(other.descriptor), **more)


@dataclass
class World:
    """Everything a test needs: a shelter in Thailand, the welfare department in Myanmar, a clock, the wire."""

    clock: Clock
    network: Network
    open_office: Callable[..., Office]
    shelter: Office
    department: Office


@contextmanager
def open_office(
    database: Database, clock: Clock, network: Network, agency: str, name: str, *, reachable: bool = True, **keys: Any
) -> Iterator[Office]:
    url, folder = f"http://{agency.lower()}.example", Path(gettempdir()) / f"homeward-{secrets.token_hex(8)}"
    signing_keys = generate_keys(AgencyId(agency), clock() - timedelta(days=1), **keys)
    node = Node(
        base_url=url,
        database=database,
        writer=Writer(database),
        vault=Vault(NodeKeys.generate()),
        keyring={AgencyId(agency): signing_keys},
        token_keys=generate_keys(None, clock() - timedelta(days=1)),
        clock=clock,
        wire=network,
        blobs=Directory(folder),
        limits=Limits(requests_per_minute=1_000_000, token_requests_per_minute=1_000_000),
    )
    node.writer.start()
    found_agency(node, AgencyId(agency), name=name, reachable=reachable)
    with TestClient(create_app(node), base_url=url, raise_server_exceptions=False) as http:
        if reachable:
            network.apps[url] = http
        yield Office(node, AgencyId(agency), http, clock)
    shutil.rmtree(folder, ignore_errors=True)


def example(name: str) -> dict[str, Any]:
    """Return one of the example documents without what the node sets by itself."""
    document: dict[str, Any] = json.loads((EXAMPLES / "documents" / f"{name}.json").read_text())
    for header in ("kind", "schema_version", "id", "sender", "created_at", "case_uid"):
        document.pop(header, None)
    return document


def scenario_content(name: str, **names: str) -> dict[str, Any]:
    """Return a form of the first journey with ``$names`` replaced by the ids they stand for."""
    text = (EXAMPLES / "scenarios" / "s1" / f"{name}.json").read_text()
    for key, value in names.items():
        text = text.replace(f'"${key}"', f'"{value}"')
    content: dict[str, Any] = json.loads(text)
    return content


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so that others do by themselves; the bound is for a test that would hang."""
    end = time.monotonic() + 180
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
