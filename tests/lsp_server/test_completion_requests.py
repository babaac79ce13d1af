"""Who is offered completions, and when."""

from pathlib import Path
from typing import Any

import pytest
from pytest_lsp import client_capabilities

from tests.lsp_server.in_process import URI, InProcess, in_process

pytestmark = pytest.mark.asyncio

VS_CODE, EMACS = client_capabilities("visual_studio_code"), client_capabilities("emacs")
INVOKED, TYPED, CONTINUED = 1, 2, 3
PROSE = "The patient complains of low back pain"


async def complete(client: InProcess, text: str, kind: int = INVOKED) -> list[Any]:
    at = {"line": 0, "character": len(text)}
    params = {"textDocument": {"uri": URI}, "position": at, "context": {"triggerKind": kind}}
    found = await client.ask("textDocument/completion", params)
    assert found["isIncomplete"]
    return list(found["items"])


async def test_prose_that_is_being_written_gets_nothing_until_somebody_asks(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("")
        client.type(PROSE)
        client.time.pass_by(0.01)
        assert await complete(client, PROSE) == []
        assert await complete(client, PROSE)  # the key is pressed
        client.type(f"{PROSE} a")
        client.time.pass_by(0.5)
        assert await complete(client, f"{PROSE} a")


async def test_what_was_offered_goes_on(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(PROSE)
        assert await complete(client, PROSE)
        client.type(f"{PROSE}f")
        assert await complete(client, PROSE, CONTINUED)
        client.shut()
        client.open(PROSE)
        client.type(PROSE)
        assert await complete(client, PROSE, CONTINUED) == []


@pytest.mark.parametrize("before", ["dx: ", "- ICD-10: ", "{{dx:"])
async def test_behind_a_cue_words_are_completed_while_they_are_written(
    snapshot_data: Path, before: str
) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("")
        text = f"{before}low back pa"
        client.type(text)
        items = await complete(client, text)
        assert items[0]["label"] == "M54.50"
        assert items[0]["textEdit"]["range"]["start"]["character"] == len(before)


async def test_prose_is_completed_where_the_settings_say_so(snapshot_data: Path) -> None:
    settings = {"completion": {"inProse": True, "insert": "code-and-title"}}
    async with in_process(snapshot_data, VS_CODE, settings=settings) as client:
        client.open("")
        client.type(PROSE)
        items = await complete(client, PROSE)
        new = {item["textEdit"]["newText"] for item in items}
        assert "M54.50 Low back pain, unspecified" in new
        text = "{{dx:low back pain"
        client.type(text)
        assert (await complete(client, text))[0]["textEdit"]["newText"] == "M54.50"


@pytest.mark.parametrize("kind", [INVOKED, TYPED])
async def test_the_start_of_a_code_is_completed_anywhere(snapshot_data: Path, kind: int) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("")
        client.type("He has M54.5")
        labels = [item["label"] for item in await complete(client, "He has M54.5", kind)]
        assert labels == ["M54.5", "M54.50", "M54.51", "M54.59"]


async def test_what_a_line_speaks_against_is_no_start_of_a_code(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        text = "MVA on interstate I95"
        client.open("")
        client.type(text)
        assert await complete(client, text, TYPED) == []
        assert await complete(client, text)  # somebody asks


@pytest.mark.parametrize("text", ["{{name M54", "{{plan: low back pain"])
async def test_placeholders_for_other_things_are_left_alone(snapshot_data: Path, text: str) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(text)
        assert await complete(client, text) == []


async def test_choices_are_for_clients_with_snippets(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("Dx: S72.001")
        items = await complete(client, "Dx: S72.001")
        assert [item["label"] for item in items][:2] == ["S72.001", "S72.001 + 7th"]
        assert items[1]["insertTextFormat"] == 2
        client.open("{{dx:S72.001")
        assert not [item for item in await complete(client, "{{dx:S72.001") if "insertTextFormat" in item]
    async with in_process(snapshot_data, EMACS) as client:
        client.open("Dx: S72.001")
        assert not [item for item in await complete(client, "Dx: S72.001") if "insertTextFormat" in item]


async def test_the_date_of_service_is_the_notes_own(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("M54.5\nDOS: 2021-01-01")
        (item, *_) = await complete(client, "M54.5")
        assert item["detail"] == "Low back pain"  # not yet a heading
