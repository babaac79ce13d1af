"""The full card: everything that is said about a code on a date, each part by its own module.

The glance (``core.card``) is what a hover shows; the full card is what a coder opens. Both are plain
frozen data, and the full card holds the glance, so the two cannot disagree.
"""

from dataclasses import dataclass
from datetime import date

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.related import RelatedCode, related
from core.succession import Succession, succession


@dataclass(frozen=True, slots=True)
class FullCard:
    """A card with all its sections."""

    card: CodeCard
    succession: Succession
    related: tuple[RelatedCode, ...]


def build_full_card(catalog: Catalog, code: Code, on: date) -> FullCard | None:
    """The full card of a code on a date of service; ``None`` for a code that no year knows."""
    card = build_card(catalog, code, on)
    return complete(catalog, card) if card else None


def complete(catalog: Catalog, card: CodeCard) -> FullCard:
    """Add every section to a card."""
    return FullCard(card=card, succession=succession(catalog, card), related=related(catalog, card))
