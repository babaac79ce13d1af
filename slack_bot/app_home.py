"""The App Home's listeners: shown when opened, browsed by its buttons, remembering only when told to."""

import re
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from slack_bot.bot import Bot
from slack_bot.deliveries import SORRY, patiently
from slack_bot.home_view import BROWSE, FORGET, REMEMBER, Place, home
from slack_bot.members import Member, too_fast
from slack_bot.notice import tell
from slack_bot.state import BadState


def register(app: AsyncApp, bot: Bot) -> None:
    """Show the home, and answer its buttons."""

    async def opened(event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
        member = Member.of(context)
        if event.get("tab") == "home" and not bot.limiter.seconds_to_wait(member):
            await bot.deliveries.start(_publish(bot, client, member, Place()))

    async def browse(
        ack: AsyncAck,
        action: dict[str, Any],
        body: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
    ) -> None:
        await ack()
        member = Member.of(context)
        if seconds := bot.limiter.seconds_to_wait(member):
            await bot.deliveries.start(tell(client, body, too_fast(seconds)))
            return
        try:
            place = Place.parse(action.get("value"))
        except BadState:
            place = Place()  # the button is of another version, and the home is shown anew
        sorry = partial(tell, client, body, SORRY)
        await bot.deliveries.start(_publish(bot, client, member, place), sorry)

    async def remember(ack: AsyncAck, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        await ack()
        member = Member.of(context)
        await bot.recents.switch_on(member)
        await bot.deliveries.start(_publish(bot, client, member, Place()))

    async def forget(ack: AsyncAck, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        await ack()
        member = Member.of(context)
        await bot.recents.forget(member)
        await bot.deliveries.start(_publish(bot, client, member, Place()))

    app.event("app_home_opened")(opened)
    app.action(re.compile(f"^{re.escape(BROWSE)}"))(browse)
    app.action(REMEMBER)(remember)
    app.action(FORGET)(forget)


async def _publish(bot: Bot, client: AsyncWebClient, member: Member, place: Place) -> None:
    view = home(bot.library, place, bot.today(), await bot.recents.codes(member))
    await patiently(lambda: client.views_publish(user_id=member.user, view=view))
