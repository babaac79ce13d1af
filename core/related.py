"""Related codes, each with the name of its relation and the official text that relates it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.card import CodeCard, Source
from core.catalog import Catalog
from core.classification import Level
from core.code import Code, dotted
from core.lives import Standing

if TYPE_CHECKING:
    from core.alphabetic_index import TermsOfCode


class Relation(StrEnum):
    """How a code is related to the card's. The value is the stable key that JSON uses."""

    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    MORE_SPECIFIC = "more_specific"
    NAMED_IN_ITS_NOTES = "named_in_its_notes"
    ITS_NOTES_NAME_IT = "its_notes_name_it"
    SAME_INDEX_TERM = "same_index_term"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    Relation.PARENT: "Above it",
    Relation.CHILD: "Below it",
    Relation.SIBLING: "Beside it",
    Relation.MORE_SPECIFIC: "More specific",
    Relation.NAMED_IN_ITS_NOTES: "Named in its notes",
    Relation.ITS_NOTES_NAME_IT: "Codes whose notes name it",
    Relation.SAME_INDEX_TERM: "Under the same index term",
}


@dataclass(frozen=True, slots=True)
class RelatedCode:
    """A code, its relation to the card's, and the text that relates them where there is one.

    ``via`` is a note's kind and text, ``Excludes1: discitis NOS (M46.4-)``, or a term of the Alphabetic
    Index. ``name`` may be a block or a chapter, whose notes name codes too.
    """

    relation: Relation
    name: str
    title: str | None
    standing: Standing | None
    via: str | None
    source: Source


def related(
    catalog: Catalog,
    card: CodeCard,
    more_specific: Sequence[Code] = (),
    index_terms: "TermsOfCode | None" = None,
) -> tuple[RelatedCode, ...]:
    """The codes related to a card's, by relation.

    ``more_specific`` are billable codes that settle what the card's leaves open; see
    ``core.documentation``. ``index_terms`` lead to the card's code in the Alphabetic Index.
    """
    return (
        *_hierarchy(card),
        *_more_specific(catalog, card, more_specific),
        *_named_in_its_notes(catalog, card),
        *_naming_it(catalog, card),
        *(_under_the_same_index_term(catalog, card, index_terms) if index_terms else ()),
    )


def _hierarchy(card: CodeCard) -> Iterator[RelatedCode]:
    above = card.path[:-1] if card.title is not None else card.path
    if above and above[-1].level not in (Level.CHAPTER, Level.BLOCK):
        parent = above[-1]
        yield RelatedCode(Relation.PARENT, parent.name, parent.title, None, None, parent.source)
    for relation, codes in ((Relation.CHILD, card.children), (Relation.SIBLING, card.siblings)):
        for code in codes:
            yield RelatedCode(relation, code.code.text, code.title, code.standing, None, code.source)


def _more_specific(catalog: Catalog, card: CodeCard, codes: Sequence[Code]) -> Iterator[RelatedCode]:
    titles = catalog.titles(codes)
    for code in codes:
        yield RelatedCode(
            Relation.MORE_SPECIFIC, code.text, titles.get(code), Standing.BILLABLE, None, card.sources[0]
        )


def _named_in_its_notes(catalog: Catalog, card: CodeCard) -> Iterator[RelatedCode]:
    """Single codes and headings; ranges stay in the text, for they name no code."""
    own = card.code.text
    found: dict[str, str] = {}
    for level in card.notes_by_level:
        for name, via in level.named.items():
            if name not in found and not own.startswith(name):
                found[name] = via
    named = catalog.named(found)
    for name, via in found.items():
        if title := named[name].title:  # FY2026 names G31.90, which no year knows
            standing = named[name].life.standing(card.as_of)
            yield RelatedCode(Relation.NAMED_IN_ITS_NOTES, name, title, standing, via, card.sources[0])


def _naming_it(catalog: Catalog, card: CodeCard) -> Iterator[RelatedCode]:
    """Entries whose notes name the code, or a heading above it: ``M53.-`` is about M53.9 too."""
    own = {level.name for level in card.path} | {card.code.text}
    bare = card.code.undotted
    seen = set()
    for note in catalog.notes_naming(dotted(bare[:length]) for length in range(3, len(bare) + 1)):
        entry = note.entry
        if entry.name in own or entry.number in seen:
            continue
        seen.add(entry.number)
        via = note.kind.printed(note.text)
        yield RelatedCode(Relation.ITS_NOTES_NAME_IT, entry.name, entry.title, None, via, card.sources[0])


def _under_the_same_index_term(
    catalog: Catalog, card: CodeCard, found: "TermsOfCode"
) -> Iterator[RelatedCode]:
    """Codes beside the card's in the Alphabetic Index, without those that the hierarchy shows already."""
    shown = {code.code for code in (*card.children, *card.siblings)}
    above = {Code(level.name) for level in card.path if level.level not in (Level.CHAPTER, Level.BLOCK)}
    from core.alphabetic_index import terms_beside  # only where an Index is loaded

    beside = terms_beside(catalog, found, {card.code} | above | shown)
    named = catalog.named([term.code.text for term in beside])
    for term in beside:
        name = term.code.text
        yield RelatedCode(
            Relation.SAME_INDEX_TERM,
            name,
            named[name].title or None,
            named[name].life.standing(card.as_of),
            f"Alphabetic Index FY{found.fiscal_year}: {term.text}",
            found.source,
        )
