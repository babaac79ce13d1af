"""Figures, readiness, and the kinds of deliveries."""

import asyncio
import json
import re
from functools import partial

import httpx
import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from slack_bot.dispatch import BUSY, Dispatcher, kind_of
from slack_bot.http_server import EVENTS, METRICS, MOST_BYTES
from slack_bot.metrics import INSTALLS, KINDS, OUTCOMES, REFUSALS, Metrics
from slack_bot.readiness import NotReady, Readiness
from slack_bot.search_view import PICK
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


@pytest.mark.parametrize(("behind", "starts"), [(0.0, "M53.9 Dorsopathy"), (0.3, "M53.9"), (0.4, BUSY)])
async def test_when_too_many_wait_a_command_gets_a_word_at_once(
    app: AsyncApp, behind: float, starts: str
) -> None:
    metrics = Metrics()
    dispatch = Dispatcher(app, metrics, lambda: behind)
    response = await dispatch(AsyncBoltRequest(mode="socket_mode", body=command("M53.9")))
    assert json.loads(response.body)["text"].startswith(starts)
    busy = figure(metrics.text().decode(), 'icdlens_slack_requests_total{kind="command",outcome="busy"}')
    assert busy == (starts == BUSY)


async def test_letters_typed_get_no_suggestions_when_too_many_wait(app: AsyncApp) -> None:
    body = {
        "type": "block_suggestion",
        "action_id": PICK,
        "block_id": "code",
        "value": "m53",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
    }
    for behind, is_answered in ((0.3, True), (0.4, False)):
        dispatch = Dispatcher(app, Metrics(), partial(float, behind))
        response = await dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        assert response.status == 200
        assert bool(json.loads(response.body)["options"]) == is_answered


@pytest.mark.parametrize("text", ["low back pain", "M53.9"])
async def test_where_many_wait_only_some_of_them_may_be_searches(text: str) -> None:
    """They take longer, and codes are to be answered beside them."""
    app = Unanswering()
    dispatch = Dispatcher(app, Metrics(), lambda: 0.2)  # type: ignore[arg-type]  # a stand-in for the app

    async def ask() -> BoltResponse:
        return await dispatch(AsyncBoltRequest(mode="socket_mode", body=command(text)))

    asked = [asyncio.create_task(ask()) for _ in range(10)]
    await asyncio.sleep(0)
    assert app.asked == (4 if text == "low back pain" else 10)
    app.answers.set()
    texts = [json.loads(response.body)["text"] for response in await asyncio.gather(*asked)]
    assert texts.count(BUSY) == 10 - app.asked
    assert json.loads((await ask()).body)["text"] == "answered"


class Unanswering:
    """An app that answers nothing before it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()

    async def async_dispatch(self, _: AsyncBoltRequest) -> BoltResponse:
        self.asked += 1
        await self.answers.wait()
        return BoltResponse(status=200, body={"text": "answered"})


async def test_events_are_handled_however_many_wait(app: AsyncApp) -> None:
    body = json.loads(json_event("T1", 1, {"type": "app_uninstalled"}))
    response = await Dispatcher(app, Metrics(), lambda: 9.0)(AsyncBoltRequest(mode="socket_mode", body=body))
    assert (response.status, response.body) == (200, "")
