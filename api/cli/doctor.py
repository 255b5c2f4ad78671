"""``homeward doctor``: what is wrong with a node, and how to mend it."""

import sys
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from api.cli.checks.database import check_contents, check_database, check_outbox, check_relied_on
from api.cli.checks.files import check_blobs, check_waiting_files
from api.cli.checks.finding import RESTORE_KEYS, Finding, Weight, wrong
from api.cli.checks.keys import check_own_keys, check_peers_keys
from api.cli.checks.machine import check_folder, check_settings
from api.cli.checks.peers import check_peers
from api.cli.tables import show_table
from api.errors import HomewardError, NodeError
from api.flow.node import Node
from api.making import NODE_KEYS, TOKEN_KEYS, clock_of, make_node
from api.settings import Settings
from api.store import agencies
from api.store.engine import open_database


def add_to(app: typer.Typer) -> None:
    """Add this command to the root."""
    app.command()(doctor)


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Call nobody: do not ask the other sides.")] = False,
) -> None:
    """Look at set-up, keys, clocks, other sides, disk, database, files and log, and say how to mend what is wrong.

    Exit code 1 says that something is wrong; what needs somebody soon only warns. It changes nothing.
    """
    findings = list(examine(Settings(), _progress, is_offline=offline))
    show_table(("", "what", "how to mend it"), [(one.weight, one.what, one.mend) for one in findings])
    count = sum(one.weight is Weight.WRONG for one in findings)
    if count:
        raise NodeError("node_not_well", f"{count} of {len(findings)} findings: the table says how to mend them")


def examine(settings: Settings, progress: Callable[[int, int], None], *, is_offline: bool = False) -> Iterator[Finding]:
    """Look at everything that can be looked at: where the ground is missing, what stands on it is left out."""
    yield from check_folder(settings)
    if _has_no_file(settings):
        yield wrong(f"no database {settings.url.removeprefix('sqlite:///')}", "`homeward restore` the newest backup")
        return
    try:
        database = open_database(settings.url)
    except HomewardError as error:
        yield wrong("HOMEWARD_DATABASE_URL is not one that is known", error.hint)
        return
    try:
        now = clock_of(settings.clock_file)()
        found = [*check_database(settings, database), *check_blobs(settings, now, is_offline=is_offline)]
        yield from found
        has_keys = all((settings.keys_dir / name).is_file() for name in (NODE_KEYS, TOKEN_KEYS))
        if has_keys and all(one.weight is not Weight.WRONG for one in found):
            node = make_node(settings, database)
            try:
                yield from _examine_node(node, settings, progress, is_offline=is_offline)
            finally:
                node.writer.stop()
    except (HomewardError, ValueError) as error:  # a key file that is none
        code = error.code if isinstance(error, HomewardError) else "keys_malformed"
        yield wrong(f"the key files can't be read: {code}", RESTORE_KEYS)
    finally:
        database.close()


def _examine_node(
    node: Node, settings: Settings, progress: Callable[[int, int], None], *, is_offline: bool
) -> Iterator[Finding]:
    """Look at a node that can be opened."""
    now = node.clock()
    with node.database.reader() as session:
        has_peers = any(not row.is_local for row in agencies.list_agencies(session))
    yield from check_settings(settings, has_peers=has_peers)
    yield from check_own_keys(node, now)
    yield from check_peers_keys(node, now)
    if not is_offline:
        yield from check_peers(node)
    yield from check_outbox(node, now)
    yield from check_waiting_files(node, now)
    yield from check_relied_on(node)
    yield from check_contents(node, progress)


def _has_no_file(settings: Settings) -> bool:
    """Tell that there is no SQLite file, which opening it would make."""
    place = settings.url.removeprefix("sqlite:///")
    return place != settings.url and not settings.data_dir.joinpath(place).is_file()


def _progress(done: int, of: int) -> None:
    """Say how far a long log is, where somebody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rlog: {done} of {of} lines ")
