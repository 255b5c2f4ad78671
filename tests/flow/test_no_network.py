"""Where there is no network a bundle carries it: one file on a stick, and the file of receipts that comes back.

It mixes with the network in any order, and nothing that is carried twice, late, or not at all does any harm.
"""

import json
import random
from typing import Any

import pytest
from sqlmodel import select

from api.errors import TrustError
from api.flow.bundle import find_carried, pack
from api.flow.pull import pull_all
from api.sealing.digest import sha256_hex
from api.store.tables import LogRow
from schemas.base import AgencyId
from tests.flow.carrying import answer_of, brought, packed
from tests.flow.steps import (
    open_case,
    outbox_of,
    read,
    receipts_of,
    rows_of,
    sealed_as,
    send_file,
    settle,
    waiting_for,
)
from tests.support import Office, World


def log_of(office: Office) -> list[dict[str, Any]]:
    """Return the lines of an office's log."""
    with office.node.database.reader() as session:
        return [json.loads(row.entry) for row in session.exec(select(LogRow).order_by(LogRow.seq))]  # type: ignore[arg-type]


def cut_off(world: World) -> None:
    """Let nobody answer at any address."""
    world.network.apps.clear()


def test_a_case_file_goes_by_stick_and_its_receipts_come_back(world: World) -> None:
    """There: stored, opened. Back: stored by the answer, opened by the next bundle, and both outboxes are empty."""
    shelter, department = world.shelter, world.department
    cut_off(world)
    document_id = send_file(shelter, department)
    taken = brought(department, packed(shelter, department))
    assert (taken.taken, taken.is_whole) == (1, True)
    assert set(receipts_of(department, document_id)) == {"stored"}
    assert waiting_for(shelter) == [None], "it waits until its receipt is back"
    back = brought(shelter, answer_of(taken))
    assert (back.is_whole, back.answer) == (True, None)
    assert waiting_for(shelter) == []
    assert receipts_of(shelter, document_id) == receipts_of(department, document_id)
    read(department, document_id, "WO")
    assert len(waiting_for(department)) == 1
    opened = brought(shelter, packed(department, shelter))
    assert set(receipts_of(shelter, document_id)) == {"stored", "opened"}
    assert len(waiting_for(department)) == 1, "nobody has told yet that it is kept"
    brought(department, answer_of(opened))
    assert waiting_for(department) == []


def test_packing_changes_nothing_that_waits(world: World) -> None:
    """The stick is lost: the same again, byte for byte but for its first line; that it left stands in the log."""
    shelter, department = world.shelter, world.department
    ids = [send_file(shelter, department) for _ in range(3)]
    before = [vars(row) for row in outbox_of(shelter)]
    first, second = packed(shelter, department), packed(shelter, department)
    assert first.split(b"\n")[1:] == second.split(b"\n")[1:]
    for old, new in zip(before, outbox_of(shelter), strict=True):
        assert {**old, "_sa_instance_state": 0} == {**vars(new), "_sa_instance_state": 0}
    carried = [line for line in log_of(shelter) if line["action"] == "carried"]
    assert [line["document_id"] for line in carried] == ids * 2
    assert {(line["by"], line["peer"]) for line in carried} == {("AD", department.agency)}
    with shelter.node.database.reader() as session:
        assert find_carried(session, shelter.agency, ids) == {(one, "envelope"): world.clock() for one in ids}
        assert find_carried(session, department.agency, ids) == {}
    assert shelter.deliver() == 3, "the network goes on meanwhile"


def test_the_same_bundle_again_gives_the_same_receipts(world: World) -> None:
    """Imported three times, once after the answer was brought back: stored once, answered alike."""
    shelter, department = world.shelter, world.department
    for _ in range(3):
        send_file(shelter, department)
    file = packed(shelter, department)
    answers = [answer_of(brought(department, file)) for _ in range(2)]
    brought(shelter, answers[0])
    answers.append(answer_of(brought(department, file)))
    assert len({answer.partition(b"\n")[2] for answer in answers}) == 1
    assert len(rows_of(department)) == 3
    assert [brought(shelter, answer).is_whole for answer in answers] == [True] * 3
    assert waiting_for(shelter) == []


def test_what_waits_for_others_stays_at_home(world: World) -> None:
    """Only what this agency has for that recipient is in the file."""
    shelter = world.shelter
    other = world.open_office("MM-OTHER", "Another office")
    shelter.trust(other)
    send_file(shelter, other)
    mine = send_file(shelter, world.department)
    bundle = pack(shelter.node, agency=shelter.agency, peer=world.department.agency, by="AD")
    assert [item.type for item in bundle.manifest.items] == ["envelope"]
    assert brought(world.department, b"".join(bundle.lines())).taken == 1
    assert [row.document_id for row in rows_of(world.department)] == [mine]


def test_a_mailbox_that_nobody_fetched_goes_by_stick(world: World) -> None:
    """A peer that can't be reached, whose line for fetching is down too; when it is up again nothing is left to do."""
    shelter = world.shelter
    village = world.open_office("MM-VILLAGE", "An office behind a mobile network", reachable=False)
    village.trust(shelter, is_pulled=True)
    shelter.trust(village)
    document_id = send_file(shelter, village)
    taken = brought(village, packed(shelter, village))
    assert pull_all(village.node) == 1, "it lies in the mailbox still, and is answered with the same receipt"
    brought(shelter, answer_of(taken))
    assert (waiting_for(shelter), pull_all(village.node)) == ([], 0)
    assert receipts_of(shelter, document_id) == receipts_of(village, document_id)
    assert len(rows_of(village)) == 1


class Post:
    """Two nodes, a village that fetches, sticks in drawers, and somebody who does whatever comes to mind."""

    def __init__(self, world: World, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.shelter, self.department = world.shelter, world.department
        self.village = world.open_office("MM-VILLAGE", "An office behind a mobile network", reachable=False)
        self.village.trust(self.shelter, is_pulled=True)
        self.shelter.trust(self.village)
        self.offices = {office.agency: office for office in (self.shelter, self.department, self.village)}
        self.sent: list[tuple[Office, Office, str]] = []
        self.sticks: list[tuple[Office, bytes]] = []

    def _two(self) -> tuple[Office, Office]:
        other = self.chance.choice([self.department, self.village])
        return self.chance.choice([(self.shelter, other), (other, self.shelter)])

    def send(self) -> None:
        sender, to = self._two()
        self.sent.append((sender, to, send_file(sender, to)))

    def put_on_a_stick(self) -> None:
        sender, to = self._two()
        self.sticks.append((to, packed(sender, to)))

    def bring(self) -> None:
        if not self.sticks:
            return
        to, file = self.chance.choice(self.sticks)
        taken = brought(to, file)
        assert taken.is_whole
        if taken.answer is not None:
            self.sticks.append((self.offices[AgencyId(taken.manifest.sender)], answer_of(taken)))

    def read_something(self) -> None:
        held = [(to, one) for _, to, one in self.sent if one in {row.document_id for row in rows_of(to)}]
        if held:
            to, document_id = self.chance.choice(held)
            read(to, document_id, "FO" if to is self.shelter else "WO")

    def use_the_network(self) -> None:
        office = self.chance.choice([*self.offices.values()])
        self.chance.choice([office.deliver, lambda: pull_all(self.village.node)])()


@pytest.mark.parametrize("seed", range(3))
def test_mixed_with_the_network_in_any_order(world: World, seed: int) -> None:
    """Each document once, each receipt the same on both sides, and in the end every outbox is empty by itself."""
    post = Post(world, seed)
    steps = [post.send] * 6 + [post.put_on_a_stick] * 6 + [post.bring] * 14 + [post.read_something] * 5
    steps += [post.use_the_network] * 4
    post.chance.shuffle(steps)
    for step in [post.send, post.send, *steps]:
        step()
        world.clock.wait(seconds=post.chance.randrange(90))
    world.clock.wait(hours=1)
    for _ in range(3):
        settle(*post.offices.values())
        pull_all(post.village.node)
    for sender, to, document_id in post.sent:
        assert [row.document_id for row in rows_of(to)].count(document_id) == 1
        assert receipts_of(sender, document_id) == receipts_of(to, document_id)
        assert "stored" in receipts_of(sender, document_id)
    assert [waiting_for(office) for office in post.offices.values()] == [[], [], []]
    for to, file in post.sticks:
        assert brought(to, file).is_whole, "whatever is found in a drawer years later does no harm"


def test_a_refusal_goes_home_in_the_answer(world: World) -> None:
    """Well sealed but of a version that can't be read: signed, carried back, and the sender knows why."""
    shelter, department = world.shelter, world.department
    document_id = send_file(shelter, department)

    def make_it_newer(session: Any) -> None:
        (row,) = outbox_of(shelter)
        content = {"kind": "case_file", "schema_version": "2.0", "id": document_id, "sender": shelter.agency}
        content |= {"recipient": department.agency, "created_at": world.clock().isoformat()}
        row.data = sealed_as(shelter, department, content)
        row.sha256 = sha256_hex(row.data)
        session.merge(row)

    shelter.node.writer.write(make_it_newer)
    taken = brought(department, packed(shelter, department))
    assert [one.error and one.error.code for one in taken.refused] == ["document_refused"]
    brought(shelter, answer_of(taken))
    assert [row.reason for row in outbox_of(shelter)] == ["unsupported_version"]
    assert set(receipts_of(shelter, document_id)) == {"refused"}


def test_what_does_not_fit_waits_for_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first; how many are left is said, and the next bundle after the answer has them."""
    monkeypatch.setattr("api.flow.bundle.MOST_ITEMS", 2)
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    ids = [send_file(shelter, department, uid) for _ in range(3)]
    bundle = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
    assert (len(bundle.manifest.items), bundle.left) == (2, 1)
    brought(shelter, answer_of(brought(department, b"".join(bundle.lines()))))
    bundle = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
    assert (len(bundle.manifest.items), bundle.left) == (1, 0)
    brought(department, b"".join(bundle.lines()))
    assert sorted(row.document_id for row in rows_of(department)) == sorted(ids)


def test_nobody_is_told_of_a_file_for_an_agency_that_is_not_known(world: World) -> None:
    with pytest.raises(TrustError) as caught:
        packed(world.shelter, world.open_office("MM-OTHER", "Another office"))
    assert caught.value.code == "agency_unknown"
