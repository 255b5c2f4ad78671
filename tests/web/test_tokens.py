"""Who may come in: secrets, signed assertions, and tokens that open one door of one node for a few minutes."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.sealing.keys import PrivateKeySet, generate_keys
from api.sealing.tokens import peek_claims, sign_token
from schemas.base import AgencyId
from tests.support import SECRET, Office, World
from tests.web.town import as_peer, key_client, look, problem

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def keys(world: World) -> PrivateKeySet:
    return generate_keys(None, world.clock() - timedelta(days=1), signing="ES256")


def _basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_system_with_a_secret_gets_a_short_token(world: World) -> None:
    """In the form or by HTTP Basic; nobody may cache it, and it says who, for whom, until when."""
    office = world.shelter
    name = office.add_client("SW")
    in_form = office.http.post("/oauth/token", data={**GRANT, "client_id": name, "client_secret": SECRET})
    basic = office.http.post("/oauth/token", data=GRANT, headers=_basic(name, SECRET))
    for answer in (in_form, basic):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        claims = peek_claims(answer.json()["access_token"])
        assert (claims["iss"], claims["aud"]) == (office.node.base_url, f"{office.node.base_url}/staff")
        assert (claims["agency"], claims["roles"], answer.json()["expires_in"]) == (office.agency, ["SW"], 600)


def test_a_system_with_a_registered_key_and_a_peer_with_its_pinned_key(world: World, keys: PrivateKeySet) -> None:
    """Each gets a token for its own door only."""
    office, peer = world.shelter, world.department
    name = key_client(office, keys, "SW")
    staff = office.ask_with(office.assertion_of(name, keys)).json()["access_token"]
    exchange = office.ask_with(office.assertion_of(peer.agency, peer.node.keys_of(peer.agency))).json()
    exchange = exchange["access_token"]
    doors = {"/v1/cases": staff, "/exchange/v1/mailbox": exchange}
    for door, token in doors.items():
        assert office.http.get(door, headers={"authorization": f"Bearer {token}"}).status_code == 200
        (other,) = set(doors) - {door}
        answer = office.http.get(other, headers={"authorization": f"Bearer {token}"})
        problem(answer, 401, "token_for_somebody_else")
        assert answer.headers["www-authenticate"] == "Bearer"


BAD_ASSERTIONS: dict[str, dict[str, object]] = {
    "issuer is another client": {"iss": "TH-SHELTER-N1"},
    "subject is another client": {"sub": "somebody-else"},
    "no subject": {"sub": None},
    "for another node": {"aud": "http://elsewhere.example/oauth/token"},
    "for nobody": {"aud": None},
    "for a thing that is no name": {"aud": [{"a": 1}, 7]},
    "expired": {"exp": 1741942800 - 301},
    "never expires": {"exp": None},
    "expires at no time": {"exp": "soon"},
    "lives too long": {"exp": 1741942800 + 3600},
    "from the future": {"iat": 1741942800 + 400},
    "issued at no time": {"iat": True},
    "not yet valid": {"nbf": 1741942800 + 400},
    "valid from no time": {"nbf": "now"},
    "without an id": {"jti": None},
    "its id is no text": {"jti": 7},
    "its id has a control character": {"jti": "a\x00b"},
    "its id is long": {"jti": "x" * 129},
}


@pytest.mark.parametrize("over", BAD_ASSERTIONS.values(), ids=BAD_ASSERTIONS)
def test_an_assertion_that_is_not_good_looks_like_a_wrong_secret(
    world: World, keys: PrivateKeySet, over: dict[str, object]
) -> None:
    """Whatever is wrong with it, and whoever it names, the answer is the same."""
    office = world.shelter
    assert int(office.clock().timestamp()) == 1741942800
    name = key_client(office, keys, "SW")
    wrong_secret = office.http.post("/oauth/token", data={**GRANT, "client_id": name, "client_secret": "wrong"})
    refused = office.ask_with(office.assertion_of(name, keys, **over))
    assert look(refused) == look(wrong_secret)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def _forged(office: Office, name: str, keys: PrivateKeySet, header: dict[str, object]) -> str:
    parts = (json.dumps(header).encode(), json.dumps(office.claims_of(name)).encode(), b"forged")
    return ".".join(_b64(part) for part in parts)


def test_a_foreign_expired_or_revoked_key_opens_nothing(world: World, keys: PrivateKeySet) -> None:
    """Nor do alg none, HS256 with the public key, rubbish, an unknown client or an unknown type of assertion."""
    office, clock = world.shelter, world.clock
    name = key_client(office, keys, "SW")
    stranger = generate_keys(None, clock())
    old = generate_keys(None, clock() - timedelta(days=9), valid_for=timedelta(days=9))
    with_old = key_client(office, old, "SW")
    revoked = key_client(office, keys, "SW", is_revoked=True)
    old_key = old.signing_key(clock() - timedelta(days=1))
    refused = [
        office.ask_with(office.assertion_of(name, stranger)),
        office.ask_with(sign_token(office.claims_of(with_old), old_key, typ="JWT")),
        office.ask_with(office.assertion_of(revoked, keys)),
        office.ask_with(office.assertion_of("nobody", keys)),
        office.ask_with(office.assertion_of("nobody\x00", keys)),
        office.ask_with(_forged(office, name, keys, {"alg": "none"})),
        office.ask_with(_forged(office, name, keys, {"alg": "HS256", "kid": keys.keys[0].kid})),
        office.ask_with("rubbish"),
        office.ask_with("ру.бб.иш"),
        office.ask_with(office.assertion_of(name, keys), client_assertion_type="saml"),
        office.ask_with(office.assertion_of(office.add_client("SW"), keys)),
    ]
    unknown = office.http.post("/oauth/token", data={**GRANT, "client_id": "nobody", "client_secret": SECRET})
    assert {str(look(answer)) for answer in refused} == {str(look(unknown))}
    assert unknown.status_code == 401


def test_an_assertion_is_good_once(world: World, keys: PrivateKeySet) -> None:
    """Even years later, and even when the clock has moved on so far that it was forgotten: then it has expired."""
    office, clock = world.shelter, world.clock
    assertion = office.assertion_of(key_client(office, keys, "SW"), keys)
    assert office.ask_with(assertion).status_code == 200
    assert office.ask_with(assertion).status_code == 401
    clock.wait(minutes=7)
    assert office.ask_with(assertion).status_code == 401
    assert office.ask_with(office.assertion_of(key_client(office, keys, "SW"), keys)).status_code == 200
    assert office.ask_with(assertion).status_code == 401


def test_an_assertion_that_comes_twice_at_once_is_good_once(world: World, keys: PrivateKeySet) -> None:
    """Two at the same moment: one token."""
    office = world.shelter
    assertion = office.assertion_of(key_client(office, keys, "SW"), keys)
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: office.ask_with(assertion).status_code, range(4)))
    assert sorted(statuses) == [200, 401, 401, 401]


SECRETS_NOT_GOOD = {
    "wrong": ("known", "wrong"),
    "empty": ("known", ""),
    "unknown client": ("nobody", SECRET),
    "no client": ("", ""),
    "a client with a control character": ("a\x00b", SECRET),
}


@pytest.mark.parametrize("credentials", SECRETS_NOT_GOOD.values(), ids=SECRETS_NOT_GOOD)
def test_a_wrong_secret_looks_like_an_unknown_client(world: World, credentials: tuple[str, str]) -> None:
    """In the form and by HTTP Basic alike, and it says how to come in."""
    office = world.shelter
    office.add_client("SW", client_id="known") if office.http.post(
        "/oauth/token", data={**GRANT, "client_id": "known", "client_secret": SECRET}
    ).status_code == 401 else None
    name, secret = credentials
    form = office.http.post("/oauth/token", data={**GRANT, "client_id": name, "client_secret": secret})
    basic = office.http.post("/oauth/token", data=GRANT, headers=_basic(name, secret))
    expected = office.http.post("/oauth/token", data={**GRANT, "client_id": "x", "client_secret": "y"})
    assert look(form) == look(basic) == look(expected)
    assert (form.status_code, form.headers["www-authenticate"]) == (401, "Basic")


@pytest.mark.parametrize("header", [b"Basic %%%", b"Basic w6Q", b"Basic /w==", b"Basic \xe4"])
def test_basic_credentials_that_cannot_be_read_are_refused(world: World, header: bytes) -> None:
    answer = world.shelter.http.post("/oauth/token", data=GRANT, headers={b"authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_scopes_can_be_narrowed_and_never_widened(world: World) -> None:
    """A token for less than the client may; more than that is refused, and so is what the token leaves out."""
    office = world.shelter
    form = {**GRANT, "client_id": office.add_client("SW"), "client_secret": SECRET}
    narrow = office.http.post("/oauth/token", data={**form, "scope": "cases:read"}).json()
    assert narrow["scope"] == "cases:read"
    headers = {"authorization": f"Bearer {narrow['access_token']}"}
    assert office.http.get("/v1/cases", headers=headers).status_code == 200
    refused = office.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=headers)
    problem(refused, 403, "scope_missing")
    wide = office.http.post("/oauth/token", data={**form, "scope": "cases:read notice:write"})
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")


def test_a_clients_own_scopes_never_exceed_its_roles(world: World) -> None:
    """A scope that was registered by mistake opens nothing that the role may not do."""
    office = world.shelter
    name = office.add_client("SW", scopes="cases:read notice:write")
    token = office.http.post("/oauth/token", data={**GRANT, "client_id": name, "client_secret": SECRET}).json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    problem(office.http.post("/v1/forms/9", json={}, headers=headers), 403, "role_may_not_write")


def test_only_client_credentials_are_known(world: World) -> None:
    post = world.shelter.http.post
    assert post("/oauth/token", data={"grant_type": "password"}).json()["error"] == "unsupported_grant_type"
    missing = post("/oauth/token", data={})
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")


def _staff_token(office: Office) -> str:
    return office.as_role("SW")["authorization"].removeprefix("Bearer ")


def test_a_token_of_another_node_or_for_another_audience_opens_nothing(world: World) -> None:
    """Nor one that was altered, has expired, is not signed, or is signed with HMAC."""
    office, clock = world.shelter, world.clock
    token = _staff_token(office)
    head, body, signature = token.split(".")
    forged = peek_claims(token)
    key = office.node.token_keys.signing_key(clock())
    claims = _b64(json.dumps({**forged, "roles": ["AD"]}).encode())
    none = f"{_b64(json.dumps({'alg': 'none', 'typ': 'at+jwt'}).encode())}.{body}.{signature}"
    hmac = f"{_b64(json.dumps({'alg': 'HS256', 'typ': 'at+jwt', 'kid': key.kid}).encode())}.{body}.{signature}"
    expected = {
        _staff_token(world.department): "token_not_good",
        f"{head}.{claims}.{signature}": "token_not_good",
        token[:-4] + "AAAA": "token_not_good",
        none: "token_not_good",
        hmac: "token_not_good",
        "rubbish": "token_not_good",
        sign_token({**forged, "aud": "http://elsewhere.example/staff"}, key): "token_for_somebody_else",
        sign_token({**forged, "iss": "http://elsewhere.example"}, key): "token_for_somebody_else",
        sign_token({**forged, "exp": "never"}, key): "token_expired",
        sign_token({**forged, "agency": "TH-NOT-HERE"}, key): "agency_not_served",
        sign_token(forged, key, typ="JWT"): "token_not_good",
    }
    for bad, code in expected.items():
        problem(office.http.get("/v1/cases", headers={"authorization": f"Bearer {bad}"}), 401, code)
    problem(office.http.get("/v1/cases"), 401, "token_missing")
    clock.wait(minutes=11)
    problem(office.http.get("/v1/cases", headers={"authorization": f"Bearer {token}"}), 401, "token_expired")


def test_a_peers_token_has_to_name_the_exchange(world: World) -> None:
    """A token of this node for the exchange without its scope opens nothing."""
    office, peer = world.shelter, world.department
    token = as_peer(office, peer)["authorization"].removeprefix("Bearer ")
    key = office.node.token_keys.signing_key(world.clock())
    bare = sign_token({**peek_claims(token), "scope": ""}, key)
    answer = office.http.get("/exchange/v1/mailbox", headers={"authorization": f"Bearer {bare}"})
    problem(answer, 401, "scope_missing")


def test_roles_that_nobody_knows_give_nothing(world: World) -> None:
    """A newer node's roles, and what is no list, are left out."""
    office = world.shelter
    key = office.node.token_keys.signing_key(world.clock())
    for roles in (["XX", {"a": 1}, 7], "SW", None):
        token = sign_token({**peek_claims(_staff_token(office)), "roles": roles}, key)
        answer = office.http.get("/v1/cases", headers={"authorization": f"Bearer {token}"})
        problem(answer, 403, "scope_missing")


def test_many_tokens_are_remembered_and_forgotten(world: World) -> None:
    """The memory of verified tokens is bounded; a token goes on to work after it was forgotten."""
    from api.web.callers import Verified  # noqa: PLC0415

    office = world.shelter
    verified, key = Verified(), office.node.token_keys.signing_key(world.clock())
    claims = peek_claims(_staff_token(office))
    audience = f"{office.node.base_url}/staff"
    verified._claims = {number.to_bytes(4): claims for number in range(4096)}
    token = sign_token(claims, key)
    assert verified.claims(office.node, token, audience) == claims
    assert len(verified._claims) == 1
    assert verified.claims(office.node, token, audience) == claims


def test_token_errors_are_as_oauth_wants_them(world: World) -> None:
    """RFC 6749 section 5.2, not problem details."""
    answer = world.shelter.http.post("/oauth/token", data=GRANT)
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error", "error_description", "code"}


def test_a_name_of_a_peer_is_known_only_once_it_is_pinned(world: World) -> None:
    """The keys alone are not enough."""
    agency = AgencyId("TH-STRANGER")
    keys = generate_keys(agency, world.clock())
    assert world.department.ask_with(world.department.assertion_of(agency, keys)).status_code == 401
