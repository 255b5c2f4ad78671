"""The schema of the database moves by Alembic, as a command of its own (``homeward migrate``)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

import migrations
from api.errors import NodeError
from api.store.engine import Database


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["engine"] = database.writing
    return config


def migrate(database: Database, *, to: str = "head") -> str:
    """Bring the database up to a revision, the newest by default, and return its name.

    Does nothing where it is there already. Raises ``NodeError`` ``revision_unknown`` for one of a newer version.
    """
    try:
        with _reached():
            command.upgrade(_config(database), to)
    except CommandError:
        raise NodeError("revision_unknown", "it was made by a newer version: install that one") from None
    return get_revision(database) or ""


def get_revision(database: Database) -> str | None:
    """Return the revision the database stands at, or ``None`` for an empty one."""
    with _reached(), database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _reached() -> Iterator[None]:
    """Turn a database that can't be reached into our error; the driver's text could show its password."""
    try:
        yield
    except SQLAlchemyError:
        hint = "look at HOMEWARD_DATABASE_URL and whether the database is up; of SQLite at its folder, and its space"
        raise NodeError("database_unreachable", hint) from None


def is_current(database: Database) -> bool:
    """Tell whether the database is at the revision this code was written for."""
    head = ScriptDirectory.from_config(_config(database)).get_current_head()
    return get_revision(database) == head
