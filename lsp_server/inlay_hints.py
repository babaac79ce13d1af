"""Inlay hints: the title behind each code. Off by default, for a coder knows most of them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from core.recogniser.mention import Mention, Verdict
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates
from index.library import Library
from lsp_server.boundary import answers, contained, contained_later, empty_list
from lsp_server.revision import Revision
from lsp_server.session import CodeServer

_LONGEST = 60  # characters of a title that are shown at once
_REACH = 20_000  # characters around what is on the screen that can say what a code is meant as
_WITH_TITLE = (Verdict.CODE, Verdict.CODE_NORM, Verdict.CATEGORY, Verdict.RETIRED)
_BETWEEN = " \t-–—:,("


def register(server: CodeServer) -> None:
    """Answer requests for inlay hints, and have them asked for again when settings change."""
    server.feature(types.TEXT_DOCUMENT_INLAY_HINT)(inlay_hints)

    def renew() -> None:
        if server.client.refreshes_hints and server.opening.library:
            server.start(refresh(server))

    server.settings.changed.append(contained(renew))
    server.opened.append(contained(renew))


@answers(empty_list)
def inlay_hints(ls: CodeServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    uri = params.text_document.uri
    revision, library = ls.note(uri), ls.opening.catalogue
    if revision is None or library is None or not ls.configuration(uri).inlay_hints:
        return []
    start, end = revision.offset(params.range.start), revision.offset(params.range.end)
    first = revision.line_of(max(0, start - _REACH))
    return list(hints(revision, library, ls.date_for(uri, first), first, start, end))


def hints(
    revision: Revision, library: Library, on: date, first: int, start: int, end: int
) -> Iterator[types.InlayHint]:
    """The titles of the codes in a part of a text, but not where the title stands there already.

    The text is read from its ``first`` line on, where the date of service is ``on``.
    """
    low = revision.start_of(first)
    text = revision.text[low : end + _REACH]
    stated = stated_dates(text).continuing(on) if first else stated_dates(text)
    found = recognise(text, library.catalog_on(on), on, stated=stated, start=start - low, end=end - low)
    listed = [(m, m.code, stated.date_at(m.start, on)) for m in found if m.verdict in _WITH_TITLE and m.code]
    titles = library.titles_on((code, day) for _, code, day in listed)
    for mention, code, day in listed:
        title = titles.get((code, day))
        if title and not is_followed_by(text, mention, title):
            yield _hint(revision, low + mention.end, title)


def is_followed_by(text: str, mention: Mention, title: str) -> bool:
    """Whether a code's title stands behind it."""
    behind = text[mention.end : mention.end + len(title) + 8].lstrip(_BETWEEN)
    return behind.casefold().startswith(title.casefold())


def _hint(revision: Revision, offset: int, title: str) -> types.InlayHint:
    is_long = len(title) > _LONGEST
    return types.InlayHint(
        position=revision.position(offset),
        label=title[: _LONGEST - 1].rstrip() + "…" if is_long else title,
        tooltip=title if is_long else None,
        padding_left=True,
    )


@contained_later
async def refresh(ls: CodeServer) -> None:
    """Ask the client to ask again."""
    with suppress(JsonRpcException):  # a client that refuses asks when the note is scrolled or edited
        await ls.workspace_inlay_hint_refresh_async(None)
