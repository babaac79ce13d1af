"""The full card: everything that is said about a code on a date, each part by its own module.

The glance (``core.card``) is what a hover shows; the full card is what a coder opens. Both are plain
frozen data, and the full card holds the glance, so the two cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from core.audit import AuditFactor, audit_factors
from core.card import CodeCard, Source, build_card
from core.catalog import Catalog
from core.code import Code
from core.complexity import Complexity, complexity
from core.documentation import Documentation, documentation
from core.edits import edit_factors, principal_edit
from core.faq import Question, faq
from core.icd9 import GEM_SOURCE, GEM_TABLE, Icd9History, read_icd9_history
from core.listed import LISTED_TABLE, Listing, read_listed
from core.practice import Practice, practice
from core.reimbursement import (
    HCC_SOURCE,
    MCE_SOURCE,
    MS_DRG_SOURCE,
    POA_TABLE,
    PoaStanding,
    Reimbursement,
    poa_source,
    read_poa_exempt,
    read_reimbursement,
)
from core.related import RelatedCode, related
from core.resources import Resource, resources
from core.short_titles import ShortTitle, short_title
from core.specialties import Specialty, specialties
from core.succession import Succession, succession
from core.title_change import TitleChange

if TYPE_CHECKING:  # of what only those have who loaded it
    from core.alphabetic_index import TermsOfCode
    from core.crosswalk import Crosswalk, CrosswalkRow


@dataclass(frozen=True, slots=True)
class OwnCodes:
    """The rows of the user's own crosswalk file about a code."""

    rows: tuple["CrosswalkRow", ...]
    source: Source


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A user's crosswalk and where it was read from."""

    crosswalk: "Crosswalk"
    source: Source


@dataclass(frozen=True)
class FullCard:
    """A card with all its sections.

    What the catalogue has is read before, and the rest is worked out of it when it is asked for first: a
    glance shows hardly any of that.
    """

    card: CodeCard
    #: ``None`` where no order file is loaded, and where it is the title itself.
    short_title: ShortTitle | None
    succession: Succession
    documentation: Documentation
    #: ``None`` where no Alphabetic Index is loaded.
    index_terms: "TermsOfCode | None"
    related: tuple[RelatedCode, ...]
    #: Whether the tables of payment list such a code: what is billable in the installed release.
    is_in_tables: bool
    reimbursement: Reimbursement
    poa: PoaStanding | None
    #: What further official lists say that the user has loaded.
    listed: tuple[Listing, ...]
    icd9: Icd9History | None
    own_codes: OwnCodes | None
    #: ``None`` where no installed release has another title.
    title_change: TitleChange | None = None

    @cached_property
    def complexity(self) -> Complexity:
        edit = principal_edit(self.card, self.reimbursement.mce)
        return complexity(self.card, self.documentation, edit)

    @cached_property
    def audit_factors(self) -> tuple[AuditFactor, ...]:
        edits = edit_factors(self.card, self.reimbursement.mce)
        return audit_factors(self.card, edits, self.documentation)

    @cached_property
    def practice(self) -> Practice:
        return practice(self.card)

    @cached_property
    def specialties(self) -> tuple[Specialty, ...]:
        return specialties(self.card)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return faq(self.card, self.succession, self.icd9)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        return resources(self.card)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source that a line of the card names, each once, the card's own first."""
        return tuple(dict.fromkeys((*self.card.sources, *self._sources_of_sections())))

    def _sources_of_sections(self) -> Iterator[Source]:
        if self.short_title:
            yield self.short_title.source
        if self.title_change:
            yield self.title_change.source
        change = self.succession
        yield from (step.source for code in change.replaced_by for step in code.in_turn())
        yield from (code.source for code in change.split_from)
        yield from (axis.source for axis in self.documentation.open_axes)
        yield from (axis.source for axis in self.documentation.settled)
        if self.index_terms and self.index_terms.terms:
            yield self.index_terms.source
        yield from (code.source for code in self.related)
        yield from (point.source for point in self.complexity.points)
        yield from (factor.source for factor in self.audit_factors)
        yield from (convention.source for convention in self.practice.conventions)
        if self.practice.guideline:
            yield self.practice.guideline.source
        if self.is_in_tables and self.reimbursement.drg is not None:
            yield MS_DRG_SOURCE
        if self.is_in_tables and self.reimbursement.hccs is not None:
            yield HCC_SOURCE
        if self.reimbursement.mce is not None:
            yield MCE_SOURCE
        if self.is_in_tables and self.poa:
            yield poa_source(self.poa.fiscal_year)
        yield from (listing.source for listing in self.listed)
        if self.icd9:
            yield GEM_SOURCE
        if self.own_codes:
            yield self.own_codes.source
        yield from (specialty.source for specialty in self.specialties)
        yield from (question.source for question in self.questions)


def build_full_card(catalog: Catalog, code: Code, on: date, own: OwnFile | None = None) -> FullCard | None:
    """The full card of a code on a date of service; ``None`` for a code that no year knows.

    ``own`` is the user's own crosswalk file, whose rows are shown as theirs.
    """
    card = build_card(catalog, code, on)
    return complete(catalog, card, own) if card else None


def complete(catalog: Catalog, card: CodeCard, own: OwnFile | None = None) -> FullCard:
    """Add every section to a card. Raises ``CatalogUnavailable``."""
    documented = documentation(catalog, card)
    indexed = _index_terms(catalog, card.code)
    entry = catalog.entry(card.code)
    return FullCard(
        card=card,
        short_title=short_title(catalog, card),
        succession=succession(catalog, card),
        documentation=documented,
        index_terms=indexed,
        related=related(catalog, card, documented.more_specific, indexed),
        is_in_tables=entry is not None and entry.billable,
        reimbursement=catalog.read(read_reimbursement, card.code),
        poa=catalog.read(read_poa_exempt, card.code) if catalog.holds(POA_TABLE) else None,
        listed=catalog.read(read_listed, card.code) if catalog.holds(LISTED_TABLE) else (),
        icd9=catalog.read(read_icd9_history, card.code) if catalog.holds(GEM_TABLE) else None,
        own_codes=_own_codes(own, card.code) if own else None,
    )


def _index_terms(catalog: Catalog, code: Code) -> "TermsOfCode | None":
    if not catalog.holds("alphabetic_index"):
        return None
    from core.alphabetic_index import index_terms_of

    return index_terms_of(catalog, code)


def _own_codes(own: OwnFile, code: Code) -> OwnCodes | None:
    rows = own.crosswalk.matches(code)
    return OwnCodes(rows, own.source) if rows else None
