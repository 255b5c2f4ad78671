"""What waits in the outbox, and which files wait, and why, in plain words; nothing about what it is."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from api.cli.opening import opened_node
from api.cli.tables import show_table
from api.rules.waiting_reasons import explain
from api.store import attachments_waiting, waiting
from api.store.attachments_waiting import FileDirection, WaitingFile, WaitingFiles
from api.store.tables import OutboxRow
from api.store.waiting import Waiting

_ITEM = ("from", "to", "document", "what", "since", "tries", "next try", "reason")
_FILE = ("agency", "file", "of document", "since", "tries", "next try", "reason")
_WAYS = {FileDirection.INBOUND: "from", FileDirection.OUTBOUND: "to"}


def add_to(app: typer.Typer) -> None:
    """Add this command to the root."""
    app.command()(outbox)


def outbox(
    items: Annotated[bool, typer.Option("--items", help="List each item too, oldest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many items are listed.")] = 100,
    now: Annotated[bool, typer.Option("--now", help="Let everything that waits be tried at once.")] = False,
) -> None:
    """Show what has not reached its recipient yet, files in both directions: for whom, how much, since when and why.

    All of it goes on by itself as soon as it can.
    """
    with opened_node() as node:
        at = node.clock()
        if now:
            node.writer.write(lambda session: waiting.make_due(session, at))
            node.writer.write(lambda session: attachments_waiting.make_files_due(session, at))
        with node.database.reader() as session:
            groups = waiting.count_waiting_by_reason(session)
            rows = waiting.list_waiting(session, limit=limit) if items else []
            file_groups = attachments_waiting.count_files_by_reason(session)
            files = attachments_waiting.list_waiting_files(session, limit=limit) if items else []
    if not groups and not file_groups:
        typer.echo("Nothing waits: everything that was sent has a receipt. Files that others fetch are listed there.")
    if groups:
        show_table(("to", "waiting", "since", "reason"), [_group(group, at) for group in groups])
    if rows:
        fetched = {group.peer for group in groups if group.is_fetched}
        show_table(_ITEM, [_item(row, at, is_fetched=row.peer in fetched) for row in rows])
    if file_groups:
        show_table(("files", "waiting", "since", "reason"), [_file_group(group, at) for group in file_groups])
    if files:
        show_table(_FILE, [_file(file, at) for file in files])


def reason_of(group: Waiting) -> str:
    """Say in plain words why some items wait; one that was not tried yet has no reason."""
    if group.is_fetched and group.reason is None:
        return explain("peer_fetches")
    return explain(group.reason) if group.reason else "It is new, and goes out as soon as somebody carries."


def age(since: datetime, now: datetime) -> str:
    """Say how long ago something was, in the largest unit that fits."""
    seconds = max(0, int((now - since) / timedelta(seconds=1)))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def way_of(files: WaitingFile | WaitingFiles) -> str:
    """Say from or to whom files are on their way."""
    return f"{_WAYS[FileDirection(files.direction)]} {files.peer}"


def _group(group: Waiting, now: datetime) -> tuple[str, ...]:
    return group.peer, str(group.count), age(group.oldest, now), f"{group.reason or '-'}: {reason_of(group)}"


def _item(row: OutboxRow, now: datetime, *, is_fetched: bool) -> tuple[str, ...]:
    wait = "when fetched" if is_fetched else f"in {age(now, row.due_at)}" if row.due_at > now else "now"
    since = age(row.created_at, now)
    return row.agency_id, row.peer, row.document_id, row.what, since, str(row.attempts), wait, row.reason or "-"


def _file_group(group: WaitingFiles, now: datetime) -> tuple[str, ...]:
    return way_of(group), str(group.count), age(group.oldest, now), f"{group.reason}: {explain(group.reason)}"


def _file(file: WaitingFile, now: datetime) -> tuple[str, ...]:
    wait = "when brought" if file.due_at is None else f"in {age(now, file.due_at)}" if file.due_at > now else "now"
    since = age(file.since, now)
    return file.agency_id, way_of(file), file.document_id, since, str(file.attempts), wait, file.reason
