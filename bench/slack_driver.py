"""``python -m bench.slack_driver``: sends signed requests to a bot from a process of its own.

Reads one JSON object from stdin: ``events``, ``bodies`` (pairs of a kind and a form), ``expected``, ``rate``
or ``at_once``, ``requests``. Prints one: how many were not answered with status 200 and what was expected,
how many of each kind were told to ask again, the seconds they took together, this process's own CPU seconds,
how many answers came by a ``response_url``, and the milliseconds, ascending, of all and of each kind.

With a ``rate`` it is an open loop: requests are sent when their time has come, whether or not those before
them were answered, and an answer's time counts from when its request was due. With ``at_once`` so many are
always under way. All is signed before, and sent over plain connections: what this process takes is taken from
the bot where both share the cores.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter, defaultdict, deque
from itertools import cycle
from typing import Any, cast
from urllib.parse import quote, urlsplit

from icdlens.demo import signed
from slack_bot.main import loop_factory

#: What stands in a form where the address belongs at which this process takes answers.
ANSWERS = "http://answers.invalid/"
_SIGNED_AGAIN = 240  # seconds; Slack's requests are good for five minutes
_SECONDS = 30
_BUSY = b"ask again in a moment"
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class _Requests:
    """Signed requests in turn, as bytes."""

    def __init__(self, events: str, answers: str, bodies: list[tuple[str, str]]) -> None:
        self._address = urlsplit(events)
        self._bodies = [
            (kind, body.replace(quote(ANSWERS, safe=""), quote(answers, safe="")).encode())
            for kind, body in bodies
        ]
        self.sign()

    def sign(self) -> None:
        """Sign them all, now: they are good for five minutes."""
        self._until = time.monotonic() + _SIGNED_AGAIN
        self._signed = cycle([(kind, self._request(body)) for kind, body in self._bodies])

    def next(self) -> tuple[str, bytes]:
        if time.monotonic() >= self._until:
            self.sign()
        return next(self._signed)

    def _request(self, body: bytes) -> bytes:
        headers = {"Host": self._address.netloc, "Content-Length": str(len(body)), **signed(body)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {self._address.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class _Connection(asyncio.Protocol):
    """A connection that stays open, for one request at a time."""

    def __init__(self) -> None:
        self._answer = bytearray()
        self._waiting: asyncio.Future[bytes] | None = None
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own are no subclass

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        self._answer.clear()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = bytes(self._answer[:end]).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(self._answer) >= end + 4 + int(length or b"0") and not self._waiting.done():
            self._waiting.set_result(bytes(self._answer))

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError())


class _Answers(asyncio.Protocol):
    """Takes what comes by a ``response_url``, as Slack does."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own are no subclass
        self._request = bytearray()

    def data_received(self, data: bytes) -> None:
        self._request += data
        end = self._request.find(b"\r\n\r\n")
        length = bytes(self._request[:end]).lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if end >= 0 and len(self._request) >= end + 4 + int(length or b"0"):
            self._request.clear()
            _Answers.taken += 1
            self._transport.write(_TAKEN)


class _Sender:
    """Sends, and keeps count."""

    def __init__(self, events: str, requests: _Requests, expected: bytes) -> None:
        self._address = urlsplit(events)
        self._requests = requests
        self._expected = expected
        self._idle: deque[_Connection] = deque()
        self.failures = 0
        self.busy: Counter[str] = Counter()
        self.taken: defaultdict[str, list[float]] = defaultdict(list)

    async def send(self, due: float) -> None:
        kind, request = self._requests.next()
        answer = b""
        try:
            async with asyncio.timeout(_SECONDS):
                connection = await self._connection()
                answer = await connection.ask(request)
            self._idle.append(connection)
        except (OSError, TimeoutError):
            pass
        self.taken[kind].append((time.perf_counter() - due) * 1000)
        if not answer.startswith(b"HTTP/1.1 200") or self._expected not in answer:
            self.failures += 1
        elif _BUSY in answer:
            self.busy[kind] += 1

    async def _connection(self) -> _Connection:
        while self._idle:
            if (connection := self._idle.pop()).is_open:  # the server closes those that nobody uses
                return connection
        host, port = self._address.hostname or "", self._address.port or 80
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, port)
        return connection


async def _drive(order: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answers, "127.0.0.1", 0, backlog=1024)
    answers = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    requests = _Requests(order["events"], answers, order["bodies"])
    sender = _Sender(order["events"], requests, order["expected"].encode())
    for _ in range(20):  # connections and what is made at the first request
        await sender.send(time.perf_counter())
    sender.taken.clear()
    gc.disable()  # this process's own pauses are not the bot's
    start, cpu = time.perf_counter(), time.process_time()
    if "rate" in order:
        await _open_loop(sender, order["rate"], order["requests"])
    else:
        await _closed_loop(sender, order["at_once"], order["requests"])
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {
        "failures": sender.failures,
        "busy": sender.busy,
        "seconds": seconds,
        "cpu": cpu,
        "answers": _Answers.taken,
        "milliseconds": sorted(ms for taken in sender.taken.values() for ms in taken),
        "by_kind": {kind: sorted(taken) for kind, taken in sender.taken.items()},
    }


async def _open_loop(sender: _Sender, rate: float, requests: int) -> None:
    start = time.perf_counter()
    sent = []
    for number in range(requests):
        due = start + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        sent.append(asyncio.create_task(sender.send(due)))
    await asyncio.gather(*sent)


async def _closed_loop(sender: _Sender, at_once: int, requests: int) -> None:
    numbers = iter(range(requests))

    async def person() -> None:
        for _ in numbers:
            await sender.send(time.perf_counter())

    await asyncio.gather(*(person() for _ in range(at_once)))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(json.dumps(runner.run(_drive(json.load(sys.stdin)))))
