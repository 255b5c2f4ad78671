"""What the rehearsal shows in the terminal: a title, a line for each step, and a line for what came of it."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel


class Screen:
    """Writes for people; plain text where there is no terminal. Counts what held and what did not."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self.steps = self.held = self.failures = 0

    def title(self, text: str, more: str) -> None:
        """Begin a journey, and count anew."""
        self.steps = self.held = self.failures = 0
        self._console.print()
        self._console.print(Panel.fit(f"[bold]{escape(text)}[/]\n{escape(more)}"))

    def step(self, at: datetime, by: str, role: str, text: str) -> None:
        """Begin a step."""
        self.steps += 1
        self._console.print(
            f"[bold]{self.steps:3}.[/] [dim]{at:%d %b %Y %H:%M} · {escape(by)} · {role}[/] [bold]{escape(text)}[/]"
        )

    def held_true(self, text: str) -> None:
        """Say that something is as it should be."""
        self.held += 1
        self._console.print(f"     [green]✓[/] {escape(text)}")

    def note(self, text: str) -> None:
        """Say something by the way."""
        self._console.print(f"     [dim]{escape(text)}[/]")

    def failed(self, text: str) -> None:
        """Say that something is not as it should be."""
        self.failures += 1
        self._console.print(f"     [red]✗[/] {escape(text)}")

    def plain(self, text: str = "") -> None:
        """Say something to be copied."""
        self._console.print(escape(text))
