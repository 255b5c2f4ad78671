"""People come in through their agency's own OpenID Connect issuer: here a small one, with real keys, over the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from api.app import create_app
from api.web.people import Issuer
from tests.support import Network, Office, World
from tests.web.town import open_branch, problem

NAME = "http://login.example"
RSA = RSAKey.generate_key(2048)
CURVE = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")


@dataclass
class Provider:
    """A sign-in service: discovery, a key set, and tokens for whoever asks."""

    keys: dict[str, Any] = field(default_factory=lambda: {"rsa": RSA, "curve": CURVE})
    metadata: object = None
    looks: int = 0

    def app(self) -> Starlette:
        async def discover(_request: Request) -> Response:
            self.looks += 1
            return JSONResponse(self.metadata or {"issuer": NAME, "jwks_uri": f"{NAME}/keys"})

        async def keys(_request: Request) -> Response:
            listed = [{**key.as_dict(private=False), "kid": kid, "use": "sig"} for kid, key in self.keys.items()]
            return JSONResponse({"keys": listed})

        return Starlette(routes=[Route("/.well-known/openid-configuration", discover), Route("/keys", keys)])

    def token(self, office: Office, kid: str = "rsa", *, key: Any = None, alg: str | None = None, **over: Any) -> str:
        """Sign somebody in; ``None`` leaves a claim out."""
        now = int(office.clock().timestamp())
        claims = {"iss": NAME, "aud": "homeward", "sub": "officer-7", "iat": now, "exp": now + 300}
        claims |= {"homeward_agency": office.agency, "homeward_roles": ["SW"], **over}
        text = json.dumps({name: value for name, value in claims.items() if value is not None})
        signer = key or self.keys[kid]
        name = alg or ("RS256" if isinstance(signer, RSAKey) else "ES256")
        return jws.serialize_compact({"alg": name, "kid": kid}, text, signer, algorithms=[name])


@dataclass
class SignIn:
    """A node that trusts the provider, seen by a person."""

    provider: Provider
    office: Office
    http: TestClient
    network: Network

    def get(self, token: str, path: str = "/v1/cases") -> Any:
        return self.http.get(path, headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def sign_in(world: World) -> Iterator[SignIn]:
    """Give an office whose people sign in at the provider."""
    provider = Provider()
    world.network.apps[NAME] = TestClient(provider.app(), base_url=NAME)
    office = open_branch(world.shelter)
    app = create_app(office.node, issuer=Issuer(NAME, "homeward"))
    yield SignIn(provider, office, TestClient(app, base_url=office.node.base_url), world.network)
    world.network.apps.pop(NAME, None)


@pytest.mark.parametrize("kid", ["rsa", "curve"])
def test_a_person_signs_in_with_either_kind_of_key(sign_in: SignIn, kid: str) -> None:
    """RS256 and ES256; the node looks the keys up once, and its own tokens go on to work beside them."""
    token = sign_in.provider.token(sign_in.office, kid)
    answers = [sign_in.get(token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sign_in.provider.looks == 1
    assert sign_in.http.get("/v1/cases", headers=sign_in.office.as_role("SW")).status_code == 200


def test_keys_are_rotated(sign_in: SignIn) -> None:
    """A new key is found when the first token signed by it comes; a key that was taken away opens nothing any more."""
    provider, office = sign_in.provider, sign_in.office
    before = provider.token(office, "curve")
    assert sign_in.get(before).status_code == 200
    office.clock.wait(minutes=2)
    provider.keys = {"new": OTHER}
    assert sign_in.get(provider.token(office, "new")).status_code == 200
    assert provider.looks == 2
    problem(sign_in.get(before), 401, "token_not_good")


def test_a_flood_of_invented_key_ids_is_no_flood_of_look_ups(sign_in: SignIn) -> None:
    """At most one look-up a minute."""
    provider, office = sign_in.provider, sign_in.office
    for number in range(10):
        problem(sign_in.get(provider.token(office, f"invented-{number}", key=OTHER)), 401, "token_not_good")
    assert provider.looks == 1
    office.clock.wait(seconds=61)
    for number in range(10):
        sign_in.get(provider.token(office, f"invented-{number}", key=OTHER))
    assert provider.looks == 2


BAD_TOKENS: dict[str, tuple[dict[str, Any], str]] = {
    "for another audience": ({"aud": "somebody-else"}, "token_for_somebody_else"),
    "for several others": ({"aud": ["one", "two"]}, "token_for_somebody_else"),
    "for nobody": ({"aud": None}, "token_for_somebody_else"),
    "of another issuer": ({"iss": "http://evil.example"}, "token_not_good"),
    "expired": ({"exp": 1741942800 - 301}, "token_expired"),
    "never expires": ({"exp": None}, "token_expired"),
    "not yet valid": ({"nbf": 1741942800 + 301}, "token_not_yet_valid"),
    "valid from no time": ({"nbf": "now"}, "token_not_yet_valid"),
    "for an agency that is not served": ({"homeward_agency": "MM-DSW"}, "agency_not_served"),
    "without an agency": ({"homeward_agency": None}, "agency_not_served"),
    "with a list for an agency": ({"homeward_agency": ["TH-SHELTER-N1"]}, "agency_not_served"),
    "about nobody": ({"sub": None}, "token_without_subject"),
    "about a control character": ({"sub": "a\x00"}, "token_without_subject"),
}


@pytest.mark.parametrize(("over", "code"), BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_persons_token_that_is_not_good(sign_in: SignIn, over: dict[str, Any], code: str) -> None:
    problem(sign_in.get(sign_in.provider.token(sign_in.office, **over)), 401, code)


def test_a_token_signed_by_somebody_else(sign_in: SignIn) -> None:
    """A known key id with another key, and HMAC with the public key as its secret, open nothing."""
    provider, office = sign_in.provider, sign_in.office
    problem(sign_in.get(provider.token(office, "curve", key=OTHER)), 401, "token_not_good")
    head, body, signature = provider.token(office).split(".")
    problem(sign_in.get(f"{head}.{body}.{signature[:-8]}AAAAAAAA"), 401, "token_not_good")


def test_the_roles_of_a_person_limit_what_they_may_do(sign_in: SignIn) -> None:
    """Roles that nobody knows, and a claim that is no list, give nothing; a person sees their own agency only."""
    provider, office = sign_in.provider, sign_in.office
    headers = {"authorization": f"Bearer {provider.token(office, homeward_roles=['AD', 'XX', {'SW': 1}])}"}
    assert sign_in.http.get("/v1/agencies", headers=headers).status_code == 200
    problem(sign_in.http.get("/v1/cases", headers=headers), 403, "scope_missing")
    nothing: tuple[object, ...] = ("SW", None, [])
    for roles in nothing:
        problem(sign_in.get(provider.token(office, homeward_roles=roles)), 403, "scope_missing")
    opened = sign_in.http.post(
        "/v1/cases",
        json={"destination": "TH", "origin": "MM"},
        headers={"authorization": f"Bearer {provider.token(office)}"},
    )
    assert opened.status_code == 201
    (case,) = sign_in.get(provider.token(office)).json()["items"]
    assert case["case_uid"] == opened.json()["case_uid"]


def test_a_persons_token_does_not_open_the_exchange(sign_in: SignIn) -> None:
    answer = sign_in.get(sign_in.provider.token(sign_in.office), "/exchange/v1/mailbox")
    problem(answer, 401, "token_not_good")


def test_the_provider_is_away(sign_in: SignIn) -> None:
    """Without known keys nobody comes in; with them those who are signed in stay, and the provider is asked again."""
    provider, office = sign_in.provider, sign_in.office
    app = sign_in.network.apps.pop(NAME)
    problem(sign_in.get(provider.token(office)), 401, "issuer_unreachable")
    sign_in.network.apps[NAME] = app
    problem(sign_in.get(provider.token(office)), 401, "issuer_unreachable")
    office.clock.wait(seconds=6)
    assert sign_in.get(provider.token(office)).status_code == 200
    sign_in.network.apps.pop(NAME)
    office.clock.wait(hours=2)
    assert sign_in.get(provider.token(office)).status_code == 200


MISCONFIGURED: dict[str, object] = {
    "names another issuer": {"issuer": "http://other.example", "jwks_uri": f"{NAME}/keys"},
    "names no keys": {"issuer": NAME},
    "keys that are not there": {"issuer": NAME, "jwks_uri": f"{NAME}/nothing"},
    "keys at no address": {"issuer": NAME, "jwks_uri": "http://[bad"},
    "keys that are no keys": {"issuer": NAME, "jwks_uri": f"{NAME}/.well-known/openid-configuration"},
    "is a list": ["issuer", NAME],
}


@pytest.mark.parametrize("metadata", MISCONFIGURED.values(), ids=MISCONFIGURED)
def test_a_provider_that_is_set_up_wrongly_lets_nobody_in(sign_in: SignIn, metadata: object) -> None:
    sign_in.provider.metadata = metadata
    answer = sign_in.get(sign_in.provider.token(sign_in.office))
    assert answer.status_code == 401
    assert answer.json()["code"] in {"issuer_unreachable", "token_not_good"}
