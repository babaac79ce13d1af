"""The Bolt app: its one command, its error boundary, and how it is told which workspace it is in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from core.errors import IcdlensError
from index.library import Library
from slack_bot.answer import answer
from slack_bot.installations import Installations, authorizing, sentence_for
from slack_bot.limits import check_blocks
from slack_bot.quiet_log import log, log_failure, slack_logger
from slack_bot.removals import listen_to_removals
from slack_bot.settings import BOT_TOKEN, Settings, SettingsError
from slack_bot.slack_failures import http_status, reason

COMMAND = "/icd"

#: What a user reads when something fails in us. It repeats nothing: the error may quote what was asked.
SORRY = "Sorry, this look-up failed in icdlens. Try again, and tell the people who run it if it stays so."

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
) -> AsyncApp:
    """The app with all its listeners. Answers are for the date of service that ``today`` gives."""

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
    _listen(app, library, today)
    listen_to_removals(app, installations)
    return app


def _listen(app: AsyncApp, library: Library, today: Callable[[], date]) -> None:
    """Register the listeners, ``/icd`` first: Bolt tries them in order."""

    async def icd(ack: AsyncAck, command: dict[str, Any]) -> None:
        # Answering in the ack needs no second request, so nothing can race or be rate limited.
        found = answer(library, str(command.get("text") or ""), today())
        blocks = list(found.blocks)
        if faults := check_blocks(blocks):
            log.error("An answer breaks %d of Slack's limits and is shown without blocks", len(faults))
            blocks = []
        await ack(text=found.text, blocks=blocks, response_type="ephemeral")

    app.command(COMMAND)(icd)


async def _apologise(error: Exception) -> BoltResponse:
    """The error boundary of all listeners: without an ack, users would see a time-out after 3 s."""
    log_failure("A command failed", error)
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
