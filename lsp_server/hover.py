"""Hover: the card of the code under the cursor."""

from dataclasses import dataclass
from datetime import date

from core.code import Code
from core.mentions import mention_at
from index.library import Library
from lsp_server.rendering import render_card


@dataclass(frozen=True, slots=True)
class HoverText:
    """What a hover shows for ``line[start:end]``, in code points."""

    start: int
    end: int
    text: str


def hover_at(library: Library, line: str, index: int, on: date, *, markdown: bool) -> HoverText | None:
    """The card of the code that stands at an index of a line, or ends there."""
    mention = mention_at(line, index, library.catalog.known_among)
    if mention is None:
        return None
    text = render_card(library, mention.code, on, markdown=markdown)
    return HoverText(mention.start, mention.end, text) if text else None


def hover_without_library(line: str, index: int, message: str) -> HoverText | None:
    """A message in the card's place, at whatever is written like a code and not like a word."""
    mention = mention_at(line, index, _with_a_digit)
    return HoverText(mention.start, mention.end, message) if mention else None


def _with_a_digit(codes: set[Code]) -> set[Code]:
    return {code for code in codes if any(map(str.isdigit, code.text))}
