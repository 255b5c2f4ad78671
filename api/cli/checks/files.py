"""Attachments: the place of their bytes takes them, or answers; and files that wait, with why."""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from api.cli.checks.database import WAITS_LONG
from api.cli.checks.finding import Finding, ok, warn, wrong
from api.cli.checks.machine import check_space
from api.cli.outbox import age, way_of
from api.errors import NodeError
from api.flow.node import Node
from api.making import ATTACHMENTS, blobs_of
from api.rules.waiting_reasons import ON_ITS_WAY, explain
from api.settings import Settings
from api.store.attachments_waiting import count_files_by_reason
from api.store.blobs import Blobs, new_name


def check_blobs(settings: Settings, now: datetime, *, is_offline: bool) -> Iterator[Finding]:
    """Look whether the place of attachments can be written and has space; a store elsewhere is asked."""
    try:
        blobs = blobs_of(settings)
    except NodeError as error:
        yield wrong(f"the place of attachments is not one that can be opened: {error.code}", error.hint)
        return
    if not settings.attachments_url:
        yield from _check_folder(settings)
    elif not is_offline:
        yield check_store(blobs, settings.attachments_url, now)


def _check_folder(settings: Settings) -> Iterator[Finding]:
    """Look at the folder, which the first file makes; its space is told apart where it lies on a disk of its own."""
    folder = settings.data_dir.absolute() / ATTACHMENTS
    if not folder.exists():
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield wrong(f"attachments can't be written to {folder}", "let it be a folder of the node's own user, mode 700")
        return
    yield _check_links(folder)
    if folder.stat().st_dev != settings.data_dir.stat().st_dev:
        yield check_space(folder)


def _check_links(folder: Path) -> Finding:
    """Give a file a second name, as each piece gets its name: so none takes the place of another."""
    try:
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as made:
            (Path(made) / "one").touch()
            (Path(made) / "other").hardlink_to(Path(made) / "one")
    except OSError:
        mend = "use a file system with hard links (ext4, xfs, NTFS), or a store by HOMEWARD_ATTACHMENTS_URL"
        return wrong(f"files can't be named safely in {folder}, or it is full", mend)
    return ok(f"attachments can be written to {folder}")


def check_store(blobs: Blobs, place: str, now: datetime) -> Finding:
    """Store a piece under a name of its own, try to replace it, and take it away."""
    probe, first = new_name(now), b"1"
    try:
        for data in (first, b"2"):
            blobs.put(probe, 0, data)
        kept = blobs.get(probe, 0)
        blobs.remove(probe)
    except NodeError as error:
        return wrong(f"the store of attachments does not answer: {place}", error.hint)
    if kept != first:
        mend = "use one that honours If-None-Match: a file that was checked could be replaced in this one"
        return wrong(f"the store of attachments replaces what is there: {place}", mend)
    return ok(f"the store of attachments keeps what it takes: {place}")


def check_waiting_files(node: Node, now: datetime) -> Iterator[Finding]:
    """Look at files that are not where they belong yet, from or for whom, and why."""
    with node.database.reader() as session:
        groups = count_files_by_reason(session)
    for group in groups:
        many = "1 file waits" if group.count == 1 else f"{group.count} files wait"
        what = f"{many} on the way {way_of(group)} since {age(group.oldest, now)}: {group.reason}"
        is_fine = group.reason in ON_ITS_WAY and now - group.oldest < WAITS_LONG
        yield ok(what) if is_fine else warn(what, explain(group.reason))
    if not groups:
        yield ok("no file waits")
