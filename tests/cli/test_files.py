"""Sealing and opening files without a node: for a partner with a stick, and whatever key files its library makes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # an independent partner

from tests.cli.conftest import Homeward
from tests.forms import example


@pytest.fixture
def document(folder: Path) -> Path:
    file = folder / "document.json"
    file.write_text(json.dumps({**example("case_file_basic"), "sender": "TH-SHELTER-N1", "recipient": "MM-DSW"}))
    return file


@pytest.fixture
def keys(folder: Path, homeward: Homeward) -> Path:
    """Two sides' key files: ours.jwks, theirs.jwks, and their .public."""
    homeward("keys", "new", "--agency", "TH-SHELTER-N1", "--out", "ours.jwks")
    homeward("keys", "new", "--agency", "MM-DSW", "--out", "theirs.jwks")
    return folder


def _jwcrypto_keys(folder: Path, name: str, encryption: dict[str, Any]) -> None:
    """Write the key files that a partner's library makes: no kid, no use, no agency."""
    pair = [JWK.generate(kty="OKP", crv="Ed25519"), JWK.generate(**encryption)]
    for suffix, private in (("", True), (".public", False)):
        members = [key.export(private_key=private, as_dict=True) for key in pair]
        bare = [{part: value for part, value in key.items() if part not in {"kid", "use"}} for key in members]
        (folder / f"{name}{suffix}").write_text(json.dumps({"keys": bare}))


def test_what_is_sealed_is_opened(homeward: Homeward, keys: Path, document: Path) -> None:
    """The same document, through files."""
    sealed = homeward("seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", document)
    assert (sealed.code, sealed.err, sealed.out.count(".")) == (0, "", 4)
    (keys / "envelope").write_text(sealed.out)
    opened = homeward("open", "--key", "theirs.jwks", "--from", "ours.jwks.public", "envelope")
    assert (opened.code, opened.err) == (0, "")
    assert json.loads(opened.out) == json.loads(document.read_text())


@pytest.mark.parametrize(
    "encryption",
    [
        pytest.param({"kty": "OKP", "crv": "X25519"}, id="X25519"),
        pytest.param({"kty": "EC", "crv": "P-256"}, id="P-256"),
        pytest.param({"kty": "RSA", "size": 3072}, id="RSA-3072"),
    ],
)
def test_key_files_of_another_library_serve(
    homeward: Homeward, folder: Path, document: Path, encryption: dict[str, Any]
) -> None:
    """Made by jwcrypto, with no kid, use or agency in them."""
    _jwcrypto_keys(folder, "a", {"kty": "OKP", "crv": "X25519"})
    _jwcrypto_keys(folder, "b", encryption)
    sealed = homeward("seal", "--key", "a", "--to", "b.public", document)
    assert sealed.code == 0, sealed.err
    opened = homeward("open", "--key", "b", "--from", "a.public", "-", given=sealed.out)
    assert json.loads(opened.out) == json.loads(document.read_text())


def test_what_is_left_out_is_filled_in(homeward: Homeward, keys: Path, document: Path) -> None:
    """Id, time, version, sender and recipient come from the clock and the key files."""
    content = json.loads(document.read_text())
    for name in ("id", "created_at", "schema_version", "sender", "recipient"):
        content.pop(name, None)
    sealed = homeward("seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", "-", given=json.dumps(content))
    opened = homeward("open", "--key", "theirs.jwks", "--from", "ours.jwks.public", "-", given=sealed.out)
    whole = json.loads(opened.out)
    assert (whole["sender"], whole["recipient"]) == ("TH-SHELTER-N1", "MM-DSW")
    assert len(whole["id"]) == 26


def test_through_pipes_as_a_shell_does(keys: Path, document: Path) -> None:
    """homeward seal ... - | homeward open ... -"""  # noqa: D400, D403
    command = [sys.executable, "-m", "api.cli"]
    seal = [*command, "seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", "-"]
    with document.open("rb") as content:
        sealing = subprocess.Popen(seal, stdin=content, stdout=subprocess.PIPE)
    opened = subprocess.run(
        [*command, "open", "--key", "theirs.jwks", "--from", "ours.jwks.public", "-"],
        stdin=sealing.stdout,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert sealing.stdout is not None
    sealing.stdout.close()
    assert sealing.wait(10) == 0
    assert json.loads(opened.stdout) == json.loads(document.read_text())
    assert keys.exists()


def test_who_reads_no_further_breaks_nothing(keys: Path, document: Path) -> None:
    """`homeward seal ... | head -c 0`: no traceback."""
    assert keys.exists()
    sealing = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", str(document)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert sealing.stdout is not None
    assert sealing.stderr is not None
    sealing.stdout.close()
    with sealing.stderr as stderr:
        assert b"Traceback" not in stderr.read()
    sealing.wait(30)


BAD_DOCUMENTS = {
    "not JSON": (b"{", "not_json"),
    "a list": (b"[]", "not_json"),
    "too deep": (b"[" * 100_000, "not_json"),
    "not UTF-8": (b'{"a": "\xff"}', "not_json"),
    "in another agency's name": (b'{"kind": "letter", "sender": "TH-OTHER"}', "sender_differs"),
    "for another agency": (b'{"kind": "letter", "recipient": "TH-OTHER"}', "agency_differs"),
    "with an unknown field": (b'{"kind": "case_file", "Thidar Wai": 1}', "invalid_input"),
}


@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_what_is_no_document_is_not_sealed(homeward: Homeward, keys: Path, case: str) -> None:
    """One line on standard error, nothing on standard output, and nothing of what was in the file."""
    assert keys.exists()
    data, code = BAD_DOCUMENTS[case]
    done = homeward("seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", "-", given=data)
    assert done.refused(code), done
    assert "Thidar" not in done.err


def _change(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


@pytest.mark.parametrize("place", [3, -2, -40, -400])
def test_one_letter_changed_and_it_does_not_open(homeward: Homeward, keys: Path, document: Path, place: int) -> None:
    """Whichever letter: refused with one line."""
    assert keys.exists()
    sealed = homeward("seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", document).out.strip()
    changed = _change(sealed, place % len(sealed))
    done = homeward("open", "--key", "theirs.jwks", "--from", "ours.jwks.public", "-", given=changed)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    ("key", "sender", "file", "code"),
    [
        pytest.param("theirs.jwks", "ours.jwks.public", "nowhere", "file_unreadable", id="no envelope"),
        pytest.param("nowhere", "ours.jwks.public", "envelope", "file_unreadable", id="no key file"),
        pytest.param("theirs.jwks.public", "ours.jwks.public", "envelope", "key_not_private", id="public for private"),
        pytest.param("theirs.jwks", "ours.jwks", "envelope", "key_not_public", id="private for public"),
        pytest.param("ours.jwks", "ours.jwks.public", "envelope", "recipient_not_us", id="for somebody else"),
        pytest.param("theirs.jwks", "theirs.jwks.public", "envelope", "sender_differs", id="from somebody else"),
        pytest.param("theirs.jwks", "other.jwks.public", "envelope", "signer_unknown", id="signed by another key"),
        pytest.param("theirs.jwks", "ours.jwks.public", "theirs.jwks", "envelope_not_compact", id="no envelope at all"),
        pytest.param("document.json", "ours.jwks.public", "envelope", "keys_malformed", id="no key set at all"),
    ],
)
def test_every_error_is_one_line(
    homeward: Homeward, keys: Path, document: Path, key: str, sender: str, file: str, code: str
) -> None:
    """Code, and how to mend it; exit code 1; standard output stays empty."""
    homeward("keys", "new", "--agency", "TH-SHELTER-N1", "--out", "other.jwks")
    sealed = homeward("seal", "--key", "ours.jwks", "--to", "theirs.jwks.public", document)
    (keys / "envelope").write_text(sealed.out)
    done = homeward("open", "--key", key, "--from", sender, file)
    assert done.refused(code), done
