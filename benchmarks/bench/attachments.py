"""How fast a large file is handed in, travels and is read, beside the bare cipher; and how much memory that takes.

A recording of noise is handed in in parts, named by a form, fetched by the other node, and read there by staff, with
every check on the way. The bare cipher seals the same bytes in segments of the same size, and hashes them, in one
thread. Memory is the most that a node ever held, beside what it held at rest.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from api.demo.nodes import NodeProcess
from api.sealing.stream import SEGMENT
from api.store.engine import Database, open_database
from benchmarks.bench.asked import Asked
from benchmarks.bench.nodes import DEPARTMENT, content_of, memory_of, most_held_by, serving
from benchmarks.bench.pair import DESK, Pair, admit_desk, open_pair, token_of
from benchmarks.bench.places import Places
from benchmarks.bench.section import RATE, Row, Section

PART = 1 << 20
"""Staff's system hands the file in in parts of so many bytes."""
READ = 1 << 16
_HELD = text("SELECT count(*) FROM attachment WHERE held_at IS NOT NULL")
_EAGER = {"HOMEWARD_PULL_EVERY_SECONDS": "0.2"}
"""A node looks for files to fetch so often, so that hardly any of the time is waiting for the next look."""


@dataclass(frozen=True)
class Round:
    """What became of one file, in MB a second."""

    bare: float
    handed_in: float
    fetched: float
    read: float


def measure(asked: Asked, places: Places) -> Section:
    """Measure a pair on each database, with one file in each round and one before to warm up."""
    rows: list[Row] = []
    for kind in places.on:
        with open_pair(kind, places, _EAGER) as pair:
            admit_desk(pair.department)
            nodes = {"sender": pair.shelter, "recipient": pair.department}
            there = open_database(pair.department.as_settings().url)
            with serving(*nodes.values()), closing(there):
                before = {who: memory_of(node) for who, node in nodes.items()}
                taken = [_round(pair, there, asked.attached) for _ in range(asked.rounds + 1)][1:]
                most = {who: most_held_by(node) for who, node in nodes.items()}
        rows += _rows(kind, taken)
        rows += [Row(f"{kind}: memory at most, {who}", "MB", [most[who]], before[who], "at rest") for who in nodes]
    return Section("attachments", _says(asked), rows)


def _round(pair: Pair, there: Database, size: int) -> Round:
    (uid,) = pair.open_cases(1)
    data = b"OggS\x00" + os.urandom(size - 5)
    megabytes = size / 1e6
    bare = _timed_bare(data)
    with _desk_of(pair.shelter) as desk:
        _post(desk, uid, 1, content_of("case_file_full"))
        began = time.perf_counter()
        attachment_id = _hand_in(desk, uid, data)
        handed_in = time.perf_counter() - began
        held = _count_held(there)
        began = time.perf_counter()
        document_id = _post(desk, uid, 24, _naming(attachment_id))
    _wait_until_held(there, held + 1)
    fetched = time.perf_counter() - began
    with _desk_of(pair.department) as desk:
        desk.put(f"/v1/cases/{uid}/assignments/{DESK}", json={"role": "WO"}).raise_for_status()
        began = time.perf_counter()
        assert _read(desk, document_id, attachment_id) == size
        read = time.perf_counter() - began
    return Round(megabytes / bare, megabytes / handed_in, megabytes / fetched, megabytes / read)


def _timed_bare(data: bytes) -> float:
    """Seal and hash in one thread, and nothing else."""
    cipher, digest = AESGCM(os.urandom(32)), hashlib.sha256()
    began = time.perf_counter()
    for number, start in enumerate(range(0, len(data), SEGMENT)):
        digest.update(cipher.encrypt(number.to_bytes(12, "big"), data[start : start + SEGMENT], None))
    return time.perf_counter() - began


@contextmanager
def _desk_of(node: NodeProcess) -> Iterator[httpx2.Client]:
    bearer = {"authorization": f"Bearer {token_of(node, DESK)}"}
    with httpx2.Client(base_url=f"http://127.0.0.1:{node.port}", headers=bearer, timeout=120) as client:
        yield client


def _hand_in(desk: httpx2.Client, uid: str, data: bytes) -> str:
    announced = {"media_type": "audio/ogg", "bytes": len(data)}
    answer = desk.post(f"/v1/cases/{uid}/attachments", json=announced).raise_for_status()
    place, attachment_id = answer.headers["location"], str(answer.json()["attachment_id"])
    for start in range(0, len(data), PART):
        how = {"content-type": "application/offset+octet-stream", "upload-offset": str(start)}
        answer = desk.patch(place, content=data[start : start + PART], headers=how).raise_for_status()
    assert answer.json()["complete"], "the file was not taken whole"
    return attachment_id


def _naming(attachment_id: str) -> dict[str, object]:
    """Return a message that is the recording."""
    told = {"form": "audio", "content": {"attachment_id": attachment_id, "type": "letter"}}
    its_way = {"carrier": "electronic", "visit_ref": None}
    return {**content_of("family_contact_message"), **told, **its_way}


def _post(desk: httpx2.Client, uid: str, form: int, content: dict[str, object]) -> str:
    """Record a form for the department and return the document's id."""
    answer = desk.post(f"/v1/cases/{uid}/forms/{form}", json={**content, "recipient": DEPARTMENT})
    return str(answer.raise_for_status().json()["document_id"])


def _read(desk: httpx2.Client, document_id: str, attachment_id: str) -> int:
    """Read a file as it comes, and return how many bytes it has."""
    with desk.stream("GET", f"/v1/documents/{document_id}/attachments/{attachment_id}") as answer:
        answer.raise_for_status()
        return sum(map(len, answer.iter_bytes(READ)))


def _count_held(there: Database) -> int:
    with there.reading.connect() as connection:
        return int(connection.execute(_HELD).scalar_one())


def _wait_until_held(there: Database, count: int) -> None:
    end = time.perf_counter() + 120
    while _count_held(there) < count:
        assert time.perf_counter() < end, "the file does not arrive"
        time.sleep(0.02)


def _rows(kind: str, taken: list[Round]) -> list[Row]:
    bare = Row(f"{kind}: the bare cipher and digest, MB", RATE, [one.bare for one in taken])
    steps = {
        "handed in, checked and sealed, MB": [one.handed_in for one in taken],
        "from the form to the recipient's disk, checked, MB": [one.fetched for one in taken],
        "read by staff, MB": [one.read for one in taken],
    }
    beside = (bare.middle, "the bare cipher")
    return [bare, *(Row(f"{kind}: {what}", RATE, values, *beside) for what, values in steps.items())]


def _says(asked: Asked) -> str:
    return (
        f"A recording of {asked.attached / 1e6:,.0f} MB in each round, handed in by parts of 1 MiB, named "
        "by a form, fetched by the other node in pieces of 256 KiB, and read there. The bare cipher is AES-256-GCM in "
        "segments of 64 KiB with SHA-256 of what it gives, in one thread."
    )
