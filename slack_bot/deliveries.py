"""What is sent to Slack after a request was acknowledged: in the background, again where Slack says so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from math import inf
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from slack_bot.limits import Block
from slack_bot.quiet_log import log, log_failure, slack_logger
from slack_bot.turns import Turns

#: What a user reads when something fails in us. It repeats nothing: the error may quote what was asked.
SORRY = "Sorry, this look-up failed in icdlens. Try again, and tell the people who run it if it stays so."

_T = TypeVar("_T")

_SECONDS = 10
_PAUSES = (0.3, 1.0)  # seconds before the second and the third attempt
_MOST_SECONDS_TO_WAIT = 30
_OK = 200
_TOO_MANY = 429
_FAILED = 500
_MOST = 500  # at once; a request beyond waits for its own


class NotDelivered(Exception):
    """Slack did not take what was sent. Its answer is not repeated: it may hold what was sent."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after


async def patiently(send: Callable[[], Awaitable[_T]]) -> _T:
    """Send something, again after the time that Slack names where it asks for that, and where it failed.

    slack_sdk's own handlers see neither a 500 nor more than the first digit of that time.
    """
    for pause in _PAUSES:
        try:
            return await send()
        except (NotDelivered, SlackApiError) as error:
            seconds = _seconds_to_wait(error, pause)
            if seconds > _MOST_SECONDS_TO_WAIT:
                raise
        await asyncio.sleep(seconds)
    return await send()


def _seconds_to_wait(error: NotDelivered | SlackApiError, pause: float) -> float:
    """How long to wait before the next attempt; infinite where there is no use in one."""
    if isinstance(error, NotDelivered):
        status, named = error.status, error.retry_after
    else:
        status, named = error.response.status_code, _header(error.response.headers, "retry-after")
    if status == _TOO_MANY:
        return float(named) if named and named.isdecimal() else pause
    return pause if status >= _FAILED else inf


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


class Deliveries:
    """The deliveries that are under way. Nothing of them outlives the process.

    ``on_failure`` is called for each that fails: the request that it answers was acknowledged before.
    """

    def __init__(self, on_failure: Callable[[], None] = lambda: None, turns: Turns | None = None) -> None:
        self._on_failure = on_failure
        self._turns = turns or Turns()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, work: Coroutine[Any, Any, None], sorry: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Deliver in the background; ``sorry`` says so where that fails. Waits only where too many are."""
        task = asyncio.create_task(self._contained(work, sorry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if len(self._tasks) > _MOST:
            await task

    async def finish(self, seconds: float = _SECONDS) -> None:
        """Wait for what is under way, and cancel what takes longer."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _contained(
        self, work: Coroutine[Any, Any, None], sorry: Callable[[], Awaitable[None]] | None
    ) -> None:
        try:
            await self._turns.take()
            await work
        except Exception as error:
            log_failure("An answer failed", error)
            self._on_failure()
            if sorry is not None:
                await _say(sorry)


async def _say(sorry: Callable[[], Awaitable[None]]) -> None:
    try:
        await sorry()
    except Exception as error:
        log_failure("That an answer failed could not be said", error)


async def respond(
    url: str,
    text: str,
    blocks: list[Block],
    *,
    in_channel: bool = False,
    replaces: bool = False,
    thread: str | None = None,
) -> None:
    """Answer through a ``response_url``, to the asker alone unless ``in_channel``.

    Raises ``NotDelivered``, and what aiohttp raises where Slack cannot be reached.
    """
    body: dict[str, Any] = {
        "text": text,
        "response_type": "in_channel" if in_channel else "ephemeral",
        "replace_original": replaces,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if blocks:
        body["blocks"] = blocks
    if thread:
        body["thread_ts"] = thread
    client = AsyncWebhookClient(url, timeout=_SECONDS, logger=slack_logger())

    async def send() -> None:
        response = await client.send_dict(body)
        if response.status_code != _OK:
            log.error("Slack took no answer: status %d", response.status_code)
            raise NotDelivered(response.status_code, _header(response.headers, "retry-after"))

    await patiently(send)
