"""The tables. They hold bytes, ids and codes; a table class never validates anything (promise 8).

Whatever a person said or is lies in a ``body`` that the vault locked, with its data key wrapped in ``body_key``
beside it. A plain column exists only where a list is sorted or filtered by it or a lookup needs it;
docs/decisions/0004 names the reason of each.
"""

from datetime import UTC, date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, DateTime, Index, Integer, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: kept in UTC, read back aware, on SQLite and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn any offset into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give SQLite's naive value its zone back."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AgencyRow(SQLModel, table=True):
    """An agency that is served here or trusted: who it is and how to reach it, from its newest descriptor."""

    __tablename__ = "agency"
    agency_id: str = Field(primary_key=True)
    name: str
    country: str
    is_local: bool
    endpoint: str | None = None
    is_pulled: bool = False
    sequence: int
    pinned_at: datetime = Field(sa_type=UtcDateTime)


class DescriptorRow(SQLModel, table=True):
    """Every descriptor that was accepted, as bytes: old keys go on opening and proving what they sealed and signed."""

    __tablename__ = "descriptor"
    agency_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)
    bound: str
    """A keyed hash of agency, number and bytes, whose key is not in the database."""
    accepted_at: datetime = Field(sa_type=UtcDateTime)


class ClientRow(SQLModel, table=True):
    """A system that may ask for tokens, for one agency."""

    __tablename__ = "client"
    client_id: str = Field(primary_key=True)
    agency_id: str = Field(index=True)
    roles: str
    scopes: str
    secret_hash: str | None = None
    jwks: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    bound: str
    """A keyed hash of the columns above, whose key is not in the database."""


class AssertionRow(SQLModel, table=True):
    """A client assertion that was used: it is good once (RFC 7523 section 3, jti)."""

    __tablename__ = "assertion"
    client_id: str = Field(primary_key=True)
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class IdempotencyRow(SQLModel, table=True):
    """What a creating call answered under its Idempotency-Key; ids only, never content."""

    __tablename__ = "idempotency"
    client_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    answer: str
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


class CaseRow(SQLModel, table=True):
    """A case as one agency sees it."""

    __tablename__ = "case"
    __table_args__: ClassVar = (
        Index("case_by_opening", "agency_id", "opened_at", "case_uid"),
        Index("case_by_return_due", "agency_id", "return_due", "case_uid"),
        Index("case_by_watch", "is_watched", "agency_id", "case_uid"),
        Index("case_by_state", "agency_id", "state", "opened_at", "case_uid"),
        Index("case_by_moving", "agency_id", "moved_at"),
    )
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    side: str
    destination: str
    origin: str
    state: str
    opened_at: datetime = Field(sa_type=UtcDateTime)
    moved_at: datetime = Field(sa_type=UtcDateTime)
    return_due: date | None = None
    # not written any more: the version before, which may run beside this one, reads it
    return_due_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_watched: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Not so while a document came since deadlines and match keys were last worked out."""


class DraftRow(SQLModel, table=True):
    """A form that is being filled in; ``version`` is its ETag."""

    __tablename__ = "draft"
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    form: int = Field(primary_key=True)
    version: int
    body: bytes = Field(sa_type=LargeBinary)
    body_key: bytes | None = Field(sa_type=LargeBinary)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str


class DocumentRow(SQLModel, table=True):
    """A document that an agency sent or received: the signed bytes, locked."""

    __tablename__ = "document"
    __table_args__: ClassVar = (
        UniqueConstraint("agency_id", "peer", "document_id", "is_sent"),
        Index(
            "document_one_correction",
            "agency_id",
            "supersedes",
            "peer",
            unique=True,
            sqlite_where=text("is_sent"),
            postgresql_where=text("is_sent"),
        ),
        Index("document_by_correction", "agency_id", "supersedes"),
        Index("document_by_feed", "agency_id", "form", "feed_on", "document_id"),
        Index("document_by_arrival", "agency_id", "is_sent", "seq"),
        Index(
            "document_unopened",
            "agency_id",
            "is_sent",
            "seq",
            sqlite_where=text("is_sent = 0 AND opened_at IS NULL"),
            postgresql_where=text("NOT is_sent AND opened_at IS NULL"),
        ),
    )
    seq: int | None = Field(default=None, primary_key=True, sa_type=_SEQUENCE)
    agency_id: str
    peer: str
    document_id: str = Field(index=True)
    is_sent: bool
    at: datetime = Field(sa_type=UtcDateTime)
    envelope_sha256: str
    signed_sha256: str
    supersedes: str | None = None
    reply_to: str | None = Field(default=None, index=True)
    form: int
    feed_on: date | None = None
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    body: bytes = Field(sa_type=LargeBinary)
    body_key: bytes | None = Field(sa_type=LargeBinary)


class DocumentCaseRow(SQLModel, table=True):
    """Which cases a document speaks of; a list of persons speaks of several."""

    __tablename__ = "document_case"
    __table_args__: ClassVar = (Index("document_case_by_document", "document_seq"),)
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    document_seq: int = Field(primary_key=True, sa_type=_SEQUENCE)


class ReceiptRow(SQLModel, table=True):
    """A signed receipt, issued by the agency or held by it as proof."""

    __tablename__ = "receipt"
    agency_id: str = Field(primary_key=True)
    peer: str = Field(primary_key=True)
    document_id: str = Field(primary_key=True)
    is_issued: bool = Field(primary_key=True)
    status: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    data: bytes = Field(sa_type=LargeBinary)


class OutboxRow(SQLModel, table=True):
    """What has to reach another agency: an envelope, or a receipt about one that came from there.

    ``seq`` is the mailbox cursor of a recipient that pulls. ``state`` is waiting, done or refused; a waiting row that
    is leased is on its way.
    """

    __tablename__ = "outbox"
    __table_args__: ClassVar = (
        UniqueConstraint("agency_id", "peer", "document_id", "what"),
        Index("outbox_by_due", "state", "due_at"),
        Index("outbox_by_mailbox", "peer", "state", "seq"),
    )
    seq: int | None = Field(default=None, primary_key=True, sa_type=_SEQUENCE)
    agency_id: str = Field(index=True)
    peer: str
    document_id: str
    what: str
    data: bytes = Field(sa_type=LargeBinary)
    sha256: str
    state: str
    attempts: int = 0
    reason: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LogRow(SQLModel, table=True):
    """One line of the append-only log: roles, ids and codes, and its leaf hash (RFC 9162)."""

    __tablename__ = "log"
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    document_id: str | None = Field(default=None, index=True)
    case_uid: str | None = Field(default=None, index=True)
    entry: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)


class LogHeadRow(SQLModel, table=True):
    """The tree head: one row, taken for update by whoever appends."""

    __tablename__ = "log_head"
    one: int = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    peaks: bytes = Field(sa_type=LargeBinary)
