"""Whoever answers at a peer's address can neither fill our memory nor hold us for ever."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.errors import PeerError
from api.flow.line import Line
from api.flow.pull import MOST_PAGES, pull
from api.flow.wire import LARGEST_ANSWER, bounded_client
from tests.flow.steps import let_somebody_listen
from tests.support import World


class _Endless(httpx2.SyncByteStream):
    """An answer without an end."""

    def __init__(self) -> None:
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.given += 65_536
            yield b" " * 65_536


TOKEN = {"access_token": "x", "expires_in": 60}
LARGE: dict[str, Callable[[], httpx2.Response]] = {
    "announced": lambda: httpx2.Response(200, content=b" " * (LARGEST_ANSWER + 1)),
    "without an end": lambda: httpx2.Response(200, stream=_Endless()),
    "compressed": lambda: httpx2.Response(
        200, headers={"content-encoding": "gzip"}, content=gzip.compress(b" " * 9_000_000)
    ),
}


def _line(world: World, handler: Callable[[httpx2.Request], httpx2.Response]) -> Line:
    client = bounded_client(5, httpx2.MockTransport(handler))
    node = replace(world.shelter.node, wire=lambda _endpoint: client)
    return Line(node, world.shelter.agency, "http://mm-dsw.example")


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_an_answer_that_is_too_large_is_not_read(world: World, make: Callable[[], httpx2.Response]) -> None:
    """Neither a token nor a receipt has that many bytes."""
    with pytest.raises(PeerError) as caught:
        _line(world, lambda _request: make()).push(b"envelope")
    assert caught.value.code == "peer_answer_too_large"


def test_an_endless_answer_is_cut_off_at_the_bound(world: World) -> None:
    endless = _Endless()
    with pytest.raises(PeerError):
        _line(world, lambda _request: httpx2.Response(200, stream=endless)).push(b"envelope")
    assert endless.given <= LARGEST_ANSWER + 2 * 65_536


def test_answers_are_asked_for_uncompressed_and_good_ones_are_read(world: World) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers["accept-encoding"])
        if request.url.path == "/oauth/token":
            return httpx2.Response(200, json=TOKEN)
        return httpx2.Response(201, content=b"receipt", headers={"content-type": "application/jose"})

    assert _line(world, answer).push(b"envelope") == b"receipt"
    assert set(asked) == {"identity"}


def test_a_mailbox_without_an_end_is_left_after_some_pages(world: World) -> None:
    """The other mailboxes have their turn."""
    numbers, pages = count(1), []

    def always_more(request: Request) -> Response:
        pages.append(request.url.path)
        return JSONResponse({"items": [{"type": "receipt", "data": "x"}], "cursor": str(next(numbers))})

    let_somebody_listen(world.network, world.shelter, always_more)
    assert pull(world.department.node, agency=world.department.agency, peer=world.shelter.agency) == 0
    assert len(pages) == MOST_PAGES
