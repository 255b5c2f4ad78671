"""Much work for the processor is done by few threads at a time.

All threads of a process share one interpreter lock: more of them do not do more, they only stand in each other's way.
Envelopes are opened and what staff records is judged so, each by hands of its own: nobody's forms hold up the envelopes
of others.
"""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2
"""One goes on while the other waits for the database."""


class Hands:
    """A few threads for one kind of work."""

    def __init__(self, work: str) -> None:
        self._limiter: RunVar[anyio.CapacityLimiter] = RunVar(work)

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some work in a thread as soon as a hand is free, and return what it returns."""
        try:
            limiter = self._limiter.get()
        except LookupError:  # the first in this loop
            limiter = anyio.CapacityLimiter(AT_ONCE)
            self._limiter.set(limiter)
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=limiter)


OPENING, JUDGING = Hands("opening"), Hands("judging")
