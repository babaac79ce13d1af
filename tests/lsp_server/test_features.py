"""Fixes, symbols, hints, links and commands through real sessions, as the editors open them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from lsp_server.positions import Encoding, split_lines
from lsp_server.revision import Revision
from tests.lsp_server.sessions import open_document, session
from tests.lsp_server.test_editors import CLIENTS, Editor, only

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: An emoji is 4 bytes, 2 UTF-16 units and 1 code point; a form feed is 1 of each and ends no line.
BEFORE = "\U0001f600\x0c é Dx: "
NOTE = f"{BEFORE}m5450\r\n{BEFORE}i10 and T81.4XXA\n{BEFORE}M54.5"
EVERYTHING = types.Range(types.Position(0, 0), types.Position(99, 0))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CLIENTS)
async def editor(request: pytest.FixtureRequest, snapshot_data: Path) -> AsyncIterator[Editor]:
    capabilities, encoding = CLIENTS[request.param]
    async with session(snapshot_data, capabilities) as client:
        settings = {"inlayHints": {"enabled": True}, "documentLinks": {"enabled": True}}
        client.set_configuration({"icdlens": settings})
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"icdlens": settings}))
        yield Editor(client, encoding)


async def diagnostics(editor: Editor, document: types.TextDocumentIdentifier) -> Sequence[types.Diagnostic]:
    """What is found in a note, by the one way in which the client gets it."""
    capabilities = editor.client.capabilities
    asks = bool(capabilities and capabilities.text_document and capabilities.text_document.diagnostic)
    if asks:
        report = await editor.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(document))
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert document.uri not in editor.client.diagnostics
        return report.items
    while document.uri not in editor.client.diagnostics:
        await asyncio.sleep(0.01)
    return editor.client.diagnostics[document.uri]


async def actions(
    editor: Editor,
    document: types.TextDocumentIdentifier,
    where: types.Range,
    only: Sequence[types.CodeActionKind | str] | None = None,
) -> list[types.CodeAction]:
    context = types.CodeActionContext(await diagnostics(editor, document), only)
    found = await editor.client.text_document_code_action_async(
        types.CodeActionParams(document, where, context)
    )
    assert found is not None
    assert all(isinstance(action, types.CodeAction) for action in found)
    return [action for action in found if isinstance(action, types.CodeAction)]


def takes_actions(editor: Editor) -> bool:
    capabilities = editor.client.capabilities
    return bool(capabilities and capabilities.text_document and capabilities.text_document.code_action)


def edited(editor: Editor, text: str, action: types.CodeAction, uri: str, version: int = 1) -> str:
    """The text after an action, as a client makes its edit."""
    assert action.edit is not None
    workspace = editor.client.capabilities and editor.client.capabilities.workspace
    support = workspace.workspace_edit if workspace else None
    if support and support.document_changes:
        assert action.edit.document_changes is not None
        (change,) = action.edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert (change.text_document.uri, change.text_document.version) == (uri, version)
        edits: Sequence[Any] = change.edits
    else:
        assert action.edit.changes is not None
        edits = action.edit.changes[uri]
    before = Revision(uri, version, 1, tuple(split_lines(text)), Encoding(editor.encoding))
    places = sorted((before.offset(e.range.start), before.offset(e.range.end), e.new_text) for e in edits)
    for start, end, new in reversed(places):
        text = text[:start] + new + text[end:]
    return text


async def test_what_is_found_stands_at_the_exact_range(editor: Editor) -> None:
    document = open_document(editor.client, "file:///found.txt", NOTE)
    found = {d.code: d.range for d in await diagnostics(editor, document) if d.code != "code-format"}
    assert found["retired"] == editor.range(1, f"{BEFORE}i10 and ", "T81.4XXA")
    assert found["not-billable"] == editor.range(2, BEFORE, "M54.5")


async def test_a_fix_at_a_place(editor: Editor) -> None:
    if not takes_actions(editor):
        pytest.skip("this client takes no code actions")
    document = open_document(editor.client, "file:///fix.txt", NOTE)
    first, *_ = await actions(editor, document, editor.range(0, BEFORE, ""))
    assert first.kind == types.CodeActionKind.QuickFix
    assert first.is_preferred
    assert first.diagnostics
    assert [d.code for d in first.diagnostics] == ["code-format"]
    assert edited(editor, NOTE, first, document.uri) == NOTE.replace("m5450", "M54.50")


async def test_fixes_of_one_kind_and_all_fixes(editor: Editor) -> None:
    if not takes_actions(editor):
        pytest.skip("this client takes no code actions")
    document = open_document(editor.client, "file:///all.txt", NOTE)
    expected = NOTE.replace("m5450", "M54.50").replace("i10", "I10")
    offered = await actions(editor, document, editor.range(0, BEFORE, ""))
    of_a_kind = next(action for action in offered if action.title == "Fix all 2 in the file: official form")
    assert edited(editor, NOTE, of_a_kind, document.uri) == expected
    (fix_all,) = await actions(editor, document, EVERYTHING, [types.CodeActionKind.SourceFixAll])
    assert fix_all.kind == "source.fixAll.icdlens"
    assert edited(editor, NOTE, fix_all, document.uri) == expected


async def test_a_heading_is_replaced_by_each_code_below_it(editor: Editor) -> None:
    if not takes_actions(editor):
        pytest.skip("this client takes no code actions")
    document = open_document(editor.client, "file:///heading.txt", NOTE)
    offered = await actions(editor, document, editor.range(2, BEFORE, "M54.5"))
    texts = {edited(editor, NOTE, action, document.uri) for action in offered}
    for below in ("M54.50", "M54.51", "M54.59", "M54.5 Low back pain"):
        assert NOTE.removesuffix("M54.5") + below in texts


async def test_edits_are_for_the_version_that_the_client_has(editor: Editor) -> None:
    if not takes_actions(editor):
        pytest.skip("this client takes no code actions")
    document = open_document(editor.client, "file:///version.txt", NOTE)
    await diagnostics(editor, document)
    new = "Dx: i10"
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=7, uri=document.uri),
            [types.TextDocumentContentChangeWholeDocument(new)],
        )
    )
    first, *_ = await actions(editor, document, types.Range(types.Position(0, 5), types.Position(0, 5)))
    assert edited(editor, new, first, document.uri, 7) == "Dx: I10"


async def test_the_codes_of_a_note(editor: Editor) -> None:
    document = open_document(editor.client, "file:///symbols.txt", NOTE)
    found = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert found is not None
    assert [symbol.name for symbol in found] == [
        "M54.50 Low back pain, unspecified",
        "I10 Essential (primary) hypertension",
        "T81.4XXA",  # no installed release has its title
        "M54.5 Low back pain",
    ]
    last = found[-1]
    where = last.range if isinstance(last, types.DocumentSymbol) else last.location.range
    assert where == editor.range(2, BEFORE, "M54.5")


async def test_the_classification_is_searched(editor: Editor) -> None:
    found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("low back pain"))
    assert found
    first = found[0]
    assert first.name == "M54.50 Low back pain, unspecified"
    assert isinstance(first.location, types.Location)
    card = Path(first.location.uri.removeprefix("file://"))
    assert card.read_text(encoding="utf-8").startswith("**M54.50** Low back pain, unspecified")
    assert await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("")) == []
    opened = open_document(editor.client, first.location.uri, card.read_text(encoding="utf-8"))
    symbols = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(opened))
    assert symbols == []  # a card is no note


async def test_titles_stand_behind_codes(editor: Editor) -> None:
    document = open_document(
        editor.client, "file:///hints.txt", f"{NOTE}\nDx: I10 Essential (primary) hypertension"
    )
    found = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(document, EVERYTHING))
    assert found is not None
    assert [hint.label for hint in found] == [
        "Low back pain, unspecified",
        "Essential (primary) hypertension",
        "Low back pain",
    ]
    assert found[2].position == editor.range(2, BEFORE, "M54.5").end
    second = types.Range(types.Position(1, 0), types.Position(2, 0))
    part = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(document, second))
    assert list(part or ()) == [found[1]]


async def test_codes_lead_to_their_cards(editor: Editor) -> None:
    document = open_document(editor.client, "file:///links.txt", NOTE)
    found = await editor.client.text_document_document_link_async(types.DocumentLinkParams(document))
    assert found is not None
    assert [link.range for link in found][-1] == editor.range(2, BEFORE, "M54.5")
    resolved = await editor.client.document_link_resolve_async(found[-1])
    assert resolved.target is not None
    card = Path(resolved.target.removeprefix("file://")).read_text(encoding="utf-8")
    assert card.startswith("**M54.5** Low back pain")
    foreign = types.DocumentLink(EVERYTHING, data="x")
    assert await editor.client.document_link_resolve_async(foreign) == foreign


async def run(editor: Editor, name: str, *arguments: object) -> Any:
    return await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams(f"icdlens.server.{name}", arguments)
    )


async def test_commands(editor: Editor) -> None:
    found = await run(editor, "search", "low back pain", 3)
    assert found["message"] is None
    assert found["hits"][0]["code"] == "M54.50"
    assert len(found["hits"]) == 3
    explained = await run(editor, "explain", "Dx: m54.50, interstate I95")
    assert [(t["code"], t["verdict"]) for t in explained["tokens"]] == [
        ("M54.50", "CODE_NORM"),
        ("I95", "WEAK"),
    ]
    shown = await run(editor, "showCard", "m5450")
    assert shown["card"].startswith("**M54.50** Low back pain, unspecified")


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("search", [], "A search needs words"),
        ("search", ["x", 0], "A search needs words"),
        ("search", [5], "A search needs words"),
        ("explain", [None], "To explain needs a text"),
        ("showCard", [], "To show a card needs a code"),
        ("showCard", ["M53.7"], "No year known here has this code"),
        ("showCard", ["E888.9"], "is not an ICD-10-CM code"),
    ],
)
async def test_commands_that_cannot_be_answered_say_why(
    editor: Editor, name: str, arguments: list[object], says: str
) -> None:
    assert says in (await run(editor, name, *arguments))["message"]


async def test_a_card_is_opened_where_the_client_opens_documents(editor: Editor) -> None:
    window = editor.client.capabilities and editor.client.capabilities.window
    can = bool(window and window.show_document and window.show_document.support)
    shown = await run(editor, "showCard", "I10")
    await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(""))
    assert (shown["uri"] in [document.uri for document in editor.client.shown_documents]) == can


async def test_nothing_pops_up(editor: Editor) -> None:
    """Runs last in the session: none of the above has shown or logged a message."""
    assert editor.client.messages == []
    assert editor.client.log_messages == []


async def test_off_by_default(snapshot_data: Path) -> None:
    async with session(snapshot_data, only(types.PositionEncodingKind.Utf16)) as client:
        document = open_document(client, "file:///n.txt", NOTE)
        hints = await client.text_document_inlay_hint_async(types.InlayHintParams(document, EVERYTHING))
        links = await client.text_document_document_link_async(types.DocumentLinkParams(document))
        assert not hints
        assert not links
