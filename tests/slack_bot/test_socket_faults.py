"""Socket Mode when the network and Slack do not behave, and stopping while answers are under way."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp

from index.library import Library
from slack_bot import http_server, socket_mode
from slack_bot.app import SORRY, SlackUnreachable
from slack_bot.http_server import EVENTS
from slack_bot.metrics import Metrics
from slack_bot.settings import Settings
from slack_bot.stopping import Stop
from tests.slack_bot.installing_slack import Fault, InstallingSlack, running_installing_slack
from tests.slack_bot.slack_requests import command, form, json_event, signed

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[InstallingSlack]:
    async with running_installing_slack() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses as they are, but a hundredth as long."""
    pauses = socket_mode.pauses
    monkeypatch.setattr(socket_mode, "pauses", lambda: (pause / 100 for pause in pauses()))


@asynccontextmanager
async def connected(
    slack: InstallingSlack, settings: Settings, app: AsyncApp, metrics: Metrics | None = None
) -> AsyncIterator[tuple[web.WebSocketResponse, Stop, "asyncio.Task[None]"]]:
    stop = Stop()
    ours = replace(settings, api_url=slack.api_url)
    task = asyncio.create_task(socket_mode.serve(ours, app, stop, lambda _: None, metrics))
    try:
        async with asyncio.timeout(20):
            yield await slack.connection(), stop, task
    finally:
        stop.request()
        await task


def text(ack: dict[str, Any]) -> str:
    return str(ack["payload"]["text"])


async def test_pauses_grow_to_half_a_minute_and_differ() -> None:
    ours = list(itertools.islice(socket_mode.pauses(), 12))
    assert all(0 < pause <= 0.3 for pause in ours)  # a hundredth, here
    assert ours[0] <= 0.005
    assert min(ours[-3:]) >= 0.15
    assert ours != list(itertools.islice(socket_mode.pauses(), 12))


async def test_slack_in_trouble_at_a_reconnect_is_tried_again(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    metrics = Metrics()
    async with connected(slack, settings, app, metrics) as (first, _, _):
        slack.will("apps.connections.open", Fault(500), Fault(503), Fault(seconds=0.2))
        slack.refuses_sockets = 2
        await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
        second = await slack.connection()
        await slack.deliver(second, "e1", "slash_commands", command("M53.9"))
        assert text((await slack.acked("e1"))[0]).startswith("M53.9")
    assert len(set(slack.link_ids)) == len(slack.link_ids)  # an address is good once: a new one for each try
    assert b"icdlens_slack_socket_connections_total 2.0" in metrics.text()


async def test_slack_says_when_to_come_back(
    slack: InstallingSlack, settings: Settings, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def short(seconds: float, result: Any = None) -> Any:
        slept.append(seconds)
        return await sleep(min(seconds, 0.01), result)

    async with connected(slack, settings, app) as (first, _, _):
        slack.will("apps.connections.open", Fault(429, retry_after=17))
        monkeypatch.setattr("slack_bot.socket_mode.asyncio.sleep", short)
        await first.send_json({"type": "disconnect", "reason": "warning"})
        await slack.connection()
        monkeypatch.undo()
    assert 17 in slept


async def test_a_connection_that_breaks_without_a_word(
    slack: InstallingSlack, settings: Settings, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "_PING_SECONDS", 0.1)
    async with connected(slack, settings, app) as (first, _, _):
        transport = first._req.transport if first._req is not None else None
        assert transport is not None
        transport.abort()
        second = await slack.connection()
        await slack.deliver(second, "e1", "slash_commands", command("M53.9"))
        assert text((await slack.acked("e1"))[0]).startswith("M53.9")


async def test_what_is_being_answered_when_slack_closes_is_still_acked(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(ack: AsyncAck) -> None:
        begun.set()
        await go_on.wait()
        await ack("done")

    app.command("/slow")(slow)
    async with connected(slack, settings, app) as (first, _, _):
        await slack.deliver(first, "e1", "slash_commands", command("", "/slow"))
        await begun.wait()
        await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
        await slack.connection()
        go_on.set()
        assert text((await slack.acked("e1"))[0]) == "done"


async def test_a_command_that_comes_twice_is_acked_twice_with_the_same(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    async with connected(slack, settings, app) as (connection, _, _):
        for _ in range(2):
            await slack.deliver(connection, "e1", "slash_commands", command("M53.9"))
        one, other = await slack.acked("e1", times=2)
        assert one == other


async def test_an_event_that_comes_again_is_acked_and_handled_once(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    handled: list[str] = []
    fails = [True]

    async def pinned(body: dict[str, Any]) -> None:
        if fails.pop() if fails else False:
            raise RuntimeError
        handled.append(body["event_id"])

    app.event("pin_added")(pinned)
    metrics = Metrics()
    event = json.loads(json_event("T1", time.time(), {"type": "pin_added"}, 7))
    async with connected(slack, settings, app, metrics) as (connection, _, _):
        await slack.deliver(connection, "e1", "events_api", event)  # fails: not acked, so that it comes again
        for envelope in ("e2", "e3", "e4"):
            await slack.deliver(connection, envelope, "events_api", event)
            await slack.acked(envelope)
    assert handled == ["Ev7"]
    assert "e1" not in slack.acks
    assert b"icdlens_slack_duplicates_total 2.0" in metrics.text()


async def test_what_was_delivered_before_the_stop_is_answered(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(ack: AsyncAck) -> None:
        begun.set()
        await go_on.wait()
        await ack("done")

    app.command("/slow")(slow)
    async with connected(slack, settings, app) as (connection, stop, task):
        await slack.deliver(connection, "e1", "slash_commands", command("", "/slow"))
        await begun.wait()
        stop.request()
        await asyncio.sleep(0.1)
        assert not task.done()
        go_on.set()
        assert text((await slack.acked("e1"))[0]) == "done"
        await task


async def is_taken(origin: str) -> bool:
    """Whether a new connection is."""
    try:
        async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
            await client.get("/healthz")
    except httpx.ConnectError:
        return False
    return True


async def test_what_was_asked_before_the_stop_is_answered_over_http(
    settings: Settings, app: AsyncApp, library: Library
) -> None:
    begun, go_on, stop = asyncio.Event(), asyncio.Event(), Stop()

    async def slow(ack: AsyncAck) -> None:
        begun.set()
        await go_on.wait()
        await ack("done")

    app.command("/slow")(slow)
    announced: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(http_server.serve(settings, app, library, stop, announced.put_nowait))
    origin = (await announced.get()).split()[2].partition(EVENTS)[0]
    async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        body = form("", "/slow")
        asking = asyncio.create_task(client.post(EVENTS, content=body, headers=signed(body)))
        await begun.wait()
        stop.request()
        while await is_taken(origin):
            await asyncio.sleep(0.02)
        go_on.set()
        assert (await asking).text == "done"
    await task


async def test_a_failing_listener_is_acked_in_words(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    async def fail() -> None:
        raise RuntimeError

    app.command("/fail")(fail)
    async with connected(slack, settings, app) as (connection, _, _):
        await slack.deliver(connection, "e1", "slash_commands", command("", "/fail"))
        assert text((await slack.acked("e1"))[0]) == SORRY


@pytest.mark.parametrize(
    "message",
    [
        "",
        "planted",
        "{",
        "[]",
        "null",
        '{"type": "planted"}',
        '{"envelope_id": "x", "type": "slash_commands"}',
    ],
)
async def test_messages_that_are_none_do_no_harm(
    slack: InstallingSlack, settings: Settings, app: AsyncApp, message: str
) -> None:
    async with connected(slack, settings, app) as (connection, _, _):
        await connection.send_str(message)
        await slack.deliver(connection, "e1", "slash_commands", command("M53.9"))
        assert text((await slack.acked("e1"))[0]).startswith("M53.9")


@pytest.mark.parametrize("fault", [Fault(500), Fault(503)])
async def test_trouble_at_the_start_is_said(
    slack: InstallingSlack, settings: Settings, app: AsyncApp, fault: Fault
) -> None:
    slack.will("apps.connections.open", fault)
    ours = replace(settings, api_url=slack.api_url)
    with pytest.raises(SlackUnreachable, match=f"HTTP {fault.status}"):
        await socket_mode.serve(ours, app, Stop(), print)


async def test_being_told_to_wait_at_the_start_is_obeyed(
    slack: InstallingSlack, settings: Settings, app: AsyncApp
) -> None:
    slack.will("apps.connections.open", Fault(429, retry_after=0))
    async with connected(slack, settings, app):
        pass
    assert slack.calls == ["apps.connections.open"] * 2
