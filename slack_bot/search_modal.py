"""The search modal's listeners: the global shortcut that opens it, its suggestions, and sharing from it."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from slack_bot.bot import Bot, sendable
from slack_bot.card_answer import card_answer
from slack_bot.deliveries import SORRY, patiently, respond
from slack_bot.limits import check_options
from slack_bot.members import Member, too_fast
from slack_bot.notice import tell
from slack_bot.quiet_log import log_failure
from slack_bot.search_view import CONVERSATION, PICK, SEARCH, search_view, suggestions
from slack_bot.state import BadState, CardState

SHORTCUT = "icd_search"


def register(app: AsyncApp, bot: Bot) -> None:
    """Open the modal, suggest, and share."""

    async def open_modal(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        # Slack takes the trigger for three seconds, so it is tried at once.
        if seconds := bot.limiter.seconds_to_wait(Member.of(context)):
            opening = tell(client, body, too_fast(seconds))
        else:
            opening = _open(client, str(body.get("trigger_id") or ""), bot)
        await bot.deliveries.start(opening)

    async def suggest(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        if bot.typing.seconds_to_wait(Member.of(context)):
            await ack(options=[])
            return
        await bot.turns.take()
        try:
            options = suggestions(bot.library, str(body.get("value") or ""), bot.today())
            is_right = not any(check_options(options, least=0))
        except Exception as error:
            log_failure("Suggestions failed", error)
            is_right = False
        await ack(options=options if is_right else [])

    async def share(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        try:
            state = CardState.parse((body.get("view") or {}).get("private_metadata"))
        except BadState as error:
            await _refuse(ack, str(error))
            return
        urls = [found.get("response_url") for found in body.get("response_urls") or []]
        if not urls or not urls[0]:
            await _refuse(ack, "Choose a conversation to share the card with, or close the search.")
        elif seconds := bot.limiter.seconds_to_wait(Member.of(context)):
            await _refuse(ack, too_fast(seconds))
        else:
            await ack()
            await bot.deliveries.start(
                _share(bot, state, str(urls[0])), lambda: respond(str(urls[0]), SORRY, [])
            )

    app.shortcut(SHORTCUT)(open_modal)
    app.options(PICK)(suggest)
    app.view(SEARCH)(share)


async def _open(client: AsyncWebClient, trigger: str, bot: Bot) -> None:
    view = search_view(bot.library)
    await patiently(lambda: client.views_open(trigger_id=trigger, view=view))


async def _share(bot: Bot, state: CardState, url: str) -> None:
    if found := card_answer(bot.library, state.code, state.on, state.part, shares=False):
        await respond(url, found.text, sendable(found), in_channel=True)


async def _refuse(ack: AsyncAck, why: str) -> None:
    await ack(response_action="errors", errors={CONVERSATION: why})
