"""How commands get at the node: its settings, its files, a node that is stopped again at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.app import open_node, write_private
from api.errors import InvalidInput
from api.flow.node import Node
from api.settings import Settings

__all__ = ["opened_node", "read_file", "replace_private", "write_private"]


@contextmanager
def opened_node() -> Iterator[Node]:
    """Open the node that the environment describes, and close it again."""
    node = open_node(Settings())
    try:
        yield node
    finally:
        node.writer.stop()
        node.database.close()


def read_file(path: Path) -> bytes:
    """Return a file's bytes (``-`` is standard input); raises ``InvalidInput`` ``file_unreadable``."""
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read()
        return path.read_bytes()
    except OSError:
        raise InvalidInput("file_unreadable", f"look at the path: {path}") from None


def replace_private(path: Path, data: str) -> None:
    """Write a private file anew, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    write_private(fresh, data)
    fresh.replace(path)
