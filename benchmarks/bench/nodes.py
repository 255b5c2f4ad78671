"""A node that is measured: a process on a database of its own; and the shelter that seals envelopes for it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from ulid import ULID

from api.demo.nodes import NodeProcess
from api.demo.processes import start_process
from api.flow.line import ASSERTION
from api.flow.trust import trust
from api.rules.checking import check_own
from api.sealing.descriptor import fingerprint
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.seal import document_bytes, seal
from api.sealing.tokens import sign_token
from api.store.agencies import list_descriptors
from benchmarks.bench.client import http
from schemas.base import AgencyId

EXAMPLES = Path(__file__).parents[2] / "examples" / "documents"
SHELTER, DEPARTMENT = AgencyId("TH-SHELTER-N1"), AgencyId("MM-DSW")
UNBOUND = {
    "HOMEWARD_REQUESTS_PER_MINUTE": "100000000",
    "HOMEWARD_TOKEN_REQUESTS_PER_MINUTE": "100000000",
    "HOMEWARD_TOKEN_MINUTES": "60",
}
"""No limit on rates, and tokens that outlive a section."""
RESTING = {"HOMEWARD_DELIVER_PAUSE_SECONDS": "60"}
"""A node that is not measured just now does nothing."""
_OWN = {"kind", "schema_version", "id", "sender", "created_at", "case_uid", "supersedes", "reply_to"}


def new_node(agency: AgencyId, folder: Path, settings: Mapping[str, str], *, workers: int = 1) -> NodeProcess:
    """Return a node that is not set up yet."""
    more = ["--workers", str(workers)] if workers > 1 else []
    node = NodeProcess(agency, agency, folder)
    node.settings = {"HOMEWARD_DELIVER_PAUSE_SECONDS": "1.0", **UNBOUND, **settings}
    node.launch = lambda arguments, *rest: start_process([*arguments, *more], *rest)
    return node


def found(agency: AgencyId, folder: Path, settings: Mapping[str, str], *, workers: int = 1) -> NodeProcess:
    """Set up a node."""
    node = new_node(agency, folder, settings, workers=workers)
    node.set_up()
    return node


def introduce(one: NodeProcess, other: NodeProcess) -> None:
    """Let one node trust the other by its fingerprint, as it was read out."""
    with other.opened() as node, node.database.reader() as session:
        data = list_descriptors(session, other.agency)[-1]
    with one.opened() as node:
        trust(node, data, expected_fingerprint=fingerprint(data))


@contextmanager
def serving(*nodes: NodeProcess) -> Iterator[None]:
    """Let nodes serve, and end them afterwards."""
    try:
        for node in nodes:
            node.serve()
        yield
    finally:
        for node in nodes:
            node.stop()


def resident_mb(pid: int, field: str = "VmRSS") -> float:
    """Return the resident memory of a process and its children in MB; by ``VmHWM`` the most that each ever had."""
    pids = [pid]
    for one in pids:
        pids.extend(int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split())
    lines = (line for one in pids for line in Path(f"/proc/{one}/status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def commanded(node: NodeProcess, *arguments: str) -> float:
    """Run a command for a node and return how many seconds it took, its start included."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=node.environment,
        cwd=node.directory,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def memory_of(node: NodeProcess) -> float:
    """Return the resident memory of a node in MB, all its workers together."""
    assert node.process is not None
    return resident_mb(node.process.pid)


def most_held_by(node: NodeProcess) -> float:
    """Return the most resident memory that a node ever had, in MB."""
    assert node.process is not None
    return resident_mb(node.process.pid, "VmHWM")


class Sender:
    """The shelter as its keys make it: it seals and calls, without a node of its own in the way."""

    def __init__(self, keys: PrivateKeySet, to: PublicKeySet) -> None:
        self._keys, self._to = keys, to

    @classmethod
    def between(cls, shelter: NodeProcess, department: NodeProcess) -> "Sender":
        """Take the keys of two nodes that were set up."""
        own = (shelter.as_settings().keys_dir / f"{SHELTER}.jwks").read_text()
        with department.opened() as node:
            return cls(PrivateKeySet.from_json(own), node.keys_of(DEPARTMENT).public())

    def envelopes(self, count: int) -> list[bytes]:
        """Seal so many full case files, each of a case of its own."""
        return [self._sealed() for _ in range(count)]

    def _sealed(self) -> bytes:
        now = datetime.now(UTC)
        own = {"kind": "case_file", "schema_version": "1.0", "id": str(ULID()), "case_uid": str(ULID())}
        ends = {"sender": SHELTER, "recipient": DEPARTMENT, "created_at": now.isoformat()}
        document = check_own({**content_of("case_file_full"), **own, **ends})
        return seal(document_bytes(document), keys=self._keys, to=self._to, now=now).data

    def requests(self, url: str, envelopes: list[bytes]) -> list[bytes]:
        """Spell out requests that bring envelopes to a node."""
        token = self._token(url)
        return [http("POST", "/exchange/v1/envelopes", token, item) for item in envelopes]

    def _token(self, url: str) -> str:
        """Get a token, as the shelter's node would."""
        now, place = int(time.time()), f"{url}/oauth/token"
        claims = {"iss": SHELTER, "sub": SHELTER, "aud": place, "jti": str(ULID()), "iat": now, "exp": now + 60}
        assertion = sign_token(claims, self._keys.signing_key(datetime.now(UTC)), typ="JWT")
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
        return str(httpx2.post(place, data=form).raise_for_status().json()["access_token"])


def content_of(example: str) -> dict[str, object]:
    """Return an example without what a node sets by itself."""
    document: dict[str, object] = json.loads((EXAMPLES / f"{example}.json").read_text(encoding="utf-8"))
    return {name: value for name, value in document.items() if name not in _OWN}
