"""Two agencies and one document, for partners whose software knows nothing of ours."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api.sealing.keys import PrivateKeySet, generate_keys
from schemas.base import AgencyId

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
OURS, PARTNER = AgencyId("MM-DSW"), AgencyId("TH-FOCAL")


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def key_sets() -> dict[str, PrivateKeySet]:
    """Our keys and the partner's, of every kind that the profile knows."""
    start = NOW - timedelta(days=1)
    sets: dict[str, PrivateKeySet] = {}
    for name, agency in (("ours", OURS), ("partner", PARTNER)):
        sets[f"{name}-X25519-Ed25519"] = generate_keys(agency, start)
        sets[f"{name}-P-256-ES256"] = generate_keys(agency, start, signing="ES256", encryption="P-256")
        sets[f"{name}-RSA-3072-ES256"] = generate_keys(agency, start, signing="ES256", encryption="RSA-3072")
    return sets


def make_document(sender: str, recipient: str) -> bytes:
    members = {
        "kind": "note",
        "id": "01JD3XN6Q0M3T9A2V8R5K7W4YE",
        "sender": sender,
        "recipient": recipient,
        "created_at": "2026-11-20T14:30:00+07:00",
        "text": "Fictional. ပြန်လည်ဆုံစည်းခြင်း · การกลับบ้าน",
    }
    return json.dumps(members, ensure_ascii=False).encode()


@pytest.fixture(scope="session")
def to_us() -> bytes:
    return make_document(PARTNER, OURS)


@pytest.fixture(scope="session")
def to_partner() -> bytes:
    return make_document(OURS, PARTNER)


@pytest.fixture(scope="session")
def outside() -> dict[str, object]:
    """Return the header that the profile asks of a partner's envelope, but for ``alg`` and ``kid``."""
    return {
        "enc": "A256GCM",
        "typ": "homeward-envelope+jwe",
        "cty": "JWS",
        "iss": PARTNER,
        "aud": OURS,
        "jti": "01JD3XN6Q0M3T9A2V8R5K7W4YE",
        "iat": int(datetime.fromisoformat("2026-11-20T14:30:00+07:00").timestamp()),
    }
