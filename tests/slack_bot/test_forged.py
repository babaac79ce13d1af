"""Forged and stale requests of every kind, and hostile ones that are really signed."""

import json
import random
from typing import Any
from urllib.parse import urlencode

import pytest

from index.library import Library
from slack_bot.http_server import EVENTS
from slack_bot.members import RateLimiter
from slack_bot.settings import Settings
from tests.slack_bot.block_texts import assert_valid, button, options, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.slack_requests import FORM, command, signed
from tests.slack_bot.test_hostile_input import FRAGMENTS
from tests.slack_bot.workspace import Workspace, running_receiver

pytestmark = pytest.mark.asyncio

JSON = "application/json"
UNLIMITED = RateLimiter(burst=100_000)
CLICK = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "container": {"type": "message", "is_ephemeral": True},
    "actions": [{"type": "button", "action_id": "icd.card.full", "value": "M53.9 2026-06-01 full"}],
}
MENTION = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "M53.9"},
}


def bodies(response_url: str) -> dict[str, tuple[bytes, str]]:
    click = {**CLICK, "response_url": response_url}
    shortcut = {"type": "shortcut", "callback_id": "icd_search", "team": {"id": "T1"}, "user": {"id": "U1"}}
    return {
        "command": (urlencode(command("M53.9")).encode(), FORM),
        "click": (urlencode({"payload": json.dumps(click)}).encode(), FORM),
        "shortcut": (urlencode({"payload": json.dumps({**shortcut, "trigger_id": "1"})}).encode(), FORM),
        "mention": (json.dumps(MENTION).encode(), JSON),
    }


@pytest.mark.parametrize("kind", ["command", "click", "shortcut", "mention"])
async def test_forged_and_stale_requests_are_refused_and_do_nothing(workspace: Workspace, kind: str) -> None:
    body, content_type = bodies(workspace.slack.response_url())[kind]
    wrong = [
        signed(body, secret="another" * 4, content_type=content_type),
        signed(body, age=360, content_type=content_type),
        signed(body, age=-360, content_type=content_type),
        signed(body + b" ", content_type=content_type),
        {"Content-Type": content_type},
        {**signed(body, content_type=content_type), "X-Slack-Signature": "v0=" + "0" * 64},
        {**signed(body, content_type=content_type), "X-Slack-Request-Timestamp": "now"},
    ]
    for headers in wrong:
        response = await workspace.client.post(EVENTS, content=body, headers=headers)
        assert response.status_code == 401
        assert "M53" not in response.text
    assert workspace.slack.attempts == 0
    right = signed(body, age=240, content_type=content_type)
    assert (await workspace.client.post(EVENTS, content=body, headers=right)).status_code == 200


async def test_slack_checks_the_address_of_events(workspace: Workspace) -> None:
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "c0ffee"}).encode()
    response = await workspace.client.post(EVENTS, content=body, headers=signed(body, content_type=JSON))
    assert response.status_code == 200
    assert "c0ffee" in response.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"type": "event_callback"}',
        b'{"type": "event_callback", "event": []}',
        b"[" * 10_000,
        b'{"type": "block_actions", "actions": 1}',
    ],
)
async def test_signed_nonsense_is_survived(workspace: Workspace, body: bytes) -> None:
    for content, kind in ((body, JSON), (urlencode({"payload": body.decode()}).encode(), FORM)):
        response = await workspace.client.post(
            EVENTS, content=content, headers=signed(content, content_type=kind)
        )
        assert response.status_code < 500 or response.status_code == 503  # an event: Slack may try again
    assert (await workspace.command("M53.9"))["blocks"]


def hostile(count: int) -> list[str]:
    chance = random.Random(6)
    return ["".join(chance.choices([*FRAGMENTS, " "], k=chance.randint(1, 12))) for _ in range(count)]


def sendable(text: str) -> str:
    """What can be sent at all: Slack's requests have no halves of surrogate pairs."""
    return text.encode(errors="replace").decode()


async def test_200_hostile_inputs_on_every_surface(settings: Settings, library: Library) -> None:
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack, limiter=UNLIMITED, typing=UNLIMITED) as workspace,
    ):
        card = (await workspace.command("M53.9"))["blocks"]
        for number, text in enumerate(map(sendable, hostile(200))):
            answers: list[dict[str, Any]] = [await workspace.command(text)]
            await workspace.event("app_mention", f"Ev{number}", channel="C1", ts="1.1", text=text)
            answers.append((await slack.next()).body)
            await workspace.interact(
                "message_action",
                callback_id="icd_explain",
                message={"text": text, "ts": "1.1"},
                response_url=slack.response_url(),
            )
            answers.append((await slack.next()).body)
            await workspace.click({**button(card, "More"), "value": text or "x"})
            answers.append((await slack.next()).body)
            for answer in answers:
                said = [answer["text"], *texts(answer.get("blocks", []))]
                assert not any("<" in each for each in said), text
                if "blocks" in answer:
                    assert_valid(answer["blocks"])
            typed = {"action_id": "icd.card.pick", "block_id": "code", "value": text}
            suggested = (await workspace.interact("block_suggestion", **typed)).json()
            assert not any("<" in label for label in options(suggested))
