"""What the connected editor can show, read once from its capabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from lsp_server.positions import Encoding


@dataclass(frozen=True, slots=True)
class Client:
    """The defaults are those of a client that says nothing about itself."""

    encoding: Encoding = Encoding.UTF16
    markdown_in_hover: bool = False
    #: ``None``: documentation is a plain string, the one form that every client takes.
    documentation: types.MarkupKind | None = None
    resolves_documentation: bool = False
    label_details: bool = False
    deprecated_tag: bool = False
    progress: bool = False


def client_of(capabilities: types.ClientCapabilities, encoding: Encoding) -> Client:
    """Read a client's capabilities; ``encoding`` is what was negotiated with it."""

    def given(path: str, default: Any) -> Any:
        value = get_capability(capabilities, path, default)
        return default if value is None else value

    item = "text_document.completion.completion_item"
    resolve = given(f"{item}.resolve_support", None)
    tags = given(f"{item}.tag_support", None)
    return Client(
        encoding=encoding,
        markdown_in_hover=types.MarkupKind.Markdown in given("text_document.hover.content_format", ()),
        documentation=_preferred(given(f"{item}.documentation_format", ())),
        resolves_documentation=resolve is not None and "documentation" in resolve.properties,
        label_details=given(f"{item}.label_details_support", False),
        deprecated_tag=tags is not None and types.CompletionItemTag.Deprecated in tags.value_set,
        progress=given("window.work_done_progress", False),
    )


def _preferred(formats: Sequence[types.MarkupKind]) -> types.MarkupKind | None:
    """Markdown where the client takes it, plain text where it takes only that."""
    for kind in (types.MarkupKind.Markdown, types.MarkupKind.PlainText):
        if kind in formats:
            return kind
    return None
