"""A Slack on loopback: the Web API methods that the app calls, and Socket Mode."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

BOT_TOKEN = "xoxb-planted-bot-token"
APP_TOKEN = "xapp-planted-app-token"
SIGNING_SECRET = "plantedsigningsecret0123456789ab"


class FakeSlack:
    """Answers ``auth.test`` and ``apps.connections.open`` for the tokens above, and sends envelopes."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.bot_token = BOT_TOKEN
        self.app_token = APP_TOKEN
        self.origin = ""
        self._connected: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}

    @property
    def api_url(self) -> str:
        return f"{self.origin}/api/"

    async def connection(self) -> web.WebSocketResponse:
        """The next Socket Mode connection that the app opens."""
        return await self._connected.get()

    async def command(self, connection: web.WebSocketResponse, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a slash command and wait for its ack; the whole envelope of the ack."""
        envelope = f"envelope-{len(self._acks)}"
        acked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[envelope] = acked
        message = {"envelope_id": envelope, "type": "slash_commands", "accepts_response_payload": True}
        await connection.send_json({**message, "payload": payload})
        return await acked

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.post("/api/{method}", self._api), web.get("/link", self._link)])
        return application

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        token = {"auth.test": self.bot_token, "apps.connections.open": self.app_token}.get(method)
        if token is None:
            return web.json_response({"ok": False, "error": "unknown_method"})
        if request.headers.get("Authorization") != f"Bearer {token}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if method == "auth.test":
            facts = {"team": "Clinic", "team_id": "T1", "user": "icdlens", "user_id": "UBOT", "bot_id": "B1"}
            return web.json_response({"ok": True, "url": "https://clinic.slack.com/", **facts})
        return web.json_response({"ok": True, "url": f"{self.origin.replace('http', 'ws', 1)}/link"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"type": "hello", "num_connections": 1})
        self._connected.put_nowait(connection)
        async for message in connection:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                ack = json.loads(message.data)
                self._acks[ack["envelope_id"]].set_result(ack)
        return connection


@asynccontextmanager
async def running_fake_slack() -> AsyncIterator[FakeSlack]:
    """A fake Slack on a port that the system chose."""
    slack = FakeSlack()
    runner = web.AppRunner(slack.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        slack.origin = f"http://{host}:{port}"
        yield slack
    finally:
        await runner.cleanup()
