"""A client as a stranger would write it from the OpenAPI page: a token, then plain HTTP."""

import time
from typing import Any

import httpx2
from ulid import ULID

from api.errors import PeerError


class Stranger:
    """One system of one agency, with its own secret."""

    def __init__(self, base_url: str, client_id: str, secret: str) -> None:
        self._client = httpx2.Client(base_url=base_url, timeout=30)
        self.client_id, self.secret = client_id, secret
        self._token = ""

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def login(self) -> None:
        """Get a token for the next minutes."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        self._token = str(self._client.post("/oauth/token", data=form).raise_for_status().json()["access_token"])

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Make a call; a token that has expired meanwhile is renewed."""
        headers = {"authorization": f"Bearer {self._token}", **more.pop("headers", {})}
        if method == "POST":
            headers.setdefault("idempotency-key", str(ULID()))
        answer = self._client.request(method, path, headers=headers, **more)
        if answer.status_code != httpx2.codes.UNAUTHORIZED:
            return answer
        self.login()
        headers["authorization"] = f"Bearer {self._token}"
        return self._client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> dict[str, Any]:
        """Read something; raises ``PeerError`` with the problem's code."""
        return self._body(self.call("GET", path, **more))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create something; raises ``PeerError`` with the problem's code."""
        return self._body(self.call("POST", path, json=body))

    def wait_for_receipt(self, document_id: str, status: str) -> dict[str, Any]:
        """Wait until a receipt of the other side is held for a document."""
        for _ in range(400):
            for receipt in self.get(f"/v1/documents/{document_id}")["evidence"]["receipts"]:
                if receipt["status"] == status and not receipt["issued_here"]:
                    found: dict[str, Any] = receipt
                    return found
            time.sleep(0.05)
        raise PeerError("receipt_did_not_come")

    @staticmethod
    def _body(answer: httpx2.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        if answer.is_error:
            places = "; ".join(f"{item['path']} {item['code']}" for item in body.get("errors", [])[:5])
            raise PeerError(str(body.get("code")), places or str(body.get("detail", "")))
        return body
