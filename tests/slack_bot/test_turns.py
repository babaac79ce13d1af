import asyncio
from collections.abc import Callable

import pytest

from slack_bot.turns import Turns


class Clock:
    """Time that passes only by work."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def works(self, seconds: float) -> None:
        self.now += seconds


async def after_turns(turns: Turns, people: int, work: Callable[[int], None]) -> None:
    async def person(number: int) -> None:
        await turns.take()
        work(number)

    await asyncio.gather(*map(person, range(people)))


@pytest.mark.asyncio
async def test_between_two_turns_the_loop_takes_in_what_came() -> None:
    seen: list[object] = []

    def work(number: int) -> None:
        seen.append(number)
        asyncio.get_running_loop().call_soon(seen.append, f"came during {number}")

    await after_turns(Turns(), 3, work)
    await asyncio.sleep(0)
    assert seen == [0, "came during 0", 1, "came during 1", 2, "came during 2"]


@pytest.mark.asyncio
async def test_who_comes_waits_for_all_before_as_long_as_turns_take() -> None:
    clock = Clock()
    turns = Turns(clock)
    await after_turns(turns, 200, lambda _: clock.works(0.02))
    await asyncio.sleep(0)
    assert turns.behind() == 0

    behind: list[float] = []

    def work(_: int) -> None:
        behind.append(turns.behind())
        clock.works(0.02)

    await after_turns(turns, 11, work)
    # The first began before anybody else came; nine wait while the second has its turn.
    assert behind[1] == pytest.approx(10 * 0.02, rel=0.01)
    assert behind[-1] == pytest.approx(0.02, rel=0.01)


@pytest.mark.asyncio
async def test_a_long_turn_is_forgotten_though_nobody_waits_any_more() -> None:
    clock = Clock()
    turns = Turns(clock)
    await after_turns(turns, 3, lambda _: clock.works(10))
    for _ in range(100):
        await after_turns(turns, 1, lambda _: clock.works(0.01))
        await asyncio.sleep(0)
    behind: list[float] = []
    await after_turns(turns, 2, lambda _: behind.append(turns.behind()))
    assert max(behind) < 0.1


@pytest.mark.asyncio
@pytest.mark.parametrize("order", [(0.01, 1.0), (1.0, 0.01)])
async def test_of_few_turns_at_once_each_counts_as_much(order: tuple[float, float]) -> None:
    clock = Clock()
    turns = Turns(clock)
    for _ in range(100):
        await after_turns(turns, 2, lambda number: clock.works(order[number]))
        await asyncio.sleep(0)
    behind: list[float] = []
    await after_turns(turns, 2, lambda _: behind.append(turns.behind()))
    assert max(behind) == pytest.approx(0.5, rel=0.2)


@pytest.mark.asyncio
async def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    turns = Turns()
    await turns.take()
    gone, stays = (asyncio.create_task(turns.take()) for _ in range(2))
    gone.cancel()
    async with asyncio.timeout(30):
        await stays
    await asyncio.sleep(0)
    assert turns.behind() == 0


def test_what_waited_in_a_loop_that_ended_holds_up_no_other() -> None:
    turns = Turns()
    for _ in range(2):
        asyncio.run(asyncio.wait_for(turns.take(), 30))
