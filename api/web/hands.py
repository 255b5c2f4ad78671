"""Work for the processor is done by few threads at a time.

All threads of a process share one interpreter lock: more of them do not do more, they only stand in each other's way.
"""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 4
"""Enough to go on while one of them waits for the database."""
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("hands")


async def by_few(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work in a thread, once one of the few is free, and return what it returns."""
    try:
        limiter = _limiter.get()
    except LookupError:  # the first in this loop
        limiter = anyio.CapacityLimiter(AT_ONCE)
        _limiter.set(limiter)
    return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=limiter)
