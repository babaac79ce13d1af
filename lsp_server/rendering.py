"""The card of a code, at a glance, in the markup that a client accepts."""

from datetime import date
from functools import lru_cache

from core.code import Code
from core.render.glance import LINES, glance
from core.render.markdown import outline_to_markdown
from core.render.text import outline_to_text
from index.library import Library


@lru_cache(maxsize=256)  # while somebody types, the same few codes are shown again and again
def render_card(library: Library, code: Code, on: date, *, markdown: bool, lines: int = LINES) -> str | None:
    """The glance of a code on a date of service; ``None`` for a code that no year knows."""
    full = library.full_card(code, on)
    if full is None:
        return None
    return (outline_to_markdown if markdown else outline_to_text)(glance(full, lines=lines))
