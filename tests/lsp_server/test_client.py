import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from lsp_server.client import Client, client_of
from lsp_server.positions import Encoding


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        (
            "visual_studio_code",
            Client(
                markdown_in_hover=True,
                documentation=types.MarkupKind.Markdown,
                resolves_documentation=True,
                deprecated_tag=True,
                progress=True,
            ),
        ),
        (
            "neovim@v0.11.0",
            Client(
                markdown_in_hover=True,
                documentation=types.MarkupKind.Markdown,
                resolves_documentation=False,
                deprecated_tag=True,
                progress=True,
            ),
        ),
        (
            "emacs",
            Client(
                markdown_in_hover=True,
                documentation=None,
                resolves_documentation=True,
                deprecated_tag=True,
                progress=True,
            ),
        ),
    ],
)
def test_recorded_editors(editor: str, expected: Client) -> None:
    assert client_of(client_capabilities(editor), Encoding.UTF16) == expected


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
