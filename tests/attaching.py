"""Steps by which files are handed in, named and read, each taken through HTTP like a shelter's own system takes it."""

from random import Random
from typing import Any

import httpx2
from sqlmodel import select

from api.store.attachment_tables import AttachmentRow
from api.store.blobs import Blobs
from api.store.blobs.directory import Directory
from tests.flow.steps import open_case, send_file
from tests.support import Office, example

PART = {"content-type": "application/offset+octet-stream"}
RECORDING = b"OggS\x00" + Random(1).randbytes(600_000)  # noqa: S311  # noise, the same each time
"""A recording of which nobody can tell what it holds: three pieces when it is sealed."""


def announce(
    office: Office, uid: str, size: int, media_type: str = "audio/ogg", *, role: str = "SW", **more: Any
) -> str:
    """Announce a file and return the address to which its parts are sent."""
    announced = {"media_type": media_type, "bytes": size, **more}
    answer = office.http.post(f"/v1/cases/{uid}/attachments", json=announced, headers=office.as_role(role))
    assert answer.status_code == 201, answer.text
    place: str = answer.headers["location"]
    return place


def send_part(office: Office, place: str, offset: int, data: bytes, role: str = "SW") -> httpx2.Response:
    """Send a part of a file."""
    headers = {**office.as_role(role), **PART, "upload-offset": str(offset)}
    return office.http.patch(place, content=data, headers=headers)


def hand_in(
    office: Office,
    uid: str,
    data: bytes = RECORDING,
    media_type: str = "audio/ogg",
    part: int = 250_000,
    *,
    role: str = "SW",
    **more: Any,
) -> httpx2.Response:
    """Hand a file in, in parts, and return the last answer."""
    place = announce(office, uid, len(data), media_type, role=role, **more)
    answer = httpx2.Response(500)
    for start in range(0, len(data), part):
        answer = send_part(office, place, start, data[start : start + part], role)
        if answer.status_code != 200:
            break
    return answer


def attach(office: Office, uid: str, data: bytes = RECORDING, role: str = "SW") -> str:
    """Hand a recording in and return the id by which a form names it."""
    answer = hand_in(office, uid, data, role=role)
    assert answer.json()["complete"] is True, answer.text
    attachment_id: str = answer.json()["attachment_id"]
    return attachment_id


def message(recipient: str, attachment_id: str, **over: Any) -> dict[str, Any]:
    """Return a form that names a recording, as staff post it."""
    content = {"attachment_id": attachment_id, "type": "letter"}
    told = {"form": "audio", "written_on": "2025-03-13", "recipient": recipient, "content": content}
    its_way = {"carrier": "electronic", "visit_ref": None}
    return {**example("family_contact_message"), **told, **its_way, **over}


def post_message(
    office: Office, to: Office, uid: str, attachment_id: str, role: str = "SW", **over: Any
) -> httpx2.Response:
    """Record a form that names a recording."""
    return office.http.post(
        f"/v1/cases/{uid}/forms/24", json=message(to.agency, attachment_id, **over), headers=office.as_role(role)
    )


def send_message(office: Office, to: Office, uid: str, attachment_id: str, role: str = "SW") -> str:
    """Record a form that names a recording and return the document's id."""
    answer = post_message(office, to, uid, attachment_id, role)
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def send_recording(office: Office, to: Office) -> tuple[str, str, str]:
    """Open a case, send its file, and a form that names a recording; return case, attachment and document."""
    uid = open_case(office)
    send_file(office, to, uid)
    attachment_id = attach(office, uid)
    return uid, attachment_id, send_message(office, to, uid, attachment_id)


def read_file(office: Office, document_id: str, attachment_id: str, *, uid: str, role: str = "WO") -> httpx2.Response:
    """Read a file that a document names, as somebody who works on the case."""
    headers = office.as_role(role)
    office.http.put(f"/v1/cases/{uid}/assignments/{office.clients[role]}", json={"role": role}, headers=headers)
    return office.http.get(f"/v1/documents/{document_id}/attachments/{attachment_id}", headers=headers)


def held_by(office: Office) -> list[AttachmentRow]:
    """Return the sealed files that an office has or waits for."""
    with office.node.database.reader() as session:
        return list(session.exec(select(AttachmentRow)))


def file_of(office: Office) -> AttachmentRow:
    """Return the one sealed file that an office has or waits for."""
    (row,) = held_by(office)
    return row


def damage(blobs: Blobs, blob: str, number: int, data: bytes) -> None:
    """Let a piece be another one, as a disk does it: the store itself never replaces one."""
    assert isinstance(blobs, Directory)
    (blobs._folder(blob) / f"{number:06}").write_bytes(data)


def is_held(office: Office) -> bool:
    """Say whether the one sealed file of an office is here."""
    return file_of(office).held_at is not None
