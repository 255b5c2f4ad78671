"""The doctor finds what is wrong with a node and says how to mend it; what waits says why in plain words."""

import http.server
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from api.cli.outbox import age
from api.rules.waiting_reasons import explain
from tests.cli.conftest import Done, Homeward

Found = Callable[..., Done]


@pytest.fixture
def node(found: Found, homeward: Homeward) -> Homeward:
    """Set a node up; returns the commands."""
    found("--no-backup")
    return homeward


def lines_of(done: Done, weight: str) -> list[str]:
    """Return what the table says of this weight, each finding on a line."""
    return [line for line in done.out.splitlines() if line.startswith(f"│ {weight} ")]


def test_a_node_that_is_well(node: Homeward) -> None:
    """Exit code 0; everything was looked at, and that nobody is trusted yet is said without being wrong."""
    done = node("doctor")
    assert (done.code, done.err, lines_of(done, "wrong")) == (0, "", [])
    for word in ("is private", "are free", "the database is whole", "TH-SHELTER-N1 end on", "the tokens", "the log is"):
        assert word in done.out
    (warning,) = lines_of(done, "warn")
    assert "homeward agency trust" in warning


def open_to_others(data: Path) -> None:
    (data / "keys" / "TH-SHELTER-N1.jwks").chmod(0o644)


def lose_the_agencys_keys(data: Path) -> None:
    (data / "keys" / "TH-SHELTER-N1.jwks").unlink()


def lose_the_token_keys(data: Path) -> None:
    (data / "keys" / "tokens.jwks").unlink()


def lose_the_nodes_key(data: Path) -> None:
    (data / "keys" / "node.json").unlink()


def write_over_a_key(data: Path) -> None:
    (data / "keys" / "node.json").write_text("garbage")


def lose_the_database(data: Path) -> None:
    for file in data.glob("homeward.db*"):
        file.unlink()


def empty_the_database(data: Path) -> None:
    lose_the_database(data)
    sqlite3.connect(data / "homeward.db").close()


def damage_the_database(data: Path) -> None:
    with sqlite3.connect(data / "homeward.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = data / "homeward.db"
    content = bytearray(file.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    file.write_bytes(content)


def rewrite_history(data: Path) -> None:
    with sqlite3.connect(data / "homeward.db") as connection:
        connection.execute("UPDATE log SET entry = x'00'")


def slip_in_a_descriptor(data: Path) -> None:
    with sqlite3.connect(data / "homeward.db") as connection:
        connection.execute("UPDATE descriptor SET bound = 'another'")


def put_a_file_in_the_way(data: Path) -> None:
    (data / "attachments").touch()


DAMAGES: dict[Callable[[Path], None], tuple[str, str]] = {
    open_to_others: ("others on this machine can get at", "chmod 600"),
    lose_the_agencys_keys: ("the key file of TH-SHELTER-N1 is missing", "homeward keys restore"),
    lose_the_token_keys: ("the keys that sign tokens are missing", "homeward keys restore"),
    lose_the_nodes_key: ("no keys of a node", "homeward init"),
    write_over_a_key: ("the key files can't be read", "homeward keys restore"),
    lose_the_database: ("no database", "homeward restore"),
    empty_the_database: ("the database is empty", "homeward migrate"),
    damage_the_database: ("the database", ""),
    put_a_file_in_the_way: ("attachments can't be written to", "mode 700"),
    rewrite_history: ("the log was altered: line 0", "find out who"),
    slip_in_a_descriptor: ("the descriptor of TH-SHELTER-N1 is not good: descriptor_altered", "find out who"),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_what_is_broken_is_found(folder: Path, node: Homeward, damage: Callable[[Path], None]) -> None:
    """Exit code 1, what it is, and how to mend it; nothing is changed, not even a database made that was lost."""
    damage(folder / "data")
    before = {path: path.stat().st_mode for path in (folder / "data").rglob("*") if path.suffix != ".db-shm"}
    done = node("doctor", "--offline")
    assert (done.code, done.err.partition(":")[0]) == (1, "node_not_well")
    what, mend = DAMAGES[damage]
    assert [line for line in lines_of(done, "wrong") if what in line and mend in line], done.out
    if damage in {lose_the_database, open_to_others}:
        assert {path: path.stat().st_mode for path in before} == before
        assert (folder / "data" / "homeward.db").exists() is (damage is open_to_others)


SETTINGS: dict[str, tuple[dict[str, str], str, int]] = {
    "plain http": ({"HOMEWARD_BASE_URL": "http://node.example"}, "is plain http", 1),
    "no address": ({"HOMEWARD_BASE_URL": "node.example"}, "is no address", 1),
    "listens to all": ({"HOMEWARD_HOST": "0.0.0.0"}, "the node listens on 0.0.0.0", 0),  # noqa: S104
    "another address than published": ({"HOMEWARD_BASE_URL": "https://node.example"}, "published http://127", 1),
    "a plain sign-in service": ({"HOMEWARD_OIDC_ISSUER": "http://login.example"}, "HOMEWARD_OIDC_ISSUER", 1),
    "an unknown place of attachments": ({"HOMEWARD_ATTACHMENTS_URL": "ftp://x"}, "attachments_url_unknown", 1),
    "an unknown database": ({"HOMEWARD_DATABASE_URL": "mysql://x"}, "not one that is known", 1),
    "a database that is away": ({"HOMEWARD_DATABASE_URL": "postgresql://u:a-secret@127.0.0.1:1/h"}, "not answer", 1),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_look_wrong(node: Homeward, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fine for a trial, wrong in real life; a password is never shown."""
    given, what, code = SETTINGS[case]
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    done = node("doctor", "--offline")
    assert done.code == code, done.out
    assert what in "".join(lines_of(done, "wrong") + lines_of(done, "warn"))
    assert "a-secret" not in done.out + done.err


def test_a_clock_from_a_file_is_wrong_and_tells_keys_that_end(
    folder: Path, node: Homeward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty days before keys end it warns, afterwards it is wrong; `agency rotate` mends it."""
    monkeypatch.setenv("HOMEWARD_CLOCK_FILE", str(folder / "clock"))
    for days, weight, what in ((700, "warn", "in 29 days"), (731, "wrong", "key_expired")):
        (folder / "clock").write_text((datetime.now(UTC) + timedelta(days=days)).isoformat())
        done = node("doctor", "--offline")
        assert done.code == 1
        assert [line for line in lines_of(done, weight) if what in line and "homeward agency rotate" in line]
        assert any("HOMEWARD_CLOCK_FILE" in line for line in lines_of(done, "wrong"))


@contextmanager
def peer_at(folder: Path, node: Homeward, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """Let a department be trusted whose address answers what a test likes."""
    answer: dict[str, object] = {"status": 200, "ahead": timedelta()}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(int(str(answer["status"])))
            ahead = answer["ahead"]
            assert isinstance(ahead, timedelta)
            self.send_header("date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.end_headers()
            self.wfile.write(str(answer["descriptor"]).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with monkeypatch.context() as there:
        there.setenv("HOMEWARD_DATA_DIR", str(folder / "department"))
        there.setenv("HOMEWARD_BASE_URL", f"http://127.0.0.1:{server.server_port}")
        node("init", "--agency", "MM-DSW", "--name", "A department", "--no-backup")
        answer["descriptor"] = node("agency", "show").out.strip()
        prints = node("agency", "fingerprint").out.strip()
        there.setenv("HOMEWARD_DATA_DIR", str(folder / "data"))
        assert node("agency", "trust", "-", "--fingerprint", prints, given=str(answer["descriptor"])).code == 0
        there.setenv("HOMEWARD_DATA_DIR", str(folder / "department"))
        answer["rotate"] = node("agency", "rotate", "MM-DSW").code
        answer["newer"] = node("agency", "show").out.strip()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield answer
    finally:
        server.shutdown()
        server.server_close()


def test_other_sides_are_asked(folder: Path, node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reached or not, whose clock is off, who has new keys, and whether it is somebody else who answers."""
    with peer_at(folder, node, monkeypatch) as peer:
        assert "MM-DSW answers, and its clock agrees with ours" in node("doctor").out
        peer["ahead"] = timedelta(minutes=-9)
        late = node("doctor")
        assert (late.code, len(lines_of(late, "wrong"))) == (1, 1)
        assert "the clock of MM-DSW is 9 minutes behind ours" in late.out
        peer |= {"ahead": timedelta(), "descriptor": peer["newer"]}
        assert "MM-DSW published new keys" in node("doctor").out
        peer["status"] = 502
        assert "somebody answers 502 and not MM-DSW" in node("doctor").out
        peer |= {"status": 200, "descriptor": "<html>"}
        assert "something else than a descriptor" in node("doctor").out
        monkeypatch.setenv("HOMEWARD_BASE_URL", "http://127.0.0.1:8000")
        peer["descriptor"] = node("agency", "show").out.strip()
        assert "publishes another descriptor than the one that was pinned" in node("doctor").out
    away = node("doctor")
    assert (away.code, "MM-DSW does not answer" in away.out) == (0, True)


def test_a_folder_without_hard_links_is_found(folder: Path, node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried out, where files have come already, and nothing of that is left."""
    place = folder / "data" / "attachments"
    place.mkdir(mode=0o700)
    assert "attachments can be written to" in node("doctor", "--offline").out

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)
    done = node("doctor", "--offline")
    assert "hard links" in "".join(lines_of(done, "wrong"))
    assert list(place.iterdir()) == []


def test_a_store_of_attachments_is_asked(node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not where nobody shall be called."""
    monkeypatch.setenv("HOMEWARD_ATTACHMENTS_URL", "s3://bucket/folder")
    for name, value in {"ENDPOINT": "http://127.0.0.1:1", "KEY_ID": "key", "SECRET": "a-secret"}.items():
        monkeypatch.setenv(f"HOMEWARD_S3_{name}", value)
    done = node("doctor")
    assert (done.code, "a-secret" in done.out + done.err) == (1, False)
    assert "the store of attachments does not answer: s3://bucket/folder" in "".join(lines_of(done, "wrong"))
    assert "the store of attachments" not in node("doctor", "--offline").out


def await_a_file(data: Path, *, since: datetime, due: datetime) -> None:
    """Let the node wait for a file that a document of the department names."""
    of_both, named = {"agency_id": "TH-SHELTER-N1", "peer": "MM-DSW"}, "01JNXF2M1S0000000000000001"
    came, due_at = (f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (since, due))
    hashes = {"envelope_sha256": "0", "signed_sha256": "0"}
    held_up = {"attempts": 3, "reason": "scanner_unavailable", "due_at": due_at}
    rows: dict[str, dict[str, object]] = {
        "document": {"document_id": named, "is_sent": False, "at": came, "form": 24, "body": b"", **hashes},
        "attachment": {"sealed_sha256": "0", "blob": "0", "size": 1, **held_up},
        "attachment_use": {"sealed_sha256": "0", "document_id": named, "is_sent": False},
    }
    with sqlite3.connect(data / "homeward.db") as connection:
        for table, own in rows.items():
            row = {**of_both, **own}
            places = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)  # noqa: S608


def test_what_waits_is_shown_with_its_reason(folder: Path, node: Homeward) -> None:
    """For whom, since when, why in plain words; `--now` lets it be tried at once. Nothing tells what it is."""
    assert node("outbox").out.startswith("Nothing waits: everything that was sent has a receipt.")
    with sqlite3.connect(folder / "data" / "homeward.db") as connection:
        day_ago, later = (datetime.now(UTC) - timedelta(days=2), datetime.now(UTC) + timedelta(minutes=10))
        agency = ("MM-DSW", "A department", "MM", False, "https://mm.example", False, 1, day_ago)
        connection.execute(
            "INSERT INTO agency VALUES (?,?,?,?,?,?,?,?)", [str(one) if one == day_ago else one for one in agency]
        )
        connection.execute(
            "INSERT INTO outbox (agency_id, peer, document_id, what, data, sha256, state, attempts, reason, created_at,"
            " due_at) VALUES ('TH-SHELTER-N1','MM-DSW','01JNXF2M1S0000000000000000','envelope',x'00','0','waiting',"
            "12,'not_let_in',?,?)",
            [f"{day_ago:%Y-%m-%d %H:%M:%S.%f}", f"{later:%Y-%m-%d %H:%M:%S.%f}"],
        )
        connection.execute(
            "UPDATE agency SET pinned_at = ? WHERE agency_id = 'MM-DSW'", [f"{day_ago:%Y-%m-%d %H:%M:%S.%f}"]
        )
    await_a_file(folder / "data", since=day_ago, due=later)
    shown = node("outbox", "--items").out
    assert "from MM-DSW │ 1       │ 2 d   │ scanner_unavailable: The virus scanner here does not answer" in shown
    assert re.search(r"TH-SHELTER-N1 │ from MM-DSW │ 01JNXF2M1S0000000000000001 │ 2 d +│ 3 +│ in 9 min", shown)
    assert f"not_let_in: {explain('not_let_in')}" in shown
    assert "01JNXF2M1S0000000000000000" in shown
    assert "in 9 min" in shown
    assert "2 d" in shown
    hurried = node("outbox", "--items", "--now").out
    assert (hurried.count("│ now "), "in 9 min" in hurried) == (2, False)
    told = node("doctor", "--offline")
    assert "1 file waits on the way from MM-DSW since 2 d: scanner_unavailable" in "".join(lines_of(told, "warn"))
    assert "1 item waits for MM-DSW since 2 d: not_let_in" in "".join(lines_of(told, "warn"))


def test_ages_are_told_in_the_largest_unit() -> None:
    now = datetime(2025, 3, 14, tzinfo=UTC)
    told = [age(now - timedelta(seconds=seconds), now) for seconds in (-5, 59, 60, 7200, 200_000)]
    assert told == ["0 s", "59 s", "1 min", "2 h", "2 d"]
