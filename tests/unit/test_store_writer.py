"""The one door for writing: a result exists only after its commit, and nobody pays for somebody else's mistake."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import PoolProxiedConnection, event
from sqlmodel import SQLModel, select

from api.errors import Conflict, NodeError, NotFound
from api.store.engine import Database, Session, open_database
from api.store.tables import AssertionRow
from api.store.turn import Turn
from api.store.writer import Writer

NOW = datetime(2025, 3, 14, tzinfo=UTC)


@contextmanager
def working(database: Database, **more: int) -> Iterator[Writer]:
    writer = Writer(database, **more)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    return new_database()


def add(name: str, session: Session) -> str:
    session.add(AssertionRow(client_id="system", jti=name, expires_at=NOW))
    return name


def test_processes_on_one_sqlite_take_turns(tmp_path: Path) -> None:
    """While somebody has the turn the others wait with writing, and with nothing else."""
    database = open_database(f"sqlite:///{tmp_path / 'shared.db'}")
    SQLModel.metadata.create_all(database.writing)
    others = Turn(database.shared_file)
    with working(database) as writer:
        with others.taken():
            waiting = writer.submit(partial(add, "one"))
            assert wait([waiting], timeout=0.2).not_done == {waiting}
        assert waiting.result(20) == "one"
        with others.taken():
            assert stored(database) == {"one"}, "reading waits for nobody's turn"
    others.close()
    assert open_database("sqlite:///:memory:").shared_file is None
    assert open_database("sqlite:///file:elsewhere?uri=true").shared_file is None
    assert open_database("postgresql://nobody@127.0.0.1/none").shared_file is None
    assert open_database("sqlite+pysqlite:////somewhere/node.db?timeout=5").shared_file == "/somewhere/node.db"


def test_a_turn_that_nobody_gives_back_holds_up_nobody(tmp_path: Path) -> None:
    """Who has it was stopped, or the file is of a kind that can't be locked: it is written without a turn."""
    path = tmp_path / "shared.db"
    path.touch()
    stopped, waiting, lost = Turn(str(path)), Turn(str(path)), Turn(str(tmp_path / "gone" / "shared.db"))
    with stopped.taken():
        for turn in (waiting, lost):
            with turn.taken(patience=0.05):
                pass
        with pytest.raises(NotFound), waiting.taken(patience=0.05):
            raise NotFound
        assert not _can_be_locked(path), "whoever went without a turn gave nobody else's back"
    assert _can_be_locked(path)
    for turn in (stopped, waiting, lost):
        turn.close()


def _can_be_locked(database: Path) -> bool:
    turn = Turn(str(database))
    try:
        return turn._take(str(database), 0)
    finally:
        turn.close()


def stored(database: Database) -> set[str]:
    with database.reader() as session:
        return set(session.exec(select(AssertionRow.jti)))


@contextmanager
def breaking_commits(database: Database, times: int, error: type[Exception] | None = None) -> Iterator[None]:
    """Let the driver break off so many commits, as a full disk or a lost connection does."""
    dialect = database.writing.dialect
    broken = error or (sqlite3.OperationalError if database.is_sqlite else psycopg.OperationalError)
    left, real = [times], dialect.do_commit

    def do_commit(connection: PoolProxiedConnection) -> None:
        if left[0]:
            left[0] -= 1
            raise broken("broken off")
        real(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect, "do_commit", do_commit)
        yield


def test_a_result_comes_back_after_its_commit(database: Database) -> None:
    """Whoever holds the result finds the row with another connection."""
    with working(database) as writer:
        assert writer.write(partial(add, "one")) == "one"
        assert stored(database) == {"one"}


def test_a_group_is_one_commit_and_a_failing_unit_takes_no_other_along(database: Database) -> None:
    """Forty good units beside four that raise: the forty are stored, the four get their own errors."""
    commits: list[object] = []
    event.listen(database.writing, "commit", commits.append)
    gate = threading.Event()

    def refuse(session: Session) -> None:
        add("never", session)
        session.flush()
        raise NotFound("not_this_one")

    with working(database, threads=1) as writer:
        first = writer.submit(lambda _session: gate.wait(10))
        good = [writer.submit(partial(add, f"unit {n}")) for n in range(40)]
        bad = [writer.submit(refuse) for _ in range(4)]
        gate.set()
        first.result()
        assert [unit.result() for unit in good] == [f"unit {n}" for n in range(40)]
        for unit in bad:
            with pytest.raises(NotFound, match="not_this_one"):
                unit.result()
    assert stored(database) == {f"unit {n}" for n in range(40)}
    assert len(commits) <= 3


def test_one_thread_keeps_the_order(database: Database) -> None:
    """Units run in the order in which they were handed in."""
    seen: list[int] = []
    with working(database, threads=1) as writer:
        for unit in [writer.submit(partial(lambda n, _session: seen.append(n), n)) for n in range(200)]:
            unit.result()
    assert seen == sorted(seen)


def test_a_commit_that_breaks_off_is_tried_again(database: Database) -> None:
    """Twice broken off, the third time stored; nobody notices."""
    with working(database) as writer, breaking_commits(database, 2):
        assert writer.write(partial(add, "patient")) == "patient"
    assert stored(database) == {"patient"}


def test_a_commit_that_stays_broken_stores_nothing_and_says_so(database: Database) -> None:
    """The caller hears storage_unavailable, and the writer goes on with the next unit."""
    with working(database) as writer:
        with breaking_commits(database, 99), pytest.raises(NodeError, match="storage_unavailable"):
            writer.write(partial(add, "lost"))
        assert writer.write(partial(add, "next")) == "next"
    assert stored(database) == {"next"}


def test_whatever_breaks_a_group_nobody_waits_for_ever(database: Database) -> None:
    """An error that no database driver knows ends the group with an answer too."""
    with working(database) as writer:
        with breaking_commits(database, 1, MemoryError), pytest.raises(NodeError, match="storage_unavailable"):
            writer.submit(partial(add, "lost")).result(timeout=10)
        assert writer.write(partial(add, "next")) == "next"
    assert stored(database) == {"next"}


def test_the_same_row_twice_is_a_conflict_without_the_databases_words(database: Database) -> None:
    """The driver's text repeats the values, so it never leaves."""
    with working(database) as writer:
        writer.write(partial(add, "one"))
        with pytest.raises(Conflict, match="stored_meanwhile") as caught:
            writer.write(partial(add, "one"))
        assert caught.value.__cause__ is None
        assert "one" not in str(caught.value)


def test_a_statement_that_the_database_refuses_is_our_error(database: Database) -> None:
    """Not even a broken statement shows its parameters."""
    wrong: Any = "somebody's name"  # as a mistake of ours would write it
    row = partial(AssertionRow, client_id="system", jti="one", expires_at=wrong)
    with working(database) as writer, pytest.raises(NodeError, match="storage_refused") as caught:
        writer.write(lambda session: session.add(row()))
    assert "name" not in repr(caught.value)


def test_who_is_second_finds_what_the_first_stored(database: Database) -> None:
    """Two processes store the same at once: the one that came too late runs again and finds the row."""
    if database.is_sqlite:
        pytest.skip("on SQLite one writes at a time: nobody comes too late")
    meet, first_time = threading.Barrier(2), [True, True]

    def find_or_add(session: Session) -> str:
        if session.get(AssertionRow, ("system", "one")) is not None:
            return "found"
        if first_time:
            first_time.pop()
            meet.wait(timeout=10)
        add("one", session)
        return "added"

    with working(database) as here, working(database) as there:
        units = [here.submit(find_or_add), there.submit(find_or_add)]
        assert sorted(unit.result(timeout=20) for unit in units) == ["added", "found"]


def test_stopping_finishes_what_was_handed_in(database: Database) -> None:
    """Nothing that was accepted is dropped; what comes later is refused; stopping twice is no mistake."""
    writer = Writer(database)
    with pytest.raises(NodeError, match="writer_stopped"):
        writer.submit(partial(add, "too early"))
    writer.start()
    units: list[Future[str]] = [writer.submit(partial(add, f"unit {n}")) for n in range(200)]
    writer.stop()
    writer.stop()
    assert all(unit.done() for unit in units)
    assert len(stored(database)) == 200
    with pytest.raises(NodeError, match="writer_stopped"):
        writer.write(partial(add, "too late"))


def test_a_caller_that_hangs_up_harms_nobody(database: Database) -> None:
    """A call that is cancelled while it waits is not run, one that runs is finished, and the writer lives on."""
    gate = threading.Event()

    async def hang_up() -> None:
        held = asyncio.create_task(writer.write_async(lambda session: (gate.wait(10), add("running", session))))
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(writer.write_async(partial(add, "waiting")))
        await asyncio.sleep(0)
        for task in (held, waiting):
            task.cancel()
        await asyncio.gather(held, waiting, return_exceptions=True)
        gate.set()

    with working(database, threads=1) as writer:
        asyncio.run(hang_up())
        assert writer.write(partial(add, "next")) == "next"
    assert stored(database) == {"running", "next"}
