"""A round: a fault strikes while both desks work; what was killed is started again; then everything has to settle.

A round is told by its number alone: the random, the database and the fault follow from the seed and it, so that a round
that found something is played again by its number.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import NamedTuple

from sqlmodel import select

from api.store.attachments_waiting import list_waiting_files
from api.store.tables import OutboxRow
from benchmarks.faults.catalogue import FAULTS, Blow, Fault
from benchmarks.faults.checks import Memory, check
from benchmarks.faults.database import KINDS
from benchmarks.faults.pair import FILE_LEASE, LEASE, Pair
from benchmarks.faults.work import Ledger, Story

AGAIN = 0.15
"""How often a process is ended a second time in the same round."""
STILL = 0.4
"""Where nothing moves for so many seconds, time passes, while a fault lasts too."""
SETTLE = 240.0
"""Within so many seconds everything has arrived once nothing is in the way any more."""
LOOK = 0.06
"""So many seconds lie between two looks at what waits."""
HOLD = 120.0
"""So long a fault lasts at most where nobody says what it has to make somebody say."""


@dataclass
class Played:
    """What came of a round."""

    number: int
    kind: str
    fault: str
    drawn: str = ""
    struck: bool = False
    """A process ended, or what had to be said was said."""
    restarts: int = 0
    documents: int = 0
    seconds: float = 0
    heard: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


class Waiting(NamedTuple):
    """Something that waits: how far it is, why, and for how long a carrier that is gone may hold it."""

    what: str
    reason: str | None
    lease: timedelta = LEASE


class Still:
    """Lets time pass whenever nothing moves, so that what failed is tried again."""

    def __init__(self, pair: Pair) -> None:
        self._pair, self._moved, self._seen = pair, time.monotonic(), ""

    def look(self, waiting: list[Waiting], ledger: Ledger) -> None:
        """Compare what waits and what was sent with the look before."""
        now = f"{waiting} {sorted(ledger.sent)}"
        if now != self._seen:
            self._moved, self._seen = time.monotonic(), now
        elif time.monotonic() - self._moved > STILL:
            self._pair.let_pass(max((one.lease for one in waiting), default=LEASE))
            self._moved = time.monotonic()


def draw(random: Random, kind: str, number: int) -> str:
    """Choose a fault that this database can have: the first rounds have each in turn, the others any, by weight."""
    names = [name for name, fault in FAULTS.items() if kind in fault.kinds]
    turn = number // len(KINDS)
    return names[turn] if turn < len(names) else random.choices(names, [FAULTS[name].weight for name in names])[0]


class Referee:
    """Plays rounds on one pair and remembers what has to be there from one to the next."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self._pair, self._seed = pair, seed
        self._memories: dict[str, Memory] = {side.agency: Memory() for side in pair.sides}
        check(pair, Ledger(), self._memories)  # what a node writes when it is founded

    @property
    def kind(self) -> str:
        """The kind of pair that is played on."""
        return self._pair.kind

    def play(self, number: int, fault: str = "") -> Played:
        """Play one round, with the fault that is named or else the one that its number draws."""
        began, random = time.monotonic(), Random(f"{self._seed} {number}")
        played = Played(number, self._pair.kind, fault or draw(random, self._pair.kind, number))
        ledger = Ledger()
        before = [side.restarts for side in self._pair.sides]
        try:
            self._strike_and_settle(played, FAULTS[played.fault], ledger, random)
            played.findings += check(self._pair, ledger, self._memories)
        except Exception as error:  # noqa: BLE001  # a finding like every other
            played.findings.append(f"{type(error).__name__}: {error}")
        played.restarts = sum(side.restarts for side in self._pair.sides) - sum(before)
        played.struck = played.struck or bool(FAULTS[played.fault].is_deadly and played.restarts)
        played.documents, played.heard = len(ledger.sent), sorted(ledger.heard)
        played.seconds = round(time.monotonic() - began, 2)
        return played

    def _strike_and_settle(self, played: Played, fault: Fault, ledger: Ledger, random: Random) -> None:
        stories = [
            Story(
                self._pair,
                ledger,
                Random(random.random()),
                f"round-{self._seed}-{played.number}-{n}",
                has_files=fault.has_files,
            )
            for n in range(random.randint(1, 2))
        ]
        again = fault.is_deadly and random.random() < AGAIN
        blow = fault.strike(self._pair, random)
        played.drawn = blow.drawn
        for story in stories:
            story.start()
        try:
            is_over = self._hold(fault, played, ledger, stories)
        finally:
            self._mend(blow)
        if again and not is_over:
            self._mend(fault.strike(self._pair, random))
        self._settle(ledger, stories)
        played.findings += [story.problem for story in stories if story.problem]

    def _mend(self, blow: Blow) -> None:
        blow.mend()
        self._pair.let_pass(LEASE)
        self._revive()

    def _hold(self, fault: Fault, played: Played, ledger: Ledger, stories: list[Story]) -> bool:
        """Let a fault last until it has ended a process, or somebody says what it has to make somebody say.

        Returns whether everything had settled before.
        """
        end, still, is_over = time.monotonic() + HOLD, Still(self._pair), False
        while time.monotonic() < end and not is_over:
            is_over, waiting = self._look(ledger, stories)
            played.struck = self._revive() if fault.is_deadly else bool(fault.says & ledger.heard)
            if played.struck:
                return is_over
            still.look(waiting, ledger)
            time.sleep(LOOK)
        if fault.says:
            played.findings.append(f"nobody said any of {sorted(fault.says)}")
        played.struck = not fault.is_deadly
        return is_over

    def _look(self, ledger: Ledger, stories: list[Story]) -> tuple[bool, list[Waiting]]:
        """Tell whether both desks are through and nothing waits any more, and what does; keep the reasons beside it."""
        are_through = not any(story.is_alive() for story in stories)  # asked first: the last word may put something in
        waiting = self._waiting()
        ledger.heard.update(one.reason for one in waiting if one.reason)
        return are_through and not waiting, waiting

    def _settle(self, ledger: Ledger, stories: list[Story]) -> None:
        """Wait until both desks are through and nothing waits any more."""
        end, still = time.monotonic() + SETTLE, Still(self._pair)
        is_settled, waiting = self._look(ledger, stories)
        while not is_settled and time.monotonic() < end:
            self._revive()
            still.look(waiting, ledger)
            time.sleep(LOOK)
            is_settled, waiting = self._look(ledger, stories)

    def _revive(self) -> bool:
        """Start what has ended and tell whether anything had."""
        dead = [side for side in self._pair.sides if side.is_dead]
        for side in dead:
            side.start()
        if dead:
            self._pair.let_pass(LEASE)
        return bool(dead)

    def _waiting(self) -> list[Waiting]:
        """Return what waits on both sides; what can't be looked at waits too."""
        found: list[Waiting] = []
        for side in self._pair.sides:
            try:
                with side.inside.database.reader() as session:
                    rows = session.exec(select(OutboxRow).where(OutboxRow.state != "done"))
                    found += [Waiting(f"{row.document_id} {row.what} {row.attempts}", row.reason) for row in rows]
                    for file in list_waiting_files(session, limit=100):
                        found.append(Waiting(f"{file.document_id} {file.due_at}", file.reason, FILE_LEASE))
            except Exception:  # noqa: BLE001  # the database is gone just now
                found.append(Waiting("unknown", None))
        return found
