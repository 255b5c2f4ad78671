"""The line to another node: a token from its token endpoint, then envelopes, receipts and its mailbox over HTTP.

The caller proves itself with an assertion signed by its agency's key (RFC 7523); tokens are kept until shortly before
they expire. Whatever goes wrong becomes a ``PeerError`` whose code says in plain words what to look at.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2
from ulid import ULID

from api.errors import PeerError
from api.flow.node import Node
from api.sealing.tokens import sign_token
from schemas.base import AgencyId

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ENVELOPE = "application/jose"


class Line:
    """Talks to one node for one of our agencies. Not shared between threads."""

    def __init__(self, node: Node, agency: AgencyId, endpoint: str) -> None:
        self._node = node
        self._agency = agency
        self._endpoint = endpoint.rstrip("/")
        self._client = node.wire(self._endpoint)
        self._token: tuple[str, datetime] | None = None

    def push(self, envelope: bytes) -> bytes:
        """Push an envelope and return the receipt, signed refusals too; verifying it is the caller's work."""
        answer = self._send("POST", "/exchange/v1/envelopes", content=envelope, headers={"content-type": ENVELOPE})
        is_receipt = answer.headers.get("content-type", "").startswith(ENVELOPE)
        if not is_receipt:
            raise PeerError(_reason(answer), "the other node did not take the envelope; it is tried again")
        return answer.content

    def send_receipts(self, items: list[bytes]) -> None:
        """Hand over receipts; raises ``PeerError`` unless the other side kept them all."""
        answer = self._send("POST", "/exchange/v1/receipts", json={"receipts": [item.decode() for item in items]})
        if answer.status_code != httpx2.codes.OK or answer.json().get("refused"):
            raise PeerError(_reason(answer), "the other node did not take a receipt; it is tried again")

    def fetch(self, cursor: str, limit: int) -> Mapping[str, Any]:
        """Read a page of the mailbox after a cursor: ``{"items": [{"type", "data"}], "cursor": ...}``."""
        answer = self._send("GET", "/exchange/v1/mailbox", params={"cursor": cursor, "limit": str(limit)})
        if answer.status_code != httpx2.codes.OK:
            raise PeerError(_reason(answer), "the other node did not open its mailbox; it is tried again")
        page: Mapping[str, Any] = answer.json()
        return page

    def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        for _ in range(2):
            headers = {**request.pop("headers", {}), "authorization": f"Bearer {self._get_token()}"}
            try:
                answer = self._client.request(method, self._endpoint + path, headers=headers, **request)
            except httpx2.HTTPError as error:
                raise PeerError(
                    _network(error), "check the address, the network and whether the other node is up"
                ) from None
            if answer.status_code != httpx2.codes.UNAUTHORIZED:
                return answer
            self._token = None
            request["headers"] = {key: value for key, value in headers.items() if key != "authorization"}
        raise PeerError("token_refused", "the other node does not take our tokens; compare the clocks")

    def _get_token(self) -> str:
        now = self._node.clock()
        if self._token is not None and self._token[1] > now:
            return self._token[0]
        issued = int(now.timestamp())
        url = f"{self._endpoint}/oauth/token"
        claims = {
            "iss": self._agency,
            "sub": self._agency,
            "aud": url,
            "jti": str(ULID()),
            "iat": issued,
            "exp": issued + 60,
        }
        key = self._node.keys_of(self._agency).signing_key(now)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": sign_token(claims, key, typ="JWT"),
            "scope": "exchange",
        }
        try:
            answer = self._client.post(url, data=form)
        except httpx2.HTTPError as error:
            raise PeerError(
                _network(error), "check the address, the network and whether the other node is up"
            ) from None
        if answer.status_code != httpx2.codes.OK:
            raise PeerError("not_let_in", "the other side has to trust our newest descriptor: `homeward agency trust`")
        body = answer.json()
        self._token = (str(body["access_token"]), now + timedelta(seconds=max(0, int(body["expires_in"]) - 30)))
        return self._token[0]


def _network(error: httpx2.HTTPError) -> str:
    return "peer_timed_out" if isinstance(error, httpx2.TimeoutException) else "peer_unreachable"


def _reason(answer: httpx2.Response) -> str:
    """Take the peer's code where it is one of ours in form, so that nothing a peer writes reaches our lists."""
    try:
        code = str(answer.json().get("code", ""))
    except ValueError:
        code = ""
    is_code = code.replace("_", "").isalnum() and code.isascii() and len(code) <= 40  # noqa: PLR2004
    return f"peer_says_{code}" if is_code else f"peer_answered_{answer.status_code}"
