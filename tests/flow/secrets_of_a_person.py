"""What must not be found: every text that somebody entered, in every spelling in which a database could hold it."""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schemas.registry import KINDS
from tests.flow.steps import texts_in

_GENERATED = Path(__file__).parents[2] / "schemas" / "generated"
_OURS = (
    re.compile(r"[0-9A-HJKMNP-TV-Z]{26}"),  # ids
    re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}"),  # agencies
    re.compile(r"\d{4}(-\d\d){0,2}([T ].*)?"),  # dates: the due day and the planned day are plain columns
    re.compile(r"[0-9a-f]{64}"),  # hashes
    re.compile(r"[0-9.:/+~-]+"),  # numbers
)
SHORTEST = 4


def _declared() -> set[str]:
    """Return every code that the forms declare: those are ours, not a person's."""
    found: set[str] = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            found.update(code for code in [*node.get("enum", ()), node.get("const")] if isinstance(code, str))
            for item in node.values():
                collect(item)
        elif isinstance(node, list):
            for item in node:
                collect(item)

    for file in _GENERATED.glob("*.json"):
        collect(json.loads(file.read_text()))
    return found


def secrets_in(contents: Iterable[Any]) -> set[str]:
    """Return every text of at least four characters that is no declared code, agency, id, number or date.

    The names of the kinds of document count as secrets too.
    """
    texts = {text for content in contents for text in texts_in(content)} - _declared()
    kept = {text for text in texts if len(text) >= SHORTEST and not any(form.fullmatch(text) for form in _OURS)}
    return kept | set(KINDS)


def spellings(text: str) -> set[bytes]:
    """Return a text as UTF-8, UTF-16, escaped JSON, and inside base64url wherever it may begin."""
    plain = text.encode()
    found = {plain, text.encode("utf-16-le"), text.encode("utf-16-be"), json.dumps(text)[1:-1].encode()}
    for offset in range(3):
        coded = base64.urlsafe_b64encode(b"\x00" * offset + plain)
        whole = coded[(0, 2, 3)[offset] : -4]
        if len(whole) >= 8:  # shorter ones are found by chance
            found.add(whole)
    return found


def found_in(haystack: bytes, secrets: Iterable[str]) -> list[str]:
    """Return the secrets that lie in a heap of bytes, in any spelling."""
    return sorted(text for text in secrets if any(one in haystack for one in spellings(text)))
