"""Whether the app can do its work now: what ``/readyz`` answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from core.classification import Level
from index.library import Library
from slack_bot.quiet_log import log_failure
from slack_bot.slack_failures import http_status

Check = Callable[[], Awaitable[None]]
"""Returns where all is well, and raises where it is not."""

_SECONDS = 3
_KEPT_SECONDS = 5


class NotReady(Exception):
    """What was asked did answer, but not as it should."""


@dataclass
class _Part:
    check: Check
    is_well: bool = False
    looked: float = field(default=float("-inf"))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Readiness:
    """Looks at each part at most every five seconds, however often it is asked."""

    def __init__(self, checks: Mapping[str, Check], clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = {name: _Part(check) for name, check in checks.items()}
        self._clock = clock

    async def look(self) -> dict[str, bool]:
        """Whether each part is well."""
        return dict(
            zip(self._parts, await asyncio.gather(*map(self._look, self._parts.values())), strict=True)
        )

    async def _look(self, part: _Part) -> bool:
        async with part.lock:
            if self._clock() - part.looked >= _KEPT_SECONDS:
                part.is_well = await _is_well(part.check)
                part.looked = self._clock()
            return part.is_well


async def _is_well(check: Check) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            await check()
    except Exception as error:
        log_failure("A readiness check failed", error)
        return False
    return True


def snapshot_check(library: Library) -> Check:
    """Whether the snapshot that was opened can still be read."""

    async def check() -> None:
        if not library.catalog.groups(Level.CHAPTER):
            raise NotReady

    return check


def slack_check(client: AsyncWebClient) -> Check:
    """Whether Slack's Web API answers. Being told to slow down is an answer."""

    async def check() -> None:
        try:
            await client.api_test()
        except SlackApiError as error:
            if http_status(error) not in (200, 429):
                raise NotReady from None

    return check
