"""What lies on a disk opens only in its own row, with the node's key, or with the backup's passphrase."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import SealError, TrustError
from api.sealing.backup import lock_backup, open_backup
from api.sealing.secret import generate_secret, hash_secret, verify_secret
from api.sealing.vault import NodeKeys, Vault

KEYS = NodeKeys.generate()
VAULT = Vault(KEYS)
ROW = "documents,01JD3XN6Q0M3T9A2V8R5K7W4YE,body,1"


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_is_locked_opens_in_its_own_place(plaintext: bytes, context: str) -> None:
    locked = VAULT.lock(plaintext, context)
    assert VAULT.unlock(locked.body, locked.key, context) == plaintext


def test_a_row_that_was_moved_does_not_open() -> None:
    locked = VAULT.lock(b"fictional", ROW)
    for other in (ROW + "0", "documents,another,body,1", ""):
        with pytest.raises(SealError, match="vault_broken"):
            VAULT.unlock(locked.body, locked.key, other)


def test_a_body_does_not_open_with_the_key_of_another() -> None:
    one, other = VAULT.lock(b"fictional", ROW), VAULT.lock(b"fictional", ROW)
    assert one.body != other.body
    with pytest.raises(SealError, match="vault_broken"):
        VAULT.unlock(one.body, other.key, ROW)


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    locked = VAULT.lock(b"fictional", ROW)
    parts = [bytearray(locked.body), bytearray(locked.key)]
    part = data.draw(st.sampled_from(parts))
    part[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError, match=r"vault_broken|vault_key_unknown"):
        VAULT.unlock(bytes(parts[0]), bytes(parts[1]), ROW)


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x02" + bytes(40)])
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(SealError, match="vault_broken"):
        VAULT.unlock(body, VAULT.lock(b"", ROW).key, ROW)


def test_the_node_key_changes_while_the_bodies_stay() -> None:
    locked = VAULT.lock(b"fictional", ROW)
    rotated = KEYS.rotated()
    new = Vault(rotated)
    assert new.unlock(locked.body, locked.key, ROW) == b"fictional"
    assert not new.is_current(locked.key)

    key = new.rewrap(locked.key, ROW)
    assert new.is_current(key)
    without_old = Vault(NodeKeys(rotated.keys[:1], rotated.lookup))
    assert without_old.unlock(locked.body, key, ROW) == b"fictional"
    with pytest.raises(SealError, match="vault_key_unknown"):
        without_old.unlock(locked.body, locked.key, ROW)


def test_references_are_found_by_a_hash_that_survives_a_change_of_keys_and_tells_nothing() -> None:
    found = VAULT.lookup("file_number", "7/2026")
    assert found == Vault(KEYS.rotated()).lookup("file_number", "7/2026")
    assert found != VAULT.lookup("passport", "7/2026")
    assert VAULT.lookup("a", "bc") != VAULT.lookup("ab", "c")
    assert found != Vault(NodeKeys.generate()).lookup("file_number", "7/2026")


def test_node_keys_survive_being_written_and_are_in_no_repr() -> None:
    assert NodeKeys.from_json(KEYS.to_json()).to_json() == KEYS.to_json()
    written = json.loads(KEYS.to_json())
    assert not any(secret in repr(KEYS) for secret in (written["lookup"], *written["keys"], str(KEYS.lookup)))
    assert "fictional" not in repr(VAULT.lock(b"fictional", ROW))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="not_json"),
        pytest.param("\ud800", id="no_utf8"),
        pytest.param('{"version":2,"keys":["A"],"lookup":"A"}', id="another_version"),
        pytest.param('{"version":1,"keys":[],"lookup":"A"}', id="no_keys"),
        pytest.param('{"version":1,"keys":[7],"lookup":"A"}', id="a_key_that_is_no_text"),
        pytest.param('{"version":1,"keys":["AAAA"],"lookup":"A"}', id="a_short_key"),
        pytest.param('{"version":1,"keys":["AAAA="],"lookup":"A"}', id="a_padded_key"),
        pytest.param(json.dumps({**json.loads(KEYS.to_json()), "lookup": None}), id="no_lookup"),
    ],
)
def test_a_damaged_key_file_is_refused(text: str) -> None:
    with pytest.raises(TrustError, match="node_keys_malformed"):
        NodeKeys.from_json(text)


PHRASE = "correct horse battery stâple"
BACKUP = lock_backup(b"a fictional database", PHRASE)


def test_a_backup_opens_with_its_passphrase() -> None:
    assert open_backup(BACKUP, PHRASE) == b"a fictional database"


def test_a_passphrase_is_the_same_however_the_keyboard_spells_its_accents() -> None:
    assert open_backup(BACKUP, unicodedata.normalize("NFD", PHRASE)) == b"a fictional database"


@pytest.mark.parametrize(
    ("data", "passphrase", "code"),
    [
        pytest.param(BACKUP, "wrong", "backup_passphrase", id="a_wrong_passphrase"),
        pytest.param(BACKUP[:-1] + bytes([BACKUP[-1] ^ 1]), PHRASE, "backup_passphrase", id="altered"),
        pytest.param(BACKUP[:50], PHRASE, "backup_passphrase", id="cut_off"),
        pytest.param(BACKUP[:20], PHRASE, "backup_malformed", id="cut_off_in_its_header"),
        pytest.param(b"PK" + BACKUP[2:], PHRASE, "backup_malformed", id="another_kind_of_file"),
        pytest.param(BACKUP[:15] + b"\x02" + BACKUP[16:], "x", "backup_malformed", id="a_newer_version"),
        pytest.param(BACKUP[:16] + b"\x1f" + BACKUP[17:], "x", "backup_malformed", id="too_dear"),
        pytest.param(BACKUP[:16] + b"\x0e" + BACKUP[17:], PHRASE, "backup_passphrase", id="made_cheap"),
    ],
)
def test_a_backup_stays_shut_when(data: bytes, passphrase: str, code: str) -> None:
    with pytest.raises(SealError) as caught:
        open_backup(data, passphrase)
    assert caught.value.code == code


def test_a_secret_is_kept_as_a_hash_that_proves_it() -> None:
    secret = generate_secret()
    hashed = hash_secret(secret)
    assert secret not in hashed
    assert hash_secret(secret) != hashed
    assert verify_secret(secret, hashed)
    assert not verify_secret(secret + "x", hashed)
    assert not verify_secret("\ud800", hashed)


@pytest.mark.parametrize("hashed", ["", "scrypt$14$AAAA", "bcrypt$14$AA$AA", "scrypt$1$AA$AA", "scrypt$14$=$A", "é"])
def test_a_damaged_hash_is_told_apart_from_a_wrong_secret(hashed: str) -> None:
    with pytest.raises(SealError, match="secret_hash_malformed"):
        verify_secret("x", hashed)
