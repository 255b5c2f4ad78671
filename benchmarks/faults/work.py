"""What the staff of both nodes does while faults strike: cases, forms, files, corrections, looks and answers, by HTTP.

Whoever hands a file in asks where it stands and goes on from there; whoever creates something asks again under the
same key until it is answered, as a careful system does. Everything that was answered with a yes is kept in a ledger,
which is what the nodes are compared with afterwards.
"""

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from api.demo.stranger import Stranger
from benchmarks.faults.pair import DESK, SECRET, Pair, Side

EXAMPLES = Path(__file__).parents[2] / "examples" / "documents"
PATIENCE = 60.0
"""For so many seconds somebody asks again."""
BASIC, REQUEST, RESULT, MESSAGE = 1, 8, 11, 24
RECORDED = {"form": "audio", "carrier": "electronic", "visit_ref": None, "written_on": "2025-05-14"}
"""How a message differs from the example, since it is spoken."""
PART = 90_000
"""Bytes of a part: more than arrive at once, so that it can be cut in its middle."""
SMALLEST_FILE, LARGEST_FILE = 270_000, 350_000
"""Four parts; and two pieces on the way to the other node."""


class NeverAnsweredError(Exception):
    """Somebody asked for a minute, and nothing came."""


class OtherFileError(Exception):
    """What was read is not what was handed in."""


@dataclass
class Ledger:
    """What was answered with a yes, and every other answer that was given on the way."""

    cases: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    """Documents by id, with the hash that their envelope was said to have."""
    files: dict[str, str] = field(default_factory=dict)
    """Documents that name a file, with the id of the upload."""
    from_department: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    """Codes of problems, and ``no_answer`` for a line that broke off."""
    calls: dict[str, int] = field(default_factory=dict)
    """How many creating calls each agency's node answered with a yes."""


class Desk:
    """A careful system at one node."""

    def __init__(self, side: Side, ledger: Ledger) -> None:
        self._agency, self._ledger = side.agency, ledger
        self._stranger = Stranger(f"http://127.0.0.1:{side.node.port}", DESK, SECRET)
        self._has_token = False

    def close(self) -> None:
        """Hang up."""
        self._stranger.close()

    def insist(self, method: str, path: str, *, key: str = "", body: Any = None, good: int = 200) -> Any:
        """Make a call until it is answered with a yes, and return what that says; raises ``NeverAnsweredError``."""
        return self._insist(method, path, key=key, body=body, good=good).json()

    def hand_in(self, uid: str, data: bytes, key: str) -> str:
        """Hand a recording in, part by part from where it stands, and return its id when it is whole."""
        path = f"/v1/cases/{uid}/attachments"
        told = {"media_type": "audio/ogg", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        begun = self.insist("POST", path, key=key, body=told, good=201)
        place = f"{path}/{begun['attachment_id']}"
        end = time.monotonic() + PATIENCE
        while not (stands := self.insist("GET", place))["complete"]:
            if time.monotonic() > end:
                raise NeverAnsweredError(f"a file stands at {stands['offset']} of {len(data)}")
            start = stands["offset"]
            headers = {"content-type": "application/offset+octet-stream", "upload-offset": str(start)}
            self._ask("PATCH", place, 200, headers=headers, content=data[start : start + PART])
        return str(begun["attachment_id"])

    def read_file(self, document_id: str, attachment_id: str) -> bytes:
        """Read a file that a document names, as soon as it is there."""
        return self._insist("GET", f"/v1/documents/{document_id}/attachments/{attachment_id}").content

    def _insist(self, method: str, path: str, *, key: str = "", body: Any = None, good: int = 200) -> httpx2.Response:
        end, pause = time.monotonic() + PATIENCE, 0.03
        sent: dict[str, Any] = {"content": json.dumps(body).encode()} if body is not None else {}
        headers = {"content-type": "application/json"} if sent else {}
        answer: httpx2.Response | None = None
        while time.monotonic() < end:
            answer = self._ask(method, path, good, headers={"idempotency-key": key, **headers}, **sent) or answer
            if answer is not None and answer.status_code == good:
                self._ledger.calls[self._agency] = self._ledger.calls.get(self._agency, 0) + (method == "POST")
                return answer
            time.sleep(pause)
            pause = min(0.3, 1.5 * pause)
        said = "no answer at all" if answer is None else answer.text[:200]
        raise NeverAnsweredError(f"{method} {path.split('/')[2]}: {said}")

    def _ask(self, method: str, path: str, good: int, **sent: Any) -> httpx2.Response | None:
        """Make a call once and keep what it is answered other than a yes; ``None`` where nothing came."""
        try:
            self._log_in()
            answer = self._stranger.call(method, path, **sent)
        except httpx2.HTTPStatusError as error:  # no token
            answer = error.response
        except httpx2.HTTPError:
            self._ledger.heard.add("no_answer")
            return None
        if answer.status_code != good:
            self._ledger.heard.add(_code_of(answer))
        return answer

    def _log_in(self) -> None:
        if not self._has_token:
            self._stranger.login()
            self._has_token = True


@dataclass(frozen=True)
class Recording:
    """A file that was handed in and sent, and who shall read it."""

    reader: Desk
    document_id: str
    attachment_id: str
    data: bytes = field(repr=False)


class Story(threading.Thread):
    """One case, played by both desks in a thread of its own; what went wrong is in ``problem``."""

    def __init__(self, pair: Pair, ledger: Ledger, random: Random, name: str, *, has_files: bool = False) -> None:
        super().__init__(name=name, daemon=True)
        self._ledger, self._random = ledger, random
        self._files_likely = 1.0 if has_files else 0.15
        self._shelter, self._department = Desk(pair.shelter, ledger), Desk(pair.department, ledger)
        self._made = 0
        self.problem = ""

    def run(self) -> None:
        """Play it to its end."""
        try:
            self._play()
        except Exception as error:  # noqa: BLE001  # a finding like every other
            self.problem = f"{type(error).__name__}: {error}"
        finally:
            self._shelter.close()
            self._department.close()

    def _play(self) -> None:
        new = {"destination": "TH", "origin": "MM"}
        uid = self._shelter.insist("POST", "/v1/cases", key=self._key(), body=new, good=201)["case_uid"]
        self._ledger.cases.append(uid)
        file = self._send(self._shelter, uid, BASIC, "case_file_basic", recipient="MM-DSW")
        ways = ((self._shelter, self._department, "MM-DSW"), (self._department, self._shelter, "TH-SHELTER-N1"))
        speak = [way for way in ways if self._random.random() < self._files_likely]
        spoken = [self._speak(uid, *way) for way in speak]
        if self._random.random() < 0.5:
            self._look(self._department, file)
        if self._random.random() < 0.4:
            self._send(self._shelter, uid, BASIC, "case_file_full", recipient="MM-DSW", supersedes=file)
        if self._random.random() < 0.4:
            self._trace(uid)
        for recording in spoken:
            self._hear(recording)

    def _trace(self, uid: str) -> None:
        """Ask for the family and answer."""
        asked = self._send(self._shelter, uid, REQUEST, "family_tracing_request", recipient="MM-DSW")
        self._look(self._department, asked)
        self._ledger.answered.add(asked)
        found = self._send(
            self._department, uid, RESULT, "family_tracing_result", recipient="TH-SHELTER-N1", reply_to=asked
        )
        self._ledger.from_department.add(found)
        if self._random.random() < 0.5:
            self._look(self._shelter, found)

    def _speak(self, uid: str, writer: Desk, reader: Desk, recipient: str) -> Recording:
        """Send a recording."""
        for desk in (writer, reader):
            desk.insist("PUT", f"/v1/cases/{uid}/assignments/{DESK}", body={"role": "WO"})
        data = b"OggS\x00" + self._random.randbytes(self._random.randint(SMALLEST_FILE, LARGEST_FILE))
        file = writer.hand_in(uid, data, self._key())
        over = {"recipient": recipient, "content": {"attachment_id": file, "type": "letter"}, **RECORDED}
        sent = self._send(writer, uid, MESSAGE, "family_contact_message", **over)
        self._ledger.files[sent] = file
        if writer is self._department:
            self._ledger.from_department.add(sent)
        return Recording(reader, sent, file, data)

    def _hear(self, recording: Recording) -> None:
        """Read it at the other side, as soon as it is there; raises ``OtherFileError`` where it is another one."""
        heard = recording.reader.read_file(recording.document_id, recording.attachment_id)
        self._ledger.opened.add(recording.document_id)
        if heard != recording.data:
            raise OtherFileError(f"{recording.document_id} names a file that is read otherwise")

    def _send(self, desk: Desk, uid: str, form: int, example: str, /, **over: Any) -> str:
        """Send a form and return its id."""
        content = {**_content(example), **over}
        answer = desk.insist("POST", f"/v1/cases/{uid}/forms/{form}", key=self._key(), body=content, good=201)
        document_id = str(answer["document_id"])
        self._ledger.sent[document_id] = str(answer["envelope_sha256"])
        return document_id

    def _look(self, desk: Desk, document_id: str) -> None:
        """Read what came in, as soon as it is there."""
        desk.insist("GET", f"/v1/documents/{document_id}")
        self._ledger.opened.add(document_id)

    def _key(self) -> str:
        self._made += 1
        return f"{self.name}-{self._made}"


def _code_of(answer: httpx2.Response) -> str:
    """Return the code of a problem, or the status where it is none."""
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return f"status_{answer.status_code}"


def _content(name: str) -> dict[str, Any]:
    """Return an example without what the node sets by itself."""
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    own = {"kind", "schema_version", "id", "sender", "created_at", "case_uid", "supersedes", "reply_to"}
    return {name: value for name, value in document.items() if name not in own}
