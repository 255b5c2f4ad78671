"""What nobody names is removed after some days; what a document or a draft names never is, whoever is faster."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from api.errors import Conflict
from api.flow.attachments.collect import collect
from api.flow.record import prepare_record
from api.rules.access import Principal
from api.store.blobs import new_name
from api.web.staff.composing import compose
from schemas.family_contact_message import FamilyContactMessage
from tests.attaching import RECORDING, announce, attach, message, post_message, read_file, send_message, send_part
from tests.flow.steps import open_case, send_file
from tests.support import Office, World

LONG = 8
"""Days: one more than a file is kept that nobody names."""


@pytest.fixture
def case(world: World) -> str:
    """Give a case about which the department has heard."""
    uid = open_case(world.shelter)
    send_file(world.shelter, world.department, uid)
    return uid


def blobs_of(office: Office) -> int:
    return len(list(office.node.blobs.names()))


def prepared(world: World, uid: str, attachment_id: str) -> Callable[[], object]:
    """Return a form that is checked and sealed, and that only has to be stored."""
    node, agency = world.shelter.node, world.shelter.agency
    caller = Principal("somebody", agency, frozenset(), frozenset())
    document = compose(node, caller, FamilyContactMessage, message(world.department.agency, attachment_id), uid)
    unit = prepare_record(node, document, role="SW")
    return lambda: node.writer.write(unit)


def test_what_is_given_up_goes_after_some_days(world: World, case: str) -> None:
    """Parts of an upload that nobody goes on with, and a whole file that no form took; not before its time."""
    shelter = world.shelter
    place = announce(shelter, case, len(RECORDING))
    send_part(shelter, place, 0, RECORDING[:100_000])
    attach(shelter, case)
    world.clock.wait(days=LONG - 2)
    assert (collect(shelter.node), blobs_of(shelter)) == (0, 2)
    send_part(shelter, place, 100_000, RECORDING[100_000:200_000])
    world.clock.wait(days=2)
    assert (collect(shelter.node), blobs_of(shelter)) == (1, 2), "one that goes on is not given up"
    world.clock.wait(days=LONG)
    assert (collect(shelter.node), blobs_of(shelter)) == (2, 0)
    assert shelter.http.head(place, headers=shelter.as_role("SW")).status_code == 404


def test_what_a_document_names_stays(world: World, case: str) -> None:
    shelter = world.shelter
    attachment_id = attach(shelter, case)
    document_id = send_message(shelter, world.department, case, attachment_id)
    world.clock.wait(days=300)
    assert (collect(shelter.node), blobs_of(shelter)) == (0, 1)
    assert read_file(shelter, document_id, attachment_id, uid=case, role="SW").content == RECORDING


def test_what_a_draft_names_stays_until_it_does_not(world: World, case: str) -> None:
    """A form may be filled in for weeks; what it names waits with it."""
    shelter = world.shelter
    attachment_id = attach(shelter, case)
    path, headers = f"/v1/cases/{case}/forms/24/draft", shelter.as_role("SW")
    content = {"content": {"attachment_id": attachment_id}}
    saved = shelter.http.put(path, json=content, headers={**headers, "if-none-match": "*"})
    for _ in range(3):
        world.clock.wait(days=LONG)
        assert (collect(shelter.node), blobs_of(shelter)) == (0, 1)
    now = {**shelter.as_role("SW"), "if-match": saved.headers["etag"]}
    assert shelter.http.put(path, json={}, headers=now).is_success
    world.clock.wait(days=LONG)
    assert (collect(shelter.node), blobs_of(shelter)) == (1, 0)


def test_what_was_removed_can_not_be_named_any_more(world: World, case: str) -> None:
    """A form that was checked before and comes after is refused: nothing ever names what is gone."""
    attachment_id = attach(world.shelter, case)
    world.clock.wait(days=LONG)
    record = prepared(world, case, attachment_id)
    assert collect(world.shelter.node) == 1
    with pytest.raises(Conflict) as refused:
        record()
    assert refused.value.code == "attachment_gone"
    again = post_message(world.shelter, world.department, case, attachment_id)
    assert [one["code"] for one in again.json()["errors"]] == ["attachment_not_found"]


def test_naming_and_removing_at_once(world: World, case: str) -> None:
    """Each file is either named and there, or removed and not named, however the two cross."""
    shelter = world.shelter
    for _ in range(6):
        attachment_id = attach(shelter, case, RECORDING[:20_000])
        world.clock.wait(days=LONG)
        record, start = prepared(world, case, attachment_id), Barrier(2)

        def name(record: Callable[[], object] = record, start: Barrier = start) -> bool:
            start.wait()
            try:
                record()
            except Conflict:
                return False
            return True

        def remove(start: Barrier = start) -> int:
            start.wait()
            return collect(shelter.node)

        with ThreadPoolExecutor(2) as hands:
            named, removed = hands.submit(name), hands.submit(remove)
            assert (named.result(), removed.result()) in {(True, 0), (False, 1)}
        before = blobs_of(shelter)
        collect(shelter.node)
        assert blobs_of(shelter) == before


def test_what_a_cut_left_behind_is_swept(world: World) -> None:
    """A blob that no row knows goes after a day; what somebody else put there is not ours to remove."""
    node = world.shelter.node
    node.blobs.put(new_name(world.clock()), 0, b"left by a process that was killed")
    assert collect(node) == 0
    world.clock.wait(days=2)
    assert (collect(node), blobs_of(world.shelter)) == (1, 0)
