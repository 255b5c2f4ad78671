"""The backup of the keys: one file under a passphrase. Lost keys are the commonest disaster of such systems."""

import io
import os
import tarfile
from pathlib import Path

import typer

from api.cli.opening import read_file, write_private
from api.errors import InvalidInput, NodeError
from api.sealing.backup import lock_backup, open_backup
from api.settings import Settings

SHORTEST = 12


def take_backup(settings: Settings, target: Path | None, passphrase: str) -> Path:
    """Write all key files into one file under a passphrase and prove at once that it opens again."""
    if not settings.keys_dir.is_dir():
        raise NodeError("not_initialised", "there are no keys to back up; run `homeward init` first")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for file in sorted(settings.keys_dir.iterdir()):
            tar.add(file, arcname=file.name)
    locked = lock_backup(packed.getvalue(), passphrase)
    assert open_backup(locked, passphrase) == packed.getvalue()  # noqa: S101  # a backup that does not open is none
    path = target or settings.data_dir.absolute().with_name(f"{settings.data_dir.absolute().name}-keys.backup")
    write_private(path, locked)
    return path


def restore_backup(settings: Settings, source: Path, passphrase_file: Path | None) -> list[str]:
    """Put the key files of a backup back; files that are there are never overwritten. Returns their names."""
    packed = open_backup(read_file(source), ask_passphrase(passphrase_file, is_new=False))
    names = []
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar.getmembers():
            content = tar.extractfile(member)
            if content is None or not is_file_name(member.name):
                raise InvalidInput("backup_malformed", "this is not a backup of keys")
            write_private(settings.keys_dir / member.name, content.read())
            names.append(member.name)
    return names


def is_file_name(name: str) -> bool:
    """Say whether a name is that of a file in a folder, and leads nowhere else."""
    return name not in {"", ".."} and Path(name).name == name


def ask_passphrase(file: Path | None, *, is_new: bool) -> str:
    """Take the passphrase from a file, from HOMEWARD_PASSPHRASE, or ask for it (twice for a new one)."""
    if file is not None:
        passphrase = read_file(file).decode("utf-8", "surrogateescape").strip()
    else:
        passphrase = os.environ.get("HOMEWARD_PASSPHRASE") or typer.prompt(
            "Passphrase of the backup", hide_input=True, confirmation_prompt=is_new, err=True
        )
    if any("\ud800" <= letter <= "\udfff" for letter in passphrase):
        raise InvalidInput("passphrase_not_utf8", "write the passphrase in UTF-8")
    if is_new and len(passphrase) < SHORTEST:
        raise InvalidInput("passphrase_short", f"take at least {SHORTEST} characters; four random words are good")
    return passphrase
