"""The one hash that names envelopes, signed bytes and descriptors."""

import hashlib


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 in lower-case hexadecimal, as receipts and logs write it."""
    return hashlib.sha256(data).hexdigest()
