"""A loopback Slack, and the app running against it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from index.library import Library
from slack_bot import http_server
from slack_bot.app import build_app
from slack_bot.bot import Bot
from slack_bot.recents import SqliteRecents
from slack_bot.settings import Settings
from slack_bot.stopping import Stop
from tests.conftest import IN_FY2026
from tests.slack_bot.fake_slack import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    FakeSlack,
    running_fake_slack,
)
from tests.slack_bot.workspace import Receiver, Workspace, running_receiver

AUTHORIZED = AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_token=BOT_TOKEN)
_OUTSIDE = ("SLACK_", "ICDLENS_SLACK_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(scope="session", autouse=True)
def bare_environment() -> Iterator[None]:
    """Neither the settings nor a proxy of whoever runs the tests."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_OUTSIDE)}
    yield
    os.environ.update(hidden)


@pytest_asyncio.fixture
async def fake_slack() -> AsyncIterator[FakeSlack]:
    async with running_fake_slack() as slack:
        yield slack


@pytest.fixture
def settings() -> Settings:
    """Settings for a Slack that nothing is asked of: port 9 of loopback discards."""
    return Settings(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "127.0.0.1", 0, "http://127.0.0.1:9/api/")


@pytest.fixture
def fake_settings(settings: Settings, fake_slack: FakeSlack) -> Settings:
    return replace(settings, api_url=fake_slack.api_url)


@pytest.fixture
def app(settings: Settings, library: Library) -> AsyncApp:
    return build_app(settings, library, AUTHORIZED, today)


def today() -> date:
    return IN_FY2026


@asynccontextmanager
async def http_client(
    settings: Settings, app: AsyncApp, library: Library
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app, which is served by uvicorn on a port that the system chose."""
    stop = Stop()
    announced: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(http_server.serve(settings, app, library, stop, announced.put_nowait))
    serving.add_done_callback(lambda _: announced.put_nowait(""))
    sentence = await announced.get()
    if serving.done():
        await serving
    origin = sentence.split()[2].removesuffix(f"{http_server.EVENTS},")
    try:
        async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30) as client:
            yield client
    finally:
        stop.request()
        await serving


@pytest_asyncio.fixture
async def client(settings: Settings, app: AsyncApp, library: Library) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(settings, app, library) as opened:
        yield opened


@pytest_asyncio.fixture
async def workspace(settings: Settings, library: Library) -> AsyncIterator[Workspace]:
    """A user of a workspace whose Slack takes what the app, served over HTTP, sends."""
    async with running_receiver() as slack, served_workspace(settings, library, slack) as opened:
        yield opened


@asynccontextmanager
async def served_workspace(
    settings: Settings, library: Library, slack: Receiver, **bot: Any
) -> AsyncIterator[Workspace]:
    """The app over HTTP for one workspace; ``bot`` says what it answers with."""
    settings = replace(settings, api_url=slack.api_url)
    with closing(SqliteRecents()) as recents:
        desk = Bot(library, today, **{"recents": recents, **bot})
        app = build_app(settings, library, AUTHORIZED, bot=desk)
        async with http_client(settings, app, library) as client:
            yield Workspace(client, slack)
        await desk.deliveries.finish()
