"""A client as a stranger would write it from the OpenAPI page: a token, then plain HTTP."""

import time
from typing import Any

import httpx2
from ulid import ULID

from api.errors import PeerError


class Refused(PeerError):
    """The node said no; ``codes`` are its own code and those of everything that it found wrong."""

    def __init__(self, problem: dict[str, Any]) -> None:
        findings = problem.get("errors") or []
        places = "; ".join(f"{item['path']} {item['code']}" for item in findings[:5])
        super().__init__(str(problem.get("code")), places or str(problem.get("detail", "")))
        self.codes = frozenset({self.code, *(str(item["code"]) for item in findings)})


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

    def get(self, path: str, **more: Any) -> Any:
        """Read something; raises ``Refused``."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create something; raises ``Refused``."""
        return self.ask("POST", path, json=body)

    def wait_for_receipt(self, document_id: str, status: str) -> dict[str, Any]:
        """Wait until a receipt of the other side is held for a document; returns the document's view with it.

        Raises ``PeerError``.
        """
        latest, pause = time.monotonic() + 30, 0.03
        while time.monotonic() < latest:
            view: dict[str, Any] = self.get(f"/v1/documents/{document_id}")
            for receipt in view["evidence"]["receipts"]:
                if receipt["status"] == status and not receipt["issued_here"]:
                    return {**view, "receipt": receipt}
            time.sleep(pause)
            pause = min(0.5, 1.5 * pause)
        raise PeerError("receipt_did_not_come", f"no receipt that says {status} came within half a minute")

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Make a call and return its answer; raises ``Refused``."""
        answer = self.call(method, path, **more)
        body = answer.json() if answer.content else {}
        if answer.is_error:
            raise Refused(body)
        return body
