"""People come in through an OpenID Connect issuer that the agency runs; this node only verifies its tokens.

The issuer's keys are found by discovery (OpenID Connect Discovery 1.0) and kept; an unknown key id makes us look
again, at most once a minute, so that a flood of invented ids does not become a flood of look-ups.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
import structlog

from api.errors import NotAuthenticated, SealError, TrustError
from api.flow.node import Node
from api.rules.access import scopes_of
from api.sealing.tokens import verify_token
from schemas.document import Role

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA", "Ed25519"})
LONGEST_SUBJECT = 200
LOOK_AGAIN = timedelta(minutes=1)
KEEP = timedelta(hours=1)
TRY_AGAIN = timedelta(seconds=5)

_log = structlog.get_logger("homeward.people")


@dataclass
class Issuer:
    """An OpenID Connect issuer: its name, the audience we are, and which claims name agency and roles."""

    name: str
    audience: str
    agency_claim: str = "homeward_agency"
    roles_claim: str = "homeward_roles"
    _keys: str | None = field(default=None, repr=False)
    _looked_at: datetime | None = field(default=None, repr=False)
    _look_at: datetime | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def claims(self, node: Node, token: str) -> Mapping[str, object]:
        """Verify a person's token and return its claims in our own words; raises ``NotAuthenticated``."""
        keys = self._get_keys(node)
        try:
            found = verify_token(token, keys, typ=None, algorithms=ALGORITHMS)
        except (SealError, TrustError):
            newer = self._get_keys(node, again=True)
            if newer == keys:
                raise
            found = verify_token(token, newer, typ=None, algorithms=ALGORITHMS)
        self._judge(found, node.clock(), node.limits.skew)
        roles = roles_in(found.get(self.roles_claim))
        return {
            "sub": found["sub"],
            "agency": found.get(self.agency_claim),
            "roles": list(roles),
            "scope": " ".join(sorted(scopes_of(roles))),
        }

    def _judge(self, claims: Mapping[str, object], now: datetime, skew: timedelta) -> None:
        audiences = claims.get("aud")
        if claims.get("iss") != self.name or self.audience not in (
            audiences if isinstance(audiences, list) else [audiences]
        ):
            raise NotAuthenticated("token_for_somebody_else", "sign in at the issuer of this node, for its audience")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise NotAuthenticated(
                "token_without_subject", "the issuer has to name who signed in, in 1 to 200 characters"
            )
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires, int | float) or expires + skew.total_seconds() <= now.timestamp():
            raise NotAuthenticated("token_expired", "sign in again")
        if not isinstance(begins, int | float) or begins - skew.total_seconds() > now.timestamp():
            raise NotAuthenticated("token_not_yet_valid", "compare the clocks")

    def _get_keys(self, node: Node, *, again: bool = False) -> str:
        """Return the issuer's keys; while somebody looks them up anew, those that are known serve everybody else."""
        if self._lock.acquire(blocking=self._keys is None):
            try:
                self._look_up(node, node.clock(), again=again)
            finally:
                self._lock.release()
        if self._keys is None:
            raise _unreachable()
        return self._keys

    def _look_up(self, node: Node, now: datetime, *, again: bool) -> None:
        """Look the keys up where that is due; while the issuer is away, the keys that are known go on to vouch."""
        is_due = self._look_at is None or now >= self._look_at
        may_again = again and (self._looked_at is None or now - self._looked_at > LOOK_AGAIN)
        if not (is_due or may_again):
            return
        self._looked_at, self._look_at = now, now + TRY_AGAIN
        try:
            self._keys = self._fetch(node)
        except NotAuthenticated as error:
            _log.warning("issuer_not_read", reason=error.code)
            return
        self._look_at = now + KEEP

    def _fetch(self, node: Node) -> str:
        client = node.wire(self.name)
        try:
            found = client.get(f"{self.name.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
            if not isinstance(found, dict) or found.get("issuer") != self.name:
                raise NotAuthenticated(
                    "issuer_misconfigured", "its discovery document has to name the issuer that is set"
                )
            return client.get(str(found["jwks_uri"])).raise_for_status().text
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError):
            raise _unreachable() from None


def roles_in(claim: object) -> tuple[Role, ...]:
    """Return the roles of a token that we know; others, and what is no list of names, give none."""
    names = claim if isinstance(claim, list) else []
    return tuple(Role(name) for name in names if isinstance(name, str) and name in set(Role))


def _unreachable() -> NotAuthenticated:
    return NotAuthenticated("issuer_unreachable", "the sign-in service does not answer; try again")
