"""The line to a node, with somebody on it who cuts, delays, doubles and garbles what passes."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKENS = "/oauth/token"
_KEPT = frozenset({"authorization", "content-type", "range"})


@dataclass(frozen=True)
class Call:
    """One call as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def raw(self, host: str) -> bytes:
        """Spell it out as it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"host: {host}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, f"content-length: {len(self.body)}", "", ""]).encode() + self.body


Mischief = Callable[["Wire", Call], bytes]
"""What happens to a call: makes the bytes that go back."""


def pass_on(wire: "Wire", call: Call) -> bytes:
    """Do nothing bad."""
    return wire.ask(call)


def cut_answer(after: int) -> Mischief:
    """Let the answer break off after so many bytes."""
    return lambda wire, call: wire.ask(call)[:after]


def cut_call(after: int) -> Mischief:
    """Let the call break off after so many bytes; nobody hears anything of it."""

    def cut(wire: "Wire", call: Call) -> bytes:
        with socket.create_connection(("127.0.0.1", wire.target)) as line:
            line.sendall(call.raw("127.0.0.1")[:after])
        return b""

    return cut


def twice(wire: "Wire", call: Call) -> bytes:
    """Bring the call twice and return the second answer; of a token the first, since an assertion counts once."""
    first, second = wire.ask(call), wire.ask(call)
    return first if call.path == TOKENS else second


def twice_at(path: str) -> Mischief:
    """Bring twice what goes there, and the rest as it is."""
    return lambda wire, call: (twice if call.path.startswith(path) else pass_on)(wire, call)


def late(seconds: float) -> Mischief:
    """Bring the call and keep the answer back for so long."""

    def wait(wire: "Wire", call: Call) -> bytes:
        answer = wire.ask(call)
        wire.mended.wait(seconds)
        return answer

    return wait


def garbage(data: bytes) -> Mischief:
    """Answer something else, without asking the node."""
    return lambda _wire, _call: data


@dataclass
class Wire:
    """Listens at a port of its own and passes on to the port of a node, with mischief or without."""

    target: int
    mischief: Mischief = pass_on
    calls: int = 0
    mended: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to listen."""
        wire = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def _answer(self) -> None:
                kept = {name: value for name, value in self.headers.items() if name.lower() in _KEPT}
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                wire.calls += 1
                try:
                    answer = wire.mischief(wire, Call(self.command, self.path, kept, body))
                    self.wfile.write(answer)
                except (OSError, HTTPException):
                    pass  # the node is away, or the caller is
                self.close_connection = True

            do_GET = do_POST = do_PUT = _answer  # noqa: N815  # names of http.server

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def ask(self, call: Call) -> bytes:
        """Bring a call to the node and return the bytes of its answer."""
        line = HTTPConnection("127.0.0.1", self.target, timeout=20)
        try:
            line.request(call.method, call.path, call.body, {**call.headers, "connection": "close"})
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", f"content-length: {len(body)}", "connection: close"]
        head += [f"content-type: {answer.headers['content-type']}"] if "content-type" in answer.headers else []
        return "\r\n".join([*head, "", ""]).encode() + body

    def do(self, mischief: Mischief) -> Callable[[], None]:
        """Begin some mischief and return what ends it."""
        self.mended.clear()
        self.mischief = mischief
        return self.mend

    def mend(self) -> None:
        """Pass everything on as it is."""
        self.mischief = pass_on
        self.mended.set()

    def stop(self) -> None:
        """Stop listening."""
        self.mended.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
