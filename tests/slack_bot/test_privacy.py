"""Nothing that a user wrote, and no token, is logged or printed."""

import logging
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

import slack_bot.slash_command
from index.library import Library
from slack_bot.http_server import EVENTS
from slack_bot.reply import Answer
from slack_bot.settings import Settings
from tests.slack_bot.block_texts import labels
from tests.slack_bot.conftest import http_client, served_workspace
from tests.slack_bot.fake_slack import FakeSlack
from tests.slack_bot.slack_requests import command, form, signed
from tests.slack_bot.test_socket_mode import serving
from tests.slack_bot.workspace import running_receiver

pytestmark = pytest.mark.asyncio

QUERY = "Plantedname with cervicocranial syndrome"


def everything_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Turn on every logger that there is, and those that will be."""
    caplog.set_level(logging.DEBUG)
    for name in ("slack_bot", "slack_bot.slack", "slack_bot.listener", "uvicorn", "uvicorn.error", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("slack_bolt."):
            caplog.set_level(logging.DEBUG, name)


def assert_nothing_leaked(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    ours = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]  # the test's client
    logged = "\n".join(
        [*(logging.Formatter().format(r) for r in ours), *map(repr, (r.__dict__ for r in ours))]
    )
    printed = capfd.readouterr()
    assert ours, "nothing was logged at all, so the test proves nothing"
    for text in (logged, printed.out, printed.err):
        assert "planted" not in text.lower()
        assert "cervicocranial" not in text.lower()


def fail(_: object, text: str, __: object) -> Answer:
    raise RuntimeError(text)


async def test_http(
    settings: Settings,
    app: AsyncApp,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    everything_at_debug(caplog)
    async with http_client(settings, app, library) as client:
        for body in (form(QUERY), form(QUERY, "/planted"), b"{planted", b"payload=planted"):
            await client.post(EVENTS, content=body, headers=signed(body))
            await client.post(EVENTS, content=body, headers=signed(body, secret="wrong" * 7))
        monkeypatch.setattr(slack_bot.slash_command, "answer", fail)
        body = form(QUERY)
        assert (await client.post(EVENTS, content=body, headers=signed(body))).status_code == 200
    assert_nothing_leaked(caplog, capfd)


async def test_every_surface(
    settings: Settings, library: Library, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    everything_at_debug(caplog)
    async with running_receiver() as slack, served_workspace(settings, library, slack) as workspace:
        card = (await workspace.command(QUERY))["blocks"]
        # Also where Slack refuses, with an answer that repeats what was sent.
        failing: list[list[tuple[int, dict[str, str]]]] = [
            [],
            [(404, {})],
            [(500, {}), (429, {"Retry-After": "0"})],
        ]
        for faults in failing:
            slack.faults.extend(faults)
            await workspace.press(card, "More" if "More" in labels(card) else "Card")
            slack.faults.extend(faults)
            await workspace.event("app_mention", f"Ev{len(faults)}", channel="CPLANTED", ts="1.1", text=QUERY)
            await slack.next()
        message = {"text": f"{QUERY} M53.0", "ts": "1.1"}
        url = slack.response_url("planted")
        await workspace.interact(
            "message_action", callback_id="icd_explain", message=message, response_url=url
        )
        assert "M53.0" in (await slack.next()).body["text"]
        for pressed in ("icd.home.remember", "icd.home.forget"):
            element: dict[str, Any] = {"type": "button", "action_id": pressed, "text": {}, "value": "planted"}
            await workspace.click_in_view({"type": "home", "blocks": []}, element)
            sent = await slack.next()
        assert sent.to == "views.publish"
        slack.faults.append((403, {}))
        await workspace.interact("shortcut", callback_id="icd_search")
        typed = {"action_id": "icd.card.pick", "block_id": "code", "value": QUERY}
        await workspace.interact("block_suggestion", **typed)
        await workspace.event("app_home_opened", tab="home", channel="DPLANTED")
        while (await slack.next()).to != "views.publish":
            pass
    assert_nothing_leaked(caplog, capfd)


async def test_socket_mode(
    fake_settings: Settings,
    fake_slack: FakeSlack,
    app: AsyncApp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    everything_at_debug(caplog)
    async with serving(fake_settings, app):
        connection = await fake_slack.connection()
        await connection.send_str('{"planted')
        await connection.send_json({"type": "slash_commands", "envelope_id": "x", "payload": "planted"})
        await connection.send_json(
            {"type": "slash_commands", "envelope_id": "x", "payload": command(QUERY, "/planted")}
        )
        await fake_slack.command(connection, command(QUERY))
        monkeypatch.setattr(slack_bot.slash_command, "answer", fail)
        await fake_slack.command(connection, command(QUERY))
    assert_nothing_leaked(caplog, capfd)
