"""Nodes as processes of their own, set up by what ``homeward init`` does and served by ``homeward serve``."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
from pydantic_settings import PydanticBaseSettingsSource

from api.errors import NodeError
from api.flow.node import Node
from api.making import found_node, make_node
from api.sealing.descriptor import fingerprint
from api.settings import Settings
from api.store.engine import open_database
from schemas.base import AgencyId

_PASSED = frozenset({"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"})
_RETURNED = frozenset({"content-type", "etag", "location", "www-authenticate"})


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
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self.client.close()


class _Given(Settings):
    """Settings as they are given, whatever the operator's own environment says."""

    @classmethod
    def settings_customise_sources(cls, *_: object, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but what is handed in."""
        return (sources["init_settings"],)


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
            "HOMEWARD_DELIVER_PAUSE_SECONDS": "0.2",
            **self.settings,
        }

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Run one ``homeward`` command for this node and return what it printed."""
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "api.cli", *arguments],
            env=self.environment,
            cwd=self.directory if self.directory.is_dir() else None,  # out of reach of somebody's .env
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise NodeError("demo_command_failed", f"homeward {arguments[0]}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def as_settings(self) -> Settings:
        """Return what a process with this environment would read."""
        given = {name.removeprefix("HOMEWARD_").lower(): value for name, value in self.environment.items()}
        values: dict[str, Any] = {name: given[name] for name in Settings.model_fields if name in given}
        return _Given(**values)

    def set_up(self) -> str:
        """Do what ``homeward init`` does, in this process since starting one takes longer; returns the fingerprint."""
        settings, agency = self.as_settings(), AgencyId(self.agency)
        return fingerprint(found_node(settings, agency=agency, name=self.name, reachable=True))

    @contextmanager
    def opened(self) -> Iterator[Node]:
        """Open the node in this process, as the commands do, and close it again."""
        settings = self.as_settings()
        node = make_node(settings, open_database(settings.url))
        try:
            yield node
        finally:
            node.writer.stop()
            node.database.close()

    def start(self, command: str) -> None:
        """Start a ``homeward`` command that runs on; its lines go to a file beside the database."""
        with (self.directory / f"{command}.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "api.cli", command],
                env=self.environment,
                cwd=self.directory,  # out of reach of somebody's .env
                stdout=log,
                stderr=log,
            )

    def serve(self) -> None:
        """Start serving and wait until it is ready."""
        self.start("serve")
        for _ in range(600):
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=2).status_code == httpx2.codes.OK:
                    return
            except httpx2.HTTPError:
                pass
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise NodeError("demo_node_did_not_start", (self.directory / "serve.log").read_text()[-500:])

    def stop(self) -> None:
        """End the process that was started here."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                self.process.kill()


def set_clock(file: Path, moment: datetime) -> None:
    """Let the rehearsal's clock say a time; written whole, so that no node reads half of it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(moment.isoformat())
    fresh.replace(file)
