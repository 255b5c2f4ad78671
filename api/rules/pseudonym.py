"""The id of a row in the figures: the same for the same return, and a lead to nobody (domain 3.15).

A keyed hash over case, episode and year. Without the key nobody can try cases; across years the same person has
another id, so that rows can't be strung together into a life.
"""

import hashlib
import hmac

from api.errors import NodeError
from schemas.base import CaseUid

_CONTEXT = b"homeward-statistics-1"
_SHORTEST_KEY = 32


def stat_id(key: bytes, case_uid: CaseUid, episode_no: int, year: int) -> str:
    """Return the pseudonym of one return episode as 64 hexadecimal digits.

    Raises ``NodeError`` with ``key_too_short`` for a key of fewer than 32 bytes.
    """
    if len(key) < _SHORTEST_KEY:
        raise NodeError("key_too_short", "a key for pseudonyms has 32 bytes or more")
    message = b"\x00".join([_CONTEXT, case_uid.encode(), b"%d" % episode_no, b"%d" % year])
    return hmac.new(key, message, hashlib.sha256).hexdigest()
