"""The commands as a whole: help that teaches, exit codes, contracts, and the two processes of a node."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import typer
from typer.main import get_command

from api.cli import app
from api.demo.nodes import free_port
from tests.cli.conftest import Done, Homeward

Found = Callable[..., Done]
ROOT = Path(__file__).parents[2]


def commands(group: typer.core.TyperGroup, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, (*way, name))
        else:
            yield (*way, name), command


ALL = dict(commands(get_command(app)))  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ALL, ids=" ".join)
def test_help_teaches(homeward: Homeward, way: tuple[str, ...]) -> None:
    """Every command has a sentence that ends with a full stop, and so has each of its options and arguments."""
    command = ALL[way]
    done = homeward(*way, "--help")
    assert (done.code, done.err) == (0, "")
    assert re.match(r"[A-Z].+\.", str(getattr(command, "help", "")).strip(), re.DOTALL)
    for parameter in getattr(command, "params", ()):
        assert len(str(getattr(parameter, "help", "") or "")) > 8, f"{parameter.name} says nothing about itself"


def test_what_is_left_out_at_serve_comes_from_the_settings(homeward: Homeward) -> None:
    """So no other default is shown."""
    told = homeward("serve", "--help").out
    assert "HOMEWARD_PORT" in told
    assert "default: 0" not in told


def test_the_root_names_the_first_steps(homeward: Homeward) -> None:
    """Without a command it shows its help; it knows its version."""
    assert "init" in homeward("--help").out
    assert homeward("--version").out == "homeward 0.1.0\n"
    assert homeward().code == 2


def test_contracts_are_compared(folder: Path, homeward: Homeward) -> None:
    """Written, the same; changed, refused with the name of the file."""
    assert homeward("openapi", "contracts").code == 0
    assert homeward("openapi", "contracts", "--check").code == 0
    staff = json.loads((folder / "contracts" / "staff.json").read_text())
    assert staff["openapi"].startswith("3.1")
    (folder / "contracts" / "exchange.json").unlink()
    done = homeward("openapi", "contracts", "--check")
    assert done.refused("contracts_differ")
    assert "exchange.json" in done.err
    assert "staff.json" not in done.err


def test_deliver_once_says_what_it_did(process: Homeward, found: Found) -> None:
    """As a process: carries what is due, fetches, ends."""
    found("--no-backup")
    done = process("deliver", "--once")
    assert (done.code, done.out) == (0, "delivered 0, fetched 0\n")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_deliver_runs_until_it_is_asked_to_stop(found: Found, folder: Path, stop: signal.Signals) -> None:
    """Ends with exit code 0 and without a traceback."""
    found("--no-backup")
    running = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "deliver"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    database = folder / "data" / "homeward.db-wal"
    end = time.monotonic() + 20
    while not database.exists() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(stop)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_answers_and_ends(found: Found, folder: Path, workers: str) -> None:
    """Ready, says so to who asks, its log is JSON of ids and codes in each process, and SIGTERM ends it cleanly."""
    found("--no-backup")
    port = free_port()
    log, out = folder / "log", folder / "out"
    with log.open("wb") as stream, out.open("wb") as nothing:
        running = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", workers],
            stdout=nothing,
            stderr=stream,
            env={**os.environ, "HOMEWARD_BASE_URL": f"http://127.0.0.1:{port}"},
        )
    try:
        assert _ready(port) == {"status": "ready"}
        refused = httpx2.post(f"http://127.0.0.1:{port}/oauth/token", data={"grant_type": "client_credentials"})
        assert refused.status_code == 401
    finally:
        running.terminate()
        assert running.wait(20) in {0, -signal.SIGTERM}
    assert out.read_text() == ""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line["event"] == "client_refused" for line in lines)
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)


def test_serve_says_that_the_port_is_taken(process: Homeward, found: Found) -> None:
    """In one line, before anything is begun, however many processes were asked for."""
    found("--no-backup")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for workers in ("1", "2"):
            done = process("serve", "--port", port, "--workers", workers)
            assert done.refused("port_taken")
            assert f"127.0.0.1:{port}" in done.err


def _ready(port: int) -> object:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            return httpx2.get(f"http://127.0.0.1:{port}/health/ready").json()
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise AssertionError("it never answered")


def test_the_committed_contracts_are_what_the_code_says(homeward: Homeward) -> None:
    """openapi/ in the project's own folder."""
    if not (ROOT / "openapi" / "staff.json").exists():
        pytest.skip("not generated yet: make generate")
    assert homeward("openapi", ROOT / "openapi", "--check").code == 0
