import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import web
from slack_bolt.async_app import AsyncApp

import slack_bot.slash_command
from slack_bot import socket_mode
from slack_bot.app import SORRY, SlackUnreachable
from slack_bot.reply import Answer
from slack_bot.settings import Settings, SettingsError
from slack_bot.stopping import Stop
from tests.slack_bot.block_texts import assert_valid, texts
from tests.slack_bot.fake_slack import FakeSlack
from tests.slack_bot.slack_requests import command

pytestmark = pytest.mark.asyncio

MOST_BYTES = 65_535  # of an ack, that every Socket Mode client can send


@asynccontextmanager
async def serving(settings: Settings, app: AsyncApp) -> AsyncIterator[asyncio.Queue[str]]:
    stop = Stop()
    announced: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(socket_mode.serve(settings, app, stop, announced.put_nowait))
    try:
        yield announced
    finally:
        stop.request()
        await task


@pytest_asyncio.fixture
async def connection(
    fake_settings: Settings, fake_slack: FakeSlack, app: AsyncApp
) -> AsyncIterator[web.WebSocketResponse]:
    async with serving(fake_settings, app) as announced:
        opened = await fake_slack.connection()
        assert await announced.get() == "Connected to Slack over Socket Mode"
        yield opened


async def test_a_command_is_acked_with_the_card(
    fake_slack: FakeSlack, connection: web.WebSocketResponse
) -> None:
    ack = await fake_slack.command(connection, command("M53.9"))
    assert_valid(ack["payload"]["blocks"])
    assert texts(ack["payload"]["blocks"])[0] == "M53.9 Dorsopathy, unspecified"
    assert ack["payload"]["response_type"] == "ephemeral"


@pytest.mark.parametrize(
    "text", ["", "\0", "\ud800", "\u202e9.35M", "payload", "V06.99", "<!channel>" * 100_000, "x" * 1_000_000]
)
async def test_bad_and_long_input_is_acked_within_the_limit(
    fake_slack: FakeSlack, connection: web.WebSocketResponse, text: str
) -> None:
    ack = await fake_slack.command(connection, command(text))
    assert_valid(ack["payload"]["blocks"])
    assert len(json.dumps(ack).encode()) < MOST_BYTES


async def test_a_failing_look_up_is_acked(
    fake_slack: FakeSlack, connection: web.WebSocketResponse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Answer:
        raise RuntimeError

    monkeypatch.setattr(slack_bot.slash_command, "answer", fail)
    ack = await fake_slack.command(connection, command("M53.9"))
    assert ack["payload"] == {"response_type": "ephemeral", "text": SORRY}


async def test_a_lost_connection_is_opened_again(
    fake_slack: FakeSlack, connection: web.WebSocketResponse
) -> None:
    await connection.send_json({"type": "disconnect", "reason": "refresh_requested"})
    again = await fake_slack.connection()
    assert (await fake_slack.command(again, command("M53.9")))["payload"]["blocks"]


async def test_a_refused_token_is_named_and_not_tried_for_ever(
    fake_settings: Settings, fake_slack: FakeSlack, app: AsyncApp
) -> None:
    wrong = replace(fake_settings, app_token="xapp-wrong")
    with pytest.raises(SettingsError, match=r"SLACK_APP_TOKEN \(invalid_auth\)") as caught:
        await socket_mode.serve(wrong, app, Stop(), print)
    assert "xapp" not in str(caught.value)
    assert fake_slack.calls == ["apps.connections.open"]


async def test_a_slack_that_does_not_answer_is_said(settings: Settings, app: AsyncApp) -> None:
    with pytest.raises(SlackUnreachable):
        await socket_mode.serve(settings, app, Stop(), print)


async def test_it_stops_while_connecting(
    fake_settings: Settings, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    connecting = asyncio.Event()

    async def never(*_: object) -> None:
        connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(socket_mode.Connection, "connect", never)
    announced: list[str] = []
    task = asyncio.create_task(socket_mode.serve(fake_settings, app, stop, announced.append))
    await connecting.wait()
    stop.request()
    await task
    assert announced == []
