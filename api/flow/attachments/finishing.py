"""An upload whose last part is here becomes a sealed file: checked, cleaned, encrypted once under a key of its own.

Done again after a cut it comes to the same: until the one commit that says where the sealed file lies, there is none.
What is refused is removed at once, and the log keeps the code.
"""

from collections.abc import Sequence
from dataclasses import replace

from api.errors import InvalidInput, NotFound
from api.flow.attachments.checking import check_file
from api.flow.attachments.cleaning import cleaned
from api.flow.attachments.source import Pieces, Source
from api.flow.attachments.upload import Upload, add_part, lock_told, place_of, read_upload
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import Principal
from api.sealing.stream import Measured, generate_key, open_part, seal_stream
from api.store import attachments
from api.store.attachment_tables import AttachmentRow, UploadPartRow
from api.store.blobs import new_name, write_blob
from api.store.engine import Session


def take_part(node: Node, caller: Principal, case_uid: str, attachment_id: str, offset: int, data: bytes) -> Upload:
    """Store a part, and seal the file where it is the last; an empty part at the end seals what is not sealed yet.

    Raises like ``add_part``, and ``InvalidInput`` for a file that is refused: it is gone then.
    """
    upload = add_part(node, caller, case_uid, attachment_id, offset, data)
    if upload.is_complete or upload.offset < upload.announced:
        return upload
    try:
        return _seal(node, caller, upload)
    except InvalidInput as refusal:
        _refuse(node, caller, upload, refusal.code)
        raise


def _seal(node: Node, caller: Principal, upload: Upload) -> Upload:
    with node.database.reader() as session:
        parts = attachments.list_parts(session, caller.agency, upload.attachment_id)
    source, told = _source(node, upload, parts), upload.told
    check_file(source, told.media_type, told.sha256, node.scanner)
    plain, key, blob = Measured(cleaned(source, told.media_type)), generate_key(), new_name(node.clock())
    sealed = Measured(seal_stream(plain, key))
    write_blob(node.blobs, blob, iter(sealed))
    done = replace(told, sha256=plain.sha256, size=plain.size, key=key, sealed_size=sealed.size)
    whole = replace(upload, told=done, sealed_sha256=sealed.sha256)
    kept = node.writer.write(lambda session: _store(node, session, caller, whole, blob))
    unneeded = [part.blob for part in parts] if kept.sealed_sha256 == whole.sealed_sha256 else [blob]
    for name in unneeded:
        node.blobs.remove(name)
    return kept


def _source(node: Node, upload: Upload, parts: Sequence[UploadPartRow]) -> Source:
    """Return the plaintext of an upload, each part opened when it is read."""

    def load(number: int) -> bytes:
        part = parts[number]
        return open_part(node.blobs.get(part.blob, 0), upload.told.key, place_of(upload.attachment_id, part.start))

    return Pieces([part.start for part in parts], upload.announced, load)


def _store(node: Node, session: Session, caller: Principal, upload: Upload, blob: str) -> Upload:
    """Say where the sealed file lies and forget the parts; somebody who was faster is answered with theirs."""
    agency, now = caller.agency, node.clock()
    row = attachments.find_upload(session, agency, upload.attachment_id)
    if row is None:
        raise NotFound
    if row.sealed_sha256 is not None:
        return read_upload(node, session, agency, upload.case_uid, upload.attachment_id)
    locked = lock_told(node, agency, upload)
    row.body, row.body_key, row.sealed_sha256, row.touched_at = locked.body, locked.key, upload.sealed_sha256, now
    session.add(row)
    attachments.remove(session, attachments.list_parts(session, agency, upload.attachment_id))
    session.add(
        AttachmentRow(
            agency_id=agency,
            sealed_sha256=upload.sealed_sha256 or "",
            blob=blob,
            size=upload.told.sealed_size,
            held_at=now,
        )
    )
    note(session, now, _line(Action.ATTACHED, caller, upload, sha256=upload.sealed_sha256))
    return upload


def _refuse(node: Node, caller: Principal, upload: Upload, code: str) -> None:
    """Remove what was refused; the line of the log says why."""

    def unit(session: Session) -> list[str]:
        row = attachments.find_upload(session, caller.agency, upload.attachment_id)
        if row is None or row.sealed_sha256 is not None:
            return []
        parts = attachments.list_parts(session, caller.agency, upload.attachment_id)
        attachments.remove(session, [row, *parts])
        note(session, node.clock(), _line(Action.ATTACHMENT_REFUSED, caller, upload, code=code))
        return [part.blob for part in parts]

    for blob in node.writer.write(unit):
        node.blobs.remove(blob)


def _line(action: Action, caller: Principal, upload: Upload, **more: str | None) -> Entry:
    return Entry(action, caller.agency, caller.role, case_uid=upload.case_uid, **more)
