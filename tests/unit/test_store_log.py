"""One log, however many append to it: no gap, no fork, and the head is the root of its lines."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import select

from api.errors import NotFound
from api.flow.evidence import Action, Entry, TreeHead, note
from api.sealing.merkle import Frontier, root_of
from api.store import log
from api.store.engine import Database, Session
from api.store.tables import LogRow
from api.store.writer import Writer

NOW = datetime(2025, 3, 14, tzinfo=UTC)
APPEND = """
import sys
from datetime import UTC, datetime
from api.flow.evidence import Action, Entry, note
from api.store.engine import open_database
from api.store.writer import Writer

database = open_database(sys.argv[1])
writer = Writer(database)
writer.start()
entry = Entry(Action.LOOKED_AT, agency=sys.argv[2], by="WO")
units = [writer.submit(lambda session: note(session, datetime.now(UTC), entry)) for _ in range(int(sys.argv[3]))]
print(max(unit.result().size for unit in units))
writer.stop()
database.close()
"""


def _note_some(count: int, session: Session) -> TreeHead:
    return note(session, NOW, *[Entry(Action.SEALED, "TH-A", "SW")] * count)


def whole(database: Database) -> list[LogRow]:
    """Return the log's lines after proving that they are contiguous and that the head is their root."""
    with database.reader() as session:
        head, lines = log.get_head(session), list(session.exec(select(LogRow).order_by(LogRow.seq)))  # type: ignore[arg-type]
        leaves = log.list_leaves(session, head.size)
    assert [line.seq for line in lines] == list(range(head.size))
    assert Frontier.from_bytes(head.size, head.peaks).root() == root_of(leaves)
    return lines


def test_the_empty_log_has_a_head(new_database: Callable[[], Database]) -> None:
    """The first line is like every other: the head of the empty log is there to be taken."""
    assert whole(new_database()) == []


def test_two_writers_append_to_one_log(new_database: Callable[[], Database]) -> None:
    """Two writers with their threads, from the very first line on."""
    database = new_database()
    writers = [Writer(database), Writer(database)]
    for writer in writers:
        writer.start()
    units = [writers[n % 2].submit(partial(_note_some, n % 3 + 1)) for n in range(120)]
    heads = [unit.result(timeout=60) for unit in units]
    for writer in writers:
        writer.stop()
    assert len(whole(database)) == 240
    assert len({head.size for head in heads}) == 120, "no two units were given the same head"


def test_two_processes_append_to_one_log(new_database: Callable[[], Database]) -> None:
    """`serve` and `deliver` are two processes on one database, SQLite's single file included."""
    database = new_database()
    running = [
        subprocess.Popen([sys.executable, "-c", APPEND, database.url, agency, "60"], stdout=subprocess.PIPE, text=True)
        for agency in ("TH-A", "TH-B")
    ]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    lines = whole(database)
    assert len(lines) == 120
    assert max(map(int, told)) == 120


def test_a_head_covers_the_line_it_was_given_for(new_database: Callable[[], Database]) -> None:
    """What a receipt carries is the root over every line up to its own."""
    database = new_database()
    writer = Writer(database)
    writer.start()
    heads = [writer.write(lambda session: note(session, NOW, Entry(Action.RECEIVED, "TH-A", "MM-B"))) for _ in range(9)]
    writer.stop()
    with database.reader() as session:
        for head in heads:
            assert head.root == root_of(log.list_leaves(session, head.size)).hex()


def test_a_unit_that_fails_leaves_neither_a_line_nor_a_gap(new_database: Callable[[], Database]) -> None:
    """It noted something before it failed; those beside it in the group stand as if it had never been."""
    database, gate = new_database(), threading.Event()

    def note_and_fail(session: Session) -> None:
        _note_some(3, session)
        raise NotFound("not_this_one")

    writer = Writer(database, threads=1)
    writer.start()
    writer.submit(lambda _session: gate.wait(10))
    good = [writer.submit(partial(_note_some, 2)) for _ in range(2)]
    bad = writer.submit(note_and_fail)
    good.extend(writer.submit(partial(_note_some, 2)) for _ in range(2))
    gate.set()
    with pytest.raises(NotFound):
        bad.result()
    assert [unit.result().size for unit in good] == [2, 4, 6, 8]
    writer.stop()
    assert len(whole(database)) == 8
