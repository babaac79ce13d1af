"""A workspace on loopback: what its users send to the app, really signed, and what the app sends back.

Beside the fake Slack of the other tests it takes messages, views and what is posted to a ``response_url``,
and can fail in the ways in which Slack does.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import web

from slack_bot.http_server import EVENTS, MOST_BYTES
from tests.slack_bot.block_texts import button, menu
from tests.slack_bot.fake_slack import BOT_TOKEN
from tests.slack_bot.slack_requests import command, signed

TEAM = "TPLANTED"
USER = "UPLANTED"
_SECONDS = 10
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the app sent: to a method of the Web API, or to a ``response_url``."""

    to: str
    body: dict[str, Any]

    @property
    def blocks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body.get("view", self.body)["blocks"]
        return found


@dataclass
class Receiver:
    """Slack's side: takes what is sent; ``faults`` are answered first, each a status with headers."""

    sent: "asyncio.Queue[Sent]" = field(default_factory=asyncio.Queue)
    faults: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    attempts: int = 0
    delay: float = 0.0
    origin: str = ""

    @property
    def api_url(self) -> str:
        return f"{self.origin}/api/"

    def response_url(self, name: str = "planted") -> str:
        return f"{self.origin}/response/{name}"

    async def next(self) -> Sent:
        """What is sent next; fails where nothing comes."""
        return await asyncio.wait_for(self.sent.get(), _SECONDS)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [web.post("/api/{name}", self._take), web.post("/response/{name}", self._take)]
        )
        return application

    async def _take(self, request: web.Request) -> web.Response:
        self.attempts += 1
        await asyncio.sleep(self.delay)
        if self.faults:
            status, headers = self.faults.popleft()
            return web.json_response({"ok": False, "error": "planted"}, status=status, headers=headers)
        name = request.match_info["name"]
        if request.path.startswith("/api/") and request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        self.sent.put_nowait(Sent(name, json.loads(await request.read())))
        return web.json_response({"ok": True})


@asynccontextmanager
async def running_receiver(receiver: Receiver | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a port that the system chose."""
    receiver = receiver or Receiver()
    runner = web.AppRunner(receiver.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        receiver.origin = f"http://{host}:{port}"
        yield receiver
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A user of a workspace who types, clicks and mentions."""

    client: httpx.AsyncClient
    slack: Receiver
    team: str = TEAM
    user: str = USER

    async def command(self, text: str) -> dict[str, Any]:
        """Type a command; the answer in its acknowledgement."""
        fields = {**command(text), "team_id": self.team, "user_id": self.user}
        response = await self._post(urlencode(fields).encode())
        answer: dict[str, Any] = response.json()
        return answer

    async def click(
        self, element: dict[str, Any], *, option: int = 0, ephemeral: bool = True, thread: str | None = None
    ) -> None:
        """Press a button of a message, or choose an entry of its menu."""
        container = {
            "type": "message",
            "message_ts": "1.1",
            "channel_id": "CPLANTED",
            "is_ephemeral": ephemeral,
        }
        if thread:
            container["thread_ts"] = thread
        await self.interact(
            "block_actions",
            container=container,
            actions=[_action(element, option)],
            response_url=self.slack.response_url(),
            channel={"id": "CPLANTED", "name": "planted-channel"},
        )

    async def click_in_view(self, view: dict[str, Any], element: dict[str, Any], option: int = 0) -> None:
        """The same in a view, which Slack sends along."""
        await self.interact(
            "block_actions",
            container={"type": "view", "view_id": "V1"},
            view=_as_sent(view),
            actions=[_action(element, option)],
        )

    async def press(self, blocks: list[dict[str, Any]], label: str, **where: Any) -> Sent:
        """Press the button that says something; what the app sends."""
        await self.click(button(blocks, label), **where)
        return await self.slack.next()

    async def open(self, blocks: list[dict[str, Any]], option: int = 0) -> Sent:
        """Choose an entry of the only menu; what the app sends."""
        await self.click(menu(blocks), option=option)
        return await self.slack.next()

    async def interact(self, kind: str, **payload: Any) -> httpx.Response:
        """Send an interaction."""
        body = {
            "type": kind,
            "team": {"id": self.team, "domain": "planted"},
            "user": {"id": self.user, "username": "planted-user", "team_id": self.team},
            "api_app_id": "A1",
            "token": "verification",
            "trigger_id": "1.2.planted",
            **payload,
        }
        return await self._post(urlencode({"payload": json.dumps(body)}).encode())

    async def event(self, kind: str, number: str | None = None, **event: Any) -> httpx.Response:
        """Have Slack report an event, another one each time unless it has a number."""
        body = {
            "type": "event_callback",
            "token": "verification",
            "team_id": self.team,
            "api_app_id": "A1",
            "event": {"type": kind, "user": self.user, **event},
            "event_id": number or f"EvNew{next(_NUMBERS)}",
            "event_time": 1,
            "authorizations": [{"team_id": self.team, "user_id": "UBOT", "is_bot": True}],
        }
        return await self._post(json.dumps(body).encode(), "application/json")

    async def _post(self, body: bytes, kind: str = "application/x-www-form-urlencoded") -> httpx.Response:
        assert len(body) <= MOST_BYTES, "a request that Slack would send is refused as too large"
        response = await self.client.post(EVENTS, content=body, headers=signed(body, content_type=kind))
        assert response.status_code == 200
        return response


def _action(element: dict[str, Any], option: int) -> dict[str, Any]:
    action = {"type": element["type"], "action_id": element["action_id"], "block_id": "b", "action_ts": "1.1"}
    if "options" in element:
        return {**action, "selected_option": element["options"][option]}
    return {**action, "text": element["text"], "value": element["value"]}


def _as_sent(view: dict[str, Any]) -> dict[str, Any]:
    """A view as Slack sends it back: with ids, and with everything that was in it."""
    blocks = [{"block_id": f"b{number}", **block} for number, block in enumerate(view["blocks"])]
    return {
        "id": "V1",
        "team_id": TEAM,
        "hash": "h1",
        "state": {"values": {}},
        "previous_view_id": None,
        "root_view_id": "V1",
        "app_id": "A1",
        "bot_id": "B1",
        **view,
        "blocks": blocks,
    }
