"""Blobs are kept piece by piece in a directory and in an S3-compatible store alike; the store is a real server."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from moto.server import ThreadedMotoServer

from api.cli.checks.files import check_store
from api.errors import NodeError
from api.making import blobs_of
from api.settings import Settings
from api.store.blobs import PIECE, Blobs, is_name, made_at, new_name, read_blob, write_blob
from api.store.blobs.directory import Directory
from tests.support import START

KEY = {"s3_key_id": "fictional", "s3_secret": "fictional"}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Start a server that speaks S3 on this machine, from a package."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def a_bucket(endpoint: str) -> Settings:
    name = f"b{secrets.token_hex(6)}"
    assert httpx2.put(f"{endpoint}/{name}").is_success
    return Settings(attachments_url=f"s3://{name}/node", s3_endpoint=endpoint, **KEY, _env_file=None)


@pytest.fixture(params=["directory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Give an empty store of each kind, made from settings as a node makes it."""
    if request.param == "directory":
        return blobs_of(Settings(data_dir=tmp_path, _env_file=None))
    return blobs_of(a_bucket(request.getfixturevalue("s3_server")))


def test_a_blob_is_read_from_any_place(blobs: Blobs) -> None:
    """Written piece by piece, read across pieces, from where one likes to where one likes."""
    data, name = secrets.token_bytes(2 * PIECE + 1000), new_name(START)
    write_blob(blobs, name, iter([data[:100], data[100 : PIECE + 7], data[PIECE + 7 :]]))
    assert blobs.count(name) == 3
    for start, stop in ((0, len(data)), (5, 6), (PIECE - 1, PIECE + 1), (2 * PIECE, len(data))):
        assert b"".join(read_blob(blobs, name, start, stop)) == data[start:stop]


def test_a_piece_that_comes_again_is_one(blobs: Blobs) -> None:
    name = new_name(START)
    blobs.put(name, 0, b"one")
    blobs.put(name, 0, b"one")
    assert (blobs.count(name), blobs.get(name, 0)) == (1, b"one")


def test_a_piece_that_is_there_is_never_replaced(blobs: Blobs) -> None:
    """What was checked and is read is what came first, whoever brings something else into the same place."""
    name = new_name(START)
    blobs.put(name, 0, b"checked")
    blobs.put(name, 0, b"another")
    assert (blobs.count(name), blobs.get(name, 0)) == (1, b"checked")


class Replacing(Directory):
    """A store that takes no notice of a condition."""

    def put(self, blob: str, number: int, data: bytes) -> None:
        """Replace what is there."""
        self.remove(blob)
        super().put(blob, number, data)


def test_the_doctor_finds_a_store_that_replaces_what_is_there(blobs: Blobs, tmp_path: Path) -> None:
    """It tries, and leaves nothing behind."""
    good, bad = (check_store(store, "s3://a/b", START) for store in (blobs, Replacing(tmp_path / "other")))
    assert "keeps what it takes" in good.what
    assert "replaces what is there" in bad.what
    assert "If-None-Match" in bad.mend
    assert list(blobs.names()) == []


def test_pieces_count_up_to_the_first_that_is_missing(blobs: Blobs) -> None:
    """So that who goes on never leaves a gap behind."""
    name = new_name(START)
    assert blobs.count(name) == 0
    for number in (0, 1, 3):
        blobs.put(name, number, b"x")
    assert blobs.count(name) == 2


def test_a_blob_is_removed_with_its_pieces(blobs: Blobs) -> None:
    """Twice does no harm, and another blob stays."""
    gone, stays = new_name(START), new_name(START)
    for name in (gone, stays):
        blobs.put(name, 0, b"x")
        blobs.put(name, 1, b"x")
    assert set(blobs.names()) == {gone, stays}
    blobs.remove(gone)
    blobs.remove(gone)
    assert list(blobs.names()) == [stays]
    with pytest.raises(NodeError) as missing:
        blobs.get(gone, 0)
    assert missing.value.code == "blob_missing"


def test_a_directory_is_private_and_holds_nothing_half(tmp_path: Path) -> None:
    """Nobody else reads it, and a file has its name only when it is whole."""
    blobs = blobs_of(Settings(data_dir=tmp_path, _env_file=None))
    name = new_name(START)
    blobs.put(name, 0, b"x")
    files = [one for one in (tmp_path / "attachments").rglob("*") if one.is_file()]
    assert [(one.name, one.stat().st_mode & 0o777) for one in files] == [("000000", 0o600)]
    assert {one.stat().st_mode & 0o777 for one in files[0].parents if tmp_path in one.parents} == {0o700}
    (tmp_path / "attachments" / "lost+found").mkdir()
    assert list(blobs.names()) == [name]


CALLS = [
    pytest.param(lambda blobs: blobs.put(new_name(START), 0, b"x"), id="put"),
    pytest.param(lambda blobs: blobs.get(new_name(START), 0), id="get"),
    pytest.param(lambda blobs: blobs.count(new_name(START)), id="count"),
    pytest.param(lambda blobs: list(blobs.names()), id="names"),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_directory_that_is_no_folder_is_told(tmp_path: Path, call: Callable[[Blobs], object]) -> None:
    (tmp_path / "attachments").write_text("where a folder should be")
    with pytest.raises(NodeError) as error:
        call(blobs_of(Settings(data_dir=tmp_path, _env_file=None)))
    assert error.value.code == "blobs_unavailable"


@pytest.mark.parametrize("call", CALLS)
def test_a_store_that_does_not_answer_is_told_soon(call: Callable[[Blobs], object]) -> None:
    """Without its address or its key in the error."""
    nobody = Settings(attachments_url="s3://bucket", s3_endpoint="http://127.0.0.1:1", **KEY, _env_file=None)
    with pytest.raises(NodeError) as error:
        call(blobs_of(nobody))
    assert (error.value.code, error.value.__suppress_context__) == ("blobs_unavailable", True)


def test_a_store_of_another_kind_is_told() -> None:
    with pytest.raises(NodeError) as error:
        blobs_of(Settings(attachments_url="ftp://somewhere", _env_file=None))
    assert error.value.code == "attachments_url_unknown"


def test_a_name_tells_nothing_but_when_it_was_made() -> None:
    name = new_name(START)
    assert (is_name(name), is_name("lost+found"), made_at(name)) == (True, False, START)
