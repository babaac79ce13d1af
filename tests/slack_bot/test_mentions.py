"""Mentions, answered in a thread, through signed requests."""

import asyncio

import pytest

import slack_bot.mentions
from index.library import Library
from slack_bot.deliveries import SORRY
from slack_bot.members import RateLimiter
from slack_bot.mentions import Seen
from slack_bot.settings import Settings
from tests.slack_bot.block_texts import assert_valid, labels, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.workspace import Sent, Workspace, running_receiver


async def mentioned(workspace: Workspace, text: str, number: str = "Ev1", **event: str) -> Sent:
    fields = {"channel": "CPLANTED", "ts": "1.1", "text": f"<@UBOT> {text}", **event}
    await workspace.event("app_mention", number, **fields)
    return await workspace.slack.next()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("M53.9", "M53.9 Dorsopathy, unspecified"),
        ("what is M53.9?", "M53.9"),
        ("compare M54.50 M51.26", "M54.50 and M51.26"),
        ("", "ICD-10-CM look-up"),
        ("low back pain <@U2> billable", "M54.50 Low back pain, unspecified"),
    ],
)
async def test_a_mention_is_answered_in_its_thread(workspace: Workspace, text: str, said: str) -> None:
    sent = await mentioned(workspace, text)
    assert sent.to == "chat.postMessage"
    assert (sent.body["channel"], sent.body["thread_ts"]) == ("CPLANTED", "1.1")
    assert sent.body["unfurl_links"] is sent.body["unfurl_media"] is False
    assert_valid(sent.blocks)
    assert said in "\n".join(texts(sent.blocks))
    assert "Share to channel" not in labels(sent.blocks)


@pytest.mark.asyncio
async def test_in_a_thread_the_answer_joins_it(workspace: Workspace) -> None:
    assert (await mentioned(workspace, "M53.9", thread_ts="0.5")).body["thread_ts"] == "0.5"


@pytest.mark.asyncio
async def test_an_event_that_comes_again_is_answered_once(workspace: Workspace) -> None:
    await mentioned(workspace, "M53.9")
    await workspace.event("app_mention", "Ev1", channel="CPLANTED", ts="1.1", text="<@UBOT> M53.9")
    await mentioned(workspace, "M53.9", "Ev2")
    assert workspace.slack.attempts == 2


@pytest.mark.asyncio
async def test_an_event_that_comes_twice_at_once_is_answered_once(workspace: Workspace) -> None:
    event = {"channel": "CPLANTED", "ts": "1.1", "text": "<@UBOT> M53.9"}
    await asyncio.gather(*(workspace.event("app_mention", "Ev1", **event) for _ in range(3)))
    await mentioned(workspace, "M53.9", "Ev2")
    await workspace.slack.next()
    assert workspace.slack.attempts == 2


@pytest.mark.asyncio
async def test_other_apps_and_the_app_itself_are_not_answered(workspace: Workspace) -> None:
    for number, sender in (("Ev1", {"bot_id": "B9"}), ("Ev2", {"user": "UBOT"})):
        event = {"channel": "CPLANTED", "ts": "1.1", "text": "<@UBOT> M53.9", **sender}
        await workspace.event("app_mention", number, **event)
    await mentioned(workspace, "M53.9", "Ev3")
    assert workspace.slack.attempts == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "text", ["<!channel> payload", "&lt;!channel&gt; *b*", "<https://x.y|M53.9> qqxzzwvj"]
)
async def test_nothing_that_is_echoed_mentions_or_links(workspace: Workspace, text: str) -> None:
    sent = await mentioned(workspace, text)
    assert_valid(sent.blocks)
    assert "<" not in sent.body["text"]
    assert "%70" not in sent.body["text"]


@pytest.mark.asyncio
async def test_a_failing_answer_is_said_in_the_thread(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(slack_bot.mentions, "answer", fail)
    sent = await mentioned(workspace, "planted")
    assert (sent.body["text"], sent.body["thread_ts"]) == (SORRY, "1.1")
    assert "planted" not in caplog.text


@pytest.mark.asyncio
async def test_who_mentions_too_often_is_told_so(settings: Settings, library: Library) -> None:
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack, limiter=RateLimiter(1, 0.1)) as workspace,
    ):
        await mentioned(workspace, "M53.9")
        assert "Try again in" in (await mentioned(workspace, "M53.9", "Ev2")).body["text"]


@pytest.mark.asyncio
async def test_slack_is_asked_again_when_it_fails(workspace: Workspace) -> None:
    workspace.slack.faults.extend([(503, {}), (429, {"Retry-After": "1"})])
    assert texts((await mentioned(workspace, "M53.9")).blocks)[0] == "M53.9 Dorsopathy, unspecified"


def test_seen_events_are_bounded() -> None:
    seen = Seen(most=2)
    assert [seen.is_new(number) for number in ("a", "a", "b", "c", "a")] == [True, False, True, True, True]
