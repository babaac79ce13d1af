"""The message shortcut "Explain ICD codes": through signed requests, and its answers alone."""

import pytest

from index.library import Library
from slack_bot.explanation import READ, explanation
from tests.conftest import IN_FY2026
from tests.slack_bot.block_texts import assert_valid, texts
from tests.slack_bot.workspace import Sent, Workspace

MESSAGE = "Seen for M54.5 and E11.9. Also *E10.9*, see <https://x.y/I10|I10>. <@U123> <!channel>"


def explained(library: Library, message: str) -> str:
    found = explanation(library, message, IN_FY2026)
    assert_valid(found.blocks)
    assert "<" not in found.text
    return "\n".join(texts(found.blocks))


async def asked(workspace: Workspace, text: str, **message: str) -> Sent:
    await workspace.interact(
        "message_action",
        callback_id="icd_explain",
        message={"type": "message", "user": "UOTHER", "text": text, "ts": "1.1", **message},
        channel={"id": "CPLANTED", "name": "planted-channel"},
        message_ts="1.1",
        response_url=workspace.slack.response_url("asker"),
    )
    return await workspace.slack.next()


@pytest.mark.asyncio
async def test_only_the_asker_gets_the_findings(workspace: Workspace) -> None:
    sent = await asked(workspace, MESSAGE)
    assert sent.to == "asker"
    assert sent.body["response_type"] == "ephemeral"
    assert sent.body["replace_original"] is False
    assert_valid(sent.blocks)
    shown = "\n".join(texts(sent.blocks))
    assert "*M54.5* Low back pain – ✗ heading" in shown
    assert "*E11.9* Type 2 diabetes mellitus without complications – ✓ billable" in shown
    card = await workspace.press(sent.blocks, "Card")
    assert texts(card.blocks)[0] == "M54.5 Low back pain"


@pytest.mark.asyncio
async def test_in_a_thread_the_answer_is_in_the_thread(workspace: Workspace) -> None:
    assert (await asked(workspace, "Dx: M53.9", thread_ts="7.7")).body["thread_ts"] == "7.7"


@pytest.mark.asyncio
async def test_a_message_without_codes_says_so(workspace: Workspace) -> None:
    assert (await asked(workspace, "lunch at 12?")).body[
        "text"
    ] == "No ICD-10-CM codes were found in this message."


def test_what_is_wrong_is_said_under_the_code(library: Library) -> None:
    shown = explained(library, "Dx: M54.5, M53.99")
    # The Tabular List divides M54.5; CMS: billable until 2021-09-30.
    assert "*M54.5* Low back pain – ✗ heading\n⚠" in shown
    assert "M53.99" in shown


def test_codes_that_an_excludes1_note_parts(library: Library) -> None:
    shown = explained(library, "Diagnoses:\n1. E11.9\n2. E10.9")
    assert "⚠ E10.9 (Type 1 diabetes mellitus without complications) and E11.9" in shown


@pytest.mark.parametrize(
    "written", ["*M53.9*", "_M53.9_", "`M53.9`", "~M53.9~", "M53.9 &amp; more", "• M53.9", "> M53.9"]
)
def test_formatting_around_a_code(library: Library, written: str) -> None:
    assert "*M53.9* Dorsopathy, unspecified – ✓ billable" in explained(library, f"Dx: {written} today")


def test_a_stated_date_of_service_counts(library: Library) -> None:
    shown = explained(library, "DOS: 2021-09-30\nDx: M54.5")
    assert "*M54.5* Low back pain – ✓ billable" in shown
    assert "The message states a date of service, 2021-09-30" in shown
    assert "As of 2021-09-30" in shown


def test_several_dates_of_service_each_count_for_what_follows(library: Library) -> None:
    shown = explained(library, "DOS: 2021-09-30\nDx: M54.5\nDOS: 2021-10-01\nDx: M54.5")
    assert "*M54.5* Low back pain – ✓ billable" in shown
    assert "*M54.5* Low back pain – ✗ heading" in shown
    assert "states dates of service, 2021-09-30 and 2021-10-01; each counts for what follows" in shown


def test_many_codes_say_how_many_are_shown(library: Library) -> None:
    codes = [f"M{n}.9" for n in (10, 13, 19, 24, 25, 30, 32, 35, 41, 43, 46, 47, 48, 53, 54)]
    assert "The first 12 of 1" in explained(library, f"Dx: {', '.join(codes)}")


def test_a_long_message_is_read_in_part_and_that_is_said(library: Library) -> None:
    assert f"Only the first {READ} characters" in explained(library, "Dx: M53.9\n" + "word " * 10_000)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "\0",
        "\ud800",
        "<",
        "<!channel>" * 1000,
        "<@U1> M53.9 <!here|x>",
        "M53.9 " * 3000,
        "&lt;!channel&gt; M53.9",
    ],
)
def test_hostile_messages(library: Library, message: str) -> None:
    explained(library, message)
