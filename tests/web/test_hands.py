"""Much work for the processor is done by few threads at a time, whoever asks for it."""

import threading

import anyio
import pytest

from api.web.hands import AT_ONCE, JUDGING, OPENING


def test_few_work_at_a_time_and_nobody_holds_up_the_other_kind() -> None:
    """As many as there are hands are at work together, and never more; the other kind has hands of its own."""
    together = threading.Barrier(AT_ONCE)
    lock, at_work, most = threading.Lock(), [0], [0]

    def work() -> int:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        together.wait(20)
        with lock:
            at_work[0] -= 1
        return threading.get_ident()

    async def all_of_them() -> int:
        async with anyio.create_task_group() as tasks:
            for _ in range(4 * AT_ONCE):
                tasks.start_soon(JUDGING.do, work)
        return await OPENING.do(lambda number: number + 1, 1)

    assert anyio.run(all_of_them) == 2
    assert most == [AT_ONCE]


def test_what_goes_wrong_in_a_hand_comes_back() -> None:
    """An error is the caller's to hear, and the hand is free again."""

    def fail() -> None:
        raise KeyError("no")

    async def often() -> None:
        for _ in range(AT_ONCE + 1):
            with pytest.raises(KeyError):
                await OPENING.do(fail)

    anyio.run(often)
