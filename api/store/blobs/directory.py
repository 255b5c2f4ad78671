"""Blobs in a directory of the node: a folder for each, readable by nobody else; what was put survives a power cut."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from api.errors import NodeError
from api.store.blobs import count_in_order, is_name


class Directory:
    """Blobs in a directory, which is made when the first of them comes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, blob: str, number: int, data: bytes) -> None:
        """Store a piece: written beside its place, brought to the disk, and only then named, where none is there."""
        folder = self._folder(blob)
        new = folder / f".{secrets.token_hex(8)}"
        with _told(), _gone_if_it_fails(new):
            for made in (self._root, folder.parent, folder):
                if not made.exists():
                    made.mkdir(mode=0o700, parents=True, exist_ok=True)
                    _flush(made.parent)
            with open(new, "xb", opener=partial(os.open, mode=0o600)) as file:  # Path.open has no opener
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                (folder / f"{number:06}").hardlink_to(new)  # moving it there would replace another one
            new.unlink()
            _flush(folder)

    def get(self, blob: str, number: int) -> bytes:
        """Return a piece."""
        with _told():
            try:
                return (self._folder(blob) / f"{number:06}").read_bytes()
            except FileNotFoundError:
                raise NodeError("blob_missing", "restore the attachments from their backup") from None

    def count(self, blob: str) -> int:
        """Return how many pieces are there without a gap."""
        with _told():
            try:
                names = [one.name for one in self._folder(blob).iterdir()]
            except FileNotFoundError:
                names = []
        return count_in_order([int(name) for name in names if name.isdecimal()])

    def remove(self, blob: str) -> None:
        """Remove a blob."""
        with _told(), suppress(FileNotFoundError):
            shutil.rmtree(self._folder(blob))

    def names(self) -> Iterator[str]:
        """Yield the name of every blob; what else lies there is nobody's of ours."""
        with _told():
            folders = [*self._root.iterdir()] if self._root.exists() else []
        for folder in folders:
            with _told():
                yield from (one.name for one in folder.iterdir() if is_name(one.name)) if folder.is_dir() else ()

    def _folder(self, blob: str) -> Path:
        return self._root / blob[-2:] / blob


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the disk says into our error."""
    try:
        yield
    except OSError:
        raise NodeError(
            "blobs_unavailable", "look at the directory of attachments: its owner, and the space left"
        ) from None


@contextmanager
def _gone_if_it_fails(file: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):
            file.unlink()
        raise


def _flush(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
