"""Every surface over Socket Mode: the same workspace, whose deliveries come through the WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

import httpx
import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web

from index.library import Library
from slack_bot.app import build_app
from slack_bot.bot import Bot
from slack_bot.recents import SqliteRecents
from slack_bot.settings import Settings
from tests.slack_bot import test_app_home, test_mentions, test_message_shortcut, test_search_modal
from tests.slack_bot.block_texts import assert_valid, button, labels, texts
from tests.slack_bot.conftest import AUTHORIZED, today
from tests.slack_bot.test_socket_mode import serving
from tests.slack_bot.workspace import Receiver, Workspace, running_receiver

pytestmark = pytest.mark.asyncio


@dataclass
class SocketReceiver(Receiver):
    """A receiver that also delivers, and notes the acknowledgements."""

    connected: "asyncio.Queue[web.WebSocketResponse]" = field(default_factory=asyncio.Queue)
    acks: dict[str, "asyncio.Future[dict[str, object]]"] = field(default_factory=dict)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [web.post("/api/apps.connections.open", self._open), web.get("/link", self._link)]
        )
        application.add_routes(
            [web.post("/api/{name}", self._take), web.post("/response/{name}", self._take)]
        )
        return application

    async def _open(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"{self.origin.replace('http', 'ws', 1)}/link"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"type": "hello", "num_connections": 1})
        self.connected.put_nowait(connection)
        async for message in connection:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                ack = json.loads(message.data)
                self.acks[ack["envelope_id"]].set_result(ack.get("payload") or {})
        return connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketWorkspace(Workspace):
    """A user whose requests are delivered through the connection, in envelopes."""

    connection: web.WebSocketResponse
    receiver: SocketReceiver

    async def _post(self, body: bytes, kind: str = "application/x-www-form-urlencoded") -> httpx.Response:
        fields = {} if kind == "application/json" else dict(parse_qsl(body.decode()))
        if not fields:
            form, payload = "events_api", json.loads(body)
        elif "payload" in fields:
            form, payload = "interactive", json.loads(fields["payload"])
        else:
            form, payload = "slash_commands", fields
        envelope = f"e{len(self.receiver.acks)}"
        acked: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self.receiver.acks[envelope] = acked
        accepts = form != "events_api"
        message = {"envelope_id": envelope, "type": form, "accepts_response_payload": accepts}
        await self.connection.send_json({**message, "payload": payload})
        return httpx.Response(200, json=await asyncio.wait_for(acked, 30))


@pytest_asyncio.fixture
async def workspace(settings: Settings, library: Library) -> AsyncIterator[SocketWorkspace]:
    slack = SocketReceiver()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running_receiver(slack))
        settings = replace(settings, api_url=slack.api_url)
        bot = Bot(library, today, stack.enter_context(closing(SqliteRecents())))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        stack.push_async_callback(bot.deliveries.finish)
        await stack.enter_async_context(serving(settings, build_app(settings, library, AUTHORIZED, bot=bot)))
        connection = await slack.connected.get()
        yield SocketWorkspace(client, slack, connection=connection, receiver=slack)


async def test_the_buttons_and_menus_of_a_card(workspace: SocketWorkspace) -> None:
    answer = await workspace.command("M54.5")
    assert answer["response_type"] == "ephemeral"
    card = answer["blocks"]
    for label in labels(card):
        sent = await workspace.press(card, label)
        assert_valid(sent.blocks)
        assert texts(sent.blocks)[0] == "M54.5 Low back pain"
        assert sent.body["replace_original"] is (label != "Share to channel")
    replaced = await workspace.slack.next()  # the card that was shared says so
    assert "Shared to the channel." in texts(replaced.blocks)
    [overflow] = [e for b in card for e in b.get("elements", ()) if e["type"] == "overflow"]
    await workspace.click(overflow)
    assert texts((await workspace.slack.next()).blocks)[0] == "M54.50 Low back pain, unspecified"


async def test_the_search_as_you_type(workspace: SocketWorkspace) -> None:
    suggested = await test_search_modal.suggested(workspace, "m539")
    assert next(iter(suggested)) == "M53.9 Dorsopathy, unspecified"
    picked = await test_search_modal.picked(workspace, "M53.9 2026-06-01 glance")
    assert picked.to == "views.update"
    view = picked.body["view"]
    refused = (await workspace.interact("view_submission", view=view, response_urls=[])).json()
    assert refused["response_action"] == "errors"
    urls = [{"response_url": workspace.slack.response_url("shared"), "channel_id": "C1"}]
    await workspace.interact("view_submission", view=view, response_urls=urls)
    shared = await workspace.slack.next()
    assert (shared.to, shared.body["response_type"]) == ("shared", "in_channel")


async def test_the_home_tab_a_mention_and_an_explained_message(workspace: SocketWorkspace) -> None:
    home = await test_app_home.opened(workspace)
    remembering = await test_app_home.pressed(
        workspace, home, button(home.blocks, "Remember my recent codes")
    )
    assert "Forget them, and switch off" in labels(remembering.blocks)
    mentioned = await test_mentions.mentioned(workspace, "M53.9")
    assert mentioned.body["thread_ts"] == "1.1"
    explained = await test_message_shortcut.asked(workspace, "Dx: M54.5")
    assert "M54.5" in explained.body["text"]
