"""Offices beside the two that every test has."""

import pytest

from tests.support import Office, World


@pytest.fixture
def village(world: World) -> Office:
    """Give an office that others can't reach; it and the shelter trust each other, and it fetches there."""
    office = world.open_office("MM-VILLAGE", "An office behind a mobile network", reachable=False)
    office.trust(world.shelter, is_pulled=True)
    world.shelter.trust(office)
    return office
