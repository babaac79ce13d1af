"""Suggestions as the protocol's completion items."""

from datetime import date

import attrs
from lsprotocol import types

from core.code import Code, InvalidCode
from core.lives import Standing
from index.library import Library
from lsp_server.client import Client
from lsp_server.completion import Suggestion
from lsp_server.rendering import render_card

#: Items that carry their documentation where the client cannot ask for it: those seen without scrolling.
_WITH_DOCUMENTATION = 5
_NOTE = {
    Standing.BILLABLE: "",
    Standing.HEADING: " (heading)",
    Standing.RETIRED: " (retired)",
    Standing.NOT_YET_VALID: " (not yet valid)",
}


def completion_item(
    suggestion: Suggestion, place: int, replaced: types.Range, client: Client
) -> types.CompletionItem:
    """The item at a place in the list; all items of a list replace the same range."""
    title = suggestion.title + _NOTE[suggestion.standing]
    gone = suggestion.standing is Standing.RETIRED and client.deprecated_tag
    return types.CompletionItem(
        label=suggestion.code,
        label_details=types.CompletionItemLabelDetails(description=title) if client.label_details else None,
        kind=_kind(suggestion.standing),
        tags=[types.CompletionItemTag.Deprecated] if gone else None,
        detail=title,
        sort_text=f"{place:03}",
        filter_text=suggestion.filter_text,
        text_edit=types.TextEdit(range=replaced, new_text=suggestion.code),
        data=suggestion.code,
    )


def resolved(item: types.CompletionItem, library: Library, on: date, client: Client) -> types.CompletionItem:
    """An item with its card as documentation; an item that is not ours stays as it is."""
    try:
        code = Code.parse(item.data if isinstance(item.data, str) else "")
    except InvalidCode:
        return item
    markdown = client.documentation is types.MarkupKind.Markdown
    card = render_card(library, code, on, markdown=markdown)
    if card is None:
        return item
    kind = client.documentation
    return attrs.evolve(item, documentation=types.MarkupContent(kind, card) if kind else card)


def with_documentation(
    items: list[types.CompletionItem], library: Library, on: date, client: Client
) -> list[types.CompletionItem]:
    """A list whose first items have their documentation, for a client that does not ask for it later."""
    if client.resolves_documentation:
        return items
    first = [resolved(item, library, on, client) for item in items[:_WITH_DOCUMENTATION]]
    return first + items[_WITH_DOCUMENTATION:]


def _kind(standing: Standing) -> types.CompletionItemKind:
    """Billable codes and others get different icons; the meaning of the kinds is for program text."""
    billable = standing is Standing.BILLABLE
    return types.CompletionItemKind.Value if billable else types.CompletionItemKind.Module
