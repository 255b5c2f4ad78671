"""Tables for people, and whole lines for whatever reads them where there is no terminal."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_WIDE = 240
"""Wide enough for every column, so that nothing is cut where a line may be as long as it likes."""


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; what stands in a cell is text, whatever brackets it holds."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
