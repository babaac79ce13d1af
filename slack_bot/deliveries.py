"""What is sent to Slack after a request was acknowledged: in the background, again where Slack says so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.webhook.async_client import AsyncWebhookClient

from slack_bot.limits import Block
from slack_bot.quiet_log import log, log_failure, slack_logger

#: What a user reads when something fails in us. It repeats nothing: the error may quote what was asked.
SORRY = "Sorry, this look-up failed in icdlens. Try again, and tell the people who run it if it stays so."

_SECONDS = 10
_RETRIES = 2
_MOST = 500  # at once; a request beyond waits for its own


class NotDelivered(Exception):
    """Slack did not take what was sent. Its answer is not repeated: it may hold what was sent."""


def retries() -> list[AsyncRetryHandler]:
    """When a request to Slack is made again: 429 after the time that Slack names, 500, a lost connection."""
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=_RETRIES),
        AsyncRateLimitErrorRetryHandler(max_retry_count=_RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=_RETRIES),
    ]


class Deliveries:
    """The deliveries that are under way. Nothing of them outlives the process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, work: Coroutine[Any, Any, None], sorry: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Deliver in the background; ``sorry`` says so where that fails. Waits only where too many are."""
        task = asyncio.create_task(_contained(work, sorry))
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


async def _contained(work: Coroutine[Any, Any, None], sorry: Callable[[], Awaitable[None]] | None) -> None:
    try:
        await work
    except Exception as error:
        log_failure("An answer failed", error)
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
    client = AsyncWebhookClient(url, timeout=_SECONDS, retry_handlers=retries(), logger=slack_logger())
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
    response = await client.send_dict(body)
    if response.status_code != 200:
        log.error("Slack took no answer: status %d", response.status_code)
        raise NotDelivered
