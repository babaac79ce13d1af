"""The buttons and menus that show cards: in a message, in the search modal, in the App Home."""

import re
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from index.library import Library
from slack_bot.blocks import context as small_print
from slack_bot.bot import Bot, sendable
from slack_bot.card_answer import card_answer
from slack_bot.card_blocks import SHARE, SHOW
from slack_bot.deliveries import SORRY, patiently, respond
from slack_bot.home_view import home_with_card
from slack_bot.members import Member, too_fast
from slack_bot.notice import tell
from slack_bot.search_view import search_view
from slack_bot.state import BadState, CardState

_GONE = "No year known here has this code any more. Ask again with /icd."
_SHARED = "Shared to the channel."


def register(app: AsyncApp, bot: Bot) -> None:
    """Answer the buttons."""

    async def show(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        click = Click(bot, body, Member.of(context), client)
        await bot.deliveries.start(click.show(), click.sorry)

    async def share(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        click = Click(bot, body, Member.of(context), client)
        await bot.deliveries.start(click.share(), click.sorry)

    app.action(re.compile(f"^{re.escape(SHOW)}"))(show)
    app.action(SHARE)(share)


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button or an entry of a menu, wherever it stood."""

    bot: Bot
    body: dict[str, Any]
    member: Member
    client: AsyncWebClient

    async def show(self) -> None:
        """Show the part of the card that the button names, in the place where it stands."""
        if seconds := self.bot.limiter.seconds_to_wait(self.member):
            await self._tell(too_fast(seconds))
            return
        try:
            state = CardState.parse(_value(self.body))
        except BadState as error:
            await self._tell(str(error))
            return
        if not await self._put(state):
            await self._tell(_GONE)

    async def share(self) -> None:
        """Answer to the channel, and say so in the message that only the asker sees."""
        if seconds := self.bot.limiter.seconds_to_wait(self.member):
            await self._tell(too_fast(seconds))
            return
        try:
            state = CardState.parse(_value(self.body))
        except BadState as error:
            await self._tell(str(error))
            return
        found = card_answer(self.bot.library, state.code, state.on, state.part, shares=False)
        if found is None:
            await self._tell(_GONE)
            return
        await respond(self._url, found.text, sendable(found), in_channel=True, thread=self._thread)
        said = replace(found, blocks=(*found.blocks[:-1], small_print(_SHARED), found.blocks[-1]))
        await respond(self._url, said.text, sendable(said), replaces=True, thread=self._thread)

    async def sorry(self) -> None:
        """Say that something failed."""
        await self._tell(SORRY)

    async def _put(self, state: CardState) -> bool:
        """Whether there is such a card; it is shown where the button stands."""
        library = self.bot.library.in_force(state.on)
        where = self._view.get("type")
        if where not in ("home", "modal"):
            return await self._put_in_message(library, state)
        full = library.full_card(state.code, state.on)
        if full is None:
            return False
        await self.bot.remember(self.member, state.code)
        if where == "home":
            home = home_with_card(library, full, state, await self.bot.recents.codes(self.member))
            await patiently(lambda: self.client.views_publish(user_id=self.member.user, view=home))
        else:
            modal = search_view(library, full, state.part)
            view_id, seen = self._view.get("id"), self._view.get("hash")
            await patiently(lambda: self.client.views_update(view_id=view_id, hash=seen, view=modal))
        return True

    async def _put_in_message(self, library: Library, state: CardState) -> bool:
        found = card_answer(library, state.code, state.on, state.part)
        if found is None:
            return False
        await self.bot.remember(self.member, state.code)
        # What others see stays as it is: there the answer is a message for the one who clicked.
        await respond(self._url, found.text, sendable(found), replaces=self._is_mine, thread=self._thread)
        return True

    async def _tell(self, text: str) -> None:
        """Say something to the one who clicked, without touching what is shown."""
        if self._url:
            await respond(self._url, text, [], thread=self._thread)
        else:
            await tell(self.client, self.body, text)

    @property
    def _view(self) -> dict[str, Any]:
        return self.body.get("view") or {}

    @property
    def _url(self) -> str:
        return str(self.body.get("response_url") or "")

    @property
    def _is_mine(self) -> bool:
        """Whether only the one who clicked sees the message."""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))

    @property
    def _thread(self) -> str | None:
        where = {**(self.body.get("container") or {}), **(self.body.get("message") or {})}
        return where.get("thread_ts")


def _value(body: dict[str, Any]) -> object:
    """What the button carries, or the entry of the menu that was chosen."""
    action = (body.get("actions") or [{}])[0]
    return (action.get("selected_option") or action).get("value")
