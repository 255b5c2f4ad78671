"""The backup of a whole node: taken while it runs, readable to nobody, and proven by restoring it."""

import json
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from moto.server import ThreadedMotoServer

from api.making import blobs_of
from api.sealing.archive import lock_archive, open_archive
from api.settings import Settings
from tests.cli.conftest import PASSPHRASE, Done, Homeward
from tests.cli.staff import hand_in, staff_of

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


@pytest.fixture
def node_with_a_file(found: Found, homeward: Homeward) -> Homeward:
    """Set a node up where a recording was handed in."""
    found("--no-backup")
    with staff_of("TH-SHELTER-N1") as http:
        case = http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}).json()["case_uid"]
        hand_in(http, case)
    return homeward


def _bytes_in(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_attachments_come_back_and_are_proven(folder: Path, node_with_a_file: Homeward) -> None:
    """How many is told; restored, they have their digests; one that was altered there is found."""
    taken = node_with_a_file("backup", "node.backup", "--check")
    assert (taken.code, taken.err) == (0, "")
    assert "attachments  1 files, 600" in taken.out
    assert "attachments  1 there, each with its digest" in taken.out
    assert node_with_a_file("restore", "node.backup", "--into", "there", "--check").code == 0
    assert _bytes_in(folder / "there" / "attachments") == _bytes_in(folder / "data" / "attachments")
    assert not list((folder / "data").glob("restore-*"))


def test_an_attachment_that_is_lost_is_told_after_the_backup(folder: Path, node_with_a_file: Homeward) -> None:
    """It holds everything else, is written, and says so with exit code 1; its proof does too."""
    shutil.rmtree(folder / "data" / "attachments")
    taken = node_with_a_file("backup", "node.backup")
    assert (taken.code, taken.err.partition(":")[0]) == (1, "attachments_lost")
    assert node_with_a_file("restore", "node.backup", "--check").refused("attachments_damaged")
    assert node_with_a_file("restore", "node.backup", "--into", "there").code == 0


def test_a_backup_that_was_cut_off_leaves_no_attachment(folder: Path, node_with_a_file: Homeward) -> None:
    """And the folder can be restored into by the whole one."""
    node_with_a_file("backup", "node.backup")
    (folder / "cut").write_bytes((folder / "node.backup").read_bytes()[:-100])
    assert node_with_a_file("restore", "cut", "--into", "there").refused("backup_passphrase")
    assert _bytes_in(folder / "there") == {}
    assert node_with_a_file("restore", "node.backup", "--into", "there", "--check").code == 0


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a bucket at a real server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint, name = f"http://{host}:{port}", f"b{secrets.token_hex(6)}"
    assert httpx2.put(f"{endpoint}/{name}").is_success
    settings = {"ATTACHMENTS_URL": f"s3://{name}/node", "S3_ENDPOINT": endpoint}
    for setting, value in {**settings, "S3_KEY_ID": "fictional", "S3_SECRET": "fictional"}.items():
        monkeypatch.setenv(f"HOMEWARD_{setting}", value)
    yield f"{endpoint}/{name}"
    server.stop()


def test_a_bucket_has_a_backup_of_its_own(
    folder: Path, bucket: str, node_with_a_file: Homeward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said plainly; the proof looks whether the files are there, and touches none."""
    taken = node_with_a_file("backup", "node.backup", "--check")
    assert (taken.code, taken.err) == (0, "")
    assert "attachments  not in it: they lie in HOMEWARD_ATTACHMENTS_URL" in taken.out
    assert "attachments  1 there, in HOMEWARD_ATTACHMENTS_URL" in taken.out
    assert not (folder / "data" / "attachments").exists()
    assert httpx2.get(bucket).text.count("<Key>") == 3
    blobs = blobs_of(Settings())
    blobs.remove(next(iter(blobs.names())))
    assert node_with_a_file("restore", "node.backup", "--check").refused("attachments_damaged")
    monkeypatch.delenv("HOMEWARD_ATTACHMENTS_URL")
    somewhere = node_with_a_file("restore", "node.backup", "--into", "there", "--check")
    assert (somewhere.code, somewhere.out.count("HOMEWARD_ATTACHMENTS_URL")) == (0, 2)


def test_files_move_from_a_folder_to_a_bucket(
    folder: Path, node_with_a_file: Homeward, request: pytest.FixtureRequest
) -> None:
    """Restored where a bucket is set they go there; the exercise alone never puts anything there."""
    node_with_a_file("backup", "node.backup")
    bucket = request.getfixturevalue("bucket")
    assert node_with_a_file("restore", "node.backup", "--check").code == 0
    assert "<Key>" not in httpx2.get(bucket).text
    assert node_with_a_file("restore", "node.backup", "--into", "there", "--check").code == 0
    assert httpx2.get(bucket).text.count("<Key>") == 3
    assert not (folder / "there" / "attachments").exists()


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


@pytest.mark.parametrize("name", ["..", "", "../away", "/away"])
def test_a_backup_names_no_key_elsewhere(folder: Path, node: Homeward, name: str) -> None:
    """Whoever knows the passphrase writes into the new folder alone."""
    with (folder / "node.backup").open("rb") as stream:
        head, rest = b"".join(open_archive(stream.read, PASSPHRASE)).split(b"\n", 1)
    changed = json.dumps({**json.loads(head), "keys": {name: "a key"}}).encode()
    (folder / "other.backup").write_bytes(b"".join(lock_archive([changed, b"\n", rest], PASSPHRASE)))
    assert node("restore", "other.backup", "--into", "there").refused("backup_malformed")
    assert not [path for path in (folder / "there").rglob("*") if path.is_file()]


def test_a_wrong_passphrase_opens_nothing(node: Homeward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "another passphrase than that")
    assert node("restore", "node.backup", "--check").refused("backup_passphrase")
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "short")
    assert node("backup", "second.backup").refused("passphrase_short")


def test_without_a_node_there_is_no_backup(homeward: Homeward) -> None:
    assert homeward("backup", "node.backup").refused("not_initialised")
