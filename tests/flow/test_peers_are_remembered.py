"""What a peer's descriptors prove is remembered, and forgotten the moment that anything it rests on changes."""

from datetime import timedelta

import pytest

from api.errors import SealError, TrustError
from api.flow.receive import receive
from api.flow.trust import trust
from api.store.engine import Session
from api.store.tables import DescriptorRow
from tests.flow.steps import outbox_of, rows_of, send_file
from tests.flow.test_trusting import rotate
from tests.support import World


def _letters(world: World, count: int) -> list[bytes]:
    for _ in range(count):
        send_file(world.shelter, world.department)
    return [row.data for row in outbox_of(world.shelter)]


def test_a_descriptor_that_somebody_changed_is_found_out_at_once(world: World) -> None:
    """The letter before was taken; the next one is not, though nothing about the peer was asked anew in between."""
    department, (first, second) = world.department, _letters(world, 2)
    receive(department.node, first, peer=world.shelter.agency)

    def swap(session: Session) -> None:
        row = session.get(DescriptorRow, (world.shelter.agency, 1))
        assert row is not None
        row.data = department.descriptor

    department.node.writer.write(swap)
    with pytest.raises(TrustError, match="descriptor_altered"):
        receive(department.node, second, peer=world.shelter.agency)
    assert len(rows_of(department)) == 1


def test_a_replaced_key_lingers_and_then_ends(world: World) -> None:
    """It verifies letters for thirty days after its successor was accepted, remembered or not."""
    department, shelter = world.department, world.shelter
    letters = _letters(world, 3)
    receive(department.node, letters[0], peer=shelter.agency)
    trust(department.node, rotate(shelter), expected_fingerprint=None)
    assert receive(department.node, letters[1], peer=shelter.agency).is_new
    world.clock.now += timedelta(days=31)
    with pytest.raises((TrustError, SealError), match="signer_unknown"):
        receive(department.node, letters[2], peer=shelter.agency)
