"""``icdlens slack``: from the environment to a running app."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import IcdlensError
from core.own_file import find_own_file
from core.snapshot import data_folder
from index.library import Library
from index.renewal import Renewal, follow
from slack_bot.settings import Settings

if TYPE_CHECKING:  # the extra may be missing: see _check_installed
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    from slack_bot.http_server import Operations
    from slack_bot.installations import Installations
    from slack_bot.recents import Recents
    from slack_bot.stopping import Stop

_EXTRA = frozenset(
    {
        "aiohttp",
        "aiosqlite",
        "cryptography",
        "prometheus_client",
        "slack_bolt",
        "slack_sdk",
        "sqlalchemy",
        "starlette",
        "uvicorn",
    }
)

_STOP_SECONDS = 5
_COLLECTED_AFTER = 10_000  # objects more than before: of some 300 uncached answers

_Announce = Callable[[str], None]


class SlackNotInstalled(IcdlensError):
    """The packages of the extra ``slack`` are missing."""


def run(http: bool, data: Path | None = None) -> None:
    """Run the Slack app until SIGTERM or SIGINT.

    Over HTTP it starts even where Slack's own API cannot be reached. Raises ``SlackNotInstalled``,
    ``SettingsError``, ``SlackUnreachable``, ``AddressUnavailable``, ``Unavailable``, ``KeyMissing``,
    ``LibraryNotBuilt``, ``CatalogUnavailable``, ``IndexUnavailable`` or ``ModelUnavailable``, all before the
    first answer.
    """
    _check_installed()
    settings = Settings.read(os.environ, http=http)
    with Library.open(data) as library:
        # Now, so that the first user need not wait for it.
        library.prepare([date.today()], by_meaning=True)  # noqa: DTZ011 - the local date, as answers have it
        # What was imported and read stays. With it, each full collection would keep requests waiting longer.
        gc.collect()
        gc.freeze()
        # What an answer leaves is mostly freed without the collector, which took a twentieth of its time.
        gc.set_threshold(_COLLECTED_AFTER)
        library.own, said = find_own_file(os.environ)
        if said:
            _announce(said)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings, library, data or data_folder(), _announce, http=http))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where it is installed: there is none for Windows."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


def renew_tokens() -> int:
    """Seal the stored tokens with the first key; how many there were.

    Raises ``SlackNotInstalled``, ``SettingsError``, ``Unavailable`` or ``KeyMissing``.
    """
    _check_installed()
    from slack_bot.installations import opened
    from slack_bot.settings import InstallSettings
    from slack_bot.shared_recents import SharedRecents

    installs = InstallSettings.read(os.environ)

    async def renew() -> int:
        async with opened(installs) as installations:
            await installations.prepare()
            recents = SharedRecents(installations)
            await recents.prepare()
            await recents.renew()
            return await installations.renew()

    return asyncio.run(renew())


def new_key() -> str:
    """A fresh key to seal tokens with. Raises ``SlackNotInstalled``."""
    _check_installed()
    from slack_bot.sealing import new_key as fresh

    return fresh()


def _announce(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _check_installed() -> None:
    try:
        import aiosqlite  # noqa: F401 - SQLAlchemy imports it late

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
    settings: Settings, library: Library, folder: Path, announce: _Announce, *, http: bool
) -> None:
    from slack_bot.app import build_app
    from slack_bot.bot import Bot
    from slack_bot.deliveries import Deliveries
    from slack_bot.stopping import stop_on_signals

    with stop_on_signals() as stop:
        async with (
            _authorized(settings, announce, http=http) as authorized,
            _recents(settings, authorized, folder, announce) as recents,
        ):
            operations = _operations(settings, library, authorized)
            turns = operations.turns
            deliveries = Deliveries(operations.metrics.undelivered, turns)
            bot = Bot(library, date.today, recents, deliveries=deliveries, turns=turns)
            app = build_app(settings, library, authorized, bot=bot)
            async with _followed(library, folder):
                try:
                    await _until_stopped(settings, app, library, stop, announce, operations, http=http)
                finally:
                    await deliveries.finish(_STOP_SECONDS)


@asynccontextmanager
async def _followed(library: Library, folder: Path) -> AsyncIterator[None]:
    """Answer from what other processes put in use meanwhile."""
    from slack_bot.quiet_log import log_failure

    async def following() -> None:
        try:
            await follow(Renewal(folder, date.today, by_meaning=True), lambda: library)
        except Exception as error:  # what is open goes on answering
            log_failure("What is installed is not looked at any more", error)

    task = asyncio.create_task(following())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _until_stopped(
    settings: Settings,
    app: "AsyncApp",
    library: Library,
    stop: "Stop",
    announce: _Announce,
    operations: "Operations",
    *,
    http: bool,
) -> None:
    from slack_bot import http_server, socket_mode

    if http:
        await http_server.serve(settings, app, library, stop, announce, operations)
    elif not settings.host:
        await socket_mode.serve(settings, app, stop, announce, operations.metrics, operations.turns)
    else:
        await _both(
            stop,
            http_server.serve_operations(settings, library, stop, announce, operations),
            socket_mode.serve(settings, app, stop, announce, operations.metrics, operations.turns),
        )


async def _both(stop: "Stop", *servers: Coroutine[Any, Any, None]) -> None:
    """Run until all have ended; where one fails, the others stop in order and its error is raised."""
    tasks = [asyncio.create_task(server) for server in servers]
    for task in tasks:
        task.add_done_callback(lambda _: stop.request())
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


@asynccontextmanager
async def _authorized(
    settings: Settings, announce: _Announce, *, http: bool
) -> "AsyncIterator[AuthorizeResult | Installations]":
    from slack_bot.app import SlackUnreachable, authorize_once, unchecked
    from slack_bot.installations import opened

    if settings.installs:
        async with opened(settings.installs) as installations:
            await installations.prepare()
            yield installations
        return
    try:
        authorized = await authorize_once(settings)
    except SlackUnreachable as error:
        if not http:
            raise
        # Over HTTP an answer goes back in Slack's own request, so nothing more is needed of Slack.
        announce(f"{error}. Starting all the same: requests that Slack signs are answered.")
        authorized = unchecked(settings)
    yield authorized


@asynccontextmanager
async def _recents(
    settings: Settings,
    authorized: "AuthorizeResult | Installations",
    folder: Path,
    announce: _Announce,
) -> "AsyncIterator[Recents]":
    """Where recent codes are kept: by the tokens where replicas share them, else in a file."""
    from slack_bot.installations import Installations
    from slack_bot.recents import opened_recents
    from slack_bot.shared_recents import SharedRecents

    if isinstance(authorized, Installations) and settings.installs and settings.installs.is_shared:
        shared = SharedRecents(authorized)
        await shared.prepare()
        yield shared
    else:
        with opened_recents(folder, announce) as recents:
            yield recents


def _operations(
    settings: Settings, library: Library, authorized: "AuthorizeResult | Installations"
) -> "Operations":
    from slack_bot.app import web_client
    from slack_bot.http_server import Operations
    from slack_bot.installations import Installations
    from slack_bot.metrics import Metrics
    from slack_bot.oauth import InstallPages
    from slack_bot.readiness import Readiness, slack_check, snapshot_check

    metrics = Metrics()
    checks = {"snapshot": snapshot_check(library), "slack": slack_check(web_client(settings))}
    pages = None
    if isinstance(authorized, Installations) and settings.installs:
        checks["database"] = authorized.check
        pages = InstallPages(settings, settings.installs, authorized, metrics)
    return Operations(metrics, Readiness(checks), pages)
