import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from lsp_server.client import Client, client_of
from lsp_server.positions import Encoding

TAGS = frozenset(types.DiagnosticTag)

#: As the editors' own capabilities say, read by hand.
VS_CODE = Client(
    markdown_in_hover=True,
    documentation=types.MarkupKind.Markdown,
    resolves_documentation=True,
    deprecated_tag=True,
    snippets=True,
    progress=True,
    diagnostic_tags=TAGS,
    related_information=True,
    code_descriptions=True,
    diagnostic_data=True,
    code_actions=True,
    preferred_actions=True,
    versioned_edits=True,
    nested_symbols=True,
    symbol_tags=True,
    link_tooltips=True,
    shows_documents=True,
    answers_settings=True,
    registers_settings=True,
    watches_files=True,
)
NEOVIM = Client(
    markdown_in_hover=True,
    documentation=types.MarkupKind.Markdown,
    resolves_documentation=False,
    deprecated_tag=True,
    snippets=True,
    progress=True,
    pulls_diagnostics=True,
    refreshes_hints=True,
    diagnostic_tags=TAGS,
    related_information=True,
    diagnostic_data=True,
    code_actions=True,
    preferred_actions=True,
    nested_symbols=True,
    shows_documents=True,
    answers_settings=True,
)
EMACS = Client(
    markdown_in_hover=True,
    documentation=None,
    resolves_documentation=True,
    deprecated_tag=True,
    progress=True,
    diagnostic_tags=TAGS,
    code_actions=True,
    preferred_actions=True,
    versioned_edits=True,
    nested_symbols=True,
    answers_settings=True,
    watches_files=True,
)


@pytest.mark.parametrize(
    ("editor", "expected"),
    [("visual_studio_code", VS_CODE), ("neovim@v0.11.0", NEOVIM), ("emacs", EMACS)],
)
def test_recorded_editors(editor: str, expected: Client) -> None:
    assert client_of(client_capabilities(editor), Encoding.UTF16) == expected


def test_a_client_that_pulls_may_say_what_it_shows_where_it_pulls() -> None:
    pull = types.DiagnosticClientCapabilities(related_information=True, data_support=True)
    text_document = types.TextDocumentClientCapabilities(diagnostic=pull)
    client = client_of(types.ClientCapabilities(text_document=text_document), Encoding.UTF16)
    assert client == Client(pulls_diagnostics=True, related_information=True, diagnostic_data=True)


def test_a_client_that_says_nothing_gets_what_every_client_takes() -> None:
    assert client_of(types.ClientCapabilities(), Encoding.UTF16) == Client()


def test_plain_text_only() -> None:
    plain = [types.MarkupKind.PlainText]
    text_document = types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=plain),
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(
                documentation_format=plain, label_details_support=True
            )
        ),
    )
    client = client_of(types.ClientCapabilities(text_document=text_document), Encoding.UTF8)
    assert client == Client(Encoding.UTF8, documentation=types.MarkupKind.PlainText, label_details=True)
