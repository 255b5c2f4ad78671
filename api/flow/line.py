"""The line to another node: a token from its token endpoint, then envelopes, receipts and its mailbox over HTTP.

The caller proves itself with an assertion signed by its agency's key (RFC 7523); tokens are kept until shortly before
they expire. Whatever goes wrong, an answer that is not in form included, becomes a ``PeerError`` whose code says what
to look at.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import httpx2
from pydantic import BaseModel, Field, ValidationError
from ulid import ULID

from api.errors import PeerError
from api.flow.node import Node
from api.flow.wire import AnswerTooLargeError
from api.sealing.tokens import sign_token
from schemas.base import AgencyId

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ENVELOPE = "application/jose"
CHECK_LINE = "check the address, the network and whether the other node is up"

_Answer = TypeVar("_Answer", bound=BaseModel)


class MailboxItem(BaseModel):
    """Something that waits at a peer: an envelope to open, or a receipt about an envelope of ours."""

    type: Literal["envelope", "receipt"]
    data: str


class MailboxPage(BaseModel):
    """A page of a mailbox; asking again with ``cursor`` continues after it."""

    items: list[MailboxItem]
    cursor: str


class _Token(BaseModel):
    access_token: Annotated[str, Field(min_length=1, max_length=16_384)]
    expires_in: Annotated[int, Field(ge=0, le=86_400)]


class _Taken(BaseModel):
    refused: list[int]


class _Awaited(BaseModel):
    next_pieces: dict[str, Annotated[int, Field(ge=0)]]


class _Problem(BaseModel):
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Line:
    """Talks to one node for one of our agencies; several threads may talk at a time."""

    def __init__(self, node: Node, agency: AgencyId, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._node = node
        self._agency = agency
        self._client = node.wire(self.endpoint)
        self._token: tuple[str, datetime] | None = None

    def knock(self) -> None:
        """Ask for a token and no more: the other side sees that we are there, and sends what waits for us."""
        self._get_token()

    def push(self, envelope: bytes) -> bytes:
        """Push an envelope and return the receipt, signed refusals too; verifying it is the caller's work."""
        answer = self._send("POST", "/exchange/v1/envelopes", content=envelope, headers={"content-type": ENVELOPE})
        is_receipt = answer.headers.get("content-type", "").startswith(ENVELOPE)
        if not is_receipt:
            raise PeerError(_reason(answer), "the other node did not take the envelope; it is tried again")
        return answer.content

    def send_receipts(self, items: list[bytes]) -> list[int]:
        """Hand over receipts and return the places in the list of those that the other side did not keep."""
        answer = self._send("POST", "/exchange/v1/receipts", json={"receipts": [item.decode() for item in items]})
        return _read(answer, _Taken).refused

    def fetch(self, cursor: str, limit: int) -> MailboxPage:
        """Read a page of the mailbox after a cursor."""
        answer = self._send("GET", "/exchange/v1/mailbox", params={"cursor": cursor, "limit": str(limit)})
        return _read(answer, MailboxPage)

    def fetch_sealed(self, sha256: str, start: int, stop: int) -> bytes:
        """Read some bytes of a sealed file, from ``start`` to before ``stop``; verifying them is the caller's work."""
        wanted = {"range": f"bytes={start}-{stop - 1}"}
        answer = self._send("GET", f"/exchange/v1/attachments/{sha256}", headers=wanted)
        if answer.status_code != httpx2.codes.PARTIAL_CONTENT:
            raise PeerError(_reason(answer), "the other node did not give the file; it is tried again")
        if len(answer.content) != stop - start:
            raise PeerError("peer_answered_garbage", "something else than a node answers at that address")
        return answer.content

    def list_awaited(self) -> dict[str, int]:
        """Ask which of our files the other side waits for, and with which piece of each to go on."""
        return _read(self._send("GET", "/exchange/v1/attachments"), _Awaited).next_pieces

    def bring_piece(self, sha256: str, number: int, data: bytes) -> None:
        """Bring a piece of a sealed file."""
        path = f"/exchange/v1/attachments/{sha256}/pieces/{number}"
        answer = self._send("PUT", path, content=data, headers={"content-type": "application/octet-stream"})
        if answer.status_code != httpx2.codes.NO_CONTENT:
            raise PeerError(_reason(answer), "the other node did not take the file; it is tried again")

    def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Make a call; a token that the other side takes no more is renewed once."""
        headers = request.pop("headers", {})
        for _ in range(2):
            bearer = {"authorization": f"Bearer {self._get_token()}"}
            answer = self._call(method, path, headers={**headers, **bearer}, **request)
            if answer.status_code != httpx2.codes.UNAUTHORIZED:
                return answer
            self._token = None
        raise PeerError("token_refused", "the other node does not take our tokens; compare the clocks")

    def _call(self, method: str, path: str, **request: Any) -> httpx2.Response:
        try:
            return self._client.request(method, self.endpoint + path, **request)
        except httpx2.TimeoutException:
            raise PeerError("peer_timed_out", CHECK_LINE) from None
        except AnswerTooLargeError:
            raise PeerError("peer_answer_too_large", "something else than a node answers at that address") from None
        except httpx2.HTTPError:
            raise PeerError("peer_unreachable", CHECK_LINE) from None

    def _get_token(self) -> str:
        now = self._node.clock()
        token_until = self._token
        if token_until is not None and token_until[1] > now:
            return token_until[0]
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self._assertion(now),
            "scope": "exchange",
        }
        answer = self._call("POST", "/oauth/token", data=form)
        if answer.status_code in {httpx2.codes.BAD_REQUEST, httpx2.codes.UNAUTHORIZED}:
            raise PeerError("not_let_in", "the other side has to trust our newest descriptor: `homeward agency trust`")
        token = _read(answer, _Token)
        self._token = (token.access_token, now + timedelta(seconds=max(0, token.expires_in - 30)))
        return token.access_token

    def _assertion(self, now: datetime) -> str:
        issued = int(now.timestamp())
        claims = {
            "iss": self._agency,
            "sub": self._agency,
            "aud": f"{self.endpoint}/oauth/token",
            "jti": str(ULID()),
            "iat": issued,
            "exp": issued + 60,
        }
        return sign_token(claims, self._node.keys_of(self._agency).signing_key(now), typ="JWT")


def _read(answer: httpx2.Response, form: type[_Answer]) -> _Answer:
    """Return a good answer in its form; raises ``PeerError`` for any other."""
    if answer.status_code != httpx2.codes.OK:
        raise PeerError(_reason(answer), "the other node did not do it; it is tried again")
    try:
        return form.model_validate_json(answer.content)
    except ValidationError:
        raise PeerError("peer_answered_garbage", "something else than a node answers at that address") from None


def _reason(answer: httpx2.Response) -> str:
    """Take the peer's code where it is one of ours in form, so that nothing else a peer writes reaches our lists."""
    try:
        return f"peer_says_{_Problem.model_validate_json(answer.content).code}"
    except ValidationError:
        return f"peer_answered_{answer.status_code}"
