"""``homeward backup`` and ``homeward restore``: a whole node in one file under a passphrase, and the proof of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli.backup import ask_passphrase, is_file_name
from api.errors import InvalidInput, NodeError
from api.flow.backup import Contents, Copied, pack, put_back, unpack
from api.flow.proving import Look, Proof, prove
from api.making import ATTACHMENTS, NODE_KEYS, blobs_of, make_node, open_private, write_private
from api.sealing.archive import lock_archive, open_archive
from api.settings import Settings

ELSEWHERE = "not in it: they lie in HOMEWARD_ATTACHMENTS_URL, which needs a backup of its own"
_SEEN = {
    Look.DIGESTS: "{} there, each with its digest",
    Look.THERE: "{} there, in HOMEWARD_ATTACHMENTS_URL",
    Look.NOT_AT_ALL: "not looked for: set HOMEWARD_ATTACHMENTS_URL, or copy them to where they lay",
}
PassphraseFile = Annotated[Path | None, typer.Option(help="A file with the passphrase; asked for when left out.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the root."""
    app.command()(backup)
    app.command()(restore)


def backup(
    out: Annotated[Path, typer.Argument(help="The new file; it is never overwritten.")],
    passphrase_file: PassphraseFile = None,
    check: Annotated[bool, typer.Option("--check", help="Restore it into a temporary folder and prove it.")] = False,
) -> None:
    """Write the whole node, database, keys and attachments, into one file under a passphrase, while it runs.

    Attachments in an S3-compatible store are not in it: that has a backup of its own. Keep the passphrase away from the
    file: both together are as good as the node itself.
    """
    settings, passphrase = Settings(), ask_passphrase(passphrase_file, is_new=True)
    if not (settings.keys_dir / NODE_KEYS).is_file():
        raise NodeError("not_initialised", "there is no node to back up; run `homeward init` first")
    keys = {file.name: file.read_text() for file in sorted(settings.keys_dir.iterdir()) if file.is_file()}
    blobs, copied = None if settings.attachments_url else blobs_of(settings), Copied()
    database = open_private(settings)
    try:
        _write_new(out, lock_archive(pack(database, keys, datetime.now(UTC), blobs, copied), passphrase))
    finally:
        database.close()
    typer.echo(f"written      {out} ({out.stat().st_size} bytes)")
    typer.echo(f"attachments  {ELSEWHERE if blobs is None else f'{copied.blobs} files, {copied.bytes} bytes'}")
    if copied.lost:
        hint = f"{copied.lost} are gone from {settings.data_dir}; the backup is written without them: find an older one"
        raise NodeError("attachments_lost", hint)
    if check:
        _check(out, passphrase)


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    into: Annotated[
        Path | None, typer.Option(help="An empty or new folder: the data directory of the restored node.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Verify log and attachments, and open documents.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Put a node back into an empty folder, and with --check prove that it is whole.

    With --check alone it is restored into a temporary folder, proven and removed: try that once a quarter. The database
    is SQLite in that folder, or an empty one that HOMEWARD_DATABASE_URL names, whatever the backup was taken from.
    """
    if into is None and not check:
        raise InvalidInput("nowhere_to_restore", "name a folder with --into, or only prove the backup with --check")
    passphrase = ask_passphrase(passphrase_file, is_new=False)
    if into is None:
        _check(file, passphrase)
        return
    settings = Settings(data_dir=into)
    contents = _restore(file, passphrase, settings)
    typer.echo(f"restored     {into}, as it was at {contents.made_at}")
    if not contents.has_blobs:
        typer.echo(f"attachments  {ELSEWHERE}")
    if check:
        _tell(*_prove(settings, contents))
    typer.echo(f"\nNext: HOMEWARD_DATA_DIR={into}, then `homeward doctor` and `homeward serve`.")


def _restore(file: Path, passphrase: str, settings: Settings) -> Contents:
    """Put keys and rows where nothing is yet; what was put there goes again when something fails."""
    if settings.data_dir.exists() and any(settings.data_dir.iterdir()):
        raise NodeError("folder_not_empty", f"restore into an empty or new folder, not into {settings.data_dir}")
    with _opened(file, passphrase) as contents:
        if not all(map(is_file_name, contents.keys)):
            raise InvalidInput("backup_malformed", "it names key files that lie elsewhere")
        database = open_private(settings)
        try:
            put_back(database, contents, blobs_of(settings))
        except BaseException:
            database.close()
            shutil.rmtree(settings.data_dir / ATTACHMENTS, ignore_errors=True)
            for left in settings.data_dir.glob("homeward.db*"):
                left.unlink()
            raise
        database.close()
        for name, text in contents.keys.items():
            write_private(settings.keys_dir / name, text)
    return contents


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[Contents]:
    try:
        stream = file.open("rb")
    except OSError:
        raise InvalidInput("file_unreadable", f"look at the path: {file}") from None
    with stream:
        yield unpack(open_archive(stream.read, passphrase))


def _check(file: Path, passphrase: str) -> None:
    """Restore a backup where nobody else can look, prove it, and remove what was restored.

    That is beside the node's own keys where there is a node: never on the disk on which backups are kept.
    """
    here = Settings().data_dir
    with tempfile.TemporaryDirectory(prefix="restore-", dir=here if here.is_dir() else None) as folder:
        apart = Settings(data_dir=Path(folder), database_url="", attachments_url="")
        contents = _restore(file, passphrase, apart)
        known = apart if contents.has_blobs else Settings(data_dir=Path(folder), database_url="")
        proof, look = _prove(known, contents)
    typer.echo(f"proven       {file}, as it was at {contents.made_at}")
    _tell(proof, look)


def _prove(settings: Settings, contents: Contents) -> tuple[Proof, Look]:
    """Prove a restored node; attachments that were in no backup are looked for where the settings say they are."""
    apart = Look.THERE if settings.attachments_url else Look.NOT_AT_ALL
    look = Look.DIGESTS if contents.has_blobs else apart
    database = open_private(settings)
    try:
        node = make_node(settings, database)
        try:
            return prove(node, look=look), look
        finally:
            node.writer.stop()
    finally:
        database.close()


def _tell(proof: Proof, look: Look) -> None:
    typer.echo(f"agencies     {', '.join(proof.agencies)}")
    typer.echo(f"log          {proof.lines} lines, root {proof.root}")
    typer.echo(f"documents    {proof.opened} opened under the restored keys")
    typer.echo(f"attachments  {_SEEN[look].format(proof.attachments)}")


def _write_new(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new private file piece by piece, whole or not at all."""
    try:
        with open(path, "xb", opener=partial(os.open, mode=0o600)) as stream:  # Path.open has no opener
            try:
                stream.writelines(pieces)
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                path.unlink()
                raise
    except FileExistsError:
        raise NodeError("file_exists", f"{path} is there already and is not overwritten") from None
    except OSError:
        raise NodeError("file_not_written", f"look at the path, its owner and the space left: {path}") from None
