"""Envelopes that are wrong in one point, each with the code of the check that refuses it."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

from api.sealing.envelope import peek
from api.sealing.hybrid import wrap
from api.sealing.seal import seal
from tests.vectors import forge
from tests.vectors.forge import b64, changed, flip, respell, unb64
from tests.vectors.scene import (
    DOCUMENT,
    IAT,
    NOW,
    RECIPIENT,
    SENDER,
    STRANGER,
    Case,
    document,
    encrypting,
    iat_of,
    inner,
    outer,
    private,
    signing,
)


def bad() -> Iterator[Case]:
    """Envelopes that are wrong in one point, each with the code of the check that refuses it."""
    for maker in (
        _bad_spelling,
        _bad_header,
        _bad_algorithms,
        _bad_encryption,
        _bad_signature,
        _bad_payload,
        _bad_hybrid,
    ):
        for name, code, envelope, over in maker():
            keys = {"sender_keys": "sender", "recipient_keys": "recipient", "recipient": RECIPIENT}
            yield {"name": name, "code": code, **keys, **over, "envelope": envelope}


Row = tuple[str, str, str, dict[str, str]]


def _bad_spelling() -> Iterator[Row]:
    right = outer()
    yield "empty", "envelope_not_compact", "", {}
    yield "four_parts", "envelope_not_compact", ".".join(right.split(".")[:4]), {}
    yield "six_parts", "envelope_not_compact", right + ".AAAA", {}
    yield "empty_part", "envelope_not_compact", respell(right, 1, lambda _: ""), {}
    yield "json_serialisation", "envelope_not_compact", json.dumps({"protected": right.split(".")[0]}), {}
    names = ("header", "encrypted_key", "iv", "ciphertext", "tag")
    for part, name in enumerate(names):
        yield f"padding_in_{name}", "envelope_not_canonical", respell(right, part, lambda text: text + "="), {}
        yield (
            f"line_break_in_{name}",
            "envelope_not_canonical",
            respell(right, part, lambda text: f"{text[:4]}\n{text[4:]}"),
            {},
        )
    yield "white_space_at_the_end", "envelope_not_canonical", right + "\n", {}
    yield "standard_base64_alphabet", "envelope_not_canonical", respell(right, 3, lambda text: "+/" + text[2:]), {}
    yield "unused_bits_in_tag", "envelope_not_canonical", respell(right, 4, _next_character), {}
    yield "impossible_length", "envelope_not_canonical", respell(right, 4, lambda text: text + "AAA"), {}
    yield "iv_of_64_bits", "envelope_part_size", respell(right, 2, lambda text: b64(unb64(text)[:8])), {}
    yield "tag_of_96_bits", "envelope_part_size", respell(right, 4, lambda text: b64(unb64(text)[:12])), {}
    yield "too_large", "envelope_too_large", respell(right, 3, lambda _: "A" * 1_048_576), {}


def _next_character(text: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def _bad_header() -> Iterator[Row]:
    def twice(member: str, value: str) -> Callable[[str], str]:
        return lambda text: text[:-1] + f',"{member}":{value}}}'

    yield "header_not_json", "header_not_json", outer(spell=lambda text: text[:-1]), {}
    yield "header_is_an_array", "header_not_json", outer(spell=lambda text: f"[{text}]"), {}
    yield "header_with_byte_order_mark", "header_not_json", outer(spell=lambda text: "\ufeff" + text), {}
    yield "header_with_nan", "header_not_json", outer(spell=lambda text: text.replace(str(IAT), "NaN")), {}
    yield "header_too_deep", "header_too_deep", outer(epk_as=lambda epk: {**epk, "x": [epk["x"]]}), {}
    yield "header_member_twice", "header_duplicate_member", outer(spell=twice("aud", f'"{STRANGER}"')), {}
    yield "header_member_twice_equal", "header_duplicate_member", outer(spell=twice("iss", f'"{SENDER}"')), {}
    yield (
        "epk_member_twice",
        "header_duplicate_member",
        outer(spell=lambda text: text.replace('"crv"', '"crv":"P-256","crv"')),
        {},
    )
    forbidden: dict[str, Any] = {
        "zip": "DEF",
        "b64": True,
        "crit": ["iat"],
        "jwk": {key: value for key, value in encrypting("recipient").items() if key != "d"},
        "jku": "https://keys.example/set.json",
        "x5u": "https://keys.example/chain.pem",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "x5t#S256": "AAAA",
    }
    for member, value in forbidden.items():
        yield f"header_with_{member.replace('#', '_').lower()}", "header_forbidden", outer(**{member: value}), {}
    for member in ("apu", "apv", "p2c", "sub", "kind", "exp"):
        yield f"header_with_{member}", "header_unknown", outer(**{member: "AAAA"}), {}
    for member in ("alg", "enc", "kid", "typ", "cty", "iss", "aud", "jti", "iat"):
        yield f"header_without_{member}", "header_missing", outer(drop=(member,)), {}
    wrong: dict[str, tuple[Any, ...]] = {
        "kid": ("short", 7, None, ["a"]),
        "iss": ("th-focal", "", 7, {"a": 1}, "TH-FOCAL\n"),
        "aud": ([RECIPIENT], "MM", None),
        "jti": ("not-a-ulid", 1, "01JD3XN6Q0M3T9A2V8R5K7W4YEX"),
        "iat": (str(IAT), IAT + 0.5, True, -1, 10**15),
    }
    for member, values in wrong.items():
        for count, value in enumerate(values):
            yield f"header_{member}_malformed_{count}", "header_invalid", outer(**{member: value}), {}
    yield "typ_of_a_jwt", "typ_wrong", outer(typ="JWT"), {}
    yield "typ_in_capitals", "typ_wrong", outer(typ="HOMEWARD-ENVELOPE+JWE"), {}
    yield "cty_of_a_jwt", "cty_wrong", outer(cty="JWT"), {}
    yield "cty_not_text", "cty_wrong", outer(cty=None), {}
    yield "for_another_agency", "recipient_not_us", outer(aud=STRANGER), {}
    yield "opened_by_another_agency", "recipient_not_us", outer(), {"recipient": STRANGER, "recipient_keys": "stranger"}


def _bad_algorithms() -> Iterator[Row]:
    rsa = {"recipient_keys": "recipient_rsa"}
    for enc in ("A128GCM", "A192GCM", "A128CBC-HS256", "A256CBC-HS512", "a256gcm", ""):
        yield f"enc_{enc or 'empty'}", "enc_not_allowed", outer(enc=enc), {}
    yield "enc_not_text", "enc_not_allowed", outer(enc=256), {}
    for alg in (
        "dir",
        "none",
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "A256KW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "ECDH-1PU+A256KW",
    ):
        yield f"alg_{alg}", "alg_not_allowed", _direct(outer(alg=alg)), {}
    yield "alg_not_text", "alg_not_allowed", outer(alg=["ECDH-ES+A256KW"]), {}
    yield "alg_RSA1_5", "alg_not_allowed", outer(to="recipient_rsa", alg="RSA1_5"), rsa
    yield "alg_RSA-OAEP_with_sha1", "alg_not_allowed", outer(to="recipient_rsa", alg="RSA-OAEP"), rsa
    yield "rsa_algorithm_with_a_curve_key", "alg_not_of_key", outer(spell=_other_alg("RSA-OAEP-256")), {}
    swapped = outer(to="recipient_rsa", spell=_other_alg("ECDH-ES+A256KW"))
    yield "curve_algorithm_with_an_rsa_key", "alg_not_of_key", swapped, rsa


def _direct(envelope: str) -> str:
    """Fill an empty encrypted key, which would be refused before the algorithm is looked at."""
    return respell(envelope, 1, lambda text: text or "AAAA")


def _other_alg(alg: str) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), "alg": alg})


def _bad_encryption() -> Iterator[Row]:
    right = outer()
    yield "kid_of_a_foreign_key", "key_unknown", outer(kid=encrypting("stranger")["kid"]), {}
    yield "kid_of_our_signing_key", "alg_not_of_key", outer(kid=signing("recipient")["kid"]), {}
    yield "encrypted_to_a_foreign_key", "not_decrypted", outer(to="stranger", kid=encrypting("recipient")["kid"]), {}
    for part, name in ((1, "encrypted_key"), (2, "iv"), (3, "ciphertext"), (4, "tag")):
        yield f"tampered_{name}", "not_decrypted", flip(right, part), {}
    for member, value in {"iss": "TH-OTHER", "jti": "01JD3XN6Q0M3T9A2V8R5K7W4YF", "iat": IAT + 1}.items():
        yield f"tampered_header_{member}", "not_decrypted", _rehead(right, **{member: value}), {}
    yield "tampered_header_white_space", "not_decrypted", respell(right, 0, lambda head: b64(unb64(head) + b" ")), {}
    yield "truncated_ciphertext", "not_decrypted", respell(right, 3, lambda text: b64(unb64(text)[:-1])), {}
    yield "encrypted_key_too_short", "not_decrypted", respell(right, 1, lambda text: b64(unb64(text)[:-8])), {}
    yield "content_key_of_128_bits", "not_decrypted", _short_key(), {}
    other = outer()
    yield "encrypted_key_of_another_envelope", "not_decrypted", respell(right, 1, lambda _: other.split(".")[1]), {}
    epks: dict[str, Callable[[dict[str, Any]], object]] = {
        "missing": lambda _: None,
        "on_another_curve": lambda epk: {**epk, "crv": "P-256"},
        "with_a_private_part": lambda epk: {**epk, "d": epk["x"]},
        "too_short": lambda epk: {**epk, "x": epk["x"][:40]},
        "padded": lambda epk: {**epk, "x": epk["x"] + "="},
        "with_unused_bits": lambda epk: {**epk, "x": _next_character(epk["x"])},
        "not_text": lambda epk: {**epk, "x": 7},
        "not_ascii": lambda epk: {**epk, "x": "é" * 43},
        "without_x": lambda epk: {key: value for key, value in epk.items() if key != "x"},
        "text": lambda _: "epk",
    }
    for name, change in epks.items():
        yield f"epk_{name}", "epk_invalid", outer(epk_as=change), {}
    yield "epk_of_low_order", "not_decrypted", outer(epk_as=lambda epk: {**epk, "x": b64(bytes(32))}), {}
    off = outer(to="recipient_p256", epk_as=lambda epk: {**epk, "y": epk["x"]})
    yield "epk_not_on_the_curve", "not_decrypted", off, {"recipient_keys": "recipient_p256"}
    rsa = {"recipient_keys": "recipient_rsa"}
    yield "epk_with_an_rsa_key", "epk_invalid", outer(to="recipient_rsa", epk={"kty": "OKP"}), rsa
    yield "tampered_rsa_encrypted_key", "not_decrypted", flip(outer(to="recipient_rsa"), 1, 5), rsa


def _rehead(envelope: str, **over: Any) -> str:
    return respell(
        envelope, 0, lambda head: b64(json.dumps({**json.loads(unb64(head)), **over}, separators=(",", ":")).encode())
    )


def _short_key() -> str:
    jwk = encrypting("recipient")
    header = json.loads(unb64(outer().split(".")[0]))
    return forge.jwe(inner().encode(), jwk, changed(header, {}, ("epk",)), cek=os.urandom(16))


def _bad_signature() -> Iterator[Row]:
    right = inner()
    yield "document_not_signed", "jws_not_compact", outer(DOCUMENT["text"]), {}
    yield "inside_two_parts", "jws_not_compact", outer(".".join(right.split(".")[:2])), {}
    yield "inside_none_without_signature", "jws_not_compact", outer(respell(inner(alg="none"), 2, lambda _: "")), {}
    yield "inside_empty", "envelope_not_compact", outer(""), {}
    yield "inside_padding", "jws_not_canonical", outer(right + "="), {}
    yield "inside_unused_bits", "jws_not_canonical", outer(respell(right, 2, _next_character)), {}
    yield "inside_header_not_json", "jws_header_not_json", outer(inner(spell=lambda text: text + "}")), {}
    yield (
        "inside_member_twice",
        "jws_header_duplicate_member",
        outer(inner(spell=lambda t: t[:-1] + ',"alg":"none"}')),
        {},
    )
    yield "inside_header_nested", "jws_header_too_deep", outer(inner(typ=["homeward-document+jws"])), {}
    extras: dict[str, Any] = {"b64": False, "cty": "JSON", "jku": "https://keys.example", "iat": IAT}
    for member, value in extras.items():
        yield f"inside_header_with_{member}", "jws_header_not_exact", outer(inner(**{member: value})), {}
    for member in ("alg", "kid", "typ"):
        yield (
            f"inside_header_without_{member}",
            "jws_header_not_exact",
            outer(inner(drop=(member,), alg_used="Ed25519")),
            {},
        )
    yield "inside_kid_not_text", "jws_header_not_exact", outer(inner(kid=7)), {}
    yield "inside_typ_of_a_receipt", "jws_typ_wrong", outer(inner(typ="homeward-receipt+jws")), {}
    yield "inside_alg_none", "jws_alg_not_allowed", outer(inner(alg="none")), {}
    yield "inside_alg_HS256_with_the_public_key", "jws_alg_not_allowed", outer(inner(alg="HS256")), {}
    for alg in ("RS256", "PS256", "ES384", "ES256K", "Ed448"):
        yield f"inside_alg_{alg}", "jws_alg_not_allowed", outer(inner(alg=alg)), {}
    yield "inside_alg_ES256_with_an_Ed25519_key", "jws_alg_not_of_key", outer(inner(alg="ES256")), {}
    es256 = {"sender_keys": "sender_es256"}
    swapped = inner(by="sender_es256", alg="Ed25519", alg_used="ES256")
    yield "inside_alg_Ed25519_with_a_P-256_key", "jws_alg_not_of_key", outer(swapped), es256
    yield "inside_kid_of_an_encryption_key", "jws_alg_not_of_key", outer(inner(kid=encrypting("sender")["kid"])), {}
    yield "signed_by_a_stranger", "signer_unknown", outer(inner(by="stranger")), {}
    yield (
        "signed_by_a_stranger_as_the_sender",
        "signature_wrong",
        outer(inner(by="stranger", kid=signing("sender")["kid"])),
        {},
    )
    yield "sender_not_the_owner_of_the_keys", "signer_not_sender", outer(), {"sender_keys": "stranger"}
    yield "tampered_payload", "signature_wrong", outer(flip(right, 1, 30)), {}
    yield "tampered_signature", "signature_wrong", outer(flip(right, 2)), {}
    yield "signature_too_short", "signature_wrong", outer(respell(right, 2, lambda text: b64(unb64(text)[:63]))), {}
    der = respell(inner(by="sender_es256"), 2, lambda text: b64(b"\x30\x44\x02\x20" + unb64(text)))
    yield "signature_in_der", "signature_wrong", outer(der), es256
    zero = respell(inner(by="sender_es256"), 2, lambda _: b64(bytes(64)))
    yield "signature_of_zeros", "signature_wrong", outer(zero), es256
    yield "key_expired", "signer_key_expired", outer(inner(by="sender_expired")), {"sender_keys": "sender_expired"}
    yield (
        "key_not_yet_valid",
        "signer_key_not_yet_valid",
        outer(inner(by="sender_not_yet")),
        {"sender_keys": "sender_not_yet"},
    )


def _bad_payload() -> Iterator[Row]:
    def row(name: str, code: str, payload: bytes, **over: Any) -> Row:
        return name, code, outer(inner(payload), **over), {}

    text = document()
    yield row("payload_not_json", "payload_not_json", b"Fictional.")
    yield row("payload_truncated", "payload_not_json", text[:-1])
    yield row("payload_with_more_after_it", "payload_not_json", text + b"{}")
    yield row("payload_an_array", "payload_not_json", b"[" + text + b"]")
    yield row("payload_null", "payload_not_json", b"null")
    yield row("payload_latin1", "payload_not_json", document(text="é").decode().encode("latin-1"))
    yield row("payload_utf16", "payload_not_json", text.decode().encode("utf-16"))
    yield row("payload_with_byte_order_mark", "payload_not_json", b"\xef\xbb\xbf" + text)
    yield row("payload_half_a_surrogate_pair", "payload_not_json", document()[:-1] + rb',"half":"\ud800"}')
    yield row("payload_nan", "payload_not_json", text[:-1] + b',"weight":NaN}')
    yield row("payload_infinity", "payload_not_json", text[:-1] + b',"weight":-Infinity}')
    yield row("payload_number_too_large", "payload_not_json", text[:-1] + b',"weight":1e999}')
    yield row("payload_integer_of_5000_digits", "payload_not_json", text[:-1] + b',"n":' + b"9" * 5000 + b"}")
    yield row("payload_trailing_comma", "payload_not_json", text[:-1] + b",}")
    yield row("payload_member_twice", "payload_duplicate_member", text[:-1] + b',"recipient":"LA-DSW"}')
    yield row("payload_member_twice_by_escape", "payload_duplicate_member", text[:-1] + rb',"\u0069d":"x"}')
    yield row("payload_member_twice_deep_down", "payload_duplicate_member", text[:-1] + b',"a":[{"b":1,"b":2}]}')
    yield row("payload_too_deep", "payload_too_deep", text[:-1] + b',"a":' + b"[" * 40 + b"]" * 40 + b"}")
    yield row("payload_far_too_deep", "payload_too_deep", text[:-1] + b',"a":' + b'{"a":' * 4000 + b"1" + b"}" * 4001)
    for member in ("kind", "id", "sender", "recipient", "created_at"):
        yield row(f"payload_without_{member}", "payload_incomplete", document(drop=(member,)))
    yield row("payload_id_a_number", "payload_incomplete", document(id=7))
    for count, value in enumerate(
        ("yesterday", "2026-11-20", "2026-11-20T14:30:00", "2026-13-20T14:30:00Z", "20261120T073000Z")
    ):
        yield row(f"payload_created_at_malformed_{count}", "created_at_invalid", document(created_at=value))
    yield row("inner_sender_differs", "sender_differs", document(sender="TH-SHELTER-N1"))
    yield row("inner_recipient_differs", "recipient_differs", document(recipient=STRANGER))
    yield row("forwarded_by_its_recipient", "recipient_differs", document(recipient="TH-SHELTER-N1"))
    yield row("inner_id_differs", "id_differs", document(id="01JD3XN6Q0M3T9A2V8R5K7W4YF"))
    yield row("inner_time_differs", "time_differs", document(created_at="2026-11-20T07:30:01Z"))
    ahead = "2026-11-20T08:05:01Z"
    yield row("from_the_future", "from_the_future", document(created_at=ahead), iat=iat_of(ahead))


def _bad_hybrid() -> Iterator[Row]:
    keys, over = private("recipient_hybrid").public(), {"recipient_keys": "recipient_hybrid"}
    right = seal(document(), keys=private("sender"), to=keys, now=NOW).data.decode()
    yield "hybrid_tampered_ciphertext", "not_decrypted", flip(right, 1, -1), over
    yield "hybrid_tampered_encapsulation", "not_decrypted", flip(right, 1), over
    yield "hybrid_tampered_header", "not_decrypted", _rehead(right, iat=IAT + 1), over
    yield "hybrid_truncated", "not_decrypted", respell(right, 1, lambda text: b64(unb64(text)[:100])), over
    yield "hybrid_version_2", "hybrid_version", _rehead(right, v=2), over
    yield "hybrid_version_true", "hybrid_version", _rehead(right, v=True), over
    yield "hybrid_typ_of_a_jwe", "typ_wrong", _rehead(right, typ="homeward-envelope+jwe"), over
    yield "hybrid_with_crit", "header_forbidden", _rehead(right, crit=["v"]), over
    yield "hybrid_with_alg", "header_unknown", _rehead(right, alg="none"), over
    yield "hybrid_key_not_ours", "key_unknown", right, {"recipient_keys": "recipient"}
    curve = encrypting("recipient_hybrid")["kid"]
    yield "hybrid_kid_of_another_kind", "alg_not_of_key", _rehead(right, kid=curve), over
    yield "hybrid_for_another_agency", "recipient_not_us", _rehead(right, aud=STRANGER), over
    yield from _bad_layers(right, over)


def _bad_layers(right: str, over: dict[str, str]) -> Iterator[Row]:
    header = peek(right.encode())
    key = next(key for key in private("recipient_hybrid").public().keys if not key.uses)
    yield "hybrid_twice", "hybrid_nested", wrap(right.encode(), header, key).decode(), over
    yield "hybrid_around_noise", "envelope_not_compact", wrap(b"noise", header, key).decode(), over
    other = outer(
        inner(document(id="01JD3XN6Q0M3T9A2V8R5K7W4YF")), to="recipient_hybrid", jti="01JD3XN6Q0M3T9A2V8R5K7W4YF"
    )
    yield "hybrid_around_another_envelope", "id_differs", wrap(other.encode(), header, key).decode(), over
