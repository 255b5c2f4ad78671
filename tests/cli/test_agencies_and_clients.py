"""Agencies are trusted after fingerprints were compared; clients are let in, and their secret is shown once."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from api.sealing.keys import PublicKeySet
from tests.cli.conftest import Done, Homeward

Found = Callable[..., Done]
At = Callable[[str], None]
OURS = ["--agency", "TH-SHELTER-N1", "--role", "SW"]


@pytest.fixture
def at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Go to another node of this machine."""
    return lambda name: monkeypatch.setenv("HOMEWARD_DATA_DIR", str(folder / name))


@pytest.fixture
def pair(folder: Path, homeward: Homeward, found: Found, at: At) -> tuple[str, str]:
    """Set two nodes up, each with its descriptor in a file; returns their fingerprints."""
    prints = []
    for name, agency in (("th", "TH-SHELTER-N1"), ("mm", "MM-DSW")):
        at(name)
        found("--no-backup", agency=agency)
        (folder / f"{name}.descriptor").write_text(homeward("agency", "show").out)
        prints.append(homeward("agency", "fingerprint").out.strip())
    at("th")
    return prints[0], prints[1]


def test_an_agency_is_trusted_after_its_fingerprint_was_compared(
    folder: Path, homeward: Homeward, pair: tuple[str, str]
) -> None:
    """Required the first time; a wrong one is refused; however it is grouped, the right one counts."""
    assert homeward("agency", "trust", "mm.descriptor").refused("fingerprint_required")
    assert homeward("agency", "trust", "mm.descriptor", "--fingerprint", pair[0]).refused("fingerprint_differs")
    done = homeward("agency", "trust", "mm.descriptor", "--fingerprint", pair[1].replace(" ", ""), "--pull")
    assert (done.code, done.out) == (0, "MM-DSW is trusted (descriptor 1); documents can be sent to it.\n")
    descriptor = (folder / "mm.descriptor").read_text()
    assert homeward("agency", "trust", "-", given=descriptor).code == 0, "the same again needs no fingerprint"
    table = homeward("agency", "list").out
    assert "MM-DSW" in table
    assert "pulled" in table
    assert homeward("agency", "trust", "th.descriptor", "--fingerprint", pair[0]).refused("agency_is_ours")


def test_what_is_no_descriptor_is_refused(folder: Path, homeward: Homeward, pair: tuple[str, str]) -> None:
    """A file of something else, and a descriptor with one letter changed."""
    assert pair
    (folder / "page").write_text("<html>")
    assert homeward("agency", "trust", "page", "--fingerprint", pair[1]).refused("jws_not_compact")
    assert homeward("agency", "trust", "nowhere").refused("file_unreadable")
    data = (folder / "mm.descriptor").read_text().strip()
    (folder / "changed").write_text(data[:-10] + ("A" if data[-10] != "A" else "B") + data[-9:])
    print_of_changed = homeward("agency", "fingerprint", "changed").out.strip()
    assert homeward("agency", "trust", "changed", "--fingerprint", print_of_changed).refused("signature_wrong")


def test_a_descriptor_is_shown_to_people_and_machines(folder: Path, homeward: Homeward, pair: tuple[str, str]) -> None:
    """As it is signed, as a JWK Set, as a fingerprint of a file, and as a QR code."""
    jwks = homeward("agency", "show", "TH-SHELTER-N1", "--jwks").out
    assert PublicKeySet.from_json(jwks).agency == "TH-SHELTER-N1"
    assert '"d"' not in jwks
    assert homeward("agency", "fingerprint", "mm.descriptor").out.strip() == pair[1]
    shown = homeward("agency", "fingerprint", "--qr").out
    assert shown.startswith(pair[0])
    assert len(shown.splitlines()) > 10
    assert homeward("agency", "show", "MM-DSW").refused("agency_not_found")
    assert homeward("agency", "fingerprint", "MM-DSW").refused("agency_not_found")


def test_one_node_serves_several_agencies(folder: Path, homeward: Homeward, pair: tuple[str, str]) -> None:
    """Another with keys of its own, beside the first."""
    assert pair
    done = homeward("agency", "add", "TH-MINISTRY", "--name", "A ministry", "--pulls")
    assert done.code == 0
    assert "homeward keys backup" in done.out
    assert (folder / "th" / "keys" / "TH-MINISTRY.jwks").stat().st_mode & 0o777 == 0o600
    assert homeward("agency", "add", "TH-MINISTRY", "--name", "Again").refused("file_exists")
    assert homeward("agency", "add", "../x", "--name", "A path").refused("agency_id_malformed")
    assert homeward("agency", "list").out.count("yes") == 2


def test_keys_are_replaced_and_the_other_side_takes_the_new_ones(
    folder: Path, homeward: Homeward, pair: tuple[str, str], at: At
) -> None:
    """The old keys stay in the file; the next descriptor needs no fingerprint, since the old key signed it."""
    at("mm")
    before = json.loads((folder / "mm" / "keys" / "MM-DSW.jwks").read_text())
    done = homeward("agency", "rotate", "MM-DSW")
    assert done.code == 0
    assert "descriptor 2" in done.out
    after = (folder / "mm" / "keys" / "MM-DSW.jwks").read_text()
    assert [key for key in before["keys"] if key not in json.loads(after)["keys"]] == []
    assert len(json.loads(after)["keys"]) == 2 * len(before["keys"])
    assert (folder / "mm" / "keys" / "MM-DSW.jwks").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (folder / "mm" / "keys").glob("*.new")] == []
    assert homeward("agency", "rotate", "MM-OTHER").refused("agency_keys_missing")
    newest = homeward("agency", "show").out
    at("th")
    assert homeward("agency", "trust", "mm.descriptor", "--fingerprint", pair[1]).code == 0
    done = homeward("agency", "trust", "-", given=newest)
    assert (done.code, done.out) == (0, "MM-DSW is trusted (descriptor 2); documents can be sent to it.\n")


def test_a_secret_is_shown_once_and_never_again(folder: Path, homeward: Homeward, pair: tuple[str, str]) -> None:
    """Not in the list, not in the database, not in its files."""
    assert pair
    done = homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "SW", "--role", "FO", "--id", "desk")
    secret = next(line.split()[1] for line in done.out.splitlines() if line.startswith("client_secret"))
    assert len(secret) >= 40
    table = homeward("client", "list").out
    assert "desk" in table
    assert secret not in table
    assert not [file for file in (folder / "th").rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    with sqlite3.connect(folder / "th" / "homeward.db") as database:
        (kept,) = database.execute("SELECT secret_hash FROM client WHERE client_id = 'desk'").fetchone()
    database.close()
    assert secret not in kept
    assert homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "SW", "--id", "desk").refused(
        "client_exists"
    )


def test_a_client_with_a_key_has_no_secret(homeward: Homeward, pair: tuple[str, str]) -> None:
    """The better way: its public key set is kept; a private one is refused, loudly."""
    assert pair
    homeward("keys", "new", "--agency", "TH-SHELTER-N1", "--out", "system.jwks")
    done = homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "PI", "--key", "system.jwks.public")
    assert done.code == 0
    assert "secret" not in done.out
    assert "key" in homeward("client", "list").out
    wrong = homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "PI", "--key", "system.jwks")
    assert wrong.refused("key_not_public")


def test_a_revoked_client_stays_in_the_list(homeward: Homeward, pair: tuple[str, str]) -> None:
    """Revoked twice is revoked once; who is not there can't be."""
    assert pair
    homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "SW", "--id", "desk")
    assert homeward("client", "revoke", "desk").out == "desk is revoked\n"
    before = homeward("client", "list").out
    assert homeward("client", "revoke", "desk").code == 0
    assert homeward("client", "list").out == before
    assert homeward("client", "revoke", "nobody").refused("client_not_found")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--agency", "MM-DSW", "--role", "SW"], "agency_not_ours", id="not our agency"),
        pytest.param(
            ["--agency", "TH-SHELTER-N1", "--role", "SW", "--scope", "all"], "scope_unknown", id="no such scope"
        ),
        pytest.param(
            ["--agency", "TH-SHELTER-N1", "--role", "SW", "--key", "none"], "file_unreadable", id="no such file"
        ),
    ],
)
def test_a_client_that_can_not_be(homeward: Homeward, pair: tuple[str, str], arguments: list[str], code: str) -> None:
    """Refused with one line."""
    assert pair
    assert homeward("client", "add", *arguments).refused(code)


def test_the_command_line_itself_may_be_wrong(homeward: Homeward) -> None:
    """Exit code 2, and what is known instead."""
    done = homeward("client", "add", "--agency", "TH-SHELTER-N1", "--role", "KING")
    assert (done.code, done.out) == (2, "")
    assert "SW" in done.err
    assert homeward("no-such-command").code == 2
