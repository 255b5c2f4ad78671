"""Faults strike two real nodes at fixed rounds (promise 4): the share of ``make faults`` that is played each time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import api
from api.app import create_app
from api.flow.receive import receive
from api.store.engine import open_database
from benchmarks.faults.catalogue import FAULTS
from benchmarks.faults.database import KINDS, MAILBOX, POSTGRESQL, SQLITE
from benchmarks.faults.pair import open_pair
from benchmarks.faults.rounds import Referee
from tests.flow.steps import outbox_of, read, receipts_of, send_file
from tests.support import World

SEED = 7
ROUNDS: dict[str, tuple[int, Sequence[str]]] = {
    "killed half written": (100, KINDS),
    "killed after commit": (101, KINDS),
    "killed after sending": (108, KINDS),
    "answer cut after n bytes": (111, [SQLITE, POSTGRESQL]),
    "killed after fetching": (117, [MAILBOX]),
    "killed middle of part": (119, [SQLITE]),
    "killed after piece": (126, [POSTGRESQL]),
    "killed after sealing": (130, [POSTGRESQL]),
    "file cut after n bytes": (133, [SQLITE]),
    "killed middle of file": (135, [MAILBOX]),
    "killed after file brought": (136, [MAILBOX]),
}
"""Faults, each with the number of its round, and on which pairs it is played."""


@pytest.fixture(scope="module", params=KINDS)
def referee(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Referee]:
    """Give a pair of nodes and somebody who plays rounds on it; all rounds of a kind are played on one pair."""
    with open_pair(request.param, tmp_path_factory.mktemp("pair")) as pair:
        yield Referee(pair, SEED)


@pytest.mark.parametrize("fault", ROUNDS)
def test_nothing_is_lost_and_nothing_is_doubled(referee: Referee, fault: str) -> None:
    """Whatever strikes, everything settles by itself and is what was answered."""
    number, kinds = ROUNDS[fault]
    if referee.kind not in kinds:
        pytest.skip("it is played on another kind of pair")
    played = referee.play(number, fault)
    assert played.findings == []
    assert played.documents > 0


def test_each_fault_can_strike_some_pair() -> None:
    """No fault stands in the catalogue for nothing, and the first rounds have each of them."""
    assert all(fault.kinds and fault.kinds <= set(KINDS) for fault in FAULTS.values())
    assert all(FAULTS[fault].kinds >= set(kinds) for fault, (_, kinds) in ROUNDS.items())


def test_what_a_fault_has_to_make_somebody_say_is_a_code_of_ours() -> None:
    """A round whose words nobody says any more finds nothing but a word that was renamed."""
    ours = "".join(file.read_text(encoding="utf-8") for file in Path(api.__file__).parent.rglob("*.py"))
    words = {word.removeprefix("peer_says_") for fault in FAULTS.values() for word in fault.says}
    assert sorted(word for word in words if f'"{word}"' not in ours and not word.startswith("peer_answered_")) == []


def test_a_receipt_that_overtakes_another_does_not_replace_it(world: World) -> None:
    """The answer to a push is lost, and the recipient reads at once: the sender gets both receipts all the same."""
    document_id = send_file(world.shelter, world.department)
    (item,) = outbox_of(world.shelter)
    receive(world.department.node, item.data, peer=world.shelter.agency)
    read(world.department, document_id, "WO")
    world.department.deliver()
    world.shelter.deliver()
    assert sorted(receipts_of(world.shelter, document_id)) == ["opened", "stored"]


def test_a_read_says_that_the_database_is_away(world: World) -> None:
    """It is no mistake of ours, and it is worth asking again."""
    away = replace(world.shelter.node, database=open_database("sqlite:////nowhere/node.db"))
    http = TestClient(create_app(away), base_url=away.base_url, raise_server_exceptions=False)
    answer = http.get("/v1/cases", headers=world.shelter.as_role("SW"))
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
