"""The full card: everything that is said about a code on a date, each part by its own module.

The glance (``core.card``) is what a hover shows; the full card is what a coder opens. Both are plain
frozen data, and the full card holds the glance, so the two cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.audit import AuditFactor, audit_factors
from core.card import CodeCard, Source, build_card
from core.catalog import Catalog
from core.code import Code
from core.complexity import Complexity, complexity
from core.faq import Question, faq
from core.practice import Practice, practice
from core.related import RelatedCode, related
from core.resources import Resource, resources
from core.specialties import Specialty, specialties
from core.succession import Succession, succession


@dataclass(frozen=True, slots=True)
class FullCard:
    """A card with all its sections."""

    card: CodeCard
    succession: Succession
    related: tuple[RelatedCode, ...]
    complexity: Complexity
    audit_factors: tuple[AuditFactor, ...]
    practice: Practice
    specialties: tuple[Specialty, ...]
    questions: tuple[Question, ...]
    resources: tuple[Resource, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source that a line of the card names, each once, the card's own first."""
        return tuple(dict.fromkeys((*self.card.sources, *self._sources_of_sections())))

    def _sources_of_sections(self) -> Iterator[Source]:
        change = self.succession
        yield from (code.source for code in (*change.replaced_by, *change.split_from))
        yield from (code.source for code in self.related)
        yield from (point.source for point in self.complexity.points)
        yield from (factor.source for factor in self.audit_factors)
        yield from (convention.source for convention in self.practice.conventions)
        if self.practice.guideline:
            yield self.practice.guideline.source
        yield from (specialty.source for specialty in self.specialties)
        yield from (question.source for question in self.questions)


def build_full_card(catalog: Catalog, code: Code, on: date) -> FullCard | None:
    """The full card of a code on a date of service; ``None`` for a code that no year knows."""
    card = build_card(catalog, code, on)
    return complete(catalog, card) if card else None


def complete(catalog: Catalog, card: CodeCard) -> FullCard:
    """Add every section to a card."""
    change = succession(catalog, card)
    return FullCard(
        card=card,
        succession=change,
        related=related(catalog, card),
        complexity=complexity(card),
        audit_factors=audit_factors(card),
        practice=practice(card),
        specialties=specialties(card),
        questions=faq(card, change),
        resources=resources(card),
    )
