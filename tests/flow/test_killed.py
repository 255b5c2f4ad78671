"""Nodes are killed at any moment (promise 4): nothing is lost, nothing is doubled. Real processes, SIGKILL, SQLite."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx2
import pytest
from sqlmodel import select
from ulid import ULID

from api.demo.nodes import NodeProcess
from api.demo.stranger import Stranger
from api.flow.clients import Proof, let_in
from api.flow.node import Node
from api.flow.trust import trust
from api.sealing.merkle import Frontier, root_of
from api.sealing.receipt import Receipt
from api.sealing.statement import verify_statement
from api.sealing.tokens import hash_secret
from api.store import documents, log
from api.store.agencies import list_descriptors
from api.store.engine import Session
from api.store.tables import DocumentRow, OutboxRow
from schemas.base import AgencyId
from schemas.document import Role
from tests.support import SECRET, example, until

LETTERS = 24


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[NodeProcess, NodeProcess]]:
    """Set up a shelter whose letters are carried by a process of its own, and a department; neither serves yet."""
    alone = {"HOMEWARD_DELIVER_IN_PROCESS": "false", "HOMEWARD_DELIVER_PAUSE_SECONDS": "0.05"}
    shelter = NodeProcess("TH-SHELTER-N1", "A shelter", tmp_path / "th", settings=alone)
    department = NodeProcess("MM-DSW", "A department", tmp_path / "mm")
    prints = {node.agency: node.set_up() for node in (shelter, department)}
    for node, other in ((shelter, department), (department, shelter)):
        with other.opened() as opened, opened.database.reader() as session:
            data = list_descriptors(session, other.agency)[-1]
        with node.opened() as opened:
            trust(opened, data, expected_fingerprint=prints[other.agency])
            agency, proof = AgencyId(node.agency), Proof(secret_hash=hash_secret(SECRET))
            let_in(opened, "desk", agency=agency, roles=[Role.SW, Role.WO], scopes=(), proof=proof)
    with ExitStack() as stack:
        for node in (shelter, department):
            stack.callback(node.stop)
        yield shelter, department


def kill(node: NodeProcess) -> None:
    """Pull the plug."""
    assert node.process is not None
    node.process.kill()
    node.process.wait(10)


def carry(node: NodeProcess) -> NodeProcess:
    """Start `homeward deliver` for a node, as a process of its own."""
    carrier = NodeProcess(node.agency, node.name, node.directory, port=node.port, settings=node.settings)
    carrier.start("deliver")
    return carrier


def record(client: Stranger, uid: str) -> str:
    """Record a letter, asking again under the same key until it is answered, as a careful system does."""
    key, content = str(ULID()), {**example("case_file_basic"), "recipient": "MM-DSW"}
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            answer = client.call("POST", f"/v1/cases/{uid}/forms/1", json=content, headers={"idempotency-key": key})
            if answer.status_code == 201:
                return str(answer.json()["document_id"])
        except httpx2.HTTPError:
            pass
        time.sleep(0.05)
    raise AssertionError("never answered")


def test_killed_at_any_moment(nodes: tuple[NodeProcess, NodeProcess]) -> None:
    """All three processes are killed in turn while letters are recorded and carried; in the end each is there once."""
    shelter, department = nodes
    with ThreadPoolExecutor() as pool:
        list(pool.map(NodeProcess.serve, nodes))
    carrier = carry(shelter)
    client = Stranger(f"http://127.0.0.1:{shelter.port}", "desk", SECRET)
    client.login()
    uid = client.post("/v1/cases", {"destination": "TH", "origin": "MM"})["case_uid"]
    recorded: list[str] = []
    writing = threading.Thread(target=lambda: recorded.extend(record(client, uid) for _ in range(LETTERS)))
    writing.start()
    try:
        until(lambda: len(recorded) >= 3 or not writing.is_alive())
        time.sleep(0.3)
        kill(department)
        kill(carrier)
        carrier = carry(shelter)
        kill(shelter)
        shelter.serve()
        department.serve()
        kill(carrier)
        carrier = carry(shelter)
        writing.join(90)
        until(lambda: _count_done(shelter) == LETTERS)
    finally:
        carrier.stop()
    client.close()
    shelter.stop()
    department.stop()
    _nothing_lost_nothing_doubled(shelter, department, recorded)


def _count_done(node: NodeProcess) -> int:
    """Move the carrier's waiting to its end and count what has arrived."""
    with node.opened() as opened:
        opened.writer.write(partial(_make_all_due, opened))
        with opened.database.reader() as session:
            return sum(row.state == "done" for row in session.exec(select(OutboxRow)))


def _make_all_due(node: Node, session: Session) -> None:
    """Let hours pass for what waits: leases and waiting are over."""
    for row in session.exec(select(OutboxRow).where(OutboxRow.state == "waiting")):
        row.leased_until, row.due_at = None, node.clock()


def _nothing_lost_nothing_doubled(shelter: NodeProcess, department: NodeProcess, recorded: list[str]) -> None:
    assert len(set(recorded)) == LETTERS
    with shelter.opened() as here, department.opened() as there:
        sent, received = _documents(here), _documents(there)
        assert sorted(sent) == sorted(received) == sorted(recorded)
        with here.database.reader() as session, there.database.reader() as session_there:
            keys = there.keys_of(AgencyId("MM-DSW")).public()
            for document_id in recorded:
                (held,) = documents.list_receipts(session, "TH-SHELTER-N1", document_id)
                (issued,) = documents.list_receipts(session_there, "MM-DSW", document_id)
                assert held.data == issued.data
                receipt = verify_statement(Receipt, held.data, keys=keys, now=there.clock())
                leaves = log.list_leaves(session_there, receipt.tree_size)
                assert root_of(leaves).hex() == receipt.tree_root, "the log holds what the receipt vouches for"
        for node in (here, there):
            with node.database.reader() as session:
                head = log.get_head(session)
                leaves = log.list_leaves(session, head.size)
            assert len(leaves) == head.size
            assert Frontier.from_bytes(head.size, head.peaks).root() == root_of(leaves)


def _documents(node: Node) -> list[str]:
    with node.database.reader() as session:
        return list(session.exec(select(DocumentRow.document_id)))
