"""Hits: what is shown of the entries that were found, on a date of service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.code import Code
from core.index_lines import LoadedPart, loaded_parts
from core.index_parts import IndexPart
from core.lives import Standing
from index.compiled import WORD_SHIFT, CompiledIndex
from index.encounters import Encounter
from index.hit import Hit, RowKind
from index.ranking import Match
from index.words import singular

CERTAIN = 2.0  # the score of a code that was asked for as such, above all others
_AT_ONCE = 16
#: The part of the Index that texts of a kind stand in.
_PARTS: Mapping[RowKind, IndexPart] = {
    RowKind.INDEX_TERM: IndexPart.DISEASES,
    RowKind.EXTERNAL_CAUSE_TERM: IndexPart.EXTERNAL_CAUSES,
    RowKind.NEOPLASM_TABLE: IndexPart.NEOPLASMS,
    RowKind.DRUG_TABLE: IndexPart.DRUGS,
}


class Found(NamedTuple):
    """An entry that answers a query; ``of`` is the heading whose text matched, where it is another."""

    entry: int
    match: Match
    of: int | None = None
    more_beside: int = 0


class Hits:
    """Makes hits of what was found in one release."""

    def __init__(self, index: CompiledIndex, catalog: Catalog) -> None:
        self._index = index
        self._catalog = catalog
        self._kin_of = lru_cache(maxsize=4096)(self._read_kin)

    def of(
        self,
        ranked: Sequence[Found],
        on: date,
        encounter: Encounter | None,
        *,
        billable_only: bool = False,
    ) -> Iterator[Hit]:
        """What is shown of the ranked entries on a date, codes out of use last.

        A few at a time, for most are never asked for.
        """
        out_of_use = []
        for start in range(0, len(ranked), _AT_ONCE):
            some = ranked[start : start + _AT_ONCE]
            for hit in self._of(some, on, encounter, billable_only=billable_only):
                if hit.standing in (Standing.BILLABLE, Standing.HEADING):
                    yield hit
                else:
                    out_of_use.append(hit)
        yield from out_of_use

    def _of(
        self,
        ranked: Sequence[Found],
        on: date,
        encounter: Encounter | None,
        *,
        billable_only: bool,
    ) -> Iterator[Hit]:
        numbers = {number for found in ranked for number in (found.entry, found.of) if number}
        entries = self._catalog.entries_numbered(numbers)
        standings = self._catalog.lives([entry.name for entry in entries.values()])
        for found in ranked:
            entry = entries[found.entry]
            standing = standings[entry.name].standing(on)
            if found.of and standing not in (Standing.BILLABLE, Standing.HEADING):
                # A default code that is not in use on the date gives way to its heading.
                found = Found(found.of, found.match)
                entry = entries[found.entry]
                standing = standings[entry.name].standing(on)
            if standing is None:
                continue
            of = entries[found.of].name if found.of else None
            hit = self._hit(entry, standing, found, of)
            if standing is Standing.HEADING and entry.billable:
                yield hit
                yield from self._added_below(hit, on)
            elif standing is Standing.HEADING and encounter and (chosen := self._chosen(entry, encounter)):
                yield from self._like(hit, {Code(chosen.name): chosen.title}, on)
                yield hit
            elif not hit.billable and billable_only:
                yield from self._complete_codes(entry, hit, on)
            else:
                yield hit

    def _hit(self, entry: CatalogEntry, standing: Standing, found: Found, of: str | None) -> Hit:
        index, match = self._index, found.match
        row = match.row
        parts = [("words of the query found", match.recall), ("words of the text asked for", match.precision)]
        if match.similarity is not None:
            parts += [("score of the words", match.of_words), ("similarity of meaning", match.similarity)]
        kind = RowKind.SIMILAR_MEANING if match.by_meaning else RowKind(index.row_kind[row])
        return Hit(
            Code(entry.name),
            entry.title,
            standing,
            match.score,
            index.text(row),
            kind,
            match.reading.corrected,
            (*match.reading.expanded, *self._same_meanings(match)),
            of,
            tuple(parts),
            found.more_beside,
            self.edition(kind),
        )

    def edition(self, kind: RowKind) -> int | None:
        """The fiscal year of the part of the Index that texts of a kind are of; ``None`` for other texts."""
        part = self.parts.get(_PARTS[kind]) if kind in _PARTS else None
        return part.fiscal_year if part else None

    @cached_property
    def parts(self) -> Mapping[IndexPart, LoadedPart]:
        """The parts of the Index that are loaded."""
        return {loaded.part: loaded for loaded in loaded_parts(self._catalog)}

    def _same_meanings(self, match: Match) -> Iterator[tuple[str, str]]:
        """The words that the text has in place of words of the query: hives, urticaria."""
        terms = [(term, kin) for term in match.reading.terms if (kin := self._kin_of(term.written))]
        if not terms:
            return
        index = self._index
        start, end = index.forward_start[match.row], index.forward_start[match.row + 1]
        held = {packed >> WORD_SHIFT for packed in index.forward[start:end]}
        for term, kin in terms:
            best = max((v for v in term.variants if v[0] in held), key=lambda v: v[1], default=None)
            if best and best[0] in kin:
                yield term.written, index.lexicon[best[0]]

    def _read_kin(self, word: str) -> frozenset[int]:
        return frozenset(self._index.kin.get(singular(word)))

    def _chosen(self, stem_entry: CatalogEntry, encounter: Encounter) -> CatalogEntry | None:
        """The code with the 7th character that a query's words choose, for a stem that takes one."""
        start = len(stem_entry.title) + len(", ")
        children = self._catalog.children(stem_entry)
        return encounter.choose({child: child.title[start:] for child in children if not child.printed})

    def _complete_codes(self, stem_entry: CatalogEntry, hit: Hit, on: date) -> list[Hit]:
        """The codes that the 7th characters make of a stem, to take its hit's place; none for others."""
        children = self._catalog.children(stem_entry)
        codes = {code: child.title for child in children if (code := Code(child.name)).is_complete}
        return self._like(hit, codes, on)

    def _added_below(self, hit: Hit, on: date) -> list[Hit]:
        """The codes of another year below a code that became their heading."""
        return self._like(hit, dict.fromkeys(self._catalog.unlisted_below(hit.code)), on)

    def _like(self, hit: Hit, codes: Mapping[Code, str | None], on: date) -> list[Hit]:
        lives = self._catalog.lives([code.text for code in codes])
        return [
            replace(hit, code=code, title=title, standing=standing)
            for code, title in codes.items()
            if (standing := lives[code.text].standing(on))
        ]

    def of_code(self, code: Code, on: date) -> Hit | None:
        standing = self._catalog.standing(code, on)
        entry = self._catalog.entry(code)
        title = entry.title if entry else None
        return Hit(code, title, standing, CERTAIN, code.text, RowKind.CODE) if standing else None
