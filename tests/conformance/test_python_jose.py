"""A partner that uses python-jose exchanges with us by what it knows: RSA-OAEP-256, A256GCM and ES256."""

import json
import os
from datetime import datetime

import pytest

from api.errors import SealError
from api.sealing.keys import PrivateKeySet
from api.sealing.seal import seal
from api.sealing.unseal import unseal
from schemas.base import AgencyId

pytestmark = pytest.mark.filterwarnings("ignore:.*datetime.datetime.utcnow.*:DeprecationWarning:jose")
jws = pytest.importorskip("jose.jws")
jwe = pytest.importorskip("jose.jwe")
jwk = pytest.importorskip("jose.jwk")
base64url_encode = pytest.importorskip("jose.utils").base64url_encode


def members(keys: PrivateKeySet, use: str) -> dict[str, str]:
    """Return the key's JWK members."""
    return next(key for key in keys.to_object()["keys"] if key["use"] == use)  # type: ignore[attr-defined, no-any-return]


def pem_of(key: dict[str, str], *, private: bool) -> bytes:
    """Return the RSA key as PEM: python-jose takes no JWK for encryption."""
    made = jwk.construct(key, "RSA-OAEP-256")
    return bytes((made if private else made.public_key()).to_pem())


def test_python_jose_opens_what_we_seal(key_sets: dict[str, PrivateKeySet], to_partner: bytes, now: datetime) -> None:
    ours, partner = key_sets["ours-RSA-3072-ES256"], key_sets["partner-RSA-3072-ES256"]
    envelope = seal(to_partner, keys=ours, to=partner.public(), now=now)

    signed = jwe.decrypt(envelope.data, pem_of(members(partner, "enc"), private=True))
    assert jws.verify(signed, members(ours.public(), "sig"), ["ES256"]) == to_partner  # type: ignore[arg-type]


def sealed_by_python_jose(
    ours: PrivateKeySet, partner: PrivateKeySet, payload: bytes, outside: dict[str, object]
) -> bytes:
    """Return the partner's envelope, with the header members that the profile asks for."""
    signing, encryption = members(partner, "sig"), members(ours, "enc")
    signed = jws.sign(
        payload, signing, headers={"kid": signing["kid"], "typ": "homeward-document+jws"}, algorithm="ES256"
    )
    header = {**outside, "alg": "RSA-OAEP-256", "kid": encryption["kid"]}
    return _encrypt(signed.encode(), pem_of(encryption, private=False), header)


def _encrypt(plaintext: bytes, pem: bytes, header: dict[str, object]) -> bytes:
    """Encrypt with python-jose's keys and put the parts together: its ``jwe.encrypt`` takes no header members."""
    head, content_key = base64url_encode(json.dumps(header).encode()), os.urandom(32)
    wrapped = jwk.construct(pem, "RSA-OAEP-256").wrap_key(content_key)
    iv, ciphertext, tag = jwk.construct(content_key, "A256GCM").encrypt(plaintext, head)
    return b".".join((head, *(base64url_encode(part) for part in (wrapped, iv, ciphertext, tag))))


def test_we_open_what_python_jose_seals(
    key_sets: dict[str, PrivateKeySet], to_us: bytes, outside: dict[str, object], now: datetime
) -> None:
    ours, partner = key_sets["ours-RSA-3072-ES256"], key_sets["partner-RSA-3072-ES256"]
    data = sealed_by_python_jose(ours, partner, to_us, outside)
    opened = unseal(data, recipient=AgencyId("MM-DSW"), keys=ours, sender_keys=partner.public(), now=now)
    assert opened.payload == to_us


def test_what_python_jose_writes_by_itself_lacks_the_members_of_the_profile(
    key_sets: dict[str, PrivateKeySet], now: datetime
) -> None:
    """A partner who calls ``jwe.encrypt`` alone learns it by a code, not by a riddle."""
    ours, partner = key_sets["ours-RSA-3072-ES256"], key_sets["partner-RSA-3072-ES256"]
    data = jwe.encrypt(b"x", pem_of(members(ours, "enc"), private=False), "A256GCM", "RSA-OAEP-256", cty="JWS")
    with pytest.raises(SealError) as caught:
        unseal(data, recipient=AgencyId("MM-DSW"), keys=ours, sender_keys=partner.public(), now=now)
    assert caught.value.code == "header_missing"
