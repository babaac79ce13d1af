"""``python -m bench.slack_driver``: sends signed commands to a bot from a process of its own.

Reads one JSON object from stdin (``events``, ``texts``, ``expected``, ``rate`` or ``at_once``, ``requests``)
and prints one: how many were not answered with status 200 and what was expected, the seconds they took
together, and each one's milliseconds, ascending.

With a ``rate`` it is an open loop: requests are sent when their time has come, whether or not those before
them were answered, and an answer's time counts from when its request was due. With ``at_once`` so many are
always under way.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import aiohttp

from icdlens.demo import signed_command

_SIGNED_AGAIN = 60  # seconds; Slack's requests are good for five minutes
_SECONDS = 30
_PEOPLE = 5_000


class _Commands:
    """Signed commands in turn, each of another person."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._signed: Iterator[tuple[bytes, dict[str, str]]] = iter(())
        self._until = 0.0

    def next(self) -> tuple[bytes, dict[str, str]]:
        if time.monotonic() >= self._until:
            people = max(len(self._texts), _PEOPLE)
            texts = islice(cycle(self._texts), people)
            self._signed = cycle([signed_command(text, f"U{number}") for number, text in enumerate(texts)])
            self._until = time.monotonic() + _SIGNED_AGAIN
        return next(self._signed)


async def _drive(order: dict[str, Any]) -> dict[str, Any]:
    commands = _Commands(order["texts"])
    expected = order["expected"].encode()
    taken: list[float] = []
    failures = 0
    connector = aiohttp.TCPConnector(limit=0 if "rate" in order else order["at_once"], keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)

    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def send(due: float) -> None:
            nonlocal failures
            body, headers = commands.next()
            try:
                async with session.post(order["events"], data=body, headers=headers) as response:
                    answer = await response.read()
                    is_good = response.status == 200 and expected in answer
            except (aiohttp.ClientError, TimeoutError):
                is_good = False
            taken.append((time.perf_counter() - due) * 1000)
            failures += not is_good

        for _ in range(20):  # connections and what is made at the first request
            await send(time.perf_counter())
        taken.clear()
        gc.disable()  # this process's own pauses are not the bot's
        start = time.perf_counter()
        if "rate" in order:
            await _open_loop(send, order["rate"], order["requests"])
        else:
            await _closed_loop(send, order["at_once"], order["requests"])
        seconds = time.perf_counter() - start
    return {"failures": failures, "seconds": seconds, "milliseconds": sorted(taken)}


async def _open_loop(send: Any, rate: float, requests: int) -> None:
    start = time.perf_counter()
    sent = []
    for number in range(requests):
        due = start + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        sent.append(asyncio.create_task(send(due)))
    await asyncio.gather(*sent)


async def _closed_loop(send: Any, at_once: int, requests: int) -> None:
    numbers = iter(range(requests))

    async def person() -> None:
        for _ in numbers:
            await send(time.perf_counter())

    await asyncio.gather(*(person() for _ in range(at_once)))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_drive(json.load(sys.stdin)))))
