"""``/icd …``, answered in the acknowledgement: nothing can race or be rate limited by Slack."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from slack_bot.answer import answer
from slack_bot.bot import Bot, sendable
from slack_bot.members import Member, too_fast

COMMAND = "/icd"


def register(app: AsyncApp, bot: Bot) -> None:
    """Answer the command."""

    async def icd(ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext) -> None:
        member = Member.of(context)
        if seconds := bot.limiter.seconds_to_wait(member):
            await ack(text=too_fast(seconds), response_type="ephemeral")
            return
        await bot.turns.take()
        found = answer(bot.library, str(command.get("text") or ""), bot.today())
        await bot.remember(member, found.code)
        await ack(
            text=found.text,
            blocks=sendable(found),
            response_type="in_channel" if found.in_channel else "ephemeral",
            unfurl_links=False,
            unfurl_media=False,
        )

    app.command(COMMAND)(icd)
