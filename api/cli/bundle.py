"""Bundles: exchange by a stick or by e-mail where there is no network."""

import os
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.node import agency_id
from api.cli.opening import opened_node
from api.cli.tables import show_table
from api.errors import HomewardError, InvalidInput, NodeError
from api.flow.bundle import Bundle, lines_of, look_through, pack
from api.flow.node import Node
from api.flow.unpack import Taken, take
from api.sealing.bundle import Item, ItemType, read_manifest
from api.sealing.strict import parse_object
from api.sealing.unseal import payload_of, peek
from schemas.base import AgencyId
from schemas.document import Role

app = typer.Typer(help="Bundles: exchange by a stick or by e-mail where there is no network.", no_args_is_help=True)

BundleFile = Annotated[Path, typer.Argument(help="The bundle; - is standard input.")]


@app.command("export")
def export_(
    to: Annotated[str, typer.Option("--for", help="The agency that it is carried to.")],
    out: Annotated[Path | None, typer.Option(help="The new file; named without any meaning when left out.")] = None,
    agency: Annotated[str, typer.Option(help="Ours, where this node serves more than one.")] = "",
    attachments: Annotated[
        bool,
        typer.Option(
            " /--without-attachments",
            help="Leave the attachments for another bundle, or the network.",
            show_default=False,
        ),
    ] = True,
) -> None:
    """Write everything that waits for an agency into one file: envelopes, receipts and attachments, sealed as ever.

    Nothing is marked as done: what is carried goes on waiting, and is delivered by the network too, until its receipt
    is back. So a stick that is lost costs nothing; export again.
    """
    with opened_node() as node:
        bundle = pack(node, agency=_ours(node, agency), peer=agency_id(to), by=Role.AD, attachments=attachments)
        count = len(bundle.manifest.items)
        if not count:
            _tell_unreadable(bundle)
            typer.echo(f"nothing {'else ' if bundle.left_out else ''}waits for {to}")
            _tell_left_out(bundle)
            return
        path = _write(out, bundle)
    typer.echo(f"{path}: {count} items for {to}")
    _tell_files(bundle.manifest.items)
    _tell_left_out(bundle)
    _tell_unreadable(bundle)
    if bundle.left:
        typer.echo(f"{bundle.left} more wait; export again when the answer to this bundle was imported")
    typer.echo("Next: carry it there; `homeward bundle import` the answer that comes back.")


@app.command("import")
def import_(
    file: BundleFile,
    answer: Annotated[
        Path | None, typer.Option(help="The new file for the answer; named without any meaning when left out.")
    ] = None,
) -> None:
    """Take everything out of a bundle and write the bundle of receipts that answers it. Safe to repeat.

    An item that can't be taken blocks no other: its number and code are told on standard error. Exit code 0 says that
    everything was taken, 1 that something was not.
    """
    if answer is not None and answer.exists():
        raise NodeError("file_exists", f"{answer} is there already and is not overwritten")
    with opened_node() as node, _opened(file) as data, _progress() as told:
        taken = take(node, lines_of(data), told=told)
        path = _write(answer, taken.answer) if taken.answer is not None else None
    _report(taken, path)
    if not taken.is_whole:
        raise typer.Exit(1)


@app.command("list")
def list_(file: BundleFile) -> None:
    """List what is in a bundle: number, what it is, id and size. Needs no node, and proves nothing: import does."""
    with _opened(file) as data:
        lines = lines_of(data)
        manifest = read_manifest(next(lines, b""))
        ids, pieces = dict[int, str](), Counter[int]()
        for found in look_through(lines, manifest):
            pieces[found.number] += 1
            ids[found.number] = _id_of(found.item.type, found.data)
    rows = [
        (str(number), item.type, _shown(item, pieces[number], ids.get(number, "")), str(item.bytes))
        for number, item in enumerate(manifest.items, start=1)
    ]
    show_table(("no.", "what", "id", "bytes"), rows)


def _shown(item: Item, pieces: int, its_id: str) -> str:
    """Return the id of an item, or how much of it is in the file."""
    if pieces == len(item.lines):
        return its_id
    return f"(only {pieces} of {len(item.lines)} pieces)" if pieces else "(not in the file)"


def _ours(node: Node, agency: str) -> AgencyId:
    """Return our agency that is meant; raises ``InvalidInput`` where that is not clear."""
    if agency and agency in node.keyring:
        return AgencyId(agency)
    if agency or len(node.keyring) != 1:
        served = ", ".join(sorted(node.keyring))
        raise InvalidInput("agency_not_ours", f"say with --agency which of those that are served here: {served}")
    return next(iter(node.keyring))


def _tell_files(items: Iterable[Item]) -> None:
    sizes = [item.bytes for item in items if item.type == ItemType.ATTACHMENT]
    if sizes:
        typer.echo(f"{len(sizes)} of them are attachments: {sum(sizes) / 1_000_000:.1f} MB")


def _tell_left_out(bundle: Bundle) -> None:
    if bundle.left_out:
        typer.echo(f"{bundle.left_out} attachments were left out: export them too, where no network brings them")


def _tell_unreadable(bundle: Bundle) -> None:
    if bundle.unreadable:
        sys.stderr.write(f"{bundle.unreadable} attachments stay here: they are not what was sealed; restore them\n")


def _id_of(what: str, data: bytes) -> str:
    """Return the id in the clear header of an envelope, or the one that a receipt is about; unproven."""
    try:
        if what == ItemType.ENVELOPE:
            return peek(data, len(data)).id
        if what == ItemType.RECEIPT:
            return str(parse_object(payload_of(data), "payload")["envelope_id"])
    except (HomewardError, KeyError):
        return "(not in form)"
    return "-"


def _report(taken: Taken, answer: Path | None) -> None:
    count = len(taken.manifest.items)
    typer.echo(f"{taken.taken} of {count} items taken")
    bad = {*taken.missing, *(one.number for one in taken.refused)}
    _tell_files(item for number, item in enumerate(taken.manifest.items, start=1) if number not in bad)
    for outcome in taken.refused:
        if outcome.error is not None:
            sys.stderr.write(f"item {outcome.number}: {outcome.error.code}\n")
    for number in taken.missing:
        sys.stderr.write(f"item {number}: not_in_the_file\n")
    if answer is not None:
        typer.echo(f"{answer}: the answer; carry it back")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file of any size to read it line by line."""
    try:
        file = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except (OSError, ValueError):
        raise InvalidInput("file_unreadable", f"look at the path: {path}") from None
    with file:
        try:
            yield file
        except OSError:  # a stick that was pulled out
            raise InvalidInput("file_unreadable", f"look at the medium, then do it again: {path}") from None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how far it is where somebody looks on, and say nothing to a pipe."""
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as shown:
        task = shown.add_task("taking", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _write(path: Path | None, bundle: Bundle) -> Path:
    """Write a new file line by line, and see to it that it is on the medium; a file that is half written is removed."""
    target = path or Path(f"bundle-{secrets.token_hex(4)}.homeward")
    try:
        with target.open("xb") as file:
            try:
                file.writelines(bundle.lines())
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                target.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise NodeError("file_exists", f"{target} is there already and is not overwritten") from None
    except OSError:
        raise NodeError("file_not_written", f"look at the path, its owner and the space left: {target}") from None
    return target
