"""Nodes as processes of their own, set up by the same commands that an operator types."""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2

from api.errors import NodeError

_PASSED = frozenset({"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"})
PASSPHRASE = "a passphrase for rehearsals only"  # noqa: S105  # printed nowhere, guards fictional keys


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Wiretap:
    """Stands on the line in front of a node and sees what an eavesdropper inside TLS would see.

    Every body that passes.
    """

    target: str
    port: int
    seen: list[tuple[str, bytes]] = field(default_factory=list)
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
                kept = {
                    k: v
                    for k, v in self.headers.items()
                    if k.lower() in {"authorization", "content-type", "if-match", "idempotency-key", "if-none-match"}
                }
                answer = httpx2.request(self.command, tap.target + self.path, content=body, headers=kept, timeout=30)
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() in {"content-type", "etag", "location", "www-authenticate"}:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = _pass_on  # noqa: N815  # names of http.server

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


@dataclass
class NodeProcess:
    """One node: a data directory, a port, a process."""

    agency: str
    name: str
    directory: Path
    clock_file: Path | None = None
    port: int = field(default_factory=free_port)
    public_port: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def is_tapped(self) -> bool:
        """Whether somebody listens on the line in front of it."""
        return self.public_port != 0

    @property
    def url(self) -> str:
        """Where others reach it."""
        return f"http://127.0.0.1:{self.public_port or self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of this node, as its operator would export them."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")},
            "HOMEWARD_DATA_DIR": str(self.directory),
            "HOMEWARD_BASE_URL": self.url,
            "HOMEWARD_PORT": str(self.port),
            **({"HOMEWARD_CLOCK_FILE": str(self.clock_file)} if self.clock_file else {}),
            "HOMEWARD_PASSPHRASE": PASSPHRASE,
            "HOMEWARD_DELIVER_PAUSE_SECONDS": "0.2",
            **self.settings,
        }

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Run one ``homeward`` command for this node and return what it printed."""
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "api.cli", *arguments],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise NodeError("demo_command_failed", f"homeward {arguments[0]}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def set_up(self) -> str:
        """Initialise it and return its fingerprint."""
        told = self.run("init", "--agency", self.agency, "--name", self.name)
        return next(
            line.partition("fingerprint")[2].strip() for line in told.splitlines() if line.startswith("fingerprint")
        )

    def serve(self) -> None:
        """Start the process and wait until it is ready."""
        log = (self.directory / "node.log").open("wb")
        self.process = subprocess.Popen(  # our own command
            [sys.executable, "-m", "api.cli", "serve"], env=self.environment, stdout=log, stderr=log
        )
        for _ in range(200):
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=2).status_code == httpx2.codes.OK:
                    return
            except httpx2.HTTPError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise NodeError("demo_node_did_not_start", (self.directory / "node.log").read_text()[-500:])

    def stop(self) -> None:
        """End the process that was started here."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


def set_clock(file: Path, moment: datetime) -> None:
    """Let the rehearsal's clock say a time; written whole, so that no node reads half of it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(moment.isoformat())
    fresh.replace(file)
