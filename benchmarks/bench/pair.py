"""Two nodes that trust each other and push, with a desk at the shelter: what is measured from form to receipt."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import httpx2
from sqlalchemy import text
from ulid import ULID

from api.demo.nodes import NodeProcess
from api.flow.cases import prepare_open
from api.flow.clients import Proof, let_in
from api.flow.node import Node
from api.flow.record import prepare_record
from api.rules.access import Principal
from api.rules.checking import check_own
from api.sealing.tokens import hash_secret
from api.store.engine import Database, open_database
from benchmarks.bench.client import http
from benchmarks.bench.nodes import DEPARTMENT, SHELTER, content_of, found, introduce
from benchmarks.bench.places import Places
from schemas.base import AgencyId
from schemas.document import Role

DESK, SECRET = "desk", "a-fictional-secret-of-a-fictional-client"
ROLES = frozenset({Role.SW, Role.CM, Role.WO})
GROUP = 200
"""So many units are handed to the writer at a time while something is prepared."""
_WAITING = text("SELECT count(*) FROM outbox WHERE state = 'waiting' AND what = 'envelope'")
_DONE = text("SELECT seq, document_id FROM outbox WHERE seq > :seq AND state = 'done' AND what = 'envelope'")


@dataclass
class Pair:
    """A shelter that records and a department that receives."""

    kind: str
    shelter: NodeProcess
    department: NodeProcess

    @cached_property
    def database(self) -> Database:
        """The shelter's database, to see from outside what has arrived."""
        return open_database(self.shelter.as_settings().url)

    def open_cases(self, count: int) -> list[str]:
        """Open cases in this process, as the desk."""
        with self.shelter.opened() as node:
            return _open_cases(node, count)

    def forms(self, uids: list[str]) -> list[bytes]:
        """Spell out the forms that the desk sends: a full case file for each of these cases."""
        body = json.dumps({**content_of("case_file_full"), "recipient": DEPARTMENT}).encode()
        token = token_of(self.shelter, DESK)
        return [http("POST", f"/v1/cases/{uid}/forms/1", token, body, "application/json") for uid in uids]

    def record(self, count: int) -> None:
        """Record so many full case files in this process, each of a case of its own; nobody delivers them yet."""
        with self.shelter.opened() as node:
            for first in range(0, count, GROUP):
                _record(node, _open_cases(node, min(GROUP, count - first)))

    def waiting(self) -> int:
        """Return how many envelopes wait for their receipts."""
        with self.database.reading.connect() as connection:
            return int(connection.execute(_WAITING).scalar_one())

    def arrived(self, after: int) -> list[tuple[int, str]]:
        """Return numbers and documents whose receipts were verified and are held, behind a number of the outbox."""
        with self.database.reading.connect() as connection:
            return [(seq, name) for seq, name in connection.execute(_DONE, {"seq": after})]

    def wait_until(self, most: int, *, seconds: float = 3600) -> float:
        """Wait until no more than so many envelopes wait, and return how long it took."""
        began = time.perf_counter()
        while self.waiting() > most:
            assert time.perf_counter() - began < seconds, "what waits does not arrive"
            time.sleep(0.05)
        return time.perf_counter() - began


@contextmanager
def open_pair(kind: str, places: Places, settings: Mapping[str, str] | None = None) -> Iterator[Pair]:
    """Found two nodes on a kind of database that trust each other; whoever asks lets them serve."""
    given = [{**places.new_database(kind), **(settings or {})} for _ in range(2)]
    shelter = found(SHELTER, places.new_folder(), given[0])
    department = found(DEPARTMENT, places.new_folder(), given[1])
    introduce(shelter, department)
    introduce(department, shelter)
    admit_desk(shelter)
    pair = Pair(kind, shelter, department)
    try:
        yield pair
    finally:
        pair.database.close()


def admit_desk(node: NodeProcess) -> None:
    """Let the desk in at a node."""
    proof = Proof(secret_hash=hash_secret(SECRET))
    with node.opened() as opened:
        let_in(opened, DESK, agency=AgencyId(node.agency), roles=ROLES, scopes=(), proof=proof)


def token_of(node: NodeProcess, client: str) -> str:
    """Get a token for a client of a node."""
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": SECRET}
    url = f"http://127.0.0.1:{node.port}/oauth/token"
    return str(httpx2.post(url, data=form).raise_for_status().json()["access_token"])


def _open_cases(node: Node, count: int) -> list[str]:
    desk = Principal(DESK, SHELTER, ROLES, frozenset())
    units = [node.writer.submit(prepare_open(node, desk, "TH", "MM")) for _ in range(count)]
    return [unit.result().case_uid for unit in units]


def _record(node: Node, uids: list[str]) -> None:
    """Do what the desk's form does, without HTTP."""
    content = {**content_of("case_file_full"), "kind": "case_file", "schema_version": "1.0"}
    ends = {"sender": SHELTER, "recipient": DEPARTMENT}
    units = []
    for uid in uids:
        own = {"id": str(ULID()), "case_uid": uid, "created_at": datetime.now(UTC).isoformat()}
        document = check_own({**content, **ends, **own})
        units.append(node.writer.submit(prepare_record(node, document, role=Role.SW)))
    for unit in units:
        unit.result()
