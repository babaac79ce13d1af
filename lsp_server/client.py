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
    snippets: bool = False
    progress: bool = False
    #: Whether it asks for diagnostics; otherwise they are sent to it.
    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    refreshes_hints: bool = False
    diagnostic_tags: frozenset[types.DiagnosticTag] = frozenset()
    related_information: bool = False
    code_descriptions: bool = False
    diagnostic_data: bool = False
    code_actions: bool = False
    preferred_actions: bool = False
    #: Whether an edit can name the version of the document that it was made for.
    versioned_edits: bool = False
    nested_symbols: bool = False
    symbol_tags: bool = False
    link_tooltips: bool = False
    shows_documents: bool = False
    #: Whether it answers what its settings are.
    answers_settings: bool = False
    registers_settings: bool = False
    watches_files: bool = False


def client_of(capabilities: types.ClientCapabilities, encoding: Encoding) -> Client:
    """Read a client's capabilities; ``encoding`` is what was negotiated with it."""

    def given(path: str, default: Any = False) -> Any:
        value = get_capability(capabilities, path, default)
        return default if value is None else value

    item = "text_document.completion.completion_item"
    pull, push = "text_document.diagnostic", "text_document.publish_diagnostics"
    resolve = given(f"{item}.resolve_support", None)

    def diagnostics_have(name: str) -> bool:
        """As some clients that pull say it where they say what they take when it is pushed."""
        return bool(given(f"{pull}.{name}") or given(f"{push}.{name}"))

    return Client(
        encoding=encoding,
        markdown_in_hover=types.MarkupKind.Markdown in given("text_document.hover.content_format", ()),
        documentation=_preferred(given(f"{item}.documentation_format", ())),
        resolves_documentation=resolve is not None and "documentation" in resolve.properties,
        label_details=given(f"{item}.label_details_support"),
        deprecated_tag=types.CompletionItemTag.Deprecated in _tags(given(f"{item}.tag_support", None)),
        snippets=given(f"{item}.snippet_support"),
        progress=given("window.work_done_progress"),
        pulls_diagnostics=given(pull, None) is not None,
        refreshes_diagnostics=given("workspace.diagnostics.refresh_support"),
        refreshes_hints=given("workspace.inlay_hint.refresh_support"),
        diagnostic_tags=frozenset(
            (*_tags(given(f"{pull}.tag_support", None)), *_tags(given(f"{push}.tag_support", None)))
        ),
        related_information=diagnostics_have("related_information"),
        code_descriptions=diagnostics_have("code_description_support"),
        diagnostic_data=diagnostics_have("data_support"),
        code_actions=given("text_document.code_action.code_action_literal_support", None) is not None,
        preferred_actions=given("text_document.code_action.is_preferred_support"),
        versioned_edits=given("workspace.workspace_edit.document_changes"),
        nested_symbols=given("text_document.document_symbol.hierarchical_document_symbol_support"),
        symbol_tags=types.SymbolTag.Deprecated
        in _tags(given("text_document.document_symbol.tag_support", None)),
        link_tooltips=given("text_document.document_link.tooltip_support"),
        shows_documents=given("window.show_document.support"),
        answers_settings=given("workspace.configuration"),
        registers_settings=given("workspace.did_change_configuration.dynamic_registration"),
        watches_files=given("workspace.did_change_watched_files.dynamic_registration"),
    )


def _tags(support: Any) -> Sequence[Any]:
    return support.value_set if support is not None else ()


def _preferred(formats: Sequence[types.MarkupKind]) -> types.MarkupKind | None:
    """Markdown where the client takes it, plain text where it takes only that."""
    for kind in (types.MarkupKind.Markdown, types.MarkupKind.PlainText):
        if kind in formats:
            return kind
    return None
