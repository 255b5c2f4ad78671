"""What the staff of both nodes does while faults strike: cases, forms, corrections, looks and answers, by plain HTTP.

Whoever creates something asks again under the same key until it is answered, as a careful system does. Everything that
was answered with a yes is kept in a ledger, which is what the nodes are compared with afterwards.
"""

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
BASIC, REQUEST, RESULT = 1, 8, 11


class NeverAnsweredError(Exception):
    """Somebody asked for a minute, and nothing came."""


@dataclass
class Ledger:
    """What was answered with a yes, and every other answer that was given on the way."""

    cases: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    """Documents by id, with the hash that their envelope was said to have."""
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
        """Make a call again and again until it is answered with a yes; raises ``NeverAnsweredError``."""
        end = time.monotonic() + PATIENCE
        sent: dict[str, Any] = {"content": json.dumps(body).encode()} if body is not None else {}
        headers = {"content-type": "application/json"} if sent else {}
        answer: httpx2.Response | None = None
        while time.monotonic() < end:
            try:
                self._log_in()
                answer = self._stranger.call(method, path, headers={"idempotency-key": key, **headers}, **sent)
                if answer.status_code == good:
                    self._ledger.calls[self._agency] = self._ledger.calls.get(self._agency, 0) + (method == "POST")
                    return answer.json()
                self._ledger.heard.add(_code_of(answer))
            except httpx2.HTTPStatusError as error:  # no token
                answer = error.response
                self._ledger.heard.add(_code_of(answer))
            except httpx2.HTTPError:
                self._ledger.heard.add("no_answer")
            time.sleep(0.03)
        said = "no answer at all" if answer is None else answer.text[:200]
        raise NeverAnsweredError(f"{method} {path.split('/')[2]}: {said}")

    def _log_in(self) -> None:
        if not self._has_token:
            self._stranger.login()
            self._has_token = True


class Story(threading.Thread):
    """One case, played by both desks in a thread of its own; what went wrong is in ``problem``."""

    def __init__(self, pair: Pair, ledger: Ledger, random: Random, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._ledger, self._random = ledger, random
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
        if self._random.random() < 0.5:
            self._look(self._department, file)
        if self._random.random() < 0.4:
            self._send(self._shelter, uid, BASIC, "case_file_full", recipient="MM-DSW", supersedes=file)
        if self._random.random() < 0.4:
            self._trace(uid)

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

    def _send(self, desk: Desk, uid: str, form: int, example: str, **over: str) -> str:
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
