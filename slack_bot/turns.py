"""Turns: answers are made one at a time, and what comes in between two of them is looked at first."""

import asyncio
import time
from collections.abc import Callable

_FIRST_GUESS = 0.003  # seconds of a turn
_NEWEST = 0.05  # the weight of the last turn in the mean of all


class Turns:
    """Whoever has something to look up takes a turn, in the order in which they come.

    A turn lasts to the next time that its task waits for something. What has come in meanwhile is then
    taken in, so that the number of those who wait is known, and one who would wait too long need not.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._start = 0.0
        self._is_followed = False  # whether somebody waited when the last turn ended
        self._mean = _FIRST_GUESS

    def behind(self) -> float:
        """Seconds that one who comes now would wait, by what turns took lately."""
        return (self._waiting + self._lock.locked()) * self._mean

    async def take(self) -> None:
        """Wait for one's turn."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # what waited in another is gone with it
            self._loop, self._lock, self._waiting = loop, asyncio.Lock(), 0
            self._is_followed = False
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        start = self._clock()
        if self._is_followed:  # with all that came in meanwhile, for which the next waited too
            self._learn(start - self._start)
        self._start, self._is_followed = start, False
        loop.call_soon(self._end)

    def _end(self) -> None:
        # Who waits learns when the turn is over. Where nobody does, what a long turn taught would else stay:
        # whoever would have to wait is put off.
        self._is_followed = self._waiting > 0
        if not self._is_followed:
            self._learn(self._clock() - self._start)
        self._lock.release()

    def _learn(self, seconds: float) -> None:
        self._mean += _NEWEST * (seconds - self._mean)
