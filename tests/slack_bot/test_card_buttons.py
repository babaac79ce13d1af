"""Every button and menu of a card in a message, through signed requests."""

import asyncio

import pytest

from index.library import Library
from slack_bot.deliveries import SORRY
from slack_bot.members import RateLimiter
from slack_bot.settings import Settings
from tests.slack_bot.block_texts import assert_valid, button, elements, labels, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.workspace import Workspace, running_receiver

pytestmark = pytest.mark.asyncio

M53_9 = "M53.9 Dorsopathy, unspecified"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("More", "*Coding practice: sections of the Official Guidelines*"),
        ("More specific", "M53.82 Other specified dorsopathies, cervical region"),
        ("Excludes", "• discitis NOS (M46.4-)"),
        ("Related", "M53.1 Cervicobrachial syndrome"),
    ],
)
async def test_a_button_updates_the_same_message(workspace: Workspace, label: str, said: str) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    sent = await workspace.press(card, label)
    assert sent.to == "planted"
    assert sent.body["replace_original"] is True
    assert sent.body["response_type"] == "ephemeral"
    assert sent.body["unfurl_links"] is sent.body["unfurl_media"] is False
    assert_valid(sent.blocks)
    assert texts(sent.blocks)[0] == M53_9
    assert said in "\n".join(texts(sent.blocks))
    back = await workspace.press(sent.blocks, "At a glance")
    assert back.blocks == card


async def test_a_menu_opens_another_code_on_the_same_date(workspace: Workspace) -> None:
    card = (await workspace.command("M53.9 on 2023-05-02"))["blocks"]
    part = await workspace.press(card, "Excludes")
    other = await workspace.open(part.blocks)
    assert texts(other.blocks)[0] == "M46.4 Discitis, unspecified"
    assert texts(other.blocks)[-2].startswith("As of 2023-05-02")


async def test_the_overflow_opens_a_code_below(workspace: Workspace) -> None:
    card = (await workspace.command("M54.5"))["blocks"]
    overflow = next(e for e in elements(card) if e["type"] == "overflow")
    await workspace.click(overflow, option=2)
    assert texts((await workspace.slack.next()).blocks)[0] == "M54.59 Other low back pain"


async def test_the_overflow_leads_to_all_codes_below(workspace: Workspace) -> None:
    card = (await workspace.command("E11"))["blocks"]
    overflow = next(e for e in elements(card) if e["type"] == "overflow")
    await workspace.click(overflow, option=4)
    below = await workspace.slack.next()
    assert "E11.A Type 2 diabetes mellitus without complications in remission" in "\n".join(
        texts(below.blocks)
    )
    assert texts((await workspace.open(below.blocks, 8)).blocks)[0].startswith("E11.9 ")


async def test_a_hit_opens_its_card(workspace: Workspace) -> None:
    found = (await workspace.command("copd"))["blocks"]
    first = button(found, "Card")["value"].split()[0]
    sent = await workspace.press(found, "Card")
    assert first.startswith("J44.")
    assert texts(sent.blocks)[0].startswith(f"{first} ")


async def test_sharing_posts_the_card_once_and_takes_the_button_away(workspace: Workspace) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    shared = await workspace.press(card, "Share to channel")
    assert shared.body["response_type"] == "in_channel"
    assert shared.body["replace_original"] is False
    assert texts(shared.blocks)[0] == M53_9
    mine = await workspace.slack.next()
    assert mine.body["response_type"] == "ephemeral"
    assert mine.body["replace_original"] is True
    assert "Shared to the channel." in texts(mine.blocks)
    for sent in (shared, mine):
        assert_valid(sent.blocks)
        assert "Share to channel" not in labels(sent.blocks)


async def test_under_a_shared_card_buttons_answer_only_the_one_who_clicks(workspace: Workspace) -> None:
    shared = await workspace.command("M53.9 share")
    assert shared["response_type"] == "in_channel"
    sent = await workspace.press(shared["blocks"], "More", ephemeral=False, thread="9.9")
    assert sent.body["response_type"] == "ephemeral"
    assert sent.body["replace_original"] is False
    assert sent.body["thread_ts"] == "9.9"


@pytest.mark.parametrize(
    "value", ["", "M53.9", "M53.9 2026-06-01 all", "M53.9 never full", "x" * 2000, "<!channel>"]
)
async def test_a_button_of_another_version_says_how_to_go_on(workspace: Workspace, value: str) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    for label in ("More", "Share to channel"):
        await workspace.click({**button(card, label), "value": value})
        sent = await workspace.slack.next()
        assert sent.body["text"] == "This button is of another version of icdlens. Ask again with /icd."
        assert sent.body["replace_original"] is False
        assert sent.body["response_type"] == "ephemeral"


async def test_a_button_of_a_code_that_is_gone_says_so(workspace: Workspace) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    for label in ("More", "Share to channel"):
        await workspace.click({**button(card, label), "value": "X99.ZZZ 2026-06-01 full"})
        assert "Ask again with /icd" in (await workspace.slack.next()).body["text"]


async def test_slacks_429_is_obeyed_and_500_tried_again(workspace: Workspace) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    workspace.slack.faults.extend([(429, {"Retry-After": "1"}), (500, {})])
    sent = await workspace.press(card, "More")
    assert texts(sent.blocks)[0] == M53_9
    assert workspace.slack.attempts == 3


async def test_an_answer_that_slack_never_takes_is_given_up_without_a_text_in_the_log(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    workspace.slack.faults.extend([(404, {})])
    sent = await workspace.press(card, "More")
    assert sent.body["text"] == SORRY
    assert "status 404" in caplog.text
    assert "M53" not in caplog.text
    assert workspace.slack.origin not in caplog.text


async def test_a_slow_slack_does_not_hold_up_the_acknowledgement(workspace: Workspace) -> None:
    card = (await workspace.command("M53.9"))["blocks"]
    workspace.slack.delay = 1.0
    loop = asyncio.get_running_loop()
    started = loop.time()
    await workspace.click(button(card, "More"))
    assert loop.time() - started < 0.9
    assert texts((await workspace.slack.next()).blocks)[0] == M53_9


async def test_two_processes_answer_each_others_buttons(settings: Settings, library: Library) -> None:
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack) as one,
        served_workspace(settings, library, slack) as other,
    ):
        card = (await one.command("M53.9"))["blocks"]
        sent = await other.press(card, "More")
        assert texts((await one.press(sent.blocks, "Excludes")).blocks)[0] == M53_9


async def test_who_clicks_too_fast_is_told_to_wait(settings: Settings, library: Library) -> None:
    limiter = RateLimiter(burst=2, per_second=0.1)
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack, limiter=limiter) as workspace,
    ):
        card = (await workspace.command("M53.9"))["blocks"]
        assert (await workspace.press(card, "More")).blocks
        told = await workspace.press(card, "Excludes")
        assert told.body["text"].endswith("seconds.")
        assert told.body["replace_original"] is False
        answer = await workspace.command("M53.9")
        assert "Try again in" in answer["text"]
        assert answer["response_type"] == "ephemeral"
