"""The message shortcut "Explain ICD codes": what is to be said of one message's codes, to the asker alone."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from slack_bot.bot import Bot, sendable
from slack_bot.deliveries import SORRY, respond
from slack_bot.explanation import explanation
from slack_bot.members import Member, too_fast

SHORTCUT = "icd_explain"


def register(app: AsyncApp, bot: Bot) -> None:
    """Answer the shortcut."""

    async def explain(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        url = str(body.get("response_url") or "")
        message = body.get("message") or {}
        thread = message.get("thread_ts")
        if seconds := bot.limiter.seconds_to_wait(Member.of(context)):
            answering = respond(url, too_fast(seconds), [], thread=thread)
        else:
            answering = _answer(bot, url, str(message.get("text") or ""), thread)
        await bot.deliveries.start(answering, lambda: respond(url, SORRY, [], thread=thread))

    app.shortcut(SHORTCUT)(explain)


async def _answer(bot: Bot, url: str, text: str, thread: str | None) -> None:
    found = explanation(bot.library, text, bot.today())
    await respond(url, found.text, sendable(found), thread=thread)
