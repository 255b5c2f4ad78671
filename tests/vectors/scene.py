"""The scene of all vectors: fictional agencies, their keys, one document, and the right envelope around it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.sealing.keys import PrivateKeySet, generate_keys
from tests.vectors import forge
from tests.vectors.forge import changed

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
ISSUED = "2026-11-20T14:30:00+07:00"
SENDER, RECIPIENT, STRANGER = "TH-FOCAL", "MM-DSW", "LA-DSW"
DOCUMENT: dict[str, Any] = {
    "kind": "note",
    "schema_version": "1.0",
    "id": "01JD3XN6Q0M3T9A2V8R5K7W4YE",
    "sender": SENDER,
    "recipient": RECIPIENT,
    "created_at": ISSUED,
    "text": "Fictional. ပြန်လည်ဆုံစည်းခြင်း · การกลับบ้าน",
}
IAT = int(datetime.fromisoformat(ISSUED).timestamp())
Case = dict[str, Any]


def make_keys() -> dict[str, Any]:
    """Return the key sets, those of the file where there are some."""
    path = HERE / "keys.json"
    if path.exists():
        return dict(json.loads(path.read_text("utf-8")))
    start = NOW - timedelta(days=30)
    sets = {
        "sender": generate_keys(SENDER, start, valid_from=start),
        "sender_es256": generate_keys(SENDER, start, valid_from=start, signing="ES256"),
        "sender_expired": generate_keys(SENDER, start, valid_from=start, valid_for=timedelta(days=10)),
        "sender_not_yet": generate_keys(SENDER, NOW, valid_from=NOW + timedelta(days=10)),
        "recipient": generate_keys(RECIPIENT, start, valid_from=start),
        "recipient_p256": generate_keys(RECIPIENT, start, valid_from=start, encryption="P-256"),
        "recipient_rsa": generate_keys(RECIPIENT, start, valid_from=start, encryption="RSA-3072"),
        "recipient_hybrid": generate_keys(RECIPIENT, start, valid_from=start, hybrid=True),
        "stranger": generate_keys(STRANGER, start, valid_from=start),
    }
    made = {name: keys.to_object() for name, keys in sets.items()}
    path.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    return made


KEYS = make_keys()


def private(name: str) -> PrivateKeySet:
    return PrivateKeySet.from_object(KEYS[name])


def signing(name: str) -> forge.Jwk:
    return next(key for key in KEYS[name]["keys"] if key.get("use") == "sig")


def encrypting(name: str) -> forge.Jwk:
    return next(key for key in KEYS[name]["keys"] if key.get("use") == "enc")


def inner(payload: bytes | None = None, by: str = "sender", drop: tuple[str, ...] = (), **over: Any) -> str:
    """Return the signed document, with whatever of its header changed."""
    spell, alg = over.pop("spell", str), over.pop("alg_used", None)
    jwk = signing(by)
    header = {"alg": "ES256" if jwk["kty"] == "EC" else "Ed25519", "kid": jwk["kid"], "typ": "homeward-document+jws"}
    text = json.dumps(DOCUMENT, ensure_ascii=False).encode() if payload is None else payload
    return forge.jws(text, jwk, changed(header, over, drop), spell=spell, alg=alg)


def outer(signed: str | None = None, to: str = "recipient", drop: tuple[str, ...] = (), **over: Any) -> str:
    """Return the envelope around it, with whatever of its header changed."""
    spell, epk = over.pop("spell", str), over.pop("epk_as", None)
    jwk = encrypting(to)
    header = {
        "alg": "RSA-OAEP-256" if jwk["kty"] == "RSA" else "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "kid": jwk["kid"],
        "typ": "homeward-envelope+jwe",
        "cty": "JWS",
        "iss": SENDER,
        "aud": RECIPIENT,
        "jti": DOCUMENT["id"],
        "iat": IAT,
    }
    plaintext = (inner() if signed is None else signed).encode()
    return forge.jwe(plaintext, jwk, changed(header, over, drop), spell=spell, epk=epk)


def document(drop: tuple[str, ...] = (), **over: Any) -> bytes:
    return json.dumps(changed(DOCUMENT, over, drop), ensure_ascii=False).encode()


def iat_of(text: str) -> int:
    """Return the NumericDate of an instant."""
    return int(datetime.fromisoformat(text).timestamp())
