"""What stories share: an office beside the two that every test has, a stick, and a scanner."""

from collections.abc import Callable, Iterator

import pytest

from api.flow.attachments.scanning import Scanner
from tests.attaching import send_recording
from tests.flow.carrying import packed
from tests.support import Office, World


@pytest.fixture
def village(world: World) -> Office:
    """Give an office that others can't reach; it and the shelter trust each other, and it fetches there."""
    office = world.open_office("MM-VILLAGE", "An office behind a mobile network", reachable=False)
    office.trust(world.shelter, is_pulled=True)
    world.shelter.trust(office)
    return office


@pytest.fixture
def stick(world: World) -> tuple[str, str, str, bytes]:
    """Give a recording and a file on which it is carried: case, attachment, document, and the file."""
    uid, attachment_id, document_id = send_recording(world.shelter, world.department)
    return uid, attachment_id, document_id, packed(world.shelter, world.department)


@pytest.fixture
def scanned(world: World) -> Iterator[Callable[[Office, str], None]]:
    """Give an office a virus scanner: a real command."""

    def give(office: Office, script: str) -> None:
        object.__setattr__(office.node, "scanner", Scanner(["sh", "-c", script], 5.0))

    yield give
    for office in (world.shelter, world.department):
        object.__setattr__(office.node, "scanner", None)
