"""Suggestions as the protocol's completion items."""

import re
from datetime import date

import attrs
from lsprotocol import types

from core.code import Code
from core.lives import Standing
from core.render.outline import NO_TITLE
from index.library import Library
from lsp_server.client import Client
from lsp_server.completion import Suggestion
from lsp_server.configuration import Insert
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
    suggestion: Suggestion,
    place: int,
    replaced: types.Range,
    on: date,
    client: Client,
    insert: Insert = Insert.CODE,
) -> types.CompletionItem:
    """The item at a place in the list, for a date of service; all items of a list replace the same range."""
    title = suggestion.title + _NOTE[suggestion.standing]
    label = suggestion.code
    new = _inserted(suggestion.code, suggestion.title, insert)
    if suggestion.choices:
        label = f"{suggestion.code} + {suggestion.asks}"
        title = f"{suggestion.title} (choose)"
        choices = (_inserted(code, of_code, insert) for code, of_code in suggestion.choices)
        new = f"${{1|{','.join(map(_escaped, choices))}|}}"
    gone = suggestion.standing is Standing.RETIRED and client.deprecated_tag
    return types.CompletionItem(
        label=label,
        label_details=types.CompletionItemLabelDetails(description=title) if client.label_details else None,
        kind=types.CompletionItemKind.Snippet if suggestion.choices else _kind(suggestion.standing),
        tags=[types.CompletionItemTag.Deprecated] if gone else None,
        detail=title,
        sort_text=f"{place:03}",
        filter_text=suggestion.filter_text,
        insert_text_format=types.InsertTextFormat.Snippet if suggestion.choices else None,
        text_edit=types.TextEdit(range=replaced, new_text=new),
        data=[suggestion.code, on.isoformat()],
    )


def _inserted(code: str, title: str, insert: Insert) -> str:
    return f"{code} {title}" if insert is Insert.CODE_AND_TITLE and title != NO_TITLE else code


def _escaped(choice: str) -> str:
    """A text as a choice of a snippet (specification 3.17, "Snippet syntax")."""
    return re.sub(r"([\\,|$}])", r"\\\1", choice)


def resolved(item: types.CompletionItem, library: Library, client: Client) -> types.CompletionItem:
    """An item with its card as documentation; an item that is not ours stays as it is."""
    match item.data:
        case [str(written), str(day)]:
            try:
                code, on = Code.parse(written), date.fromisoformat(day)
            except ValueError:  # InvalidCode is one
                return item
        case _:
            return item
    markdown = client.documentation is types.MarkupKind.Markdown
    card = render_card(library, code, on, markdown=markdown)
    if card is None:
        return item
    kind = client.documentation
    return attrs.evolve(item, documentation=types.MarkupContent(kind, card) if kind else card)


def with_documentation(
    items: list[types.CompletionItem], library: Library, client: Client
) -> list[types.CompletionItem]:
    """A list whose first items have their documentation, for a client that does not ask for it later."""
    if client.resolves_documentation:
        return items
    first = [resolved(item, library, client) for item in items[:_WITH_DOCUMENTATION]]
    return first + items[_WITH_DOCUMENTATION:]


def _kind(standing: Standing) -> types.CompletionItemKind:
    """Billable codes and others get different icons; the meaning of the kinds is for program text."""
    billable = standing is Standing.BILLABLE
    return types.CompletionItemKind.Value if billable else types.CompletionItemKind.Module
