"""The editor with several releases: each note's date of service chooses the one that answers."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from pytest_lsp import client_capabilities

from core.findings.settings import DEFAULTS
from icdlens.checking import Asked, check_text
from icdlens.explaining import Explained, print_explained
from icdlens.explaining import Source as Text
from index.library import Library
from lsp_server.checker import Basis, Checker
from lsp_server.configuration import Configuration
from lsp_server.hover import hover_at
from lsp_server.opening import Opening
from lsp_server.positions import Encoding
from lsp_server.requests import HANDLERS
from lsp_server.revision import Revision
from tests.conftest import IN_FY2026
from tests.lsp_server.in_process import URI, in_process


@pytest.mark.parametrize(
    ("on", "release"),
    [(date(2021, 9, 30), "FY2021 (October 1, 2020)"), (date(2021, 10, 1), "FY2022 (October 1, 2021)")],
)
def test_a_hover_is_of_the_release_in_force(dated_library: Library, on: date, release: str) -> None:
    hover = hover_at(dated_library, "Dx: M54.5", 6, on, markdown=False)
    assert hover is not None
    assert f"As of {on} · release {release}" in hover.text


# G35.A has a title in the small FY2026 and none in FY2025.
@pytest.mark.parametrize(("stated", "is_titled"), [("2025-09-30", False), ("2025-10-01", True)])
def test_what_a_note_states_chooses_the_release(
    dated_library: Library, capsys: pytest.CaptureFixture[str], stated: str, is_titled: bool
) -> None:
    text = f"DOS: {stated}\nDx: G35.A"
    print_explained(dated_library, [Text(None, text)], Explained(IN_FY2026, False, False))
    assert ("Relapsing-remitting multiple sclerosis" in capsys.readouterr().out) is is_titled


def test_checks_are_of_the_release_in_force(dated_library: Library) -> None:
    """On 2021-09-30 M54.5 was in order; a day later it needs more characters."""
    asked = Asked(IN_FY2026, DEFAULTS, 10_000)

    def rules(stated: str) -> set[str]:
        text = f"DOS: {stated}\nDx: M54.5 Low back pain"
        return {p.finding.rule for p in check_text(dated_library, "note", text, asked).placed}

    assert "not-billable" not in rules("2021-09-30")
    assert "not-billable" in rules("2021-10-01")


def test_notes_are_read_by_one_library(dated_library: Library) -> None:
    checker = Checker()
    checker.use(dated_library.snapshots)
    revision = Revision("file:///n.txt", 1, 1, ("Dx: M54.5",), Encoding.UTF16)

    async def read() -> list[object]:
        libraries: list[object] = []
        for serial in range(3):
            checker.expect(revision.uri, revision.serial)
            await checker.findings(revision, Basis(date(2021, 9, 30 - serial), Configuration()))
            libraries.append(checker._own)
        return libraries

    first, *others = asyncio.run(read())
    checker.close()
    assert isinstance(first, Library)
    assert all(other is first for other in others)


def test_the_status_names_the_release_of_the_day(dated_library: Library) -> None:
    class Session:
        compiling: asyncio.Task[None] | None = None
        opening = Opening()

        def today(self) -> date:
            return date(2021, 1, 1)

    session = Session()
    session.opening.library = dated_library
    [status] = [handler for method, handler in HANDLERS.items() if method.endswith("status")]
    assert status(session, None)["release"] == "FY2021 (October 1, 2020)"


#: Two visits in two fiscal years: M54.5 was billable until 2021-09-30, and is a heading since.
TWO_VISITS = "DOS: 2021-09-30\nDx: M54.5\n\nDOS: 2021-10-01\nDx: M54.5\nDx: M54.50\n"


def test_each_visit_of_a_note_is_checked_in_its_release(dated_library: Library) -> None:
    """What the heading of the second visit is replaced by is no code of the first one's release."""
    asked = Asked(IN_FY2026, DEFAULTS, 10_000)
    checked = check_text(dated_library, "note", TWO_VISITS, asked)
    [placed] = [p for p in checked.placed if p.finding.rule == "not-billable"]
    assert placed.place.line == 5
    assert "Replace by M54.50 – Low back pain, unspecified" in [fix.title for fix in placed.finding.fixes]


def test_each_visit_of_a_note_has_the_titles_of_its_release(
    dated_library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "DOS: 2025-09-30\nDx: G35.A\nDOS: 2025-10-01\nDx: G35.A\n"
    print_explained(dated_library, [Text(None, text)], Explained(IN_FY2026, False, False))
    shown = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if "G35.A" in line}
    assert "Relapsing-remitting multiple sclerosis" not in shown["2:5"]
    assert "Relapsing-remitting multiple sclerosis" in shown["4:5"]


@pytest.mark.asyncio
async def test_each_visit_of_a_note_is_answered_from_its_release(dated_data: Path) -> None:
    """By hover, symbols, hints and links, as by the check."""
    note = {"textDocument": {"uri": URI}}
    hints_on = {"inlayHints": {"enabled": True}, "documentLinks": {"enabled": True}}
    async with in_process(dated_data, client_capabilities("visual_studio_code"), settings=hints_on) as client:
        client.open(TWO_VISITS)
        await client.settle()

        async def card(line: int) -> str:
            place = {"line": line, "character": 6}
            hover = await client.ask("textDocument/hover", {**note, "position": place})
            return str(hover["contents"]["value"])

        assert "As of 2021-09-30 · release FY2021 (October 1, 2020)" in await card(1)
        assert "As of 2021-10-01 · release FY2022 (October 1, 2021)" in await card(4)

        symbols = await client.ask("textDocument/documentSymbol", note)
        assert [symbol["name"] for symbol in symbols][-1] == "M54.50 Low back pain, unspecified"

        links = await client.ask("textDocument/documentLink", note)
        assert [link["data"][1] for link in links] == ["2021-09-30", "2021-10-01", "2021-10-01"]

        everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        hints = await client.ask("textDocument/inlayHint", {**note, "range": everything})
        assert [(hint["position"]["line"], hint["label"]) for hint in hints][-1] == (
            5,
            "Low back pain, unspecified",
        )


@pytest.mark.asyncio
async def test_a_visit_far_down_is_answered_from_its_release(dated_data: Path) -> None:
    """Beyond what hints read around the screen, and what a first look at a note would."""
    words = "The patient walks every day and has no trouble with it.\n"
    note = {"textDocument": {"uri": URI}}
    async with in_process(
        dated_data,
        client_capabilities("visual_studio_code"),
        settings={"inlayHints": {"enabled": True}},
    ) as client:
        lines = 5000
        client.open(
            "DOS: 2021-09-30\n"
            + words * lines
            + "DOS: 2021-10-01\nDx: M54.50\n"
            + words * lines
            + "Dx: M54.50"
        )
        await client.settle()
        for line in (lines + 2, 2 * lines + 3):
            place = {"line": line, "character": 7}
            hover = await client.ask("textDocument/hover", {**note, "position": place})
            assert "As of 2021-10-01 · release FY2022 (October 1, 2021)" in hover["contents"]["value"]
            shown = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 10}}
            [hint] = await client.ask("textDocument/inlayHint", {**note, "range": shown})
            assert hint["label"] == "Low back pain, unspecified"


@pytest.mark.asyncio
async def test_what_completes_is_explained_for_the_date_of_its_visit(dated_data: Path) -> None:
    async with in_process(dated_data, client_capabilities("visual_studio_code")) as client:
        client.open("DOS: 2021-09-30\nDx: M54.5\nDOS: 2021-10-01\nDx: M54.5")
        await client.settle()
        for line, release in ((1, "FY2021 (October 1, 2020)"), (3, "FY2022 (October 1, 2021)")):
            params = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 9}}
            found = await client.ask("textDocument/completion", params)
            item = await client.ask("completionItem/resolve", found["items"][0])
            assert f"release {release}" in item["documentation"]["value"]
