"""Nodes as processes of their own, set up by what ``homeward init`` does and served by ``homeward serve``."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from pydantic_settings import PydanticBaseSettingsSource

from api.demo.processes import Launch, Running, start_process
from api.errors import NodeError
from api.flow.founding import found_agency
from api.flow.node import Node
from api.flow.wire import bounded_client
from api.making import found_node, make_node, write_private
from api.sealing.descriptor import fingerprint
from api.sealing.keys import generate_keys
from api.settings import Settings
from api.store.engine import open_database
from schemas.base import AgencyId


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    launch: Launch = start_process
    process: Running | None = None
    _client: httpx2.Client = field(default_factory=lambda: bounded_client(2), repr=False)

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

    def add(self, agency: str, name: str) -> str:
        """Do what ``homeward agency add`` does, before the node serves; returns the agency's fingerprint."""
        new = AgencyId(agency)
        with self.opened() as node:
            keys = generate_keys(new, node.clock(), hybrid=True)
            write_private(self.as_settings().keys_dir / f"{agency}.jwks", keys.to_json())
            known = replace(node, keyring={**node.keyring, new: keys})
            return fingerprint(found_agency(known, new, name=name, reachable=True))

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
        log = self.directory / f"{command}.log"
        self.process = self.launch([command], self.environment, self.directory, log)  # out of reach of a .env

    def serve(self) -> None:
        """Start serving and wait until it is ready."""
        self.start("serve")
        for _ in range(600):
            if self.is_ready():
                return
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise NodeError("demo_node_did_not_start", (self.directory / "serve.log").read_text()[-500:])

    def is_ready(self) -> bool:
        """Ask whether it can do its work."""
        try:
            return self._client.get(
                f"http://127.0.0.1:{self.port}/health/ready", headers={"connection": "close"}
            ).is_success
        except httpx2.HTTPError:
            return False

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
