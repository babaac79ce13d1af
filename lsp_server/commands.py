"""Commands, for editors and scripts that have no other way to ask: search, explain, show the whole card.

Each answers with an object whose ``message`` is null, or a sentence where nothing can be answered. Their
names do not meet those of an editor's own commands.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from core.code import Code
from core.errors import IcdlensError
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates
from index.library import Library
from lsp_server.boundary import answers, contained_later, failed
from lsp_server.card_files import whole_card
from lsp_server.session import CodeServer

PREFIX = "icdlens.server."
_HITS = 20
_MOST_HITS = 100
_LONGEST = 100_000  # characters that are explained at once

Answer = dict[str, Any]


class BadArguments(IcdlensError):
    """A command's arguments are not what ``docs/language-server.md`` describes."""


def register(server: CodeServer) -> None:
    """Answer the commands."""
    for name, answer in (("search", _search), ("explain", _explain), ("showCard", _show_card)):
        server.command(f"{PREFIX}{name}")(_command(answer))


def _command(answer: Callable[[CodeServer, Library, Sequence[object]], Answer]) -> Callable[..., Answer]:
    @answers(failed)
    def answered(ls: CodeServer, given: Sequence[object]) -> Answer:
        if (library := ls.opening.library) is None:
            return {"message": ls.opening.message}
        try:
            return {"message": None, **answer(ls, library, given)}
        except IcdlensError as error:
            return {"message": str(error)}

    def command(ls: CodeServer, *arguments: object) -> Answer:
        return answered(ls, arguments)

    return command


def _search(ls: CodeServer, library: Library, given: Sequence[object]) -> Answer:
    """``[query]`` or ``[query, limit]``."""
    match given:
        case [str(query)]:
            limit = _HITS
        case [str(query), int(limit)] if 1 <= limit <= _MOST_HITS:
            pass
        case _:
            raise BadArguments(f"A search needs words, and may have a number up to {_MOST_HITS}.")
    hits = library.search(query, ls.today(), limit=limit, by_meaning=False)
    return {
        "hits": [
            {
                "code": hit.code.text,
                "title": hit.title,
                "standing": hit.standing.value,
                "billable": hit.billable,
                "why": hit.why,
            }
            for hit in hits
        ]
    }


def _explain(ls: CodeServer, library: Library, given: Sequence[object]) -> Answer:
    """``[text]``: its tokens that are written like codes, with the verdict on each and the reasons."""
    match given:
        case [str(text)] if len(text) <= _LONGEST:
            stated = stated_dates(text)
            catalog = library.in_force(stated.date_at(0, ls.today())).catalog
            found = recognise(text, catalog, ls.today(), stated=stated)
        case _:
            raise BadArguments(f"To explain needs a text of at most {_LONGEST} characters.")
    return {
        "tokens": [
            {
                "start": mention.start,
                "end": mention.end,
                "text": mention.written,
                "code": mention.names,
                "verdict": mention.verdict.value,
                "reasons": [str(reason) for reason in mention.reasons],
            }
            for mention in found
        ]
    }


def _show_card(ls: CodeServer, library: Library, given: Sequence[object]) -> Answer:
    """``[code]`` or ``[code, date]``: its whole card, in Markdown and as a file, which a client can open."""
    match given:
        case [str(written)]:
            code, on = Code.parse(written), ls.today()
        case [str(written), str(day)]:
            code, on = Code.parse(written), _date(day)
        case _:
            raise BadArguments("To show a card needs a code.")
    text = whole_card(library, code, on)
    if text is None:
        raise BadArguments("No year known here has this code.")
    uri = ls.card_files.uri(library, code, on)
    if ls.client.shows_documents and uri:
        ls.start(_open(ls, uri))
    return {"code": code.text, "uri": uri, "card": text}


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadArguments("A date of service is written as 2026-10-01.") from None


@contained_later
async def _open(ls: CodeServer, uri: str) -> None:
    with suppress(JsonRpcException):  # the answer has the card as well
        await ls.window_show_document_async(types.ShowDocumentParams(uri, take_focus=True))
