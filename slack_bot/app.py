"""The Bolt app: its surfaces, its error boundary, and how it is told which workspace it is in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from core.errors import IcdlensError
from index.library import Library
from slack_bot import app_home, card_buttons, mentions, message_shortcut, search_modal, slash_command
from slack_bot.bot import Bot
from slack_bot.deliveries import SORRY as SORRY
from slack_bot.installations import Installations, authorizing, sentence_for
from slack_bot.quiet_log import log_failure, slack_logger
from slack_bot.removals import listen_to_removals
from slack_bot.settings import BOT_TOKEN, Settings, SettingsError
from slack_bot.slack_failures import http_status, reason

#: Each declares what it answers to. The command comes first: Bolt tries listeners in order.
_SURFACES = (slash_command, card_buttons, search_modal, message_shortcut, app_home, mentions)

_START_SECONDS = 10


class SlackUnreachable(IcdlensError):
    """Slack's Web API does not answer."""


def web_client(settings: Settings) -> AsyncWebClient:
    """A client without a token, that logs no texts."""
    return AsyncWebClient(base_url=settings.api_url, timeout=_START_SECONDS, logger=slack_logger())


async def authorize_once(settings: Settings) -> AuthorizeResult:
    """Ask Slack, once at start, whose the bot token is.

    Bolt would ask at the first command, whose user would wait for it. Raises ``SettingsError`` where
    Slack refuses the token, and ``SlackUnreachable``.
    """
    with slack_errors(BOT_TOKEN):
        response = await web_client(settings).auth_test(token=settings.bot_token)
    return AuthorizeResult.from_auth_test_response(auth_test_response=response, bot_token=settings.bot_token)


def unchecked(settings: Settings) -> AuthorizeResult:
    """The authorization for a bot token that Slack could not be asked about."""
    return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=settings.bot_token)


@contextmanager
def slack_errors(variable: str) -> Iterator[None]:
    """Say in a sentence why a call to Slack with the token of ``variable`` failed."""
    try:
        yield
    except SlackApiError as error:
        if http_status(error) != 200:
            raise _unreachable(f"HTTP {http_status(error)}") from None
        raise SettingsError(
            f"Slack refuses {variable} ({reason(error)}): copy it again from the app's pages at "
            "https://api.slack.com/apps"
        ) from None  # the response is in the cause, and the token may be in the response
    except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
        raise _unreachable(type(error).__name__) from None


def _unreachable(why: str) -> SlackUnreachable:
    return SlackUnreachable(
        f"Slack cannot be reached ({why}): check the network, and HTTPS_PROXY where there is a proxy, then "
        "start again"
    )


def build_app(
    settings: Settings,
    library: Library,
    authorized: AuthorizeResult | Installations,
    today: Callable[[], date] = date.today,
    bot: Bot | None = None,
) -> AsyncApp:
    """The app with all its listeners. Answers are for the date of service that ``today`` gives.

    ``bot`` brings what is remembered of who asks; without it that is kept in memory.
    """

    installations = authorized if isinstance(authorized, Installations) else None

    with hidden_environment():
        app = AsyncApp(
            name="slack_bot.listener",
            logger=slack_logger(),
            client=web_client(settings),
            authorize=authorizing(authorized),
            signing_secret=settings.signing_secret,
            # Otherwise Bolt polls for the ack every 10 ms.
            process_before_response=True,
        )
    app.error(_apologise)
    bot = bot or Bot(library, today)
    for surface in _SURFACES:
        surface.register(app, bot)
    listen_to_removals(app, installations, bot.recents)
    return app


async def _apologise(error: Exception) -> BoltResponse:
    """The error boundary of all listeners: without an ack, users would see a time-out after 3 s."""
    log_failure("A request failed", error)
    return apology(sentence_for(error) or SORRY)


def apology(text: str = SORRY) -> BoltResponse:
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})


@contextmanager
def hidden_environment() -> Iterator[None]:
    """Keep Bolt from reading the environment: a SLACK_CLIENT_ID in it would turn on OAuth, for one."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
