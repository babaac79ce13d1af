"""Figures, readiness, and the kinds of deliveries."""

import asyncio
import json
import re
import time

import httpx
import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from slack_bot.dispatch import BUSY, Dispatcher, kind_of
from slack_bot.http_server import EVENTS, METRICS, MOST_BYTES
from slack_bot.metrics import INSTALLS, KINDS, OUTCOMES, REFUSALS, Metrics
from slack_bot.pace import Pace
from slack_bot.readiness import NotReady, Readiness
from tests.slack_bot.slack_requests import FORM, command, form, json_event, signed

pytestmark = pytest.mark.asyncio


def figure(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    assert found, name
    return float(found[1])


async def test_requests_are_counted_and_timed_by_kind(client: httpx.AsyncClient) -> None:
    body = form("Plantedname cervicocranial")
    for _ in range(3):
        await client.post(EVENTS, content=body, headers=signed(body))
    other = form("planted", "/planted")
    await client.post(EVENTS, content=other, headers=signed(other))
    await client.post(EVENTS, content=body, headers=signed(body, secret="0" * 32))
    await client.post(EVENTS, content=b"x" * (MOST_BYTES + 1), headers={"Content-Type": FORM})
    await client.post(EVENTS, content=b"{}", headers={"Content-Type": "text/planted"})
    answer = await client.get(METRICS)
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    assert figure(text, 'icdlens_slack_requests_total{kind="command",outcome="answered"}') == 3
    assert figure(text, 'icdlens_slack_requests_total{kind="command",outcome="unhandled"}') == 1
    assert figure(text, 'icdlens_slack_request_seconds_count{kind="command"}') == 4
    assert figure(text, "icdlens_slack_requests_in_flight") == 0
    for reason in REFUSALS:
        assert figure(text, f'icdlens_slack_refused_total{{reason="{reason}"}}') == 1
    assert "planted" not in text.lower()


async def test_every_label_has_a_value_of_a_fixed_set(client: httpx.AsyncClient) -> None:
    text = (await client.get(METRICS)).text
    allowed = {"kind": KINDS, "outcome": OUTCOMES, "reason": REFUSALS, "step": INSTALLS}
    labels = set(re.findall(r'(\w+)="([^"]*)"', text))
    assert {name for name, _ in labels} == {*allowed, "le"}
    for name, value in labels:
        assert name == "le" or value in allowed[name]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"command": "/icd", "type": "event_callback"}, "command"),
        ({"type": "event_callback"}, "event"),
        ({"type": "block_actions"}, "action"),
        ({"type": "view_submission"}, "view"),
        ({"type": "view_closed"}, "view"),
        ({"type": "shortcut"}, "shortcut"),
        ({"type": "message_action"}, "shortcut"),
        ({"type": "block_suggestion"}, "options"),
        ({"type": "url_verification"}, "other"),
        ({"type": ["planted"]}, "other"),
        ({}, "other"),
    ],
)
async def test_kinds(body: dict[str, object], kind: str) -> None:
    assert kind_of(body) == kind
    assert kind in KINDS


async def test_slack_verifies_the_address(client: httpx.AsyncClient) -> None:
    body = b'{"token": "x", "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ", "type": "url_verification"}'
    headers = signed(body, content_type="application/json")
    response = await client.post(EVENTS, content=body, headers=headers)
    assert (response.status_code, response.json()) == (200, {"challenge": "3eZbrw1aB10FEMAGAZd4FyFQ"})
    assert (
        await client.post(EVENTS, content=body, headers={**headers, "X-Slack-Signature": "v0=0"})
    ).status_code == 401


@pytest.mark.parametrize("body", [b"[]", b"null", b'"planted"', b"{", b'{"event": 1}', b"1e999", b"\xff"])
async def test_json_that_is_no_event_is_answered(client: httpx.AsyncClient, body: bytes) -> None:
    headers = signed(body, content_type="application/json")
    assert (await client.post(EVENTS, content=body, headers=headers)).status_code in (200, 401, 404)


async def test_readiness_looks_at_most_every_five_seconds() -> None:
    now = [100.0]
    looks: list[float] = []

    async def check() -> None:
        looks.append(now[0])
        if now[0] < 107:
            raise NotReady

    readiness = Readiness({"part": check}, lambda: now[0])
    for at, is_well in ((100, False), (104.9, False), (105, False), (109, False), (110, True)):
        now[0] = at
        assert await readiness.look() == {"part": is_well}
    assert looks == [100, 105, 110]


async def test_a_removal_from_the_one_workspace_is_acked(client: httpx.AsyncClient) -> None:
    body = json_event("T1", 1, {"type": "app_uninstalled"})
    headers = signed(body, content_type="application/json")
    assert (await client.post(EVENTS, content=body, headers=headers)).status_code == 200


@pytest.mark.parametrize(("behind", "starts"), [(0.0, "M53.9 Dorsopathy"), (0.2, "M53.9"), (0.3, BUSY)])
async def test_when_too_many_wait_a_command_gets_a_word_at_once(
    app: AsyncApp, behind: float, starts: str
) -> None:
    metrics = Metrics()
    dispatch = Dispatcher(app, metrics, lambda: behind)
    response = await dispatch(AsyncBoltRequest(mode="socket_mode", body=command("M53.9")))
    assert json.loads(response.body)["text"].startswith(starts)
    busy = figure(metrics.text().decode(), 'icdlens_slack_requests_total{kind="command",outcome="busy"}')
    assert busy == (starts == BUSY)


async def test_events_are_handled_however_many_wait(app: AsyncApp) -> None:
    body = json.loads(json_event("T1", 1, {"type": "app_uninstalled"}))
    response = await Dispatcher(app, Metrics(), lambda: 9.0)(AsyncBoltRequest(mode="socket_mode", body=body))
    assert (response.status, response.body) == (200, "")


async def test_the_pace_is_behind_while_the_loop_is_held_up_and_recovers() -> None:
    pace = Pace()
    pace.behind()
    time.sleep(0.2)
    assert pace.behind() >= 0.14
    async with asyncio.timeout(30):
        while pace.behind() > 0.1:
            await asyncio.sleep(0.01)
