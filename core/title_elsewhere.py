"""The title of a code that the release in force does not have, from another release that is installed.

A code that ended, or that is yet to come, is asked for on a date whose release has no title of it.
"""

from dataclasses import replace
from datetime import date

from core.card import CardLine, CodeCard, sources_of
from core.release import Release

_KEY = "tabular-elsewhere"


def day_with_title(card: CodeCard) -> date | None:
    """A day on which a code without a title was, or will be, in use; ``None`` where that is not known."""
    if card.title is not None or not card.periods:
        return None
    last = card.periods[-1]
    return last.first if last.first > card.as_of else last.through


def with_title_of(card: CodeCard, title: str, release: Release) -> CodeCard:
    """The card, with the title that another release has."""
    tabular = replace(sources_of(release)[0], key=_KEY)
    line = CardLine(f"Its title in {release.name}: {title}", tabular)
    return replace(card, cautions=(*card.cautions, line), sources=(*card.sources, tabular))
