"""The tables of attachments: uploads with their parts, sealed files that are here or on their way, and who names them.

They hold ids, sizes and hashes of ciphertext; what a file is and the key that opens it lie in a locked ``body`` or in
the document alone. The bytes themselves lie in the store of blobs, under names that mean nothing and are never used
again.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from api.store.tables import UtcDateTime


class UploadRow(SQLModel, table=True):
    """A file that staff hand in for a case; ``body`` tells its type, its hash and, once it is sealed, its key."""

    __tablename__ = "upload"
    __table_args__: ClassVar = (Index("upload_by_time", "touched_at"),)
    agency_id: str = Field(primary_key=True)
    attachment_id: str = Field(primary_key=True)
    case_uid: str
    size: int
    touched_at: datetime = Field(sa_type=UtcDateTime)
    sealed_sha256: str | None = None
    body: bytes = Field(sa_type=LargeBinary)
    body_key: bytes | None = Field(sa_type=LargeBinary)


class UploadPartRow(SQLModel, table=True):
    """A part of an upload that is not finished: where it begins, and the blob it lies in."""

    __tablename__ = "upload_part"
    agency_id: str = Field(primary_key=True)
    attachment_id: str = Field(primary_key=True)
    start: int = Field(primary_key=True)
    size: int
    blob: str


class AttachmentRow(SQLModel, table=True):
    """A sealed file that is here (``held_at``), or that a document of a peer named and that is still to come."""

    __tablename__ = "attachment"
    __table_args__: ClassVar = (Index("attachment_by_due", "held_at", "due_at"),)
    agency_id: str = Field(primary_key=True)
    sealed_sha256: str = Field(primary_key=True)
    blob: str
    size: int
    peer: str | None = None
    attempts: int = 0
    reason: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AttachmentUseRow(SQLModel, table=True):
    """A document that names a sealed file, and the agency that sent it or was sent it."""

    __tablename__ = "attachment_use"
    __table_args__: ClassVar = (Index("attachment_use_by_peer", "peer", "sealed_sha256"),)
    agency_id: str = Field(primary_key=True)
    sealed_sha256: str = Field(primary_key=True)
    peer: str = Field(primary_key=True)
    document_id: str = Field(primary_key=True)
    is_sent: bool
    brought_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
