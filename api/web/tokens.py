"""The one token endpoint: OAuth 2.0 client credentials (RFC 6749 section 4.4).

Partners and peers prove themselves with ``private_key_jwt`` (RFC 7523) under the key that is pinned or registered,
staff systems with a key or a secret. A token (RFC 9068) lives minutes, is bound to an audience, and names agency,
roles and scopes.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from urllib.parse import unquote

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from ulid import ULID

from api.errors import InvalidInput, NotAuthenticated, SealError, TrustError
from api.flow.clients import find_client as find_client_row
from api.flow.node import Node
from api.flow.return_of_peers import peer_came
from api.flow.trust import find_peer
from api.rules.access import scopes_of
from api.sealing.keys import PublicKeySet
from api.sealing.tokens import generate_secret, hash_secret, peek_claims, sign_token, verify_secret, verify_token
from api.store import clients
from api.web.context import NodeOf, operation_name
from schemas.document import Role

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE = "exchange"
LONGEST_ASSERTION = timedelta(minutes=10)
_NAME = re.compile(r"[\x21-\x7e]{1,128}")
"""What a client's id and the id of an assertion are made of; anything else is nobody's."""

_log = structlog.get_logger("homeward.tokens")
router = APIRouter(tags=["tokens"], generate_unique_id_function=operation_name)


@dataclass(frozen=True)
class Client:
    """Somebody who may ask for tokens: a registered system, or a peer agency under its pinned key."""

    client_id: str
    agency: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    audience: str
    keys: PublicKeySet | None = None
    secret_hash: str | None = None


class Token(BaseModel):
    """RFC 6749 section 5.1."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the type's name
    expires_in: int
    scope: str


class TokenError(BaseModel):
    """RFC 6749 section 5.2; ``code`` repeats it for those who read problem details."""

    error: str
    error_description: str
    code: str


def audience_of(node: Node, part: str) -> str:
    """Name the audience of a token: ``staff`` or ``exchange`` of this very node."""
    return f"{node.base_url}/{part}"


@router.post("/oauth/token", response_model=Token, responses={400: {"model": TokenError}, 401: {"model": TokenError}})
async def issue_token(
    request: Request,
    node: NodeOf,
    grant_type: Annotated[str, Form(description="`client_credentials`")] = "",
    scope: Annotated[str, Form(description="Scopes, parted by spaces; all that the client has, when left out")] = "",
    client_id: Annotated[str | None, Form(description="As `homeward client add` told it; or by HTTP Basic")] = None,
    client_secret: Annotated[str | None, Form(description="Not needed with an assertion; or by HTTP Basic")] = None,
    client_assertion_type: Annotated[str | None, Form(description=f"`{ASSERTION}`")] = None,
    client_assertion: Annotated[str | None, Form(description="A JWT signed by the client's key; good once")] = None,
) -> JSONResponse:
    """Get a token with a secret (form fields or HTTP Basic) or with a signed assertion."""
    if not grant_type:
        return _error(400, "invalid_request", "send the form field grant_type=client_credentials")
    if grant_type != "client_credentials":
        return _error(400, "unsupported_grant_type", "this endpoint knows client_credentials")
    try:
        if client_assertion is not None:
            client = await _by_assertion(node, client_assertion, client_assertion_type)
        else:
            basic = _basic(request)
            client = await run_in_threadpool(_by_secret, node, *(basic or (client_id or "", client_secret or "")))
    except (NotAuthenticated, SealError, TrustError, InvalidInput) as error:
        _log.warning("client_refused", reason=error.code)
        return _error(
            401, "invalid_client", "the credentials are not good; a secret or assertion may be wrong, used or expired"
        )
    asked = frozenset(scope.split()) if scope else client.scopes
    if not asked <= client.scopes:
        return _error(400, "invalid_scope", "the client has not all of these scopes; leave scope out for all it has")
    if EXCHANGE in asked:
        peer_came(node, client.agency)
    return JSONResponse(_token(node, client, asked).model_dump(), headers={"cache-control": "no-store"})


def _token(node: Node, client: Client, scopes: frozenset[str]) -> Token:
    now = node.clock()
    life = int(node.limits.token_life.total_seconds())
    issued = int(now.timestamp())
    claims = {
        "iss": node.base_url,
        "sub": client.client_id,
        "client_id": client.client_id,
        "aud": client.audience,
        "iat": issued,
        "exp": issued + life,
        "jti": str(ULID()),
        "agency": client.agency,
        "roles": list(client.roles),
        "scope": " ".join(sorted(scopes)),
    }
    key = node.token_keys.signing_key(now)
    return Token(access_token=sign_token(claims, key, typ="at+jwt"), expires_in=life, scope=str(claims["scope"]))


def find_client(node: Node, client_id: str) -> Client | None:
    """Return who has this id: a registered client first, else a peer agency."""
    if not _NAME.fullmatch(client_id):
        return None
    with node.database.reader() as session:
        row = find_client_row(node, session, client_id)
        if row is not None:
            return Client(
                client_id,
                row.agency_id,
                tuple(row.roles.split()),
                frozenset(row.scopes.split()) or scopes_of(Role(role) for role in row.roles.split()),
                audience_of(node, "staff"),
                PublicKeySet.from_json(row.jwks) if row.jwks else None,
                row.secret_hash,
            )
        peer = find_peer(node, session, client_id)
    if peer is None:
        return None
    return Client(client_id, peer.agency, (), frozenset({EXCHANGE}), audience_of(node, "exchange"), peer.newest)


def _by_secret(node: Node, client_id: str, secret: str) -> Client:
    """Judge a secret; a client that does not exist takes as long as one whose secret is wrong."""
    client = find_client(node, client_id)
    hashed = client.secret_hash if client is not None else None
    is_right = verify_secret(secret, hashed or _nobodys_hash())
    if client is None or hashed is None or not is_right:
        raise NotAuthenticated("secret_wrong")
    return client


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_secret(generate_secret())


async def _by_assertion(node: Node, assertion: str, kind: str | None) -> Client:
    """Judge a client assertion (RFC 7523 section 3): issuer, subject, audience, times, and that it is used once."""
    if kind != ASSERTION:
        raise NotAuthenticated("assertion_type_unknown")
    now = node.clock()
    client, claims = await run_in_threadpool(_read_assertion, node, assertion, now)
    expires = _judge(node, claims, client.client_id, now)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _NAME.fullmatch(jti):
        raise NotAuthenticated("assertion_without_jti")
    is_fresh = await node.writer.write_async(
        lambda session: clients.is_fresh_assertion(session, client.client_id, jti, expires, now)
    )
    if not is_fresh:
        raise NotAuthenticated("assertion_replayed")
    return client


def _read_assertion(node: Node, assertion: str, now: datetime) -> tuple[Client, Mapping[str, object]]:
    """Return who signed, and what; the key has to be one of theirs that is valid today."""
    client = find_client(node, _claimed_issuer(assertion))
    if client is None or client.keys is None:
        raise NotAuthenticated("client_unknown")
    return client, verify_token(assertion, client.keys, typ=None, now=now)


def _judge(node: Node, claims: Mapping[str, object], client_id: str, now: datetime) -> datetime:
    audiences = claims.get("aud")
    named = audiences if isinstance(audiences, list) else [audiences]
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise NotAuthenticated("assertion_issuer")
    if not {node.base_url, f"{node.base_url}/oauth/token"} & {item for item in named if isinstance(item, str)}:
        raise NotAuthenticated("assertion_audience")
    expires, issued = _instant(claims.get("exp")), _instant(claims.get("iat") or claims.get("exp"))
    if expires is None or expires + node.limits.skew < now:
        raise NotAuthenticated("assertion_expired")
    if expires > now + LONGEST_ASSERTION + node.limits.skew:
        raise NotAuthenticated("assertion_lives_too_long")
    if claims.get("iat") is not None and (issued is None or issued > now + node.limits.skew):
        raise NotAuthenticated("assertion_from_the_future")
    not_before = claims.get("nbf")
    if not_before is not None and ((begin := _instant(not_before)) is None or begin > now + node.limits.skew):
        raise NotAuthenticated("assertion_not_yet_valid")
    return expires + node.limits.skew


def _instant(value: object) -> datetime | None:
    """Read a NumericDate; nothing else is one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**33:
        return None
    return datetime.fromtimestamp(value, UTC)


def _claimed_issuer(assertion: str) -> str:
    """Read who claims to have signed, before anything is verified, to find the key to verify with."""
    return str(peek_claims(assertion).get("iss", ""))


def _basic(request: Request) -> tuple[str, str] | None:
    header = request.headers.get("authorization", "")
    if not header.lower().startswith("basic "):
        return None
    try:
        name, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        raise NotAuthenticated("basic_malformed") from None
    return unquote(name), unquote(secret)


def _error(status: int, code: str, description: str) -> JSONResponse:
    headers = {"cache-control": "no-store"} | ({"www-authenticate": "Basic"} if status == 401 else {})  # noqa: PLR2004
    return JSONResponse(TokenError(error=code, error_description=description, code=code).model_dump(), status, headers)
