"""The App Home, browsed from the chapters to a card and back, through signed requests."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.branches import chapters
from core.classification import Level
from core.code import Code
from index.library import Library
from slack_bot.home_view import Place, home, home_with_card
from slack_bot.state import CardState, Part
from tests.conftest import IN_FY2026
from tests.slack_bot.block_texts import assert_valid_view, button, elements, labels, texts
from tests.slack_bot.test_blocks import LONGEST, full_card
from tests.slack_bot.workspace import Sent, Workspace


async def opened(workspace: Workspace) -> Sent:
    await workspace.event("app_home_opened", tab="home", channel="D1")
    return await published(workspace)


async def published(workspace: Workspace) -> Sent:
    sent = await workspace.slack.next()
    assert sent.to == "views.publish"
    assert sent.body["user_id"] == workspace.user
    assert_valid_view(sent.body["view"])
    return sent


async def pressed(workspace: Workspace, home: Sent, element: dict[str, Any], option: int = 0) -> Sent:
    await workspace.click_in_view(home.body["view"], element, option)
    return await published(workspace)


def beside(sent: Sent, starts: str) -> dict[str, Any]:
    """The button beside a line."""
    found = next(b for b in sent.blocks if b["type"] == "section" and b["text"]["text"].startswith(starts))
    accessory: dict[str, Any] = found["accessory"]
    return accessory


@pytest.mark.asyncio
async def test_from_the_chapters_to_a_card_and_back(workspace: Workspace) -> None:
    sent = await opened(workspace)
    assert "*The 22 chapters*" in texts(sent.blocks)
    for starts in ("*Chapter 13*", "*M40-M54*", "*M50-M54*", "*M53*"):
        sent = await pressed(workspace, sent, beside(sent, starts))
    assert "*M53 Other and unspecified dorsopathies, not elsewhere classified*" in texts(sent.blocks)
    card = await pressed(workspace, sent, beside(sent, "*M53.9*"))
    assert "M53.9 Dorsopathy, unspecified" in texts(card.blocks)
    more = await pressed(workspace, card, button(card.blocks, "More"))
    assert "Coding practice" in "\n".join(texts(more.blocks))
    back = await pressed(workspace, more, button(more.blocks, "Back to M53"))
    assert texts(back.blocks) == texts(sent.blocks)
    assert "Card of M53" in labels(back.blocks)
    top = await pressed(workspace, back, button(back.blocks, "All chapters"))
    assert "*The 22 chapters*" in texts(top.blocks)


@pytest.mark.asyncio
async def test_recent_codes_only_when_switched_on_and_gone_when_switched_off(workspace: Workspace) -> None:
    await workspace.command("I10")  # before it is switched on, so never remembered
    sent = await opened(workspace)
    sent = await pressed(workspace, sent, button(sent.blocks, "Remember my recent codes"))
    assert "Remember my recent codes" not in labels(sent.blocks)
    for text in ("M53.9", "E11.9", "low back pain", "help", "M53.99", "E11.9"):
        await workspace.command(text)
    sent = await opened(workspace)
    recent = [e["value"] for e in elements(sent.blocks) if e["action_id"].startswith("icd.card.recent")]
    assert [value.split()[0] for value in recent] == ["E11.9", "M54.50", "M53.9"]
    card = await pressed(workspace, sent, button(sent.blocks, "M53.9"))
    assert "M53.9 Dorsopathy, unspecified" in texts(card.blocks)
    gone = await pressed(workspace, card, button(card.blocks, "Forget them, and switch off"))
    assert "M53.9" not in labels(gone.blocks)
    again = await pressed(workspace, gone, button(gone.blocks, "Remember my recent codes"))
    assert "M53.9" not in labels(again.blocks)


@pytest.mark.asyncio
async def test_members_do_not_see_each_others_codes(workspace: Workspace) -> None:
    others = [
        Workspace(workspace.client, workspace.slack, user="UOTHER"),
        Workspace(workspace.client, workspace.slack, team="TOTHER"),
    ]
    sent = await opened(workspace)
    await pressed(workspace, sent, button(sent.blocks, "Remember my recent codes"))
    await workspace.command("M53.9")
    for other in others:
        assert "Remember my recent codes" in labels((await opened(other)).blocks)
    assert "M53.9" in labels((await opened(workspace)).blocks)


@pytest.mark.asyncio
async def test_the_messages_tab_publishes_nothing(workspace: Workspace) -> None:
    await workspace.event("app_home_opened", tab="messages", channel="D1")
    await opened(workspace)
    assert workspace.slack.attempts == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "value", ["", "chapter 99", "block", "code X99.ZZZ", "code <!channel>", "nonsense at all", "x" * 2000]
)
async def test_a_button_of_another_version_leads_to_the_top(workspace: Workspace, value: str) -> None:
    sent = await opened(workspace)
    element = {**beside(sent, "*Chapter 13*"), "value": value}
    assert "*The 22 chapters*" in texts((await pressed(workspace, sent, element)).blocks)


def places(library: Library) -> Iterator[Place]:
    """Every chapter and block, and every 20th heading."""
    yield Place()
    for level in (Level.CHAPTER, Level.BLOCK):
        yield from (Place(level, entry.name) for entry in library.catalog.groups(level))
    headings = [e for e in library.catalog.codes() if not e.billable and library.catalog.children(e)]
    yield from (Place(entry.level, entry.name) for entry in headings[::20])


def test_every_place_is_within_the_limits_and_shows_all_below(library: Library) -> None:
    recent = [Code("S72.001A")] * 10
    for place in places(library):
        view = home(library, place, IN_FY2026, recent)
        assert_valid_view(view)
        assert "Look the others up" not in "\n".join(texts(view["blocks"])), place


def test_every_chapter_has_a_row(library: Library) -> None:
    shown = "\n".join(texts(home(library, Place(), IN_FY2026, None)["blocks"]))
    for chapter in chapters(library.catalog):
        assert f"*Chapter {chapter.name}* " in shown


def test_the_longest_cards_fit_the_home(library: Library) -> None:
    recent = [Code("S72.001A")] * 10
    for name in (*LONGEST, "S72.90XN", "Y93"):
        full = full_card(library, name)
        for part in Part:
            state = CardState(full.card.code, IN_FY2026, part)
            assert_valid_view(home_with_card(library, full, state, recent))
