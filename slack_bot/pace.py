"""How far the process is behind with its work."""

import asyncio
import time

_TICK = 0.05


class Pace:
    """Measures by how much a timer of the running event loop is late.

    Listeners answer without a pause, so what waits for its turn waits as long as the timer does.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due = 0.0
        self._last = 0.0

    def behind(self) -> float:
        """Seconds that work waits for its turn now. Begins to measure when it is first called."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._last = 0.0
            self._next()
        return max(self._last, time.monotonic() - self._due)

    def _next(self) -> None:
        assert self._loop is not None
        self._due = time.monotonic() + _TICK
        self._loop.call_later(_TICK, self._tick)

    def _tick(self) -> None:
        self._last = max(0.0, time.monotonic() - self._due)
        self._next()
