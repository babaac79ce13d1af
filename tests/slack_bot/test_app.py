import json
import os
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

import slack_bot.slash_command
from core.catalog import CatalogUnavailable
from index.library import Library
from slack_bot.app import SlackUnreachable, authorize_once, build_app
from slack_bot.deliveries import SORRY
from slack_bot.reply import Answer
from slack_bot.settings import Settings, SettingsError
from tests.slack_bot.block_texts import assert_valid, texts
from tests.slack_bot.conftest import today
from tests.slack_bot.fake_slack import FakeSlack
from tests.slack_bot.slack_requests import command

pytestmark = pytest.mark.asyncio


async def dispatched(app: AsyncApp, fields: dict[str, Any]) -> BoltResponse:
    return await app.async_dispatch(AsyncBoltRequest(body=fields, mode="socket_mode"))


async def acked(app: AsyncApp, text: str) -> dict[str, Any]:
    response = await dispatched(app, command(text))
    assert response.status == 200
    body: dict[str, Any] = json.loads(response.body)
    assert body["response_type"] == "ephemeral"
    return body


async def test_the_ack_holds_the_card(app: AsyncApp) -> None:
    body = await acked(app, "M53.9")
    assert_valid(body["blocks"])
    assert texts(body["blocks"])[0] == "M53.9 Dorsopathy, unspecified"
    assert body["text"].startswith("M53.9 Dorsopathy, unspecified")


async def test_a_command_without_text_gets_help(app: AsyncApp) -> None:
    fields = command("")
    del fields["text"]
    response = await dispatched(app, fields)
    assert "/icd M53.9" in response.body


async def test_no_listener_asks_slack_anything(app: AsyncApp) -> None:
    # The app's Web API address discards: a request would fail, and the answer be an apology.
    assert SORRY not in (await acked(app, "M53.9"))["text"]


@pytest.mark.parametrize(
    "error", [RuntimeError("planted"), KeyError("planted"), CatalogUnavailable("/planted/path")]
)
async def test_a_failing_look_up_is_still_acked(
    app: AsyncApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(*_: object) -> Answer:
        raise error

    monkeypatch.setattr(slack_bot.slash_command, "answer", fail)
    assert (await acked(app, "M53.9")) == {"response_type": "ephemeral", "text": SORRY}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert type(error).__name__ in caplog.text
    assert "test_app.py" in caplog.text
    assert "planted" not in caplog.text


async def test_a_failure_outside_the_listener_is_acked_too(
    app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr(app._async_listeners[0], "async_matches", fail)
    assert (await acked(app, "M53.9"))["text"] == SORRY


async def test_blocks_that_slack_would_refuse_are_left_out(
    app: AsyncApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        slack_bot.slash_command, "answer", lambda *_: Answer("planted", ({"type": "planted"},))
    )
    body = await acked(app, "M53.9")
    assert body["text"] == "planted"
    assert "blocks" not in body
    assert "planted" not in caplog.text


async def test_oauth_stays_off_whatever_the_environment_says(
    settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "planted",
        "SLACK_BOT_TOKEN": "xoxb-other",
        "SLACK_SIGNING_SECRET": "other",
        "SLACK_VERIFICATION_TOKEN": "verification",
    }
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    authorized = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=settings.bot_token)
    app = build_app(settings, library, authorized, today)
    assert app.oauth_flow is None
    assert app.installation_store is None
    assert app._signing_secret == settings.signing_secret
    assert app._verification_token is None
    assert (await acked(app, "M53.9"))["blocks"]
    assert {name: os.environ[name] for name in planted} == planted


async def test_the_token_is_checked_once_at_start(
    fake_settings: Settings, fake_slack: FakeSlack, library: Library
) -> None:
    authorized = await authorize_once(fake_settings)
    assert (authorized.team_id, authorized.bot_user_id) == ("T1", "UBOT")
    app = build_app(fake_settings, library, authorized, today)
    for _ in range(3):
        await acked(app, "M53.9")
    assert fake_slack.calls == ["auth.test"]


async def test_a_refused_token_is_named(fake_settings: Settings) -> None:
    wrong = replace(fake_settings, bot_token="xoxb-wrong")
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN \(invalid_auth\)") as caught:
        await authorize_once(wrong)
    assert "xoxb" not in str(caught.value)


async def test_a_slack_that_does_not_answer_is_said(settings: Settings) -> None:
    with pytest.raises(SlackUnreachable, match="Slack cannot be reached"):
        await authorize_once(settings)
