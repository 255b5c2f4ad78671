"""Many processes on one database: two serve, three deliver, one of them stops half-way. Nothing is sent twice."""

import secrets
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select
from ulid import ULID

from api.demo.nodes import NodeProcess, free_port
from api.demo.stranger import Stranger
from api.demo.wiretap import Wiretap
from api.flow.clients import Proof, let_in
from api.flow.proving import verify_log
from api.flow.trust import trust
from api.sealing.digest import sha256_hex
from api.sealing.tokens import hash_secret
from api.store.agencies import list_descriptors
from api.store.tables import DocumentRow, OutboxRow
from schemas.base import AgencyId
from schemas.document import Role
from tests.support import SECRET, example, until

LETTERS = 16
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Town:
    """A shelter that runs in several processes, a department, and the line between them."""

    shelter: NodeProcess
    desks: list[NodeProcess]
    department: NodeProcess
    tap: Wiretap


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings of an empty database for the shelter."""
    if request.param == SQLITE:
        return {}
    return {"HOMEWARD_DATABASE_URL": _new_database(request.getfixturevalue("postgres_url"))}


def _new_database(postgres_url: str) -> str:
    name = f"s{secrets.token_hex(8)}"
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres_url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def town(tmp_path: Path, database: dict[str, str]) -> Iterator[Town]:
    """Set up both nodes, let two processes serve the shelter, and put a tap before the department."""
    shelter = NodeProcess("TH-SHELTER-N1", "A shelter", tmp_path / "th")
    shelter.settings = {
        **database,
        "HOMEWARD_BASE_URL": f"http://127.0.0.1:{shelter.port}",
        "HOMEWARD_DELIVER_IN_PROCESS": "false",
        "HOMEWARD_DELIVER_PAUSE_SECONDS": "0.05",
    }
    department = NodeProcess("MM-DSW", "A department", tmp_path / "mm", public_port=free_port())
    tap = Wiretap(f"http://127.0.0.1:{department.port}", department.public_port)
    prints = {node.agency: node.set_up() for node in (shelter, department)}
    for node, other in ((shelter, department), (department, shelter)):
        with other.opened() as opened, opened.database.reader() as session:
            data = list_descriptors(session, other.agency)[-1]
        with node.opened() as opened:
            trust(opened, data, expected_fingerprint=prints[other.agency])
            proof = Proof(secret_hash=hash_secret(SECRET))
            let_in(opened, "desk", agency=AgencyId(node.agency), roles=[Role.SW], scopes=(), proof=proof)
    desks = [shelter, replace(shelter, port=free_port(), process=None)]
    with ExitStack() as stack:
        tap.start()
        stack.callback(tap.stop)
        for node in (*desks, department):
            stack.callback(node.stop)
        with ThreadPoolExecutor() as pool:
            list(pool.map(NodeProcess.serve, (*desks, department)))
        yield Town(shelter, desks, department, tap)


def carriers(town: Town, stack: ExitStack) -> list[NodeProcess]:
    """Start three processes that deliver."""
    started = [replace(town.shelter, process=None) for _ in range(3)]
    for node in started:
        node.start("deliver")
        stack.callback(node.stop)
    return started


def record(desk: NodeProcess, count: int) -> list[str]:
    """Record letters at one of the desks."""
    client = Stranger(f"http://127.0.0.1:{desk.port}", "desk", SECRET)
    client.login()
    uid = client.post("/v1/cases", {"destination": "TH", "origin": "MM"})["case_uid"]
    content = {**example("case_file_basic"), "recipient": "MM-DSW"}
    found = []
    for _ in range(count):
        headers = {"idempotency-key": str(ULID())}
        answer = client.call("POST", f"/v1/cases/{uid}/forms/1", json=content, headers=headers)
        assert answer.status_code == 201, answer.text
        found.append(str(answer.json()["document_id"]))
    client.close()
    return found


def states(node: NodeProcess) -> Counter[str]:
    """Count what lies in the outbox, by state."""
    with node.opened() as opened, opened.database.reader() as session:
        return Counter(session.exec(select(OutboxRow.state)))


def test_several_processes_share_the_work(town: Town) -> None:
    """Each letter is stored once and was on the line once; the log that two desks wrote has no gap; a stop is clean."""
    with ExitStack() as stack:
        carrying = carriers(town, stack)
        with ThreadPoolExecutor() as pool:
            recorded = [uid for found in pool.map(lambda desk: record(desk, LETTERS // 2), town.desks) for uid in found]
            first = carrying[0].process
            assert first is not None
            first.terminate()
        until(lambda: states(town.shelter)["waiting"] == 0)
        assert first.wait(25) in {0, -signal.SIGTERM}
    assert len(set(recorded)) == LETTERS
    sends = Counter(sha256_hex(body) for _, body in town.tap.seen)
    with town.shelter.opened() as here, town.department.opened() as there:
        with here.database.reader() as session:
            sent = {row.document_id: row.sha256 for row in session.exec(select(OutboxRow))}
        with there.database.reader() as session:
            received = list(session.exec(select(DocumentRow.document_id)))
        assert sorted(received) == sorted(recorded) == sorted(sent)
        assert sends == Counter(dict.fromkeys(sent.values(), 1)), "nothing was sent twice"
        assert verify_log(here)[0] > 2 * LETTERS
        assert verify_log(there)[0] >= LETTERS
