"""Hover: the card of the code under the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.code import Code
from core.recogniser.grammar import token_at
from core.recogniser.mention import Evidence, Mention, Verdict
from core.recogniser.recognise import mention_at
from core.render.markdown import escape
from index.library import Library
from lsp_server.rendering import render_card


@dataclass(frozen=True, slots=True)
class HoverText:
    """What a hover shows for ``line[start:end]``, in code points."""

    start: int
    end: int
    text: str


def hover_at(
    library: Library, line: str, index: int, on: date, *, markdown: bool, above: Sequence[str] = ()
) -> HoverText | None:
    """The card of the code that stands at an index of a line, or ends there.

    Somebody asks, so a code that the line speaks against is shown too, with a caution. ``above`` are the
    lines above, whose headings and table heads count.
    """
    mention = mention_at(line, index, library.catalog, on, above=above)
    if mention is None or (code := _shown(mention, index)) is None:
        return None
    text = render_card(library, code, on, markdown=markdown)
    if text is None:
        return None
    caution = _caution(mention)
    if caution:
        text = f"⚠ {escape(caution) if markdown else caution}\n\n{text}"
    return HoverText(mention.start, mention.end, text)


def _shown(mention: Mention, index: int) -> Code | None:
    """The code to show: of a range the one under the cursor, of a mistyped code what was meant."""
    if mention.last and index >= mention.end - len(mention.last.text):
        return mention.last
    return mention.code or mention.suggestion


def _caution(mention: Mention) -> str | None:
    if mention.verdict is Verdict.INVALID and mention.code is None:
        return f"{mention.written} is no code; this was probably meant."
    if mention.evidence is Evidence.CONTRARY:
        return f"This may be no code here. {mention.reasons[0].says}"
    return None


def hover_without_library(line: str, index: int, message: str) -> HoverText | None:
    """A message in the card's place, at whatever is written like a code and not like a word."""
    token = token_at(line, index)
    return HoverText(token.start, token.end, message) if token else None
