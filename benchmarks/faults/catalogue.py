"""The faults: how each strikes, what ends it, and what has to be said while it lasts.

``says`` names codes of which at least one is heard by a client or stands beside what waits in an outbox; nothing is
said by what a node outlives without anybody noticing. Everything is drawn from the random of the round.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from benchmarks.faults import line
from benchmarks.faults.database import KINDS, MAILBOX, POSTGRESQL, SQLITE
from benchmarks.faults.launcher import AS_NOBODY, NOBODY
from benchmarks.faults.pair import Pair, Side
from benchmarks.faults.points import FILES, Point

Mend = Callable[[], None]
_SHORTEST = 700
"""No envelope and no receipt is shorter; a cut further on could cut nothing."""
_SHORTEST_FILE = 250_000
"""No first piece of a file is shorter."""


@dataclass(frozen=True)
class Blow:
    """A fault that has struck: what ends it, and how it was drawn."""

    mend: Mend
    drawn: str


@dataclass(frozen=True)
class Fault:
    """One kind of fault. ``weight`` is how often it is drawn; ``kinds`` are the databases that can have it.

    ``has_files`` says that files are certain to be on their way, since it strikes them.
    """

    strike: Callable[[Pair, Random], Blow]
    says: frozenset[str] = frozenset()
    is_deadly: bool = False
    weight: int = 1
    kinds: frozenset[str] = frozenset({SQLITE, POSTGRESQL})
    has_files: bool = False


def _either(pair: Pair, random: Random) -> Side:
    return random.choice(pair.sides)


def _kill_at(point: Point, *, deepest: int, only: str = "", has_files: bool = False) -> Fault:
    """End a process at its n-th crossing of a point; at one that only a mailbox has, that of who can't be called."""

    def strike(pair: Pair, random: Random) -> Blow:
        side, nth = pair.department if only == MAILBOX else _either(pair, random), random.randint(1, deepest)
        side.arm(point, nth)
        return Blow(side.disarm, f"{side.agency}, crossing {nth}")

    kinds = frozenset({only} if only else KINDS)
    return Fault(strike, is_deadly=True, weight=3 if has_files else 6, kinds=kinds, has_files=has_files)


def _kill_at_any_moment(pair: Pair, random: Random) -> Blow:
    """End a process after so many microseconds, wherever it is."""
    side, wait = _either(pair, random), random.randint(0, 800_000)
    timer = threading.Timer(wait / 1_000_000, side.kill)
    timer.start()
    return Blow(timer.join, f"{side.agency}, after {wait} microseconds")


def _on_the_wire(make: Callable[[Random], tuple[line.Mischief, str]], *says: str, weight: int = 2) -> Fault:
    """Do some mischief on the line to a node."""

    def strike(pair: Pair, random: Random) -> Blow:
        mischief, drawn = make(random)
        return Blow(pair.department.wire.do(mischief), drawn)

    return Fault(strike, frozenset(says), weight=weight)


def _on_files(make: Callable[[Random], tuple[line.Mischief, str]], *says: str) -> Fault:
    """Do some mischief on the line to the shelter, over which its files are fetched and those of others brought."""

    def strike(pair: Pair, random: Random) -> Blow:
        mischief, drawn = make(random)
        return Blow(pair.shelter.wire.do(mischief), drawn)

    return Fault(strike, frozenset(says), weight=3, kinds=frozenset(KINDS), has_files=True)


def _cut_file(random: Random) -> tuple[line.Mischief, str]:
    after = random.randrange(_SHORTEST, _SHORTEST_FILE)
    return line.cut_answer(after), f"after {after} bytes"


def _cut_answer(random: Random) -> tuple[line.Mischief, str]:
    after = random.randrange(_SHORTEST)
    return line.cut_answer(after), f"after {after} bytes"


def _cut_call(random: Random) -> tuple[line.Mischief, str]:
    after = random.randrange(_SHORTEST)
    return line.cut_call(after), f"after {after} bytes"


_GARBAGE: Mapping[str, bytes] = {
    "noise": bytes(range(128, 256)) * 8,
    "a page": b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\n\r\n<html>hi</html>",
    "an empty receipt": b"HTTP/1.1 201 Created\r\ncontent-type: application/jose\r\ncontent-length: 0\r\n\r\n",
    "half a token": b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{"access_token":1',
    "an error": b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
}


def _garbage(random: Random) -> tuple[line.Mischief, str]:
    name = random.choice(sorted(_GARBAGE))
    return line.garbage(_GARBAGE[name]), name


def _clock_off(minutes: int) -> Fault:
    """Let the shelter's clock be off."""

    def strike(pair: Pair, random: Random) -> Blow:
        del random

        def mend() -> None:
            pair.shelter.offset = timedelta()
            pair.let_pass(timedelta(minutes=max(0, minutes)))  # nobody's past is undone: the others catch up

        pair.shelter.offset = timedelta(minutes=minutes)
        pair.tell_time()
        return Blow(mend, f"{minutes} minutes")

    return Fault(
        strike, frozenset({"not_let_in", "peer_says_envelope_refused", "from_the_future", "receipt_not_kept"}), weight=1
    )


def _no_names(pair: Pair, random: Random) -> Blow:
    """Let the shelter resolve no host name."""
    del random
    pair.shelter.lose_names(lost=True)
    return Blow(lambda: pair.shelter.lose_names(lost=False), "the shelter")


def _disk_full(pair: Pair, random: Random) -> Blow:
    """Let no file of a node grow."""
    side = _either(pair, random)
    side.fill_disk(full=True)
    return Blow(lambda: side.fill_disk(full=False), side.agency)


def _database_gone(pair: Pair, random: Random) -> Blow:
    """Take a node's database away while it serves."""
    side = _either(pair, random)
    side.storage.take_away(side.node.directory)
    return Blow(lambda: side.storage.bring_back(side.node.directory), side.agency)


def _read_only(pair: Pair, random: Random) -> Blow:
    """Let a node be started where it may not write."""
    del random
    side = pair.department
    side.kill()
    side.node.settings[AS_NOBODY] = "1"
    _let(side, NOBODY, 0o500, 0o400)
    code = side.try_to_start()
    _let(side, 0, 0o700, 0o600)
    del side.node.settings[AS_NOBODY]
    if code == 0 or "data_dir_not_writable" not in side.log:
        raise AssertionError(f"a node that may not write ended with {code} and did not say so")
    return Blow(lambda: None, side.agency)


def _let(side: Side, owner: int, folder: int, file: int) -> None:
    for path in [side.node.directory, *side.node.directory.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, owner, owner)
        path.chmod(folder if path.is_dir() else file)


_STORAGE = frozenset({"storage_unavailable", "peer_says_storage_unavailable"})
_NO_LINE = ("peer_unreachable", "peer_timed_out", "peer_answered_502", "peer_answered_garbage")

_POINTS = {
    Point.MIDDLE_OF_UPLOAD: 3,
    Point.HALF_WRITTEN: 8,
    Point.BEFORE_COMMIT: 8,
    Point.AFTER_COMMIT: 8,
    Point.BEFORE_ANSWER: 3,
    Point.MIDDLE_OF_ANSWER: 3,
    Point.AFTER_ANSWER: 3,
    Point.BEFORE_SENDING: 1,
    Point.AFTER_SENDING: 1,
}
"""How often each point is crossed at least in most rounds."""
_FETCHING = {Point.BEFORE_FETCHING: 4, Point.AFTER_FETCHING: 4}
_OF_FILES = {
    Point.MIDDLE_OF_PART: 8,
    Point.PIECE_HALF_STORED: 12,
    Point.AFTER_PIECE: 8,
    Point.BEFORE_SEALING: 1,
    Point.AFTER_SEALING: 1,
    Point.BEFORE_PARTS_GO: 4,
    Point.MIDDLE_OF_FILE: 3,
    Point.BEFORE_FILE_FETCHED: 2,
    Point.AFTER_FILE_FETCHED: 2,
    Point.BEFORE_KEEPING: 1,
    Point.AFTER_KEEPING: 1,
}
"""The same, where both sides send a file."""
_BRINGING = {Point.BEFORE_FILE_BROUGHT: 2, Point.AFTER_FILE_BROUGHT: 2}


def _name(point: Point) -> str:
    return f"killed {point.replace('_', ' ')}"


FAULTS: Mapping[str, Fault] = {
    **{_name(point): _kill_at(point, deepest=nth) for point, nth in _POINTS.items()},
    **{_name(point): _kill_at(point, deepest=nth, only=MAILBOX) for point, nth in _FETCHING.items()},
    **{_name(point): _kill_at(point, deepest=nth, has_files=True) for point, nth in _OF_FILES.items()},
    **{_name(point): _kill_at(point, deepest=nth, only=MAILBOX, has_files=True) for point, nth in _BRINGING.items()},
    "killed at any moment": Fault(_kill_at_any_moment, is_deadly=True, weight=10, kinds=frozenset(KINDS)),
    "answer cut after n bytes": _on_the_wire(_cut_answer, *_NO_LINE, weight=4),
    "call cut after n bytes": _on_the_wire(_cut_call, *_NO_LINE, weight=4),
    "garbage for an answer": _on_the_wire(
        _garbage,
        "peer_unreachable",
        "peer_answered_garbage",
        "peer_answered_500",
        "peer_answered_200",
        "peer_answered_201",
        "jws_not_compact",
    ),
    "answer comes too late": _on_the_wire(lambda _: (line.late(3), "3 seconds"), "peer_timed_out", weight=1),
    "every call comes twice": _on_the_wire(lambda _: (line.twice, "all")),
    "file cut after n bytes": _on_files(_cut_file, *_NO_LINE),
    "every piece of a file comes twice": _on_files(lambda _: (line.twice_at(FILES), "all")),
    "clock 10 minutes fast": _clock_off(10),
    "clock 10 minutes slow": _clock_off(-10),
    "no host name is known": Fault(_no_names, frozenset({"peer_unreachable"})),
    "disk full": Fault(_disk_full, _STORAGE, kinds=frozenset({SQLITE})),
    "database file moved away and back": Fault(_database_gone, kinds=frozenset({SQLITE})),
    "database server gone and back": Fault(_database_gone, _STORAGE, kinds=frozenset({POSTGRESQL})),
    "folder is read-only": Fault(_read_only, is_deadly=True, kinds=frozenset({SQLITE})),
}
