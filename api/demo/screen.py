"""What the rehearsal shows in the terminal, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel


class Screen:
    """Writes for people; plain text where there is no terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._number = 0

    def title(self, text: str, more: str) -> None:
        """Begin."""
        self._console.print(Panel.fit(f"[bold]{escape(text)}[/]\n{escape(more)}"))

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something takes a moment."""
        with self._console.status(escape(text)):
            yield
        self.done(text)

    def step(self, at: datetime, by: str, role: str, text: str) -> None:
        """Begin a step."""
        self._number += 1
        self._console.print(
            f"\n[bold]{self._number}. {escape(text)}[/]\n   [dim]{at:%d %b %Y %H:%M} · {escape(by)} · {role}[/]"
        )

    def done(self, text: str) -> None:
        """Say that something is as it should be."""
        self._console.print(f"   [green]✓[/] {escape(text)}")

    def note(self, text: str) -> None:
        """Say something by the way."""
        self._console.print(f"     [dim]{escape(text)}[/]")

    def failed(self, text: str) -> None:
        """Say that something is not as it should be."""
        self._console.print(f"   [red]✗[/] {escape(text)}")

    def plain(self, text: str = "") -> None:
        """Say something to be copied."""
        self._console.print(escape(text))
