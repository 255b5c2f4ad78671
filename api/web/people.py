"""People come in through an OpenID Connect issuer that the agency runs; this node only verifies its tokens.

The issuer's keys are found by discovery (OpenID Connect Discovery 1.0) and kept; an unknown key id makes us look
again, at most once a minute, so that a flood of invented ids does not become a flood of look-ups.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2

from api.errors import NotAuthenticated, SealError, TrustError
from api.flow.node import Node
from api.rules.access import scopes_of
from api.sealing.tokens import verify_token
from schemas.document import Role

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA", "Ed25519"})
LOOK_AGAIN = timedelta(minutes=1)
KEEP = timedelta(hours=1)


@dataclass
class Issuer:
    """An OpenID Connect issuer: its name, the audience we are, and which claims name agency and roles."""

    name: str
    audience: str
    agency_claim: str = "homeward_agency"
    roles_claim: str = "homeward_roles"
    _keys: str | None = field(default=None, repr=False)
    _looked_at: datetime | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def claims(self, node: Node, token: str) -> Mapping[str, object]:
        """Verify a person's token and return its claims in our own words; raises ``NotAuthenticated``."""
        try:
            found = verify_token(token, self._get_keys(node), typ=None, algorithms=ALGORITHMS)
        except (SealError, TrustError):
            found = verify_token(token, self._get_keys(node, again=True), typ=None, algorithms=ALGORITHMS)
        self._judge(found, node.clock(), node.limits.skew)
        roles = found.get(self.roles_claim)
        known = [role for role in roles if role in set(Role)] if isinstance(roles, list) else []
        return {
            "sub": found.get("sub"),
            "agency": found.get(self.agency_claim),
            "roles": known,
            "scope": " ".join(scopes_of(Role(role) for role in known)),
        }

    def _judge(self, claims: Mapping[str, object], now: datetime, skew: timedelta) -> None:
        audiences = claims.get("aud")
        if claims.get("iss") != self.name or self.audience not in (
            audiences if isinstance(audiences, list) else [audiences]
        ):
            raise NotAuthenticated("token_for_somebody_else")
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires, int | float) or expires + skew.total_seconds() <= now.timestamp():
            raise NotAuthenticated("token_expired", "sign in again")
        if not isinstance(begins, int | float) or begins - skew.total_seconds() > now.timestamp():
            raise NotAuthenticated("token_not_yet_valid", "compare the clocks")

    def _get_keys(self, node: Node, *, again: bool = False) -> str:
        now = node.clock()
        with self._lock:
            age = now - self._looked_at if self._looked_at else None
            is_stale = age is None or age > KEEP or (again and age > LOOK_AGAIN)
            if self._keys is None or is_stale:
                self._keys, self._looked_at = self._fetch(node), now
            return self._keys

    def _fetch(self, node: Node) -> str:
        client = node.wire(self.name)
        try:
            found = client.get(f"{self.name.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
            if found.get("issuer") != self.name:
                raise NotAuthenticated("issuer_misconfigured")
            return client.get(str(found["jwks_uri"])).raise_for_status().text
        except (httpx2.HTTPError, ValueError, KeyError):
            raise NotAuthenticated("issuer_unreachable", "the sign-in service does not answer; try again") from None
