"""Hover: the card of the code under the cursor."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lsprotocol import types

from core.classification import Level
from core.code import Code
from core.recogniser.grammar import token_at
from core.recogniser.mention import Evidence, Mention, Verdict
from core.recogniser.recognise import LINES_ABOVE, mention_at
from core.render.glance import COLUMNS, LINES
from core.render.markdown import escape
from core.render.outline import NO_TITLE
from index.library import Library
from lsp_server.boundary import answers, nothing
from lsp_server.rendering import render_card
from lsp_server.session import CodeServer


def register(server: CodeServer) -> None:
    """Answer requests for hovers."""
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)


@dataclass(frozen=True, slots=True)
class HoverText:
    """What a hover shows for ``line[start:end]``, in code points."""

    start: int
    end: int
    text: str


@answers(nothing)
def hover(ls: CodeServer, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    if (located := ls.locate(uri, params.position)) is None:
        return None
    document, number, index = located
    line = document.line(number)
    markdown = ls.client.markdown_in_hover
    if library := ls.opening.catalogue:
        above = [document.line(n) for n in range(max(0, number - LINES_ABOVE), number)]
        on = ls.date_for(uri, number, index)
        found = hover_at(library, line, index, on, markdown=markdown, above=above)
    else:
        found = hover_without_library(line, index, ls.opening.message)
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(
        types.MarkupContent(kind, found.text), ls.range(document, number, found.start, found.end)
    )


def hover_at(
    library: Library, line: str, index: int, on: date, *, markdown: bool, above: Sequence[str] = ()
) -> HoverText | None:
    """The card of the code that stands at an index of a line, or ends there.

    Somebody asks, so a code that the line speaks against is shown too, with a caution. ``above`` are the
    lines above, whose headings and table heads count.
    """
    library = library.in_force(on)
    mention = mention_at(line, index, library.catalog, on, above=above)
    if mention is None:
        return None
    code = _shown(mention, index)
    said = _said(library, mention, code)
    if code is None:
        text = _near(library, mention, on, markdown=markdown)
        return HoverText(mention.start, mention.end, text) if text else None
    head = _head(said, markdown=markdown) if said else ""
    room = LINES - len(head.splitlines())
    card = render_card(library, code, on, markdown=markdown, lines=room)
    return HoverText(mention.start, mention.end, head + card) if card else None


def _shown(mention: Mention, index: int) -> Code | None:
    """The code to show: of a range the one under the cursor, of a mistyped code what was meant."""
    if mention.last and index >= mention.end - len(mention.last.text):
        return mention.last
    if _is_mistyped(mention):
        return mention.suggestion
    return mention.code or mention.suggestion


def _is_mistyped(mention: Mention) -> bool:
    """Whether another code was meant than the characters say, if they say one at all."""
    return mention.verdict is Verdict.INVALID and any(r.rule == "mistyped" for r in mention.reasons)


def _said(library: Library, mention: Mention, code: Code | None) -> str | None:
    """What is to be known before the card is read; ``None`` for a code that is what it seems."""
    if mention.last and mention.code:
        return _range(library, mention.code, mention.last, code)
    if mention.verdict is Verdict.RANGE:
        return f"{mention.written} stands for the codes below {mention.code}."
    if _is_mistyped(mention):
        because = next(r.says for r in mention.reasons if r.rule == "mistyped")
        return f"⚠ {because}" if mention.code else f"⚠ {mention.written} is no code. {because}"
    if mention.verdict is Verdict.OTHER_SYSTEM or mention.evidence is Evidence.CONTRARY:
        return f"⚠ This may be no code here. {mention.reasons[0].says}"
    return None


def _range(library: Library, first: Code, last: Code, shown: Code | None) -> str:
    """A range by its official title where it is a block, else by the titles of its ends."""
    block = library.catalog.group(Level.BLOCK, f"{first}-{last}")
    if block:
        named = block.title
    else:
        titles = library.catalog.titles([first, last])
        named = f"from {titles.get(first, NO_TITLE)} to {titles.get(last, NO_TITLE)}"
    return f"{first}-{last}: {named}. This is the card of {shown}."


def _near(library: Library, mention: Mention, on: date, *, markdown: bool) -> str | None:
    """Codes written almost like one that does not exist."""
    if mention.verdict is not Verdict.INVALID:
        return None
    codes = library.near_codes(mention.written, on)
    titles = library.catalog.titles(codes)
    lines = [f"{code} {titles.get(code, NO_TITLE)}" for code in codes]
    head = f"⚠ {mention.written} is no code of ICD-10-CM on {on} or in any other year known here."
    if lines:
        head += " Written almost like it:"
    text = "\n".join([_head(head, markdown=markdown), *(f"- {_marked(x, markdown)}" for x in lines)])
    return text.rstrip() + "\n"


def _head(said: str, *, markdown: bool) -> str:
    """A paragraph above a card."""
    paragraph = escape(said) if markdown else textwrap.fill(said, COLUMNS, break_on_hyphens=False)
    return f"{paragraph}\n\n"


def _marked(text: str, markdown: bool) -> str:
    return escape(text) if markdown else text


def hover_without_library(line: str, index: int, message: str) -> HoverText | None:
    """A message in the card's place, at whatever is written like a code and not like a word."""
    token = token_at(line, index)
    return HoverText(token.start, token.end, message) if token else None
