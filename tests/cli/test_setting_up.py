"""Setting a node up: keys that only their owner reads, a backup that opens, and no step that can be half done."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE, Done, Homeward

ROOT = Path(__file__).parents[2]

Found = Callable[..., Done]


def fingerprint_in(done: Done) -> str:
    return next(line.split(maxsplit=1)[1] for line in done.out.splitlines() if line.startswith("fingerprint"))


def test_init_makes_keys_database_agency_and_backup(folder: Path, homeward: Homeward, found: Found) -> None:
    """One command; the key files are readable by their owner only, the fingerprint is said, the next step too."""
    done = found()
    assert (done.code, done.err) == (0, "")
    files = sorted((folder / "data" / "keys").iterdir())
    assert [file.name for file in files] == ["TH-SHELTER-N1.jwks", "node.json", "tokens.jwks"]
    backup = folder / "data-keys.backup"
    assert {stat.S_IMODE(file.stat().st_mode) for file in [*files, backup]} == {0o600}
    assert stat.S_IMODE((folder / "data" / "keys").stat().st_mode) == 0o700
    assert str(backup) in done.out
    assert "Next: `homeward serve`" in done.out
    assert homeward("agency", "fingerprint").out.strip() == fingerprint_in(done)


def test_init_refuses_a_second_time(folder: Path, found: Found) -> None:
    """Keys that are there are never touched."""
    found("--no-backup")
    before = {file: file.read_bytes() for file in (folder / "data" / "keys").iterdir()}
    assert found().refused("already_initialised")
    assert {file: file.read_bytes() for file in (folder / "data" / "keys").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--agency", "shelter"], "agency_id_malformed", id="no agency id"),
        pytest.param(["--agency", "TH-../../etc"], "agency_id_malformed", id="a path for an agency"),
        pytest.param(["--agency", "TH-A", "--signing", "RS256"], "algorithm_unknown", id="an algorithm nobody uses"),
        pytest.param(["--agency", "TH-A", "--encryption", "RSA-2048"], "algorithm_unknown", id="a key too short"),
        pytest.param(["--agency", "TH-A", "--passphrase-file", "none"], "file_unreadable", id="no such file"),
    ],
)
def test_init_that_is_refused_leaves_nothing(folder: Path, homeward: Homeward, arguments: list[str], code: str) -> None:
    """Nothing half done: the next try starts from nothing."""
    assert homeward("init", "--name", "A shelter", *arguments).refused(code)
    assert not (folder / "data").exists()


def test_a_short_passphrase_is_refused_before_anything_is_made(folder: Path, found: Found) -> None:
    """A backup that can be guessed is none."""
    (folder / "phrase").write_text("too short\n")
    assert found("--passphrase-file", "phrase").refused("passphrase_short")
    assert not (folder / "data").exists()


def test_init_without_a_database_says_so_without_its_password(
    folder: Path, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, and nothing is made that would stand in the way of the next try."""
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", "postgresql://u:a-secret@127.0.0.1:1/homeward")
    done = found()
    assert done.refused("database_unreachable")
    assert "a-secret" not in done.err
    assert not (folder / "data" / "keys").exists()


def test_the_backup_brings_the_keys_back(
    folder: Path, homeward: Homeward, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine burnt: an empty directory, the backup and its passphrase are enough."""
    found()
    before = {file.name: file.read_bytes() for file in (folder / "data" / "keys").iterdir()}
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(folder / "new"))
    done = homeward("keys", "restore", "data-keys.backup")
    assert (done.code, done.out) == (0, "restored: TH-SHELTER-N1.jwks, node.json, tokens.jwks\n")
    assert {file.name: file.read_bytes() for file in (folder / "new" / "keys").iterdir()} == before
    assert homeward("migrate").code == 0
    assert homeward("keys", "restore", "data-keys.backup").refused("file_exists")


def test_a_backup_needs_its_passphrase(folder: Path, homeward: Homeward, found: Found) -> None:
    """A wrong one, a damaged file and something else are told apart as far as they can be."""
    found()
    for name, text in (("wrong", "another passphrase"), ("right", PASSPHRASE)):
        (folder / name).write_text(text)
    assert homeward("keys", "restore", "data-keys.backup", "--passphrase-file", "wrong").refused("backup_passphrase")
    (folder / "not-a-backup").write_bytes(b"something else")
    assert homeward("keys", "restore", "not-a-backup").refused("backup_malformed")
    assert homeward("keys", "restore", "nowhere").refused("file_unreadable")
    assert homeward("keys", "backup", "second.backup", "--passphrase-file", "right").code == 0
    assert homeward("keys", "backup", "second.backup").refused("file_exists")
    assert homeward("keys", "backup", "wrong/second.backup").refused("file_exists")
    assert homeward("keys", "backup", "/proc/nowhere/second.backup").refused("file_not_written")


def test_a_passphrase_is_asked_for_twice(
    folder: Path, process: Homeward, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is set, it is asked for; a typing mistake is noticed."""
    found("--no-backup")
    monkeypatch.delenv("HOMEWARD_PASSPHRASE")
    done = process("keys", "backup", "a.backup", given=f"{PASSPHRASE}\nanother\n{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.code == 0
    assert PASSPHRASE not in done.out + done.err
    assert (folder / "a.backup").exists()


def test_what_fails_at_the_end_leaves_no_keys(folder: Path, homeward: Homeward) -> None:
    """The agency's descriptor can't be signed (its name is too long): the next try finds no half of a node."""
    done = homeward("init", "--agency", "TH-SHELTER-N1", "--name", "x" * 300, "--no-backup")
    assert done.refused("descriptor_invalid")
    assert list((folder / "data" / "keys").iterdir()) == []
    assert homeward("init", "--agency", "TH-SHELTER-N1", "--name", "A shelter", "--no-backup").code == 0


def test_no_keys_no_backup(homeward: Homeward) -> None:
    """Before `init` there is nothing to back up."""
    assert homeward("keys", "backup").refused("not_initialised")


@pytest.mark.parametrize("command", [["serve"], ["deliver"], ["agency", "list"], ["client", "list"]])
def test_before_init_every_command_says_what_to_do(homeward: Homeward, command: list[str]) -> None:
    """One line, no traceback."""
    assert homeward(*command).refused("not_initialised")


def test_an_older_database_is_not_served(folder: Path, homeward: Homeward, found: Found) -> None:
    """The new version does not touch the old tables until `homeward migrate` was run."""
    found("--no-backup")
    for file in (folder / "data").glob("homeward.db*"):
        file.unlink()
    assert homeward("serve").refused("not_migrated")
    done = homeward("migrate")
    newest = max(file.stem[:4] for file in (ROOT / "migrations" / "versions").glob("0*.py"))
    assert (done.code, done.out) == (0, f"the database is at revision {newest}\n")
    assert homeward("agency", "list").code == 0


def test_keys_for_a_partner_without_a_node(folder: Path, homeward: Homeward) -> None:
    """A private file for the owner only, a public one to give away; neither is overwritten."""
    done = homeward("keys", "new", "--agency", "MM-NGO", "--out", "ours.jwks", "--encryption", "RSA-3072")
    assert done.code == 0
    assert stat.S_IMODE((folder / "ours.jwks").stat().st_mode) == 0o600
    public = json.loads((folder / "ours.jwks.public").read_text())
    assert not [member for key in public["keys"] for member in ("d", "p", "q") if member in key]
    assert json.loads(homeward("keys", "public", "ours.jwks").out) == public
    assert homeward("keys", "new", "--agency", "MM-NGO", "--out", "ours.jwks").refused("file_exists")
    assert homeward("keys", "new", "--agency", "ngo", "--out", "other.jwks").refused("agency_id_malformed")
    assert not os.path.exists("other.jwks")  # noqa: PTH110
