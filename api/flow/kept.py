"""What was worked out of the documents of one form, kept for each agency until another one of the form is there.

Agreements and directories are asked for at every step and change once in years. Whether anything changed is asked of
the database each time, never of the clock: another worker may have stored the next document.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
Mark = tuple[int, int]
"""The same as long as the documents of a form are (``store/documents.py``)."""


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Remembers one thing for each agency, with the mark of the documents out of which it was worked."""

    known: dict[str, tuple[Mark, T]] = field(default_factory=dict)

    def get(self, agency: str, mark: Mark, work_out: Callable[[], T]) -> T:
        """Return what is kept under this mark, or else work it out and keep that; raises what ``work_out`` raises."""
        found = self.known.get(agency)
        if found is None or found[0] != mark:
            found = self.known[agency] = (mark, work_out())
        return found[1]
