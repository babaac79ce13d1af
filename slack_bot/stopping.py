"""Stopping in order: SIGTERM and SIGINT as an event that the servers wait for."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """A request to stop, of one event loop. Happens once and stays."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._callbacks: list[Callable[[], None]] = []

    def request(self) -> None:
        if not self._event.is_set():
            self._event.set()
            for callback in self._callbacks:
                callback()

    def calls(self, callback: Callable[[], None]) -> None:
        """Call something when the stop is requested; at once where it is already."""
        self._callbacks.append(callback)
        if self._event.is_set():
            callback()

    async def wait(self) -> None:
        await self._event.wait()


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Request a stop when the process is told to end. Only in the main thread, within a running loop."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    # Not loop.add_signal_handler: Windows has none.
    former = {
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.request))
        for number in _SIGNALS
    }
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
