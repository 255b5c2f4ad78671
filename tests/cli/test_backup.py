"""The backup of a whole node: taken while it runs, readable to nobody, and proven by restoring it."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done, Homeward

Found = Callable[..., Done]


@pytest.fixture
def node(found: Found, homeward: Homeward) -> Homeward:
    """Set a node up and take its backup; returns the commands."""
    found("--no-backup")
    assert homeward("backup", "node.backup").code == 0
    return homeward


def test_a_backup_is_one_private_file_that_tells_nothing(folder: Path, node: Homeward) -> None:
    """Under a passphrase: neither the agency nor a key can be read in it; it is never overwritten."""
    file = folder / "node.backup"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for word in (b"TH-SHELTER-N1", b"jwks", b"agency"):
        assert word not in file.read_bytes()
    assert node("backup", "node.backup").refused("file_exists")


def test_a_node_comes_back_and_is_proven(folder: Path, node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, agency and log are there again; the doctor finds nothing wrong with what was restored."""
    before = node("agency", "fingerprint").out
    done = node("restore", "node.backup", "--into", "there", "--check")
    assert (done.code, done.err) == (0, "")
    assert "TH-SHELTER-N1" in done.out
    assert "log          1 lines" in done.out
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(folder / "there"))
    assert node("agency", "fingerprint").out == before
    assert node("doctor", "--offline").code == 0
    keys = folder / "data" / "keys"
    assert {f.name: f.read_bytes() for f in (folder / "there" / "keys").iterdir()} == {
        f.name: f.read_bytes() for f in keys.iterdir()
    }


def test_the_exercise_leaves_nothing(folder: Path, node: Homeward) -> None:
    """With --check alone, or right after the backup, it is restored, proven and removed."""
    before = sorted(folder.iterdir())
    done = node("restore", "node.backup", "--check")
    assert (done.code, done.out.splitlines()[0].split()[0]) == (0, "proven")
    assert sorted(folder.iterdir()) == before
    assert "proven" in node("backup", "second.backup", "--check").out


def test_nothing_is_restored_over_something(folder: Path, node: Homeward) -> None:
    """Nor is a node that is there ever touched, nor a folder named by mistake."""
    assert node("restore", "node.backup", "--into", "data").refused("folder_not_empty")
    assert node("restore", "node.backup").refused("nowhere_to_restore")
    assert node("restore", "nowhere", "--into", "there").refused("file_unreadable")
    (folder / "text").write_text("something else")
    assert node("restore", "text", "--check").refused("backup_malformed")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[:-40],
    "one bit": lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
    "something behind it": lambda data: data + b"more",
    "a cheaper key": lambda data: data[:16] + bytes([14]) + data[17:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_found_out(folder: Path, node: Homeward, damage: str) -> None:
    """And leaves nothing half restored."""
    file = folder / "node.backup"
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    done = node("restore", "node.backup", "--into", "there")
    assert done.refused("backup_passphrase")
    assert not [path for path in (folder / "there").rglob("*") if path.is_file()]


def test_a_wrong_passphrase_opens_nothing(node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "another passphrase than that")
    assert node("restore", "node.backup", "--check").refused("backup_passphrase")
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "short")
    assert node("backup", "second.backup").refused("passphrase_short")


def test_without_a_node_there_is_no_backup(homeward: Homeward) -> None:
    assert homeward("backup", "node.backup").refused("not_initialised")
