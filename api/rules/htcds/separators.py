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
    taken = [piece["code"] for piece in _pieces_of(field.full_name).finditer(_clean(text))]
    found = dict.fromkeys(known[spelling] for spelling in taken if spelling is not None)
    return list(found), taken.count(None)


def pieces(text: str) -> list[str]:
    """Return the parts of a cell whose codes hold no separator, such as countries and languages."""
    return [piece for piece in re.split(r"[\s;,|]+", _clean(text)) if piece]


def _clean(text: str) -> str:
    """Return a cell folded; a new line separates, so it becomes a separator before spaces are folded."""
    return folded(re.sub(r"[\r\n]+", SEPARATOR, text)).strip(_BETWEEN)


@cache
def _pieces_of(full_name: str) -> re.Pattern[str]:
    """Return what finds the pieces of a cell one after the other, each character looked at once.

    A piece is the longest spelling of a code after which the text ends or a separator stands, or else whatever comes
    before the next separator that is no space.
    """
    longest_first = sorted(spellings(full_name), key=len, reverse=True)
    code = "|".join(map(re.escape, longest_first))
    return re.compile(rf"[{_BETWEEN}]*+(?:(?P<code>{code})(?=[{_BETWEEN}]|\Z)|[^;,|\n]++)")
