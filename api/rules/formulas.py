"""Text of a cell that no spreadsheet calculates, and the same text again when it comes back.

What begins like a formula gets an apostrophe. A spreadsheet of another country parts lines at semicolons, whatever
stands in quotes, so a cell may be torn in two: what would begin the second half gets one as well.
"""

import re

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What makes a program calculate, in narrow and in full-width letters."""
_BEGINS = re.compile(f"'*[{_SIGNS}\t\r]")
_MARKED = re.compile(f"'+[{_SIGNS}\t\r]")
_GAP = re.compile(rf"""(?<![\s;"'])[\s;"']++(?=[{_SIGNS}])""")
"""Everything between two words after which the second would be calculated, if a line were parted there."""
_PARTS = frozenset(";\t\r\n")


def harmless(text: str) -> str:
    """Return a text as a cell that no program calculates."""
    whole = _GAP.sub(_ticked, text)
    return f"'{whole}" if _BEGINS.match(whole) else whole


def as_written(text: str) -> str:
    """Return the text that ``harmless`` made a cell of."""
    whole = text[1:] if _MARKED.match(text) else text
    return _GAP.sub(_bare, whole)


def _ticked(gap: re.Match[str]) -> str:
    return f"{gap[0]}'" if _PARTS & set(gap[0]) else gap[0]


def _bare(gap: re.Match[str]) -> str:
    return gap[0].removesuffix("'") if _PARTS & set(gap[0]) else gap[0]
