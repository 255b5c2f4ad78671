"""What a node asks before it opens an envelope, in two plain statements: who sends it, and is it here already."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sql

from api.store.documents import HELD, Held
from api.store.engine import Database, table_of
from api.store.tables import DescriptorRow

_DESCRIPTOR = table_of(DescriptorRow)


class Accepted(NamedTuple):
    """A descriptor that was accepted of an agency, and what binds it."""

    sequence: int
    data: bytes
    bound: str
    accepted_at: datetime


_ACCEPTED = (
    sql.select(*(_DESCRIPTOR.c[name] for name in Accepted._fields))
    .where(_DESCRIPTOR.c.agency_id == sql.bindparam("peer"))
    .order_by(_DESCRIPTOR.c.sequence)
)


def list_accepted(connection: sql.Connection, peer: str) -> tuple[Accepted, ...]:
    """Return the descriptors that were accepted of a peer, oldest first."""
    return tuple(Accepted(*row) for row in connection.execute(_ACCEPTED, {"peer": peer}))


def look_up(
    database: Database, *, agency_id: str, peer: str, document_id: str
) -> tuple[tuple[Accepted, ...], Held | None]:
    """Return the descriptors that were accepted of a peer, oldest first, and what is held under an envelope's id."""
    with database.reading.connect() as connection:
        accepted = list_accepted(connection, peer)
        held = connection.execute(HELD, {"agency": agency_id, "document": document_id}).first()
    return accepted, None if held is None else Held(*held)
