"""The search modal, from the shortcut that opens it to sharing from it, through signed requests."""

from typing import Any

import pytest

import slack_bot.search_modal
from index.library import Library
from slack_bot.members import RateLimiter
from slack_bot.search_view import search_view, suggestions
from slack_bot.settings import Settings
from tests.conftest import IN_FY2026
from tests.slack_bot.block_texts import assert_valid, assert_valid_view, button, labels, options, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.workspace import Sent, Workspace, running_receiver

pytestmark = pytest.mark.asyncio


async def opened(workspace: Workspace) -> dict[str, Any]:
    await workspace.interact("shortcut", callback_id="icd_search", action_ts="1.1")
    sent = await workspace.slack.next()
    assert sent.to == "views.open"
    assert sent.body["trigger_id"] == "1.2.planted"
    view: dict[str, Any] = sent.body["view"]
    return view


async def suggested(workspace: Workspace, typed: str) -> dict[str, str]:
    """What the field offers for what is typed."""
    response = await workspace.interact(
        "block_suggestion",
        action_id="icd.card.pick",
        block_id="code",
        value=typed,
        container={"type": "view"},
    )
    return options(response.json())


async def picked(workspace: Workspace, value: str) -> Sent:
    view = await opened(workspace)
    action = {"type": "external_select", "action_id": "icd.card.pick", "options": [{"value": value}]}
    await workspace.click_in_view(view, action)
    return await workspace.slack.next()


async def test_the_shortcut_opens_a_field(workspace: Workspace) -> None:
    view = await opened(workspace)
    assert_valid_view(view)
    [field] = [block for block in view["blocks"] if block["type"] == "input"]
    assert field["element"]["type"] == "external_select"
    assert field["dispatch_action"] is True
    assert "submit" not in view


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("M53.9", "M53.9 Dorsopathy, unspecified"),
        ("m539", "M53.9 Dorsopathy, unspecified"),
        ("low back p", "M54.5"),
    ],
)
async def test_what_is_typed_is_completed(workspace: Workspace, typed: str, first: str) -> None:
    found = await suggested(workspace, typed)
    label, value = next(iter(found.items()))
    assert label.startswith(first)
    assert value.endswith(" 2026-06-01 glance")


@pytest.mark.parametrize(
    "typed", ["S72", "fracture", "M", "a", "pain", "<!channel>", "\u202e", "x" * 5000, "*&<>"]
)
async def test_suggestions_keep_slacks_limits(workspace: Workspace, typed: str) -> None:
    found = await suggested(workspace, typed)
    assert len(found) <= 100
    assert all(len(label) <= 75 and "<" not in label for label in found)


async def test_a_hundred_suggestions_at_most(workspace: Workspace) -> None:
    assert len(await suggested(workspace, "S72")) == 100


async def test_no_suggestion_waits_for_a_model(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def search(*_: object, **__: object) -> None:
        raise AssertionError("a search may compare meanings")

    monkeypatch.setattr(Library, "search", search)
    assert suggestions(library, "low back pain", IN_FY2026)


async def test_a_failing_completion_suggests_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(slack_bot.search_modal, "suggestions", fail)
    assert await suggested(workspace, "planted") == {}
    assert "planted" not in caplog.text


async def test_a_choice_shows_its_card_below_the_field(workspace: Workspace) -> None:
    sent = await picked(workspace, "M53.9 2026-06-01 glance")
    assert (sent.to, sent.body["view_id"], sent.body["hash"]) == ("views.update", "V1", "h1")
    assert_valid_view(sent.body["view"])
    assert texts(sent.blocks)[0] == "M53.9 Dorsopathy, unspecified"
    assert sent.blocks[0]["element"]["action_id"] == "icd.card.pick"


@pytest.mark.parametrize("label", ["More", "More specific", "Excludes", "Related"])
async def test_the_buttons_update_the_modal(workspace: Workspace, label: str) -> None:
    card = await picked(workspace, "M53.9 2026-06-01 glance")
    await workspace.click_in_view(card.body["view"], button(card.blocks, label))
    sent = await workspace.slack.next()
    assert sent.to == "views.update"
    assert_valid_view(sent.body["view"])
    assert "At a glance" in labels(sent.blocks)
    await workspace.click_in_view(sent.body["view"], button(sent.blocks, "At a glance"))
    assert (await workspace.slack.next()).blocks == card.blocks


async def test_sharing_posts_the_card_to_the_conversation_that_was_chosen(workspace: Workspace) -> None:
    view = (await picked(workspace, "M53.9 2026-06-01 excludes")).body["view"]
    assert view["submit"]["text"] == "Share"
    urls = [{"block_id": "conversation", "response_url": workspace.slack.response_url("chosen")}]
    response = await workspace.interact("view_submission", view={**view, "id": "V1"}, response_urls=urls)
    assert response.text == ""  # closes the modal
    sent = await workspace.slack.next()
    assert (sent.to, sent.body["response_type"]) == ("chosen", "in_channel")
    assert_valid(sent.blocks)
    assert "discitis NOS" in "\n".join(texts(sent.blocks))


async def test_sharing_with_nobody_says_what_to_do(workspace: Workspace) -> None:
    view = (await picked(workspace, "M53.9 2026-06-01 glance")).body["view"]
    response = await workspace.interact("view_submission", view={**view, "id": "V1"}, response_urls=[])
    answer = response.json()
    assert answer["response_action"] == "errors"
    assert answer["errors"]["conversation"].startswith("Choose a conversation")


async def test_a_modal_of_another_version_cannot_be_shared(workspace: Workspace) -> None:
    view = {**search_view_of_nothing(), "private_metadata": "x"}
    response = await workspace.interact("view_submission", view=view, response_urls=[])
    assert "another version" in response.json()["errors"]["conversation"]


def search_view_of_nothing() -> dict[str, Any]:
    return {"id": "V1", "type": "modal", "callback_id": "icd.search", "blocks": []}


async def test_who_types_too_fast_gets_no_suggestions(settings: Settings, library: Library) -> None:
    async with (
        running_receiver() as slack,
        served_workspace(settings, library, slack, typing=RateLimiter(2, 0.1)) as workspace,
    ):
        assert [bool(await suggested(workspace, "M53")) for _ in range(3)] == [True, True, False]


async def test_the_longest_cards_fit_the_modal(library: Library) -> None:
    from slack_bot.state import Part
    from tests.slack_bot.test_blocks import LONGEST, full_card

    for name in (*LONGEST, "S72.90XN", "Y93"):
        for part in Part:
            assert_valid_view(search_view(library, full_card(library, name), part))
