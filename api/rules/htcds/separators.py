"""Several codes in one cell: written so that nothing can be torn apart, read in every way the standard's users write.

Written are *names* of codes with ``;`` between them, as Salesforce does, from which the standard comes; no name holds
a separator. Labels do (``Water supply; sewerage, waste management and remediation``), so a cell is never split first
and understood afterwards: at each place the longest name or label that fits is taken. Between two codes may stand
``;``, ``,``, ``|``, a new line, or the space of XLSForm.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from schemas.htcds.standard import STANDARD, StandardField

SEPARATOR = ";"
_BETWEEN = " \t\r\n;,|"
_HARD = re.compile(r"[;,|\n]")
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


def join(names: Iterable[str]) -> str:
    """Return several names of codes as the text of one cell."""
    return SEPARATOR.join(names)


def folded(text: str) -> str:
    """Return a spelling as it is compared: without regard to case, kind of apostrophe and width of spaces."""
    flat = unicodedata.normalize("NFKC", text.replace("\ufeff", "")).translate(_APOSTROPHES)
    return _SPACES.sub(" ", flat).strip().casefold()


@cache
def spellings(full_name: str) -> Mapping[str, str]:
    """Return the codes of a list under each of their spellings: name and label."""
    choices = STANDARD[full_name].choices
    labels = {folded(label): name for name, label in choices.items()}
    return {**labels, **{folded(name): name for name in choices}}


def split(field: StandardField, text: str) -> tuple[list[str], int]:
    """Return the codes in a cell in their order, each once, and how many pieces of the text are no code of the list."""
    known = spellings(field.full_name)
    rest, found, unknown = _clean(text), dict[str, None](), 0
    while rest:
        spelling = _longest(rest, known)
        if spelling is not None:
            found[known[spelling]] = None
            rest = rest[len(spelling) :].lstrip(_BETWEEN)
            continue
        unknown += 1
        end = _HARD.search(rest)
        rest = rest[end.end() :].lstrip(_BETWEEN) if end else ""
    return list(found), unknown


def pieces(text: str) -> list[str]:
    """Return the parts of a cell whose codes hold no separator, such as countries and languages."""
    return [piece for piece in re.split(r"[\s;,|]+", _clean(text)) if piece]


def _clean(text: str) -> str:
    """Return a cell folded; a new line separates, so it becomes a separator before spaces are folded."""
    return folded(re.sub(r"[\r\n]+", SEPARATOR, text)).strip(_BETWEEN)


def _longest(text: str, known: Iterable[str]) -> str | None:
    """Return the longest spelling with which a text begins and after which it ends or a separator stands."""
    fitting = (one for one in known if text.startswith(one) and text[len(one) : len(one) + 1] in {"", *_BETWEEN})
    return max(fitting, key=len, default=None)
