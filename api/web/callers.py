"""Who is calling: a bearer token becomes a principal (staff) or a peer agency (exchange).

Our own tokens are verified with the node's key; tokens of people come from the OpenID Connect issuer that is
configured.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import NotAuthenticated, SealError, TrustError
from api.flow.node import Node
from api.flow.return_of_peers import peer_called
from api.rules.access import Principal
from api.sealing.tokens import peek_claims, verify_token
from api.web.context import NodeOf
from api.web.parameters import refuse_unknown_parameters
from api.web.people import Issuer, roles_in
from api.web.tokens import EXCHANGE, audience_of
from schemas.base import AgencyId

_bearer = HTTPBearer(
    auto_error=False, description="A token from `POST /oauth/token`, or from the OpenID Connect issuer"
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_REMEMBERED = 4096


class Verified:
    """Remembers tokens that were verified, by their hash, until they expire: one verification serves many requests."""

    def __init__(self) -> None:
        self._claims: dict[bytes, Mapping[str, object]] = {}

    def claims(self, node: Node, token: str, audience: str) -> Mapping[str, object]:
        """Return the claims of one of our own tokens; raises ``NotAuthenticated`` unless all of them are good."""
        name = hashlib.sha256(token.encode()).digest()
        claims = self._claims.get(name)
        if claims is None:
            claims = verify_token(token, node.token_keys.public(), typ=frozenset({"at+jwt"}))
            if len(self._claims) >= _REMEMBERED:
                self._claims.clear()
            self._claims[name] = claims
        expires = claims.get("exp")
        if claims.get("iss") != node.base_url or claims.get("aud") != audience:
            raise NotAuthenticated("token_for_somebody_else", "get a token at /oauth/token of this very node")
        if not isinstance(expires, int) or expires <= node.clock().timestamp():
            raise NotAuthenticated("token_expired", "get a new token")
        return claims


def _claims(
    request: Request, node: Node, bearer: HTTPAuthorizationCredentials | None, part: str
) -> Mapping[str, object]:
    if bearer is None:
        raise NotAuthenticated("token_missing", "get a token at /oauth/token and send it as a bearer token")
    issuer: Issuer | None = request.app.state.issuer
    try:
        if part == "staff" and issuer is not None and peek_claims(bearer.credentials).get("iss") == issuer.name:
            return issuer.claims(node, bearer.credentials)
        verified: Verified = request.app.state.verified
        return verified.claims(node, bearer.credentials, audience_of(node, part))
    except (SealError, TrustError):
        raise NotAuthenticated("token_not_good", "get a new token") from None


def _principal(request: Request, node: NodeOf, bearer: Bearer) -> Principal:
    """Return who is calling the staff API, for which agency, in which roles; refuse parameters that nobody heeds."""
    claims = _claims(request, node, bearer, "staff")
    agency = AgencyId(str(claims.get("agency")))
    if agency not in node.keyring:
        raise NotAuthenticated("agency_not_served", "sign in for an agency that this node serves")
    refuse_unknown_parameters(request)
    roles = frozenset(roles_in(claims.get("roles")))
    return Principal(str(claims.get("sub")), agency, roles, frozenset(str(claims.get("scope", "")).split()))


async def _peer(request: Request, node: NodeOf, bearer: Bearer) -> AgencyId:
    """Return which agency is calling the exchange; a token of ours is remembered, so no thread is needed for it."""
    claims = _claims(request, node, bearer, "exchange")
    if EXCHANGE not in str(claims.get("scope", "")).split():
        raise NotAuthenticated("scope_missing", f"get a token with the scope {EXCHANGE}")
    peer = AgencyId(str(claims.get("agency")))
    peer_called(node, peer)
    return peer


Caller = Annotated[Principal, Depends(_principal)]
CallingPeer = Annotated[AgencyId, Depends(_peer)]
