"""A file that was checked and is held stays what it is, whoever brings it a second time meanwhile, and whatever else.

While a clerk imports the true file from a stick, the node of its sender answers slowly, breaks off, or gives something
else; a second stick comes during the scan; a scanner changes its mind. What is read is what was checked, and it is
there.
"""

from collections.abc import Callable, Iterable

import httpx2
import pytest

from api.errors import InvalidInput
from api.flow.attachments.scanning import Scanner
from api.flow.attachments.transfer import fetch_all
from api.flow.unpack import Taken
from api.sealing.bundle import Item, piece_line
from api.sealing.digest import sha256_hex
from api.store.blobs import PIECE, pieces_of, read_blob
from tests.attaching import RECORDING, file_of, is_held, read_file
from tests.flow.carrying import brought, codes_of, signed_bundle
from tests.flow.steps import settle
from tests.support import Office, World

Stick = tuple[str, str, str, bytes]
Given = Callable[[bytes, int, int], bytes]


def sealed_by(office: Office) -> bytes:
    """Return the sealed bytes of the one file of an office."""
    row = file_of(office)
    return b"".join(read_blob(office.node.blobs, row.blob, 0, row.size))


def altered(sealed: bytes) -> bytes:
    """Return as many other bytes: each piece is another one."""
    return bytes(one ^ 1 for one in sealed)


def other_stick(world: World) -> bytes:
    """Return a bundle, well signed, with other pieces of the same sizes."""
    row, sealed = file_of(world.shelter), altered(sealed_by(world.shelter))
    lines = [piece_line(sealed[number * PIECE : (number + 1) * PIECE]) for number in pieces_of(row.size)]
    item = Item(
        type="attachment", sha256=row.sealed_sha256, bytes=row.size, pieces=tuple(sha256_hex(line) for line in lines)
    )
    return b"\n".join([signed_bundle(world.shelter, world.department, items=(item,)), *lines])


class Slow:
    """A sender's node that answers with what it is told to; before its first answer leaves something else happens."""

    def __init__(self, world: World, meanwhile: Callable[[], object], given: Given) -> None:
        self._sealed, self._meanwhile, self._given = sealed_by(world.shelter), meanwhile, given
        self._app = world.network.apps[world.shelter.node.base_url]
        world.network.apps[world.shelter.node.base_url] = self  # type: ignore[assignment]  # it is asked for calls, no more

    def request(self, method: str, url: str, **more: object) -> httpx2.Response:
        if "/exchange/v1/attachments/" not in url:
            return self._app.request(method, url, **more)  # type: ignore[arg-type]  # as it came
        start, stop = map(int, more["headers"]["range"].removeprefix("bytes=").split("-"))  # type: ignore[index]  # ours
        if start == 0:
            self._meanwhile()
        return httpx2.Response(206, content=self._given(self._sealed, start, stop + 1))


def the_truth(sealed: bytes, start: int, stop: int) -> bytes:
    return sealed[start:stop]


def another(sealed: bytes, start: int, stop: int) -> bytes:
    return altered(sealed[start:stop])


def another_until_it_breaks(sealed: bytes, start: int, stop: int) -> bytes:
    if start:
        raise httpx2.ConnectError("gone")
    return another(sealed, start, stop)


@pytest.mark.parametrize("given", [the_truth, another, another_until_it_breaks])
def test_what_the_wire_gives_later_changes_nothing(world: World, stick: Stick, given: Given) -> None:
    """The stick was imported while the line was slow: neither is what is held written over, nor is it thrown away."""
    uid, attachment_id, document_id, file = stick
    settle(world.shelter, world.department)
    Slow(world, lambda: brought(world.department, file), given)
    for _ in range(2):
        fetch_all(world.department.node)
        assert read_file(world.department, document_id, attachment_id, uid=uid).content == RECORDING
        world.clock.wait(days=1)
    assert file_of(world.department).reason is None
    assert list(world.department.node.blobs.names()) == [file_of(world.department).blob]


def test_a_wrong_piece_that_came_first_is_thrown_away_with_the_rest(world: World, stick: Stick) -> None:
    """What came over the wire can't be told from what is right until all is here: then it begins anew, and is right."""
    settle(world.shelter, world.department)
    Slow(world, lambda: None, another_until_it_breaks)
    assert fetch_all(world.department.node) == 0
    assert codes_of(brought(world.department, stick[3])) == ["attachment_differs"]
    assert brought(world.department, stick[3]).is_whole
    assert list(world.department.node.blobs.names()) == [file_of(world.department).blob]


class Judge(Scanner):
    """A scanner that says yes or no in turn, and while it makes up its mind for the first time something happens."""

    def __init__(self, happens: Callable[[], object], *says: bool) -> None:
        super().__init__(["true"], 5.0)
        self._happens, self._says = [happens], [*says]

    def require_clean(self, chunks: Iterable[bytes]) -> None:
        """Look at all of it, then say what it says this time."""
        for _ in chunks:
            pass
        while self._happens:
            self._happens.pop()()
        if not self._says.pop(0):
            raise InvalidInput("virus_found", "it says so this time")


def test_a_second_stick_during_the_scan_changes_nothing(world: World, stick: Stick) -> None:
    """What the scanner saw is what is read."""
    uid, attachment_id, document_id, file = stick
    other, second = other_stick(world), list[Taken]()
    judge = Judge(lambda: second.append(brought(world.department, other)), True, True)
    object.__setattr__(world.department.node, "scanner", judge)
    assert brought(world.department, file).is_whole
    assert len(second) == 1
    assert read_file(world.department, document_id, attachment_id, uid=uid).content == RECORDING


@pytest.mark.parametrize("is_good", [True, False], ids=["yes, then no", "no, then yes"])
def test_the_first_judgement_counts(world: World, stick: Stick, *, is_good: bool) -> None:
    """The wire's file is still looked at while the stick's is through: it is neither removed nor brought back."""
    uid, attachment_id, document_id, file = stick
    settle(world.shelter, world.department)
    node = world.department.node
    object.__setattr__(node, "scanner", Judge(lambda: brought(world.department, file), is_good, not is_good))
    fetch_all(node)
    assert is_held(world.department) is is_good
    answer = read_file(world.department, document_id, attachment_id, uid=uid)
    assert (answer.status_code, answer.content == RECORDING) == (200 if is_good else 409, is_good)
    assert len(list(node.blobs.names())) == is_good


def test_what_comes_after_a_refusal_is_not_kept(
    world: World, stick: Stick, scanned: Callable[[Office, str], None]
) -> None:
    """The stick's file was refused while the line was slow: it is asked for no more, and nothing of it lies about."""
    settle(world.shelter, world.department)
    scanned(world.department, "cat > /dev/null; exit 1")
    Slow(world, lambda: brought(world.department, stick[3]), the_truth)
    assert fetch_all(world.department.node) == 0
    assert (file_of(world.department).reason, list(world.department.node.blobs.names())) == ("virus_found", [])
