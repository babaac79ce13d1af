"""A Slack on loopback, as an app in many workspaces meets it, with its faults."""

import asyncio
import base64
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import WSMsgType, web

CLIENT_ID = "111.222"
CLIENT_SECRET = "plantedclientsecret"
APP_TOKEN = "xapp-planted-app-token"


@dataclass(frozen=True)
class Fault:
    """What the next call gets in place of an answer."""

    status: int = 200
    seconds: float = 0
    retry_after: int | None = None


class InstallingSlack:
    """Workspaces approve the app, and get a token each."""

    def __init__(self) -> None:
        self.origin = ""
        self.calls: list[str] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.tokens: dict[str, str] = {}  # to the team
        self.refuses_sockets = 0
        self.link_ids: list[str] = []
        self.acks: dict[str, list[dict[str, Any]]] = {}
        self._codes: dict[str, tuple[str, str]] = {}
        self._tickets: set[str] = set()
        self._connected: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self._acked = asyncio.Condition()

    @property
    def api_url(self) -> str:
        return f"{self.origin}/api/"

    def will(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method fail."""
        self.faults.setdefault(method, deque()).extend(faults)

    def approve(self, url: str, team: str) -> str:
        """What an admin's *Allow* on Slack's page does: the address that the browser is sent to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["client_id"] == CLIENT_ID
        assert "user_scope" not in query  # blank, so nothing of people's is asked for
        code = secrets.token_hex(8)
        self._codes[code] = (team, query["redirect_uri"])
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    async def connection(self) -> web.WebSocketResponse:
        """The next Socket Mode connection that the app opens."""
        return await self._connected.get()

    def has_connection(self) -> bool:
        return not self._connected.empty()

    async def deliver(self, to: web.WebSocketResponse, envelope: str, kind: str, payload: object) -> None:
        message = {"envelope_id": envelope, "type": kind, "accepts_response_payload": True}
        await to.send_json({**message, "payload": payload})

    async def acked(self, envelope: str, times: int = 1) -> list[dict[str, Any]]:
        """The acks of an envelope, as soon as there are so many."""
        async with self._acked:
            await self._acked.wait_for(lambda: len(self.acks.get(envelope, ())) >= times)
        return self.acks[envelope]

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.post("/api/{method}", self._api), web.get("/link/{ticket}", self._link)])
        return application

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        if waiting := self.faults.get(method):
            fault = waiting.popleft()
            await asyncio.sleep(fault.seconds)
            if fault.status == 429:
                headers = {"Retry-After": str(fault.retry_after)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            if fault.status != 200:
                return web.Response(text="<html>planted trouble</html>", status=fault.status)
        form = {name: str(value) for name, value in (await request.post()).items()}
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            form["client_id"], _, form["client_secret"] = base64.b64decode(token).decode().partition(":")
        return web.json_response(self._answer(method, token, form))

    def _answer(self, method: str, token: str, form: dict[str, str]) -> dict[str, Any]:
        if method == "api.test":
            return {"ok": True}
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return {"ok": False, "error": "invalid_auth"}
            ticket = secrets.token_hex(8)
            self._tickets.add(ticket)
            return {"ok": True, "url": f"{self.origin.replace('http', 'ws', 1)}/link/{ticket}"}
        if method == "auth.test":
            team = self.tokens.get(token)
            if team is None:
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "team_id": team, "user_id": f"U{team}", "bot_id": f"B{team}"}
        if method == "chat.postMessage":
            return {"ok": True} if token in self.tokens else {"ok": False, "error": "invalid_auth"}
        if method == "oauth.v2.access":
            return self._access(form)
        return {"ok": False, "error": "unknown_method"}

    def _access(self, form: dict[str, str]) -> dict[str, Any]:
        team, redirect = self._codes.pop(form.get("code", ""), (None, None))
        if team is None:
            return {"ok": False, "error": "invalid_code"}
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return {"ok": False, "error": "bad_client_secret"}
        if form.get("redirect_uri") != redirect:
            return {"ok": False, "error": "bad_redirect_uri"}
        token = f"xoxb-planted-{team}-{secrets.token_hex(4)}"
        self.tokens[token] = team
        return {
            "ok": True,
            "app_id": "A1",
            "access_token": token,
            "token_type": "bot",
            "scope": "commands",
            "bot_user_id": f"U{team}",
            "team": {"id": team, "name": f"Clinic <{team}>"},
            "enterprise": None,
            "authed_user": {"id": "UINSTALLER"},
            "is_enterprise_install": False,
        }

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        self.link_ids.append(ticket)
        if self.refuses_sockets:
            self.refuses_sockets -= 1
            return web.Response(status=503)
        if ticket not in self._tickets:  # each is good for one connection
            return web.Response(status=403)
        self._tickets.remove(ticket)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"type": "hello", "num_connections": 1})
        self._connected.put_nowait(connection)
        async for message in connection:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                ack = json.loads(message.data)
                async with self._acked:
                    self.acks.setdefault(ack["envelope_id"], []).append(ack)
                    self._acked.notify_all()
        return connection


@asynccontextmanager
async def running_installing_slack() -> AsyncIterator[InstallingSlack]:
    """Such a Slack on a port that the system chose."""
    slack = InstallingSlack()
    runner = web.AppRunner(slack.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        slack.origin = f"http://{host}:{port}"
        yield slack
    finally:
        await runner.cleanup()
