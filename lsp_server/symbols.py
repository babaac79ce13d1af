"""Symbols: the codes of a note, and the codes of the classification that words lead to."""

from collections.abc import Iterable

from lsprotocol import types

from core.lives import Standing
from core.recogniser.mention import Mention, Verdict
from index.hit import Hit
from index.library import Library
from lsp_server.boundary import answers, answers_later, empty_list
from lsp_server.client import Client
from lsp_server.revision import Revision
from lsp_server.session import CodeServer

_MOST = 20  # answers of a search; each becomes a file that the editor can open
_BILLABLE, _HEADING = types.SymbolKind.Constant, types.SymbolKind.Module
_HEADINGS = (Verdict.CATEGORY, Verdict.RANGE)

Symbols = list[types.DocumentSymbol] | list[types.SymbolInformation]


def register(server: CodeServer) -> None:
    """Answer requests for the symbols of a document, and for those of the workspace."""
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbols)
    server.feature(types.WORKSPACE_SYMBOL)(workspace_symbols)


@answers_later(empty_list)
async def document_symbols(ls: CodeServer, params: types.DocumentSymbolParams) -> Symbols:
    """The codes of a note, in order."""
    uri = params.text_document.uri
    revision, library = ls.note(uri), ls.opening.library
    if revision is None or library is None:
        return []
    mentions = await ls.checker.mentions(revision, ls.basis(uri)) or ()
    default = ls.date_for(uri)
    days = [revision.stated.date_at(mention.start, default) for mention in mentions]
    dated = list(zip(mentions, days, strict=True))
    titles = library.titles_on((m.code, on) for m, on in dated if m.code)
    titled = [(m, titles.get((m.code, on)) if m.code else None) for m, on in dated]
    if ls.client.nested_symbols:
        return [_nested(mention, title, revision, ls.client) for mention, title in titled]
    return [_flat(mention, title, revision, ls.client) for mention, title in titled]


def name_of(mention: Mention, title: str | None) -> str:
    """What a code of a note is listed as: the code, and its title where one code is meant."""
    title = None if mention.last else title
    name = mention.names or mention.written
    return f"{name} {title}" if title else name


def _nested(mention: Mention, title: str | None, revision: Revision, client: Client) -> types.DocumentSymbol:
    where = revision.range(mention.start, mention.end)
    return types.DocumentSymbol(
        name=name_of(mention, title),
        kind=_kind(mention.verdict not in _HEADINGS),
        range=where,
        selection_range=where,
        tags=_tags(mention.verdict is Verdict.RETIRED, client),
    )


def _flat(mention: Mention, title: str | None, revision: Revision, client: Client) -> types.SymbolInformation:
    return types.SymbolInformation(
        location=types.Location(revision.uri, revision.range(mention.start, mention.end)),
        name=name_of(mention, title),
        kind=_kind(mention.verdict not in _HEADINGS),
        tags=_tags(mention.verdict is Verdict.RETIRED, client),
    )


@answers(empty_list)
def workspace_symbols(ls: CodeServer, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """The codes that words, or the start of a code, lead to; each opens as its whole card."""
    library = ls.opening.library
    if library is None:
        return []
    # Editors ask at each key, so no model is waited for.
    found = library.search(params.query, ls.today(), limit=_MOST, by_meaning=False)
    return list(_found(ls, library, found))


def _found(ls: CodeServer, library: Library, hits: Iterable[Hit]) -> Iterable[types.SymbolInformation]:
    for hit in hits:
        if uri := ls.card_files.uri(library, hit.code, ls.today()):
            start = types.Position(0, 0)
            yield types.SymbolInformation(
                location=types.Location(uri, types.Range(start, start)),
                name=f"{hit.code} {hit.title or hit.matched}",
                kind=_kind(hit.standing is Standing.BILLABLE),
                tags=_tags(hit.standing is Standing.RETIRED, ls.client),
                container_name=hit.why,
            )


def _kind(billable: bool) -> types.SymbolKind:
    """Billable codes and headings get different icons; the meaning of the kinds is for program text."""
    return _BILLABLE if billable else _HEADING


def _tags(gone: bool, client: Client) -> list[types.SymbolTag] | None:
    return [types.SymbolTag.Deprecated] if gone and client.symbol_tags else None
