"""@icdlens in a channel: answered in a thread, where everybody there sees it."""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from slack_bot.answer import answer
from slack_bot.bot import Bot, sendable
from slack_bot.deliveries import SORRY, patiently
from slack_bot.limits import Block
from slack_bot.members import Member, too_fast

_MENTION = re.compile(r"<@[^<>]{1,80}>")
_SEEN = 1000  # events


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an answer goes: under the message that mentions us."""

    channel: str = field(repr=False)
    ts: str


class Seen:
    """The last events, by Slack's ids of them: Slack sends one again where our answer was late.

    The dispatcher knows those that were acknowledged; here are also those that are being handled.
    """

    def __init__(self, most: int = _SEEN) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, event: str) -> bool:
        """Whether an event comes for the first time, as far as is remembered."""
        if event in self._ids:
            return False
        self._ids[event] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True


def register(app: AsyncApp, bot: Bot) -> None:
    """Answer mentions."""
    seen = Seen()

    async def mentioned(
        event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        # Another app that mentions us would be answered for ever.
        if event.get("bot_id") or not seen.is_new(str(body.get("event_id"))):
            return
        where = Thread(str(event.get("channel")), str(event.get("thread_ts") or event.get("ts")))
        if seconds := bot.limiter.seconds_to_wait(Member.of(context)):
            answering = _post(client, where, too_fast(seconds), [])
        else:
            answering = _answer(bot, client, where, str(event.get("text") or ""))
        await bot.deliveries.start(answering, lambda: _post(client, where, SORRY, []))

    app.event("app_mention")(mentioned)


async def _answer(bot: Bot, client: AsyncWebClient, where: Thread, text: str) -> None:
    found = answer(bot.library, _MENTION.sub(" ", text), bot.today(), shares=False)
    await _post(client, where, found.text, sendable(found))


async def _post(client: AsyncWebClient, where: Thread, text: str, blocks: list[Block]) -> None:
    await patiently(
        lambda: client.chat_postMessage(
            channel=where.channel,
            thread_ts=where.ts,
            text=text,
            blocks=blocks or None,
            unfurl_links=False,
            unfurl_media=False,
        )
    )
