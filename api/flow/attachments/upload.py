"""Staff hand in a file for a case, part by part: a cut loses a part at most, and a part that came twice is one.

Each part is locked in memory before it is stored. Who may write a form that names files, and knows of the case, may
hand one in. When the last part is here the file is checked, cleaned and sealed; until then no document can name it.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from ulid import ULID

from api.errors import Conflict, InvalidInput, NotFound, NotPermitted, OffsetDiffers, TooMuch
from api.flow.assigning import get_known_case
from api.flow.node import Node
from api.rules.access import Principal
from api.sealing.stream import generate_key, lock_part
from api.sealing.vault import Locked
from api.store import attachments
from api.store.attachment_tables import UploadPartRow, UploadRow
from api.store.blobs import new_name
from api.store.engine import Session
from schemas.attachments import ways_to_files
from schemas.registry import KINDS

LEAST_PART = 1 << 14
"""Bytes of every part but the last: smaller ones would make more rows and files than a file is worth."""


@dataclass(frozen=True)
class Told:
    """What is known of a file; it lies locked. ``key`` opens the parts, and the sealed file once there is one."""

    media_type: str
    sha256: str | None
    key: str = field(repr=False)
    size: int = 0
    sealed_size: int = 0


@dataclass(frozen=True)
class Upload:
    """How far a file has come: ``offset`` of the bytes that were announced, and what it is once it is sealed."""

    attachment_id: str
    case_uid: str
    announced: int
    offset: int
    told: Told
    sealed_sha256: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a document can name it."""
        return self.sealed_sha256 is not None


def may_upload(caller: Principal) -> bool:
    """Tell whether the caller may write any kind of document that names files."""
    return any(caller.may_write(kind) for kind in KINDS.values() if ways_to_files(kind))


def prepare_begin(
    node: Node, caller: Principal, case_uid: str, *, media_type: str, size: int, sha256: str | None
) -> Callable[[Session], Upload]:
    """Return the unit that begins an upload.

    Raises ``NotPermitted`` for roles that write no such form, ``NotFound`` for a case that the caller may not know of,
    ``TooMuch`` ``attachment_too_large``.
    """
    if size > node.limits.attachment_bytes:
        raise TooMuch("attachment_too_large", f"a file may have {node.limits.attachment_bytes} bytes")
    _require_known(node, caller, case_uid)
    upload = Upload(str(ULID()), case_uid, size, 0, Told(media_type, sha256, generate_key()))
    locked, now = lock_told(node, caller.agency, upload), node.clock()

    def unit(session: Session) -> Upload:
        session.add(
            UploadRow(
                agency_id=caller.agency,
                attachment_id=upload.attachment_id,
                case_uid=case_uid,
                size=size,
                touched_at=now,
                body=locked.body,
                body_key=locked.key,
            )
        )
        return upload

    return unit


def get_upload(node: Node, caller: Principal, case_uid: str, attachment_id: str) -> Upload:
    """Return how far an upload has come; raises ``NotFound`` like for one that was never begun."""
    _require_known(node, caller, case_uid)
    with node.database.reader() as session:
        return read_upload(node, session, caller.agency, case_uid, attachment_id)


def add_part(node: Node, caller: Principal, case_uid: str, attachment_id: str, offset: int, data: bytes) -> Upload:
    """Store a part that begins at an offset, and return how far the upload has come.

    Raises ``OffsetDiffers`` where that is not where the upload stands, ``InvalidInput``
    ``part_too_small`` and ``TooMuch`` ``attachment_too_large`` where it goes past the end.
    """
    upload = get_upload(node, caller, case_uid, attachment_id)
    if offset != upload.offset:
        raise OffsetDiffers(upload.offset)
    after = offset + len(data)
    if after > upload.announced:
        raise TooMuch("attachment_too_large", "it goes past the end that was announced")
    if after < upload.announced and len(data) < LEAST_PART:
        raise InvalidInput("part_too_small", f"every part but the last has {LEAST_PART} bytes or more")
    if data:
        _store(node, caller.agency, upload, data)
    return replace(upload, offset=after)


def _store(node: Node, agency: str, upload: Upload, data: bytes) -> None:
    """Store the part, then say where it lies; somebody who was faster with the same place keeps theirs."""
    now = node.clock()
    blob = new_name(now)
    node.blobs.put(blob, 0, lock_part(data, upload.told.key, place_of(upload.attachment_id, upload.offset)))

    def unit(session: Session) -> None:
        row = attachments.find_upload(session, agency, upload.attachment_id)
        if row is None:
            raise NotFound
        row.touched_at = now
        session.add(row)
        session.add(
            UploadPartRow(
                agency_id=agency,
                attachment_id=upload.attachment_id,
                start=upload.offset,
                size=len(data),
                blob=blob,
            )
        )

    try:
        node.writer.write(unit)
    except Exception as error:
        node.blobs.remove(blob)
        if isinstance(error, Conflict):
            with node.database.reader() as session:
                now_at = read_upload(node, session, agency, upload.case_uid, upload.attachment_id).offset
            raise OffsetDiffers(now_at) from None
        raise


def place_of(attachment_id: str, start: int) -> str:
    """Name the place of a locked part, so that it opens nowhere else."""
    return f"upload_part,{attachment_id}/{start},blob,1"


def lock_told(node: Node, agency: str, upload: Upload) -> Locked:
    """Return what is known of a file as it lies in its row."""
    return node.vault.lock(json.dumps(asdict(upload.told)).encode(), _context(agency, upload.attachment_id))


def read_upload(node: Node, session: Session, agency: str, case_uid: str, attachment_id: str) -> Upload:
    """Return an upload of a case; raises ``NotFound``."""
    row = attachments.find_upload(session, agency, attachment_id)
    if row is None or row.body_key is None or row.case_uid != case_uid:
        raise NotFound
    parts = attachments.list_parts(session, agency, attachment_id)
    told = Told(**json.loads(node.vault.unlock(row.body, row.body_key, _context(agency, attachment_id))))
    offset = row.size if row.sealed_sha256 else sum(part.size for part in parts)
    return Upload(attachment_id, case_uid, row.size, offset, told, row.sealed_sha256)


def _require_known(node: Node, caller: Principal, case_uid: str) -> None:
    if not may_upload(caller):
        raise NotPermitted("role_may_not_write", "this needs a role that writes forms with files")
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)


def _context(agency: str, attachment_id: str) -> str:
    return f"upload,{agency}/{attachment_id},body,1"
