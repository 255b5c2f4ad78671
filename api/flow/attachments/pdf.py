"""A PDF may show pages and nothing else: no scripts, no actions that start by themselves, no files inside, no forms.

Every object of the file is looked at, those in compressed object streams included, whether a page uses it or not. qpdf
reads the file; one that it can't read as it stands, or only with a password, can't be judged and is refused.
"""

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import pikepdf

from api.errors import HomewardError, InvalidInput
from api.flow.attachments.pictures import malformed
from api.flow.attachments.source import CHUNK, AsFile, Source

MOST_OBJECTS = 200_000
"""A scan of 500 pages has a few thousand."""
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/3DD"})
_ACTIVE_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    }
)
_ACTIVE_SUBTYPES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/3D", "/Movie", "/Sound"})
_ACTIVE_TYPES = frozenset({"/EmbeddedFile", "/Filespec"})


def require_passive(source: Source) -> None:
    """Raise ``InvalidInput`` ``active_content`` for a PDF that does something, ``file_malformed`` for no good PDF."""
    try:
        with pikepdf.open(
            BufferedReader(AsFile(source), CHUNK),
            attempt_recovery=False,
            suppress_warnings=True,
            inherit_page_attributes=False,
        ) as pdf:
            is_bounded = len(pdf.objects) <= MOST_OBJECTS
            is_active = is_bounded and any(
                _is_active(found) for one in (pdf.trailer, *pdf.objects) for found in _dictionaries(one)
            )
    except HomewardError:
        raise
    except Exception:  # noqa: BLE001  # whatever a damaged or hostile file brings the library to
        raise malformed() from None
    if not is_bounded:
        raise malformed()
    if is_active:
        raise InvalidInput("active_content", "print it to a new PDF without scripts, forms and files inside")


def _dictionaries(held: Any) -> Iterator[Any]:
    """Yield the dictionaries inside one object; what it only refers to is looked at as an object of its own."""
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inner = [value for _, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            inner = list(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _is_active(held: Any) -> bool:
    """Say whether a dictionary is something that acts, or names it."""
    keys = set(held.keys())
    opens = held.get("/OpenAction")
    if isinstance(opens, pikepdf.Dictionary) and opens.get("/S") != pikepdf.Name("/GoTo"):
        return True
    said = {name: str(held.get(name)) for name in ("/S", "/Subtype", "/Type") if name in keys}
    return (
        not keys.isdisjoint(_ACTIVE_KEYS)
        or said.get("/S") in _ACTIVE_ACTIONS
        or said.get("/Subtype") in _ACTIVE_SUBTYPES
        or said.get("/Type") in _ACTIVE_TYPES
    )
