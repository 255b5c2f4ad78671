"""The line in front of a node, with somebody on it who sees what an eavesdropper inside TLS would see."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from api.sealing.digest import sha256_hex

_PASSED = frozenset({"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"})
_RETURNED = frozenset({"content-type", "etag", "location", "www-authenticate"})


@dataclass
class Wiretap:
    """Passes every call on and keeps the body of every envelope that went by."""

    target: str
    port: int
    seen: list[tuple[str, bytes]] = field(default_factory=list)
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Begin to pass things on."""
        tap = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                if self.path.startswith("/exchange/v1/envelopes"):
                    tap.seen.append((self.path, body))
                kept = {name: value for name, value in self.headers.items() if name.lower() in _PASSED}
                try:
                    answer = tap.client.request(self.command, tap.target + self.path, content=body, headers=kept)
                except httpx2.HTTPError:
                    self.send_error(502)
                    return
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() in _RETURNED:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = _pass_on  # noqa: N815  # names of http.server

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def find(self, sha256: str) -> bytes | None:
        """Find an envelope that went by."""
        return next((body for _, body in self.seen if sha256_hex(body) == sha256), None)

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self.client.close()
