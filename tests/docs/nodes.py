"""A node as a process of its own, set up and used as its operator and its staff would."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from api.demo.nodes import free_port
from tests.docs.reading import clean_environment


@dataclass(frozen=True)
class RunningNode:
    """A data directory, a port and the settings that name them."""

    agency: str
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its operator exports."""
        return clean_environment(
            HOMEWARD_DATA_DIR=str(self.folder / "data"),
            HOMEWARD_BASE_URL=self.url,
            HOMEWARD_PORT=str(self.port),
            HOMEWARD_PASSPHRASE="four words for tests",
        )

    def run(self, *arguments: str) -> str:
        """Run one command and return what it printed."""
        done = subprocess.run(
            ["homeward", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self, command: Sequence[str] = ("homeward", "serve")) -> Iterator[httpx2.Client]:
        """Serve, and give a client for it; the process that was started here is ended at the end."""
        with (self.folder / "node.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        try:
            with httpx2.Client(base_url=self.url, timeout=30) as client:
                self._wait_until_ready(client, process)
                yield client
        finally:
            process.terminate()
            process.wait(timeout=30)

    def _wait_until_ready(self, client: httpx2.Client, process: "subprocess.Popen[bytes]") -> None:
        for _ in range(300):
            try:
                if client.get("/health/ready").status_code == httpx2.codes.OK:
                    return
            except httpx2.HTTPError:
                pass
            assert process.poll() is None, (self.folder / "node.log").read_text()[-800:]
            time.sleep(0.2)
        raise AssertionError((self.folder / "node.log").read_text()[-800:])


def new_node(agency: str, folder: Path) -> RunningNode:
    """Return a node that was initialised and is not serving yet."""
    folder.mkdir(parents=True, exist_ok=True)
    node = RunningNode(agency, folder, free_port())
    node.run("init", "--agency", agency, "--name", "An agency")
    return node


def let_in(node: RunningNode, client: httpx2.Client, *roles: str) -> dict[str, str]:
    """Add a client of the node's agency and return the headers that it calls with."""
    asked = [word for role in roles for word in ("--role", role)]
    told = node.run("client", "add", "--agency", node.agency, *asked, "--id", "desk")
    secret = next(line.split()[1] for line in told.splitlines() if line.startswith("client_secret"))
    form = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": secret}
    token: dict[str, Any] = client.post("/oauth/token", data=form).raise_for_status().json()
    return {"authorization": f"Bearer {token['access_token']}"}
