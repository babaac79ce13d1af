"""``icdlens slack``: from the environment to a running app."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from core.errors import IcdlensError
from core.snapshot import data_folder
from index.library import Library
from slack_bot.settings import Settings

_EXTRA = frozenset({"aiohttp", "slack_bolt", "slack_sdk", "starlette", "uvicorn"})


class SlackNotInstalled(IcdlensError):
    """The packages of the extra ``slack`` are missing."""


def run(http: bool, data: Path | None = None) -> None:
    """Run the Slack app until SIGTERM or SIGINT.

    Over HTTP it starts even where Slack's own API cannot be reached. Raises ``SlackNotInstalled``,
    ``SettingsError``, ``SlackUnreachable``, ``AddressUnavailable``,
    ``LibraryNotBuilt``, ``CatalogUnavailable``, ``IndexUnavailable`` or ``ModelUnavailable``, all before the
    first answer.
    """
    _check_installed()
    settings = Settings.read(os.environ, http=http)
    with Library.open(data) as library:
        library.searcher.prepare()  # now, so that the first user need not wait for it
        asyncio.run(_serve(settings, library, data or data_folder(), _announce, http=http))


def _announce(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _check_installed() -> None:
    try:
        import slack_bot.http_server
        import slack_bot.socket_mode  # noqa: F401 - imported for whether it can be
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise SlackNotInstalled(
            f"icdlens slack needs the package {error.name}; install icdlens with it, "
            "in its checkout: pip install '.[slack]'"
        ) from error


async def _serve(
    settings: Settings, library: Library, folder: Path, announce: Callable[[str], None], *, http: bool
) -> None:
    from slack_bot import http_server, socket_mode  # the extra may be missing: see _check_installed
    from slack_bot.app import SlackUnreachable, authorize_once, build_app, unchecked
    from slack_bot.bot import Bot
    from slack_bot.recents import opened_recents
    from slack_bot.stopping import stop_on_signals

    with stop_on_signals() as stop:
        try:
            authorized = await authorize_once(settings)
        except SlackUnreachable as error:
            if not http:
                raise
            # Over HTTP an answer goes back in Slack's own request, so nothing more is needed of Slack.
            announce(f"{error}. Starting all the same: requests that Slack signs are answered.")
            authorized = unchecked(settings)
        with opened_recents(folder, announce) as recents:
            bot = Bot(library, date.today, recents)
            app = build_app(settings, library, authorized, bot=bot)
            try:
                if http:
                    await http_server.serve(settings, app, library, stop, announce)
                else:
                    await socket_mode.serve(settings, app, stop, announce)
            finally:
                await bot.deliveries.finish()
