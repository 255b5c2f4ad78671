"""The tables beside a case: who works on it, what was granted, what is due, what may be the same person.

Like the others they hold ids, codes and bytes (promise 8). Deadlines and match keys are worked out anew from the
documents whenever one comes (``CaseRow.is_watched``), so nothing is lost with them but what people added: a snooze and
a barrier.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from api.store.tables import UtcDateTime


class AssignmentRow(SQLModel, table=True):
    """A client that works on a case (domain 5: ``r``, read if assigned)."""

    __tablename__ = "assignment"
    __table_args__: ClassVar = (Index("assignment_by_client", "agency_id", "client_id", "case_uid"),)
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    client_id: str = Field(primary_key=True)
    role: str
    assigned_at: datetime = Field(sa_type=UtcDateTime)
    assigned_by: str


class GrantRow(SQLModel, table=True):
    """Leave beyond the matrix, for a time: broken glass, or a release that a second person approved."""

    __tablename__ = "access_grant"
    __table_args__: ClassVar = (
        Index("grant_by_case", "agency_id", "case_uid", "client_id"),
        Index("grant_by_time", "agency_id", "asked_at", "grant_id"),
    )
    grant_id: str = Field(primary_key=True)
    agency_id: str
    case_uid: str
    what: str
    purpose: str | None = None
    document_id: str | None = None
    recipient: str | None = None
    client_id: str
    role: str
    reason: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    body: bytes = Field(sa_type=LargeBinary)
    body_key: bytes | None = Field(sa_type=LargeBinary)


class DeadlineRow(SQLModel, table=True):
    """Something that is due in a case, by a rule of the corridor's policy (domain 4.1)."""

    __tablename__ = "deadline"
    __table_args__: ClassVar = (Index("deadline_by_due", "agency_id", "met_at", "due_at", "case_uid"),)
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    warn_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    owners: str
    met_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    met_by: str | None = None
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snooze_code: str | None = None
    barrier: str | None = None
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MatchKeyRow(SQLModel, table=True):
    """A keyed hash of something that two files of one person would share."""

    __tablename__ = "match_key"
    __table_args__: ClassVar = (Index("match_key_by_case", "agency_id", "case_uid"),)
    agency_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)


class CaseLinkRow(SQLModel, table=True):
    """Two cases that somebody found to be one person's; taken back by removing the row."""

    __tablename__ = "case_link"
    __table_args__: ClassVar = (Index("case_link_by_into", "agency_id", "into_uid"),)
    agency_id: str = Field(primary_key=True)
    case_uid: str = Field(primary_key=True)
    into_uid: str
    reason: str
    linked_at: datetime = Field(sa_type=UtcDateTime)
    linked_by: str


class SnapshotRow(SQLModel, table=True):
    """The figures of a year as they were frozen and signed; number 0 is the snapshot, each further one an erratum."""

    __tablename__ = "snapshot"
    agency_id: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    sha256: str
    data: bytes = Field(sa_type=LargeBinary)
