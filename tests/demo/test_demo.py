"""The rehearsal: two real processes, one journey, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]  # comes with the embedded PostgreSQL
import pytest
import yaml

from api.demo.nodes import NodeProcess, Wiretap, free_port, set_clock
from api.demo.scenario import get_name, read_content, read_scenario
from api.errors import InvalidInput, NodeError, NotFound
from tests.support import START

ROOT = Path(__file__).parents[2]
S1 = ROOT / "examples" / "scenarios" / "s1.yaml"
DEMO = [sys.executable, "-m", "api.cli", "demo"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the rehearsal a folder for its folders, and settings in the way that must not count."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", "postgresql://nowhere.example/none")
    (tmp_path / "temporary").mkdir()
    (tmp_path / ".env").write_text("HOMEWARD_DATABASE_URL=postgresql://nowhere.example/none\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    assert list((tmp_path / "temporary").iterdir()) == [], "nothing is left behind"


def addresses_in(text: str) -> list[str]:
    return re.findall(r"http://127\.0\.0\.1:\d+", text)


def is_up(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/live", timeout=2).is_success
    except httpx2.HTTPError:
        return False


def test_the_first_journey_comes_out_as_expected(place: Path) -> None:
    """Exit code 0; shown: what was sent, what lay on the wire, what was read, the receipts, what an outsider gets."""
    done = subprocess.run(DEMO, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]
    assert "✗" not in done.stdout
    for shown in (
        "fingerprints compared",
        "on the wire",
        "read: exactly what was signed over there",
        "verified with its public key",
        "What an outsider gets",
        "Everything came out as expected",
    ):
        assert shown in done.stdout
    assert len(addresses_in(done.stdout)) == 2
    assert not any(is_up(address) for address in addresses_in(done.stdout))


def test_an_expectation_that_fails_is_shown_and_counts(place: Path) -> None:
    """A shorter journey that expects too much and refuses too little: exit code 1, each miss is marked."""
    whole = yaml.safe_load(S1.read_text())
    steps = whole["steps"][:4]
    steps[2]["refused"] = "another_code"
    steps[3]["refused"] = "invalid_input"
    expect = {"state": "ADMITTED", "return_due": "2025-01-01", "receipts": {"never_sent": ["stored"]}}
    steps.append(
        {**steps[0], "say": "Nothing to read", "action": {"do": "read", "name": "never_sent"}},
    )
    steps.append({**steps[0], "say": "No returns", "role": "SW", "action": {"do": "feed"}})
    file = place / "too_much.yaml"
    file.write_text(yaml.safe_dump({**whole, "steps": steps, "expect": expect, "later": []}))
    (place / "documents").symlink_to(ROOT / "examples" / "documents")
    for step in steps:
        if "content" in step["action"]:
            step["action"]["content"] = str(ROOT / "examples" / "documents" / Path(step["action"]["content"]).name)
    file.write_text(yaml.safe_dump({**whole, "steps": steps, "expect": expect, "later": []}))
    done = subprocess.run([*DEMO, "--scenario", file], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-2000:]
    assert done.stderr == ""
    assert "expected another_code" in done.stdout or "invalid_input" in done.stdout
    assert "this had to be refused with invalid_input, and was not" in done.stdout
    assert "name_not_found" in done.stdout
    assert "expectations did not hold" in done.stdout


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stay_keeps_both_up_until_it_is_asked_to_stop(place: Path, stop: signal.Signals) -> None:
    """It prints two addresses and the clients' secrets; a signal ends both nodes, whenever it comes."""
    whole = yaml.safe_load(S1.read_text())
    file = place / "short.yaml"
    content = str(ROOT / "examples" / "documents" / "case_file_basic.json")
    steps = [dict(step) for step in (whole["steps"][0], whole["steps"][3], whole["steps"][4])]
    steps[1]["action"] = {**steps[1]["action"], "content": content}
    file.write_text(yaml.safe_dump({**whole, "steps": steps, "expect": {}, "later": []}))
    (place / "MM").mkdir()
    running = subprocess.Popen(
        [*DEMO, "--stay", "--scenario", str(file)],
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
        _until(lambda: "Ctrl-C" in "".join(told) or running.poll() is not None)
        addresses = addresses_in("".join(told))[-2:]
        assert all(is_up(address) for address in addresses)
    finally:
        running.send_signal(stop)
        running.wait(60)
        reading.join(10)
        running.stdout.close()
    assert running.returncode == 0, "".join(told)[-2000:]
    assert "Traceback" not in "".join(told)
    assert not any(is_up(address) for address in addresses)


def test_a_signal_in_the_middle_stops_both_nodes(place: Path) -> None:
    """Somebody loses patience while it is still playing: exit code 1, no node left."""
    running = subprocess.Popen(
        DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("1. "):
            break
    ports = _ports_listened_to_by_children(running.pid)
    running.terminate()
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "nothing is left behind" in out
    assert err == ""
    assert not any(is_up(f"http://127.0.0.1:{port}") for port in ports)


def _ports_listened_to_by_children(pid: int) -> list[int]:
    return [
        connection.laddr.port
        for child in psutil.Process(pid).children()
        for connection in child.net_connections()
        if connection.status == "LISTEN"
    ]


@pytest.mark.parametrize(
    ("text", "code", "place_named"),
    [
        pytest.param("{", "scenario_not_yaml", "", id="no YAML"),
        pytest.param("[]", "scenario_malformed", "/", id="a list"),
        pytest.param("title: only", "scenario_malformed", "/steps", id="no steps"),
        pytest.param(None, "file_unreadable", "nowhere.yaml", id="no file"),
    ],
)
def test_a_malformed_scenario_is_named(tmp_path: Path, text: str | None, code: str, place_named: str) -> None:
    """One line says which part of the file is not in form."""
    file = tmp_path / "nowhere.yaml"
    if text is not None:
        file = tmp_path / "scenario.yaml"
        file.write_text(text)
    with pytest.raises(InvalidInput, match=code) as caught:
        read_scenario(file)
    assert place_named in caught.value.hint


def test_a_step_that_is_not_known_is_named_by_its_place(tmp_path: Path) -> None:
    """The path leads into the list of steps; a third party is refused too."""
    whole = yaml.safe_load(S1.read_text())
    whole["steps"][2]["action"] = {"do": "dance"}
    whole["parties"]["LA-THIRD"] = {"name": "A third"}
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(whole))
    with pytest.raises(InvalidInput) as caught:
        read_scenario(file)
    assert "/steps/2/action" in caught.value.hint
    assert "/parties" in caught.value.hint


def test_names_stand_for_ids_of_steps_before(tmp_path: Path) -> None:
    """In contents, wherever they stand; a name that no step gave is an error, and so is a file that is not there."""
    (tmp_path / "content.json").write_text('{"kind": "x", "persons": [{"case_uid": "$case"}], "price": "$ 5"}')
    play = read_scenario(S1)
    act = next(step.action for step in play.steps if step.action.do == "save_draft")
    here = act.model_copy(update={"content": Path("content.json"), "without": ("price",)})
    assert read_content(tmp_path, here, {"case": "C"}) == {"persons": [{"case_uid": "C"}]}
    with pytest.raises(NotFound, match="name_not_found"):
        read_content(tmp_path, here, {})
    with pytest.raises(InvalidInput, match="file_unreadable"):
        read_content(tmp_path, here.model_copy(update={"content": Path("none.json")}), {})
    assert get_name({"a": "1"}, "a") == "1"


def test_a_node_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The end of its log is in the error; a command that fails names itself."""
    node = NodeProcess("TH-A", "A", tmp_path / "th")
    node.directory.mkdir()
    with pytest.raises(NodeError, match="demo_node_did_not_start") as caught:
        node.serve()
    assert "not_initialised" in caught.value.hint
    with pytest.raises(NodeError, match="demo_command_failed") as caught:
        node.run("agency", "list")
    assert "homeward agency" in caught.value.hint
    node.stop()


def test_the_wiretap_passes_on_and_survives_a_dead_node(tmp_path: Path) -> None:
    """Nobody behind it: 502, as any proxy says."""
    tap = Wiretap(f"http://127.0.0.1:{free_port()}", free_port())
    tap.start()
    assert httpx2.post(f"http://127.0.0.1:{tap.port}/exchange/v1/envelopes", content=b"e").status_code == 502
    assert tap.seen == [("/exchange/v1/envelopes", b"e")]
    tap.stop()
    Wiretap("http://nowhere.example", 1).stop()


def test_the_rehearsals_clock_is_written_whole(tmp_path: Path) -> None:
    """Never half a time; what stands there is what nodes believe in."""
    set_clock(tmp_path / "clock", START)
    assert (tmp_path / "clock").read_text() == START.isoformat()
    assert [file.name for file in tmp_path.iterdir()] == ["clock"]


def _until(is_so: object, seconds: float = 60) -> None:
    assert callable(is_so)
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
