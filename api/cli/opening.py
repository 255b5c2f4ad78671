"""How commands get at the node: its settings, its files, a node that is stopped again at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.app import open_node
from api.errors import InvalidInput, NodeError
from api.flow.node import Node
from api.settings import Settings

PRIVATE = 0o600


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


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read.

    Raises ``NodeError`` ``file_exists`` rather than overwrite keys.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("xb") as file:
            path.chmod(PRIVATE)
            file.write(data)
    except FileExistsError:
        raise NodeError("file_exists", f"{path} is there already and is not overwritten") from None
