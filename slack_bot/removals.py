"""When a workspace takes the app away: its token and its people's recent codes are forgotten."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from slack_bot.installations import Installations
from slack_bot.members import Member
from slack_bot.quiet_log import log
from slack_bot.recents import Recents


def listen_to_removals(app: AsyncApp, installations: Installations | None, recents: Recents) -> None:
    """Listen to Slack's two events. Where one workspace is served no token is kept."""

    async def removed(body: dict[str, Any], context: AsyncBoltContext) -> None:
        await recents.forget_team(Member.of(context).team)
        if installations is None:
            log.warning("Slack says that the bot token is no longer valid: install the app again")
            return
        team = None if context.is_enterprise_install else context.team_id
        await installations.forget(context.enterprise_id, team, float(body["event_time"]))

    async def app_uninstalled(body: dict[str, Any], context: AsyncBoltContext) -> None:
        await removed(body, context)

    async def tokens_revoked(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tokens", {}).get("bot"):  # people's tokens are never asked for
            await removed(body, context)

    app.event("app_uninstalled")(app_uninstalled)
    app.event("tokens_revoked")(tokens_revoked)
