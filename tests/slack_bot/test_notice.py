"""What people are told where there is no message to answer to: in the Home tab and the search modal."""

import pytest

import slack_bot.app_home
from index.library import Library
from slack_bot.deliveries import SORRY
from slack_bot.members import RateLimiter
from slack_bot.notice import notice
from slack_bot.settings import Settings
from tests.slack_bot import test_app_home, test_search_modal
from tests.slack_bot.block_texts import assert_valid_view, button, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.workspace import Sent, Workspace, running_receiver

pytestmark = pytest.mark.asyncio

BROWSE = {"type": "button", "action_id": "icd.home.open.x", "text": {}, "value": "chapter 13"}


def told(sent: Sent, how: str, said: str) -> None:
    assert (sent.to, sent.body["trigger_id"]) == (how, "1.2.planted")
    assert_valid_view(sent.body["view"])
    assert texts(sent.blocks)[0].startswith(said)


async def test_who_asks_too_fast_is_told_so_everywhere(settings: Settings, library: Library) -> None:
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack, limiter=RateLimiter(2, 0.001)) as workspace,
    ):
        card = await test_search_modal.picked(workspace, "M53.9 2026-06-01 glance")
        await workspace.click_in_view(card.body["view"], button(card.blocks, "More"))
        told(await slack.next(), "views.push", "That was a lot at once")
        await workspace.click_in_view({"type": "home", "blocks": []}, BROWSE)
        told(await slack.next(), "views.open", "That was a lot at once")
        await workspace.interact("shortcut", callback_id="icd_search", action_ts="1.1")
        told(await slack.next(), "views.open", "That was a lot at once")


async def test_a_home_that_fails_says_so(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    home = await test_app_home.opened(workspace)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(slack_bot.app_home, "home", fail)
    await workspace.click_in_view(home.body["view"], BROWSE)
    told(await workspace.slack.next(), "views.open", SORRY)


async def test_a_button_of_another_version_says_so(workspace: Workspace) -> None:
    card = await test_search_modal.picked(workspace, "M53.9 2026-06-01 glance")
    await workspace.click_in_view(card.body["view"], {**button(card.blocks, "More"), "value": "planted"})
    told(await workspace.slack.next(), "views.push", "This button is of another version")


async def test_a_notice_stands_for_itself() -> None:
    assert texts(notice("<!channel> *b*")["blocks"]) == ["&lt;!channel&gt; ∗b∗"]
