"""What an operator may mistype, misname or leave open: one line says so, and nothing lies open to others."""

import io
import logging
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.cli.logs import configure_logs
from api.cli.opening import LARGEST_FILE
from tests.cli.conftest import Done, Homeward

Found = Callable[..., Done]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_that_is_too_large_is_not_read(folder: Path, homeward: Homeward) -> None:
    """From a path or from standard input."""
    (folder / "large").write_bytes(b" " * (LARGEST_FILE + 1))
    assert homeward("keys", "public", "large").refused("file_too_large")
    assert homeward("keys", "public", "-", given=b" " * (LARGEST_FILE + 1)).refused("file_too_large")


@pytest.mark.parametrize("phrase", [b"four fictional \xff words", b"four fictional \xed\xa0\x80 words"])
def test_a_passphrase_is_utf8(folder: Path, homeward: Homeward, phrase: bytes) -> None:
    (folder / "phrase").write_bytes(phrase)
    done = homeward("init", "--agency", "TH-A", "--name", "A", "--passphrase-file", "phrase")
    assert done.refused("passphrase_not_utf8")
    assert not (folder / "data").exists()


def test_a_passphrase_from_the_environment_is_utf8(homeward: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "four fictional \udcff words")
    assert homeward("init", "--agency", "TH-A", "--name", "A").refused("passphrase_not_utf8")


def test_a_name_that_is_no_utf8_is_one_line(homeward: Homeward) -> None:
    done = homeward("init", "--agency", "TH-A", "--name", "A \udcff shelter", "--no-backup")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_half_a_character_is_not_sealed(homeward: Homeward) -> None:
    homeward("keys", "new", "--agency", "TH-A", "--out", "a")
    done = homeward("seal", "--key", "a", "--to", "a.public", "-", given=b'{"kind": "x", "a": "\\ud800"}')
    assert done.refused("not_json")


def test_new_keys_overwrite_and_follow_nothing(folder: Path, homeward: Homeward) -> None:
    """Neither the private nor the public file, nor what a link in their place leads to; nothing half done stays."""
    (folder / "elsewhere").write_text("precious")
    (folder / "a.public").symlink_to("elsewhere")
    assert homeward("keys", "new", "--agency", "TH-A", "--out", "a").refused("file_exists")
    assert (folder / "elsewhere").read_text() == "precious"
    assert not (folder / "a").exists()
    (folder / "b").write_text("precious")
    assert homeward("keys", "new", "--agency", "TH-A", "--out", "b").refused("file_exists")
    assert not (folder / "b.public").exists()
    assert homeward("keys", "new", "--agency", "TH-A", "--out", "nowhere/c").refused("file_not_written")


def test_nobody_else_reads_the_database(folder: Path, homeward: Homeward, found: Found) -> None:
    """Neither where the folder is new nor where it was there, nor a database of an older version."""
    (folder / "data").mkdir(mode=0o755)
    found("--no-backup")
    assert mode(folder / "data") == 0o700
    database = folder / "data" / "homeward.db"
    assert mode(database) == 0o600
    database.chmod(0o644)
    assert homeward("migrate").code == 0
    assert mode(database) == 0o600


def test_a_folder_that_holds_other_things_is_left_as_it_is(folder: Path, found: Found) -> None:
    """It may be somebody else's; the database and the keys in it are private by themselves."""
    (folder / "data").mkdir(mode=0o755)
    (folder / "data").chmod(0o755)
    (folder / "data" / "other").write_text("")
    assert found("--no-backup").code == 0
    assert mode(folder / "data") == 0o755
    assert {mode(folder / "data" / name) & 0o077 for name in ("homeward.db", "keys")} == {0}


def test_a_data_folder_that_cannot_be_is_one_line(folder: Path, found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(folder / "file" / "data"))
    assert found("--no-backup").refused("data_dir_not_writable")


def test_tables_are_whole_and_plain(homeward: Homeward) -> None:
    """Without a terminal nothing is cut, and brackets in a name are brackets."""
    name = "A [bold]shelter[/] with a very long name in the north, " + "near the river " * 4
    homeward("init", "--agency", "TH-SHELTER-N1", "--name", name, "--no-backup")
    assert name.strip() in homeward("agency", "list").out
    homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "SW", "--id", "desk-" + "x" * 60)
    assert "desk-" + "x" * 60 in homeward("client", "list").out


def test_init_says_what_comes_next(found: Found) -> None:
    done = found("--no-backup")
    for step in ("homeward serve", "homeward agency trust", "homeward client add", "--role SW", "WO for a welfare"):
        assert step in done.out


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Configure logs as `serve` does, and put everything back."""
    import structlog  # noqa: PLC0415

    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", written)
    configure_logs("json")
    yield written
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_addresses_that_are_called_are_not_logged(logs: io.StringIO) -> None:
    """The client's own lines stay out: an address with a query may say too much. Its warnings come through."""
    import httpx2  # noqa: PLC0415

    with httpx2.Client(transport=httpx2.MockTransport(lambda _request: httpx2.Response(200))) as client:
        client.get("http://mm-dsw.example/exchange/v1/mailbox?cursor=MQ")
    assert logs.getvalue() == ""
    logging.getLogger("httpx2").warning("a warning")
    assert "a warning" in logs.getvalue()
