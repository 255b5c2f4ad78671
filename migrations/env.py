"""Alembic asks this file how to reach the database; the engine is handed in by ``store/migrate.py``."""

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from api.store import attachment_tables, case_tables  # noqa: F401  # its tables belong to the same schema
from api.store.tables import UtcDateTime

engine = context.config.attributes["engine"]


def render_item(kind, item, _autogen):  # noqa: ANN001, ANN201
    """Write plain SQLAlchemy types into a migration, so that it needs none of our code years later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        render_as_batch=engine.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
