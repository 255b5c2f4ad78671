"""One door for writing: a unit of work goes in, runs, is committed, and only then its result comes back.

What waits is committed as one group. Where a unit fails, the group begins anew with a savepoint for each unit, so that
one that fails takes no other along. SQLite has one writing thread, which takes turns with those of other processes;
PostgreSQL has a few. Because a result exists only after its commit, no receipt can leave before what it receipts is
stored (promise 1).
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlmodel import Session

from api.errors import Conflict, NodeError
from api.store import log
from api.store.engine import Database
from api.store.turn import Turn

_log = structlog.get_logger("homeward.store")

T = TypeVar("T")
Unit = Callable[[Session], T]

GROUP = 64
"""At most so many units are committed together: enough to share a disk flush, few enough to answer soon."""
TRIES = 3
"""How often a group is run again after the database was busy or broke off."""


@dataclass
class _Waiting(Generic[T]):
    unit: Unit[T]
    future: "Future[T]"
    result: T | None = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Hand back what came of it; only ever called after the commit."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # run() set it


class Writer:
    """The threads that commit. ``start`` before use, ``stop`` finishes what was handed in."""

    def __init__(self, database: Database, *, threads: int = 2) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._turn = Turn(database.shared_file)
        count = 1 if database.is_sqlite else threads
        self._threads = [threading.Thread(target=self._work, name=f"writer-{n}", daemon=True) for n in range(count)]
        self._lock = threading.Lock()
        self._open = False
        self.groups = self.units = 0
        """What was committed since the start, for the metrics: so many groups, so many units in them."""

    def start(self) -> None:
        """Begin to take units."""
        self._open = True
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Commit whatever was handed in, then end the threads. May be called twice."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            for _ in self._threads:
                self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._turn.close()

    def submit(self, unit: Unit[T]) -> "Future[T]":
        """Hand in a unit of work; the future holds its result once it is committed, or its error if it is not.

        A unit may run more than once (the database was busy, or somebody else stored the same row first): it only
        reads and writes through its session. A future that is cancelled while it is in the queue is not run.
        """
        future: Future[T] = Future()
        with self._lock:
            if not self._open:
                raise NodeError("writer_stopped", "the node is shutting down; try again when it is up")
            self._queue.put(_Waiting(unit, future))
        return future

    def write(self, unit: Unit[T]) -> T:
        """Run a unit and wait for its commit."""
        return self.submit(unit).result()

    async def write_async(self, unit: Unit[T]) -> T:
        """Run a unit and await its commit."""
        return await asyncio.wrap_future(self.submit(unit))

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._collect()
            if group:
                self._commit(group)

    def _collect(self) -> tuple[list[_Waiting[Any]], bool]:
        """Wait for a unit and take what waits behind it too; tells also whether more may come."""
        group: list[_Waiting[Any]] = []
        item = self._queue.get()
        while item is not None:
            if item.future.set_running_or_notify_cancel():
                group.append(item)
            if len(group) == GROUP:
                return group, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, group: list[_Waiting[Any]]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                with self._turn.taken():
                    self._run_group(group)
                self.groups, self.units = self.groups + 1, self.units + len(group)
                break
            except OperationalError:
                if attempt == TRIES:
                    self._fail(group)
            except Exception as error:  # noqa: BLE001  # whatever broke, nobody may wait for ever
                _log.error("commit_failed", error=type(error).__name__)
                self._fail(group)
                break
        for item in group:
            item.settle()

    def _run_group(self, group: list[_Waiting[Any]]) -> None:
        try:
            self._run_each(group, _run_together)
        except _UnitFailedError:
            self._run_each(group, _run_apart)

    def _run_each(self, group: list[_Waiting[Any]], run: Callable[[Session, _Waiting[Any]], None]) -> None:
        with self._database.writing.connect() as connection:
            try:
                with Session(connection, expire_on_commit=False, autoflush=False) as session:
                    for item in group:
                        run(session, item)
                        session.expunge_all()  # no unit sees what another one had loaded
                    log.write_lines(session)
                    session.commit()
            except _UnitFailedError:
                raise  # closing the session has rolled everything back
            except Exception:
                connection.invalidate()  # a commit that broke off may have left its transaction open
                raise

    @staticmethod
    def _fail(group: list[_Waiting[Any]]) -> None:
        for item in group:
            item.error = NodeError("storage_unavailable", "the database did not take the change; nothing was stored")


class _UnitFailedError(Exception):
    """A unit of a group raised something; which one, and what, is seen when each is run apart."""


def _run(session: Session, item: _Waiting[Any]) -> None:
    item.result, item.error = item.unit(session), None
    session.flush()


def _run_together(session: Session, item: _Waiting[Any]) -> None:
    """Run one unit of a group in which nothing is expected to fail: no savepoint, so a failure ends the group."""
    try:
        _run(session, item)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001  # whatever the unit raised
        raise _UnitFailedError from None


def _run_apart(session: Session, item: _Waiting[Any]) -> None:
    """Run one unit in a savepoint: its error is its own, a lost connection is everybody's.

    Where somebody else stored the same row first, the unit runs once more and finds theirs.
    """
    for _ in range(2):
        savepoint, before = session.begin_nested(), dict(session.info)
        try:
            _run(session, item)
            savepoint.commit()
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the unit raised goes back to who handed it in
            savepoint.rollback()
            session.expunge_all()
            session.info.clear()
            session.info.update(before)
            item.error = _ours(error)
            if not isinstance(error, IntegrityError):
                return
        else:
            return


def _ours(error: Exception) -> Exception:
    """Turn the database's errors, whose texts could hold values, into ours; a unit's own stay as they are."""
    if isinstance(error, IntegrityError):
        return Conflict("stored_meanwhile", "somebody else stored this first; read it again")
    if isinstance(error, SQLAlchemyError):
        return NodeError("storage_refused", "the database did not take the change; nothing was stored")
    return error
