"""The card of a code in the markup that a client accepts."""

from datetime import date

from core.code import Code
from core.render.markdown import card_to_markdown
from core.render.text import card_to_text
from index.library import Library

#: Lines of one section; an editor's window is small, and what is left out is counted.
_LINES = 8


def render_card(library: Library, code: Code, on: date, *, markdown: bool) -> str | None:
    """The card of a code on a date of service; ``None`` for a code that no year knows."""
    card = library.card(code, on)
    if card is None:
        return None
    return (card_to_markdown if markdown else card_to_text)(card, limit=_LINES)
