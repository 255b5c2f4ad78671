"""The rehearsal itself: what it counts, how it ends, and that nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
import psutil  # type: ignore[import-untyped]  # comes with the embedded PostgreSQL
import pytest
import yaml

from api.demo.nodes import NodeProcess, free_port, set_clock
from api.demo.processes import fork_process, warm_up
from api.demo.wiretap import Wiretap
from api.errors import NodeError
from api.sealing.digest import sha256_hex
from tests.support import START, until

ROOT = Path(__file__).parents[2]
BASIC = str(ROOT / "examples" / "documents" / "case_file_basic.json")
DEMO = [sys.executable, "-m", "api.cli", "demo"]


def scenario(folder: Path, *actions: dict[str, Any], **more: Any) -> Path:
    """Write a scenario in which the shelter takes these actions, a minute apart; returns its file."""
    steps = [
        {
            "at": f"2025-03-14T09:{minute:02}:00+07:00",
            "by": "TH-SHELTER-N1",
            "role": "SW",
            "say": f"Step {minute}",
            **action,
        }
        for minute, action in enumerate(actions, start=1)
    ]
    file = folder / "scenario.yaml"
    whole = {
        "title": "A short one",
        "corridor": {"destination": "TH", "origin": "MM"},
        "parties": {"TH-SHELTER-N1": {"name": "A shelter"}, "MM-DSW": {"name": "A department"}},
        "steps": steps,
        **more,
    }
    file.write_text(yaml.safe_dump(whole, allow_unicode=True))
    return file


OPEN = {"action": {"do": "open_case"}}
SEND = {"action": {"do": "send", "form": 1, "to": "MM-DSW", "content": BASIC, "name": "basic"}}


def addresses_in(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"http://127\.0\.0\.1:\d+", text)))


def is_up(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/live", timeout=2).is_success
    except httpx2.HTTPError:
        return False


def test_what_does_not_come_out_is_named_and_counts(place: Path) -> None:
    """A step that had to fail and did not, one that failed otherwise, an answer, a word, a state and a receipt."""
    file = scenario(
        place,
        OPEN,
        {**SEND, "refused": "consent_missing"},
        {"action": {**SEND["action"], "put": {"consents": []}, "name": "none"}, "refused": "unknown_code"},
        {"action": {"do": "call", "path": "/v1/cases/$case", "expect": {"state": "HOME"}, "never": ["ADMITTED"]}},
        {"action": {"do": "call", "path": "/v1/cases/$case", "keep": {"gone": "/nowhere"}}},
        {**SEND, "action": {**SEND["action"], "name": "again"}},
        {"action": {"do": "wait", "name": "again", "status": "stored"}},
        expect={
            "cases": {"case": {"state": "VOID", "at": ["TH-SHELTER-N1"]}},
            "receipts": {"again": ["stored", "answered"]},
            "calls": [{"by": "MM-DSW", "role": "AU", "path": "/v1/cases/$case/figures"}],
        },
    )
    done = subprocess.run([*DEMO, "--scenario", file], capture_output=True, text=True, check=False, timeout=180)
    assert (done.returncode, done.stderr) == (1, ""), done.stdout[-3000:] + done.stderr[-2000:]
    for told in (
        "this had to be refused with consent_missing, and was not",
        "in the order of the schema ConsentPurpose), expected unknown_code",
        "/state: ADMITTED, expected HOME",
        "the word ADMITTED stands in it, and must not",
        "nothing_to_keep: the answer has nothing at /nowhere",
        "case, at TH-SHELTER-N1: /state: ADMITTED, expected VOID",
        "receipts for again: the answer: ['stored'], expected ['answered', 'stored']",
        "/v1/cases/$case/figures: scope_missing",
        "TH-SHELTER-N1 holds the receipt stored, signed by MM-DSW",
        "8 expectations did not hold.",
    ):
        assert told in done.stdout, done.stdout[-3000:]


def test_a_scenario_that_is_not_in_form_is_not_played(place: Path) -> None:
    """Exit code 1, and the mistakes by their steps; ``--check`` tells them without starting anything."""
    file = scenario(place, OPEN, {"action": {"do": "dance"}})
    for option in ("--check", "--scenario"):
        done = subprocess.run([*DEMO, option, file], capture_output=True, text=True, check=False, timeout=180)
        assert (done.returncode, done.stdout) == (1, "")
        assert "step 2 (Step 2), action: `do` is one of open_case, save_draft" in done.stderr


def test_a_scenario_in_form_is_called_so(place: Path) -> None:
    done = subprocess.run([*DEMO, "--check", scenario(place, OPEN)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is in form: 1 steps of 2 agencies" in done.stdout


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stay_keeps_the_nodes_up_until_it_is_asked_to_stop(place: Path, stop: signal.Signals) -> None:
    """It prints the addresses and the clients' secrets; a signal ends the nodes, whenever it comes."""
    running = subprocess.Popen(
        [*DEMO, "--stay", "--scenario", str(scenario(place, OPEN, SEND))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    told: list[str] = []
    assert running.stdout is not None
    reading = threading.Thread(target=lambda: told.extend(running.stdout or ()))
    reading.start()
    try:
        until(lambda: "Ctrl-C" in "".join(told) or running.poll() is not None)
        addresses = addresses_in("".join(told))
        assert len(addresses) == 2, "".join(told)[-2000:]
        assert all(is_up(address) for address in addresses)
    finally:
        running.send_signal(stop)
        running.wait(60)
        reading.join(10)
        running.stdout.close()
    assert running.returncode == 0, "".join(told)[-2000:]
    assert "Traceback" not in "".join(told)
    assert not any(is_up(address) for address in addresses)


def test_a_signal_in_the_middle_stops_the_nodes(place: Path) -> None:
    """Somebody loses patience while it is still playing: exit code 1, no process left."""
    running = subprocess.Popen(
        [*DEMO, "--scenario", str(scenario(place, OPEN, *[SEND] * 20))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdout is not None
    for line in running.stdout:
        if "Step 2" in line:
            break
    started = psutil.Process(running.pid).children(recursive=True)
    running.terminate()
    out, err = running.communicate(timeout=180)
    assert running.returncode == 1
    assert "nothing is left behind" in out
    assert err == ""
    assert len(started) >= 2
    assert psutil.wait_procs(started, timeout=10)[1] == []


def test_a_node_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The end of its log is in the error; a command that fails names itself. Forked or not, it is the same command."""
    warm_up()
    for number, node in enumerate(
        (
            NodeProcess("TH-A", "A", tmp_path / "one"),
            NodeProcess("TH-A", "A", tmp_path / "two", launch=fork_process),
        )
    ):
        node.directory.mkdir()
        with pytest.raises(NodeError, match="demo_node_did_not_start") as caught:
            node.serve()
        assert "not_initialised" in caught.value.hint, number
        assert node.process is not None
        assert node.process.wait(5) == node.process.poll() == 1
        node.stop()
    with pytest.raises(NodeError, match="demo_command_failed") as caught:
        node.run("agency", "list")
    assert "homeward agency" in caught.value.hint


def test_a_forked_node_is_waited_for_and_killed(tmp_path: Path) -> None:
    """It serves, does not end by itself, and is gone when it is killed."""
    node = NodeProcess("TH-A", "A", tmp_path / "a", launch=fork_process)
    node.set_up()
    assert node.add("TH-B", "B").count(" ") == 7
    node.serve()
    assert node.process is not None
    assert psutil.pid_exists(node.process.pid)
    with pytest.raises(subprocess.TimeoutExpired):
        node.process.wait(0.1)
    assert sorted(file.name for file in (tmp_path / "a").rglob("TH-*.jwks")) == ["TH-A.jwks", "TH-B.jwks"]
    node.process.kill()
    assert node.process.wait(10) == -signal.SIGKILL
    node.stop()


def test_the_wiretap_passes_on_and_survives_a_dead_node(tmp_path: Path) -> None:
    """Nobody behind it: 502, as any proxy says; what went by is found by its hash."""
    tap = Wiretap(f"http://127.0.0.1:{free_port()}", free_port())
    tap.start()
    assert httpx2.post(f"http://127.0.0.1:{tap.port}/exchange/v1/envelopes", content=b"e").status_code == 502
    assert tap.seen == [("/exchange/v1/envelopes", b"e")]
    assert (tap.find(sha256_hex(b"e")), tap.find(sha256_hex(b"other"))) == (b"e", None)
    tap.stop()
    Wiretap("http://nowhere.example", 1).stop()


def test_the_rehearsals_clock_is_written_whole(tmp_path: Path) -> None:
    """Never half a time; what stands there is what nodes believe in."""
    set_clock(tmp_path / "clock", START)
    assert (tmp_path / "clock").read_text() == START.isoformat()
    assert [file.name for file in tmp_path.iterdir()] == ["clock"]
