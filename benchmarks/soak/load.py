"""Staff that sends at a steady rate: a case is opened, its file is sent, and every tenth is read at the other end.

Each creating call has a key of its own and is made again until it is answered with a yes; what is no yes and no
passing trouble is a finding. Arrivals wait in a queue while a node is away, so nothing is left out.
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ulid import ULID

from benchmarks.bench.client import Caller, http, run
from benchmarks.bench.nodes import content_of
from benchmarks.bench.pair import token_of
from benchmarks.faults.pair import DEPARTMENT, DESK, Pair, Side
from benchmarks.faults.work import Ledger

HANDS = 16
"""So many people send at a time."""
READ_EACH = 10
PAUSE = 0.5
"""So many seconds somebody waits before asking again."""
PATIENCE = 180.0
_WITHOUT_TOKEN, _NOT_THERE_YET = 401, 404
_PASSING = frozenset({500, 502, 503, 504, _WITHOUT_TOKEN, 409})
"""Answers after which one asks again; 409 says that the first call under this key is still at work."""


class NoYesError(Exception):
    """Something was answered that asking again does not mend, or nothing came for minutes."""


@dataclass
class Told:
    """What became of the load so far."""

    ledger: Ledger = field(default_factory=Ledger)
    stories: list[tuple[str, str]] = field(default_factory=list)
    """Cases and their documents."""
    again: Counter[str] = field(default_factory=Counter)
    """Why somebody asked again, and how often."""
    findings: list[str] = field(default_factory=list)
    most_behind: float = 0
    """How many seconds a form waited at most until somebody had hands for it."""


class Badge:
    """The token of one side's client, which all of its hands share; got anew where it is taken no more."""

    def __init__(self, side: Side) -> None:
        self.side, self.token, self._getting = side, "", asyncio.Lock()

    async def show(self) -> str:
        """Return the token; one hand gets it for all."""
        async with self._getting:
            if not self.token:
                self.token = await asyncio.to_thread(token_of, self.side.node, DESK)
            return self.token


class Desk:
    """One pair of hands of a side's client, with a connection of its own."""

    def __init__(self, badge: Badge, told: Told) -> None:
        self._badge, self._told = badge, told
        self.caller = Caller(badge.side.node.port)

    async def insist(self, method: str, path: str, good: int, body: Any = None) -> Any:
        """Make a call until it is answered with a yes, and return the answer; raises ``NoYesError``."""
        key, end = str(ULID()), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                token = await self._badge.show()
                answer = await self.caller.ask(_spelt(method, path, token, key, body))
            except Exception as error:  # noqa: BLE001  # the node is away: no answer, or none for a token
                self._told.again[type(error).__name__] += 1
                await asyncio.sleep(PAUSE)
                continue
            if answer.status == good:
                calls, agency = self._told.ledger.calls, self._badge.side.agency
                calls[agency] = calls.get(agency, 0) + (method == "POST")
                return json.loads(answer.body)
            self._judge(answer.status, method, answer.body)
            await asyncio.sleep(PAUSE)
        raise NoYesError(f"{method} {path.split('/')[2]} was not answered for {PATIENCE:.0f} s")

    def _judge(self, status: int, method: str, body: bytes) -> None:
        """Ask again after what passes; raise for what does not."""
        if status == _WITHOUT_TOKEN:
            self._badge.token = ""
        is_on_its_way = method == "GET" and status == _NOT_THERE_YET
        if status not in _PASSING and not is_on_its_way:
            raise NoYesError(f"{method} was answered with {status}: {body[:200].decode(errors='replace')}")
        if not is_on_its_way:
            self._told.again[f"status {status}"] += 1


def _spelt(method: str, path: str, token: str, key: str, body: Any) -> bytes:
    data = b"" if body is None else json.dumps(body).encode()
    call = http(method, path, token, data, "application/json")
    return call.replace(b"\r\n", f"\r\nidempotency-key: {key}\r\n".encode(), 1) if method == "POST" else call


class Load:
    """Sends forms at given times; blocking calls, made from a thread of their own."""

    def __init__(self, pair: Pair, told: Told) -> None:
        self._pair, self.told = pair, told
        self._content = {**content_of("case_file_full"), "recipient": DEPARTMENT}

    def send(self, count: int, rate: float | None = None) -> float:
        """Send so many forms, at a rate or as fast as they are answered; returns how many seconds it took."""
        began = time.perf_counter()
        run(self._send(count, rate))
        return time.perf_counter() - began

    async def _send(self, count: int, rate: float | None) -> None:
        due, sent = asyncio.Queue[float | None](), asyncio.Queue[str | None]()
        badge = Badge(self._pair.shelter)
        hands = [asyncio.create_task(self._work(badge, due, sent)) for _ in range(HANDS)]
        reading = asyncio.create_task(self._read(sent))
        began = time.perf_counter()
        for number in range(count):
            at = began + number / rate if rate else began
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            due.put_nowait(at)
        for _ in hands:
            due.put_nowait(None)
        await asyncio.gather(*hands)
        sent.put_nowait(None)
        await reading

    async def _work(self, badge: Badge, due: "asyncio.Queue[float | None]", sent: "asyncio.Queue[str | None]") -> None:
        """Send forms at their times; every tenth is to be read at the other end."""
        desk = Desk(badge, self.told)
        while (at := await due.get()) is not None:
            self.told.most_behind = max(self.told.most_behind, time.perf_counter() - at)
            try:
                name = await self._play(desk)
            except NoYesError as error:
                self.told.findings.append(str(error))
                continue
            if len(self.told.stories) % READ_EACH == 0:
                sent.put_nowait(name)
        desk.caller.hang_up()

    async def _play(self, desk: Desk) -> str:
        """Open a case, send its file and return its id."""
        ledger = self.told.ledger
        uid = (await desk.insist("POST", "/v1/cases", 201, {"destination": "TH", "origin": "MM"}))["case_uid"]
        ledger.cases.append(uid)
        sent = await desk.insist("POST", f"/v1/cases/{uid}/forms/1", 201, self._content)
        name = str(sent["document_id"])
        ledger.sent[name] = sent["envelope_sha256"]
        self.told.stories.append((uid, name))
        return name

    async def _read(self, sent: "asyncio.Queue[str | None]") -> None:
        """Read documents at the other end, each as soon as it is there."""
        desk = Desk(Badge(self._pair.department), self.told)
        while (name := await sent.get()) is not None:
            try:
                await desk.insist("GET", f"/v1/documents/{name}", 200)
            except NoYesError as error:
                self.told.findings.append(str(error))
                continue
            self.told.ledger.opened.add(name)
        desk.caller.hang_up()
