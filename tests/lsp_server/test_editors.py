"""Hover and completion through real sessions, as the editors open them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities

from tests.lsp_server.sessions import open_document, session

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: An emoji is 4 bytes, 2 UTF-16 units and 1 code point; a form feed is 1 of each and ends no line.
BEFORE = "\U0001f600\x0c é "
NOTE = f"{BEFORE}M53.9, formerly m545\nDx: \U0001f600 low back p\n{BEFORE}M54.5"


@dataclass(frozen=True)
class Editor:
    client: LanguageClient
    encoding: str

    def units(self, text: str) -> int:
        """How many columns a text takes in the negotiated encoding."""
        codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[self.encoding]
        width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[self.encoding]
        return len(text.encode(codec)) // width

    def range(self, line: int, before: str, inside: str) -> types.Range:
        start = self.units(before)
        end = start + self.units(inside)
        return types.Range(types.Position(line, start), types.Position(line, end))

    async def hover(self, document: types.TextDocumentIdentifier, at: types.Position) -> types.Hover | None:
        return await self.client.text_document_hover_async(types.HoverParams(document, at))

    async def complete(
        self,
        document: types.TextDocumentIdentifier,
        at: types.Position,
        trigger: types.CompletionTriggerKind = types.CompletionTriggerKind.Invoked,
    ) -> list[types.CompletionItem]:
        """The items of a completion, after what must hold for each of them."""
        found = await self.client.text_document_completion_async(
            types.CompletionParams(document, at, context=types.CompletionContext(trigger))
        )
        assert isinstance(found, types.CompletionList)
        assert found.is_incomplete
        assert len(found.items) <= 100
        edits = [item.text_edit for item in found.items]
        assert all(isinstance(edit, types.TextEdit) for edit in edits)
        assert len({repr(edit.range) for edit in edits if isinstance(edit, types.TextEdit)}) <= 1
        assert [item.sort_text for item in found.items] == sorted(
            item.sort_text or "" for item in found.items
        )
        return list(found.items)


def only(encoding: types.PositionEncodingKind) -> types.ClientCapabilities:
    """A client that counts in one encoding and says nothing else."""
    general = types.GeneralClientCapabilities(position_encodings=[encoding])
    return types.ClientCapabilities(general=general)


CLIENTS = {
    "VS Code": (client_capabilities("visual_studio_code"), "utf-16"),
    "Neovim 0.11": (client_capabilities("neovim@v0.11.0"), "utf-8"),
    "Emacs": (client_capabilities("emacs"), "utf-32"),
    "utf-8": (only(types.PositionEncodingKind.Utf8), "utf-8"),
    "utf-16": (only(types.PositionEncodingKind.Utf16), "utf-16"),
    "utf-32": (only(types.PositionEncodingKind.Utf32), "utf-32"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CLIENTS)
async def editor(request: pytest.FixtureRequest, snapshot_data: Path) -> AsyncIterator[Editor]:
    capabilities, encoding = CLIENTS[request.param]
    async with session(snapshot_data, capabilities) as client:
        yield Editor(client, encoding)


def value(hover: types.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value


def accepts_markdown(client: LanguageClient) -> bool:
    text_document = client.capabilities.text_document if client.capabilities else None
    return text_document is not None


async def test_hover_shows_the_card_at_the_exact_range(editor: Editor) -> None:
    document = open_document(editor.client, "file:///hover.txt", NOTE)
    expected = editor.range(0, BEFORE, "M53.9")
    for column in (expected.start.character, expected.end.character - 1, expected.end.character):
        hover = await editor.hover(document, types.Position(0, column))
        assert "Dorsopathy, unspecified" in value(hover)
        assert "Excludes1 (block M50-M54)" in value(hover)
        assert "discitis NOS (M46.4-)" in value(hover)
        assert hover is not None
        assert hover.range == expected
        assert isinstance(hover.contents, types.MarkupContent)
        markdown = hover.contents.kind is types.MarkupKind.Markdown
        assert markdown == accepts_markdown(editor.client) == ("**M53.9**" in value(hover))


async def test_hover_counts_form_feeds_as_no_lines(editor: Editor) -> None:
    document = open_document(editor.client, "untitled:Untitled-1", NOTE)
    expected = editor.range(2, BEFORE, "M54.5")
    hover = await editor.hover(document, expected.start)
    assert "Low back pain" in value(hover)
    assert hover is not None
    assert hover.range == expected


@pytest.mark.parametrize(
    ("line", "column"), [(0, 0), (1, 0), (1, 99), (2, 999), (99, 0), (2**31 - 1, 2**31 - 1)]
)
async def test_hover_anywhere_else_is_empty_or_at_the_end(editor: Editor, line: int, column: int) -> None:
    document = open_document(editor.client, "file:///anywhere.txt", NOTE)
    hover = await editor.hover(document, types.Position(line, column))
    if line >= 2:
        assert hover is not None
        assert hover.range == editor.range(2, BEFORE, "M54.5")
    else:
        assert hover is None


async def test_completion_by_the_start_of_a_code(editor: Editor) -> None:
    document = open_document(editor.client, "file:///code.txt", NOTE)
    replaced = editor.range(2, BEFORE, "M54.5")
    items = await editor.complete(document, replaced.end, types.CompletionTriggerKind.TriggerCharacter)
    assert [item.label for item in items] == ["M54.5", "M54.50", "M54.51", "M54.59"]
    for item in items:
        assert item.text_edit == types.TextEdit(replaced, item.label)
        assert (item.filter_text or "").startswith("M54.5")
    assert items[0].detail == "Low back pain (heading)"
    assert items[2].detail == "Vertebrogenic low back pain"


async def test_completion_by_words(editor: Editor) -> None:
    document = open_document(editor.client, "file:///words.txt", NOTE)
    replaced = editor.range(1, "Dx: \U0001f600 ", "low back p")
    items = await editor.complete(document, replaced.end)
    by_code = {item.label: item for item in items}
    assert by_code["M54.50"].detail == "Low back pain, unspecified"
    for item in items:
        assert isinstance(item.text_edit, types.TextEdit)
        assert item.text_edit.range == replaced
        if item.insert_text_format is types.InsertTextFormat.Snippet:
            assert isinstance(item.data, list)
            assert item.data[0] in item.text_edit.new_text
        else:
            assert item.text_edit.new_text == item.label
        assert (item.filter_text or "").startswith("low back p")
    assert await editor.complete(document, replaced.end, types.CompletionTriggerKind.TriggerCharacter) == []


async def test_each_item_can_show_its_card(editor: Editor) -> None:
    document = open_document(editor.client, "file:///resolve.txt", "M53.9")
    (item,) = await editor.complete(document, types.Position(0, 5))
    if item.documentation is None:
        item = await editor.client.completion_item_resolve_async(item)
    card = item.documentation
    assert "discitis NOS (M46.4-)" in (card.value if isinstance(card, types.MarkupContent) else card or "")


async def test_edits_keep_positions_right(editor: Editor) -> None:
    document = open_document(editor.client, "file:///edits.txt", "\x0b\u2028\x85\U0001f600 M53.9\rx")
    before = "\x0b\u2028\x85\U0001f600 "
    code = editor.range(0, before, "M53.9")
    last = types.Position(1, 0)
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=2, uri=document.uri),
            [
                types.TextDocumentContentChangePartial(range=code, text="\U0001f600 M54.50"),
                types.TextDocumentContentChangePartial(range=types.Range(last, last), text="\nI10 "),
            ],
        )
    )
    hover = await editor.hover(document, code.end)
    assert "Low back pain, unspecified" in value(hover)
    assert hover is not None
    assert hover.range == editor.range(0, before + "\U0001f600 ", "M54.50")
    hover = await editor.hover(document, types.Position(1, 0))
    assert "Essential (primary) hypertension" in value(hover)


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "\ud800", "\ud800M5", "שלום \u202eM53\u202c", "x" * 1_000_000, "\U0001f600é" * 300_000],
)
async def test_bad_input_gets_a_clear_answer(editor: Editor, text: str) -> None:
    document = open_document(editor.client, "file:///bad.txt", text)
    for column in (0, 1, 2, len(text), 2**31 - 1):
        await editor.hover(document, types.Position(0, column))
        await editor.complete(document, types.Position(0, column))
    hover = await editor.hover(
        open_document(editor.client, "file:///good.txt", "M53.9"), types.Position(0, 0)
    )
    assert "Dorsopathy, unspecified" in value(hover)


@pytest.mark.parametrize("uri", ["git:/n.txt", "output:n", "file:///never-opened.txt"])
async def test_texts_that_are_not_the_users_are_left_alone(editor: Editor, uri: str) -> None:
    if not uri.startswith("file:"):
        open_document(editor.client, uri, "M53.9")
    document = types.TextDocumentIdentifier(uri)
    assert await editor.hover(document, types.Position(0, 0)) is None
    assert await editor.complete(document, types.Position(0, 5)) == []


async def test_nothing_pops_up(editor: Editor) -> None:
    """Runs last in the session: none of the above has shown or logged a message."""
    assert editor.client.messages == []
    assert editor.client.log_messages == []
