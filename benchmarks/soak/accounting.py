"""Every document is accounted for: the promises that ``make faults`` checks after a round, of everything that was sent.

A soak sends tens of thousands of documents, so they are looked at some hundred at a time; the log is read once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

from api.store.tables import LogRow
from benchmarks.faults.checks import PROMISES, Look, Memory, log_is_whole, nothing_else_is_there
from benchmarks.faults.pair import Pair, Side
from benchmarks.faults.work import Ledger
from benchmarks.soak.load import Told

AT_ONCE = 200
_OF_SOME = tuple(promise for promise in PROMISES if promise is not nothing_else_is_there)
Memories = Mapping[str, Memory]


def account(pair: Pair, told: Told, memories: Memories, tell: Callable[[str], None]) -> list[str]:
    """Return what does not hold, of both nodes."""
    pair.now = datetime.now(UTC)
    with ExitStack() as end:
        sessions = {side.agency: end.enter_context(side.inside.database.reader()) for side in pair.sides}

        def look(side: Side, ledger: Ledger) -> Look:
            other = pair.department if side is pair.shelter else pair.shelter
            here, there = sessions[side.agency], sessions[other.agency]
            return Look(side, other, here, there, pair, ledger, memories[side.agency], memories[other.agency])

        wholes = [look(side, told.ledger) for side in pair.sides]
        found = [f"{one.side.agency}: {finding}" for one in wholes for finding in log_is_whole(one)]
        found += [f"{one.side.agency}: {finding}" for one in wholes for finding in nothing_else_is_there(one)]
        for number, some in enumerate(_slices(told)):
            for whole in wholes:
                one = look(whole.side, some)
                one.lines = _lines_about(whole, some)
                found += _broken(one)
            for session in sessions.values():
                session.expunge_all()
            tell(f"{min(AT_ONCE * (number + 1), len(told.stories)):,} of {len(told.stories):,} accounted for")
    return found


def _broken(look: Look) -> Iterator[str]:
    for promise in _OF_SOME:
        yield from (f"{look.side.agency}: {promise.__name__}: {one}" for one in promise(look))


def _slices(told: Told) -> Iterator[Ledger]:
    """Yield the ledger in parts."""
    for first in range(0, len(told.stories), AT_ONCE):
        some = told.stories[first : first + AT_ONCE]
        names = {name for _, name in some}
        sent = {name: told.ledger.sent[name] for name in names}
        yield Ledger(cases=[uid for uid, _ in some], sent=sent, opened=told.ledger.opened & names)


def _lines_about(whole: Look, some: Ledger) -> list[LogRow]:
    """Return the lines of the log about these documents and cases."""
    cases = set(some.cases)
    return [line for line in whole.lines if line.document_id in some.sent or line.case_uid in cases]
