"""JOSE by hand, from the RFCs and primitives: right envelopes, and wrong ones that are wrong in one point only.

Nothing here uses the node's own sealing room, so what both agree on is what the RFCs say. A wrong envelope is otherwise
right: its tag and its signature are good unless they are what the case is about, so exactly one check can refuse it.
"""

import hashlib
import hmac
import json
import os
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

Jwk = Mapping[str, Any]
Json = dict[str, Any]


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text: str) -> int:
    return int.from_bytes(unb64(text), "big")


def kid_of(jwk: Jwk) -> str:
    """RFC 7638."""
    names = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}[jwk["kty"]]
    text = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"), sort_keys=True)
    return b64(hashlib.sha256(text.encode()).digest())


def ec_private(jwk: Jwk) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number(jwk["d"]), ec.SECP256R1())


def ec_public(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), ec.SECP256R1()).public_key()


def ec_jwk(key: ec.EllipticCurvePublicKey) -> Json:
    point = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32, "big")), "y": b64(point.y.to_bytes(32, "big"))}


def sign_bytes(message: bytes, alg: str, jwk: Jwk) -> bytes:
    """Sign with the key, by the algorithm that is asked for (RFC 7518 section 3, RFC 8037 section 3.1)."""
    if alg == "HS256":
        return hmac.new(unb64(jwk["x"]), message, hashlib.sha256).digest()
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(unb64(jwk["d"])).sign(message)
    r, s = utils.decode_dss_signature(ec_private(jwk).sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def jws(
    payload: bytes,
    jwk: Jwk,
    header: Json,
    *,
    spell: Callable[[str], str] = str,
    alg: str | None = None,
) -> str:
    """Return a compact JWS; ``spell`` changes the header's JSON text before it is signed."""
    head = b64(spell(json.dumps(header, separators=(",", ":"))).encode("utf-8", "surrogatepass"))
    message = f"{head}.{b64(payload)}"
    return f"{message}.{b64(sign_bytes(message.encode(), alg or header.get('alg', ''), jwk))}"


def agree(jwk: Jwk, alg_id: str, bits: int) -> tuple[Json, bytes]:
    """Agree on a key by ECDH-ES and Concat KDF (RFC 7518 section 4.6)."""
    if jwk["kty"] == "OKP":
        ours = x25519.X25519PrivateKey.generate()
        secret = ours.exchange(x25519.X25519PublicKey.from_public_bytes(unb64(jwk["x"])))
        epk: Json = {"kty": "OKP", "crv": "X25519", "x": b64(ours.public_key().public_bytes_raw())}
    else:
        own = ec.generate_private_key(ec.SECP256R1())
        secret = own.exchange(ec.ECDH(), ec_public(jwk))
        epk = ec_jwk(own.public_key())
    info = len(alg_id).to_bytes(4, "big") + alg_id.encode() + bytes(8) + bits.to_bytes(4, "big")
    return epk, ConcatKDFHash(hashes.SHA256(), bits // 8, info).derive(secret)


def jwe(
    plaintext: bytes,
    jwk: Jwk,
    header: Json,
    *,
    spell: Callable[[str], str] = str,
    epk: Callable[[Json], object] | None = None,
    cek: bytes | None = None,
) -> str:
    """Return a compact JWE as the header says; ``spell`` changes the header's text before it is bound."""
    size = {"A256GCM": 32, "A128GCM": 16, "A192GCM": 24}.get(str(header.get("enc")), 32)
    cek = cek or os.urandom(size)
    alg, wrapped = header.get("alg"), b""
    if alg in ("RSA-OAEP-256", "RSA1_5", "RSA-OAEP"):
        public = rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key()
        digest = hashes.SHA1() if alg == "RSA-OAEP" else hashes.SHA256()  # noqa: S303 -- the wrong one on purpose
        pad = padding.PKCS1v15() if alg == "RSA1_5" else padding.OAEP(padding.MGF1(digest), digest, None)
        wrapped = public.encrypt(cek, pad)
    elif jwk["kty"] in ("OKP", "EC"):
        direct = alg == "ECDH-ES"
        own, agreed = agree(jwk, str(header.get("enc")) if direct else "ECDH-ES+A256KW", 256)
        header = {**header, "epk": epk(own) if epk else own}
        cek, wrapped = (agreed, b"") if direct else (cek, aes_key_wrap(agreed, cek))
    head = b64(spell(json.dumps(header, separators=(",", ":"))).encode("utf-8", "surrogatepass"))
    iv = os.urandom(12)
    if header.get("zip") == "DEF":
        packer = zlib.compressobj(wbits=-15)
        plaintext = packer.compress(plaintext) + packer.flush()
    sealed = AESGCM(cek).encrypt(iv, plaintext, head.encode())
    return ".".join((head, b64(wrapped), b64(iv), b64(sealed[:-16]), b64(sealed[-16:])))


def changed(base: Json, over: Mapping[str, Any], drop: Iterable[str] = ()) -> Json:
    """Return a copy of ``base`` with members replaced, added and left out."""
    return {name: value for name, value in {**base, **over}.items() if name not in set(drop)}


def flip(text: str, part: int, at: int = 0) -> str:
    """Return the same envelope with one bit of one part turned, still canonical base64url."""
    parts = text.split(".")
    data = bytearray(unb64(parts[part]))
    data[at] ^= 1
    parts[part] = b64(bytes(data))
    return ".".join(parts)


def respell(text: str, part: int, change: Callable[[str], str]) -> str:
    """Return the same envelope with one part spelt differently."""
    parts = text.split(".")
    parts[part] = change(parts[part])
    return ".".join(parts)
