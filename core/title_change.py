"""The last change of a code's title, as far as the installed releases tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.card import CodeCard, Source, sources_of
from core.release import Release

_KEY = "tabular-before"


@dataclass(frozen=True, slots=True)
class TitleChange:
    """A former title. Of the installed releases ``last`` is the last with it, ``since`` the first without."""

    before: str
    last: Release
    since: Release

    @property
    def source(self) -> Source:
        """The Tabular List with the former title."""
        return replace(sources_of(self.last)[0], key=_KEY)


def title_change(card: CodeCard, former: Iterable[tuple[Release, str | None]]) -> TitleChange | None:
    """The last change of a card's title; ``None`` where there is none, or nothing is known of one.

    ``former`` are the releases before the card's, latest first, with the title that each has; a code that a
    release does not have ends the look back.
    """
    since = card.release
    for release, title in former:
        if title is None or card.title is None:
            return None
        if title != card.title:
            return TitleChange(title, release, since)
        since = release
    return None
