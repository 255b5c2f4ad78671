"""How commands get at the node: its settings, its files, a node that is stopped again at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.errors import InvalidInput, NodeError
from api.flow.node import Node
from api.making import open_node, write_private
from api.settings import Settings

__all__ = ["opened_node", "read_file", "replace_private", "write_private", "write_public"]
LARGEST_FILE = 8_000_000
"""Envelopes, keys and backups are far smaller; what is larger was named by mistake."""


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
    """Return a file's bytes (``-`` is standard input).

    Raises ``InvalidInput`` ``file_unreadable`` or ``file_too_large``.
    """
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        raise InvalidInput("file_unreadable", f"look at the path: {path}") from None
    if len(data) > LARGEST_FILE:
        raise InvalidInput("file_too_large", f"a file may have {LARGEST_FILE} bytes")
    return data


def write_public(path: Path, data: str) -> None:
    """Write a new file that everybody may read.

    Raises ``NodeError`` ``file_exists`` rather than overwrite or follow what is there.
    """
    try:
        with path.open("x") as file:
            file.write(data)
    except FileExistsError:
        raise NodeError("file_exists", f"{path} is there already and is not overwritten") from None
    except OSError:
        raise NodeError("file_not_written", f"look at the path, its owner and the space left: {path}") from None


def replace_private(path: Path, data: str) -> None:
    """Write a private file anew, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    write_private(fresh, data)
    fresh.replace(path)
