"""The app over Socket Mode: a WebSocket to Slack, so no address of ours needs to be reachable."""

import asyncio
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from slack_bot.app import slack_errors, web_client
from slack_bot.quiet_log import slack_logger
from slack_bot.settings import APP_TOKEN, Settings
from slack_bot.stopping import Stop


async def serve(settings: Settings, app: AsyncApp, stop: Stop, announce: Callable[[str], None]) -> None:
    """Answer over Socket Mode until ``stop``; lost connections are opened again.

    Raises ``SettingsError`` where Slack refuses the app-level token, and ``SlackUnreachable``.
    """
    handler = AsyncSocketModeHandler(
        app, settings.app_token, logger=slack_logger(), web_client=web_client(settings)
    )
    try:
        # connect() would try a refused token again for ever, and say so only in the log.
        with slack_errors(APP_TOKEN):
            handler.client.wss_uri = await handler.client.issue_new_wss_url()
        if await _connected(handler, stop):
            announce("Connected to Slack over Socket Mode")
            await stop.wait()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it without types


async def _connected(handler: AsyncSocketModeHandler, stop: Stop) -> bool:
    """Connect, however often that must be tried; false where ``stop`` comes first."""
    connect = handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it without types
    connecting = asyncio.ensure_future(connect)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([connecting, stopping], return_when=asyncio.FIRST_COMPLETED)
        return connecting.done() and not stopping.done()
    finally:
        connecting.cancel()
        stopping.cancel()
