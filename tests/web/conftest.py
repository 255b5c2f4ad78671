"""One pair of nodes for all tests of the web room on each database; a test that must be alone opens offices of its own.

Founding an agency costs milliseconds, a database seconds; and many agencies on one node is what has to be proven here.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from zlib import crc32

import pytest

from tests.support import START, Clock, Network, Office, World, open_office
from tests.web.town import Pair, open_branch

DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where asked to (``--share``), let every story of this room be told on one of both databases, about half on each.

    The name of a story decides on which, so that it is the same each time. What differs between the databases lies
    deeper, and every test of the flow runs on both.
    """
    if config.getoption("--share"):
        elsewhere = {item for item in items if _is_told_elsewhere(item)}
        config.hook.pytest_deselected(items=[*elsewhere])
        items[:] = [item for item in items if item not in elsewhere]


def _is_told_elsewhere(item: pytest.Item) -> bool:
    """Say whether a test of this room is on the database that its story is not for."""
    named = item.callspec.params.get("world") if hasattr(item, "callspec") else None
    if "tests/web/" not in item.nodeid or named not in DATABASES:
        return False
    return DATABASES[crc32(item.nodeid.replace(named, "").encode()) % len(DATABASES)] != named


@pytest.fixture(scope="session", params=DATABASES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a shelter and a welfare department that trust each other, shared by all tests of this folder."""
    clock, network = Clock(), Network()
    copied = request.getfixturevalue(f"on_{request.param}")
    with ExitStack() as stack:

        def open_another(agency: str, name: str, **more: Any) -> Office:
            database = stack.enter_context(copied(tmp_path_factory.mktemp("web")))
            return stack.enter_context(open_office(database, clock, network, agency, name, **more))

        shelter = open_another("TH-SHELTER-N1", "A shelter in the north")
        department = open_another("MM-DSW", "Department of Social Welfare")
        shelter.trust(department)
        department.trust(shelter)
        yield World(clock, network, open_another, shelter, department)


@pytest.fixture(autouse=True)
def _same_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every test begin on the same day."""
    yield
    if "world" in request.fixturenames:
        request.getfixturevalue("world").clock.now = START


@pytest.fixture
def pair(world: World) -> Pair:
    """Give a shelter and a department of their own, on the nodes that are there, which trust each other."""
    shelter, department = open_branch(world.shelter), open_branch(world.department)
    shelter.trust(department)
    department.trust(shelter)
    return Pair(shelter, department)
