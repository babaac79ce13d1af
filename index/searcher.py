"""Ranked search and completion over the compiled index."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from heapq import nlargest
from pathlib import Path

from core.catalog import Catalog, CatalogEntry
from core.classification import Level
from core.code import Code, InvalidCode
from core.lives import Standing
from index.compiled import CompiledIndex, rarity_of
from index.hit import Hit, RowKind
from index.typos import neighbours
from index.words import STOP_WORDS, stem, words

COMPILED_FILE = "search.bin"

_MOST_CHARACTERS = 400  # of a query that are read: its cost is bounded by construction
_MOST_WORDS = 16
_LONG_POSTINGS = 3000  # a word this common only adds to rows that rarer words found
_LEAST_FETCHED = 40  # rows, among which those with the query's very words come first
_AS_WRITTEN, _SAME_STEM, _MISSPELT = 1.0, 0.9, 0.7
_KIND_WEIGHT: dict[int, float] = {
    RowKind.TITLE: 1.0,
    RowKind.INCLUSION_TERM: 1.0,
    RowKind.INCLUDES: 0.98,
    RowKind.REFERENCE: 0.95,
}
_MODIFIER_QUALITY = 0.6  # of a match with a word in parentheses or brackets
_CERTAIN = 2.0  # the score of a code that was asked for as such, above all others
_EVERYWHERE = range(1 << 32)  # entry numbers
#: The start of a code: a letter and a digit decide that no word is meant; QA0 and the like need three.
_CODE_START = re.compile(r"([A-Za-z](?:[0-9][0-9A-Za-z]?|[A-Za-z][0-9])?)(?:(?<=...)\.?([0-9A-Za-z]{0,4}))?")
_LIKELY = 0.6  # of the best score: a row that misses a finished word completes something else
#: A code as a word of its own; it needs a digit, so that no plain word is taken for one.
_CODE_TEXT = re.compile(r"(?<![\w.])(?=[\w.]*[0-9])[A-Za-z][0-9A-Za-z]{2}\.?[0-9A-Za-z]{0,4}(?![\w.]*\w)")
_RESCORED = 300  # completions whose texts are compared with what was typed
_AFTER_ANY_WORD = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Term:
    """A word of the query: the index's words it stands for, each with how well, and its rarity."""

    written: str
    variants: tuple[tuple[int, float], ...]
    rarity: float
    read_as: str | None = None


class Searcher:
    """Search and completion in one release. Deterministic: same input, same output."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        """Open the index in a folder. Raises ``IndexUnavailable``."""
        self._index = CompiledIndex(folder / COMPILED_FILE)
        self._catalog = catalog
        self._rows = len(self._index.row_entry)
        self._postings = lru_cache(maxsize=512)(self._index.postings)

    def close(self) -> None:
        """Let go of the index. Nothing can be searched any more."""
        self._index.close()

    def search(
        self,
        query: str,
        on: date,
        *,
        limit: int = 10,
        billable_only: bool = False,
        chapter: str | None = None,
    ) -> list[Hit]:
        """Rank codes for a phrase, best first, for a date of service.

        Returns at most ``limit`` hits; ``Hit.score`` is comparable within one call only. An empty or
        blank query returns no hits. A query that is a code comes first itself. ``chapter`` is a
        number such as ``13``; an unknown one returns no hits.
        """
        span = self._span(chapter)
        if span is None or limit < 1:
            return []
        query = query[:_MOST_CHARACTERS]
        codes = self._codes_in(query)
        terms = self._terms(_without_codes(query, codes))
        corrected = tuple((t.written, t.read_as) for t in terms if t.read_as)
        # Headings and other chapters are dropped later, so more are fetched when a filter is on.
        wanted = _LEAST_FETCHED + limit * (8 if billable_only else 2)
        best = self._best_rows(self._scores(terms), wanted, span)
        # Stop words do not score, so "Other hypertension" and "hypertension" differ only here.
        asked = _verbatim(query)
        best.sort(key=lambda row_score: _verbatim(self._index.text(row_score[0])) != asked)
        hits = [hit for code in codes if (hit := self._code_hit(code, on))]
        if len(codes) == 1 and not terms:
            hits += self._code_completions(codes[0].text, on, limit)
        hits += self._hits(best, on, corrected, billable_only=billable_only)
        return _unique((h for h in hits if h.billable or not billable_only), limit)

    def complete(self, typed: str, on: date, *, limit: int = 50) -> list[Hit]:
        """Codes for what is being typed, the most useful first.

        The last word may be unfinished; the others count as in a search. What looks like the start of
        a code is completed as a code.
        """
        if limit < 1:
            return []
        hits = self._code_completions(typed, on, limit)
        if len(hits) < limit:
            hits += self._hits(self._completed_rows(typed, limit * 2), on, ())
        return _unique(hits, limit)

    def unknown_words(self, query: str) -> list[str]:
        """The words of a query that are in no official text, not even misspelt; codes left out."""
        rest = _CODE_TEXT.sub(" ", query[:_MOST_CHARACTERS])
        telling = (word for word in words(rest) if word not in STOP_WORDS)
        return [word for word in dict.fromkeys(telling) if self._term(word) is None]

    # What the query says

    def _codes_in(self, query: str) -> list[Code]:
        """The codes that are written in a query and that exist in any year, each once."""
        codes = dict.fromkeys(
            code for text in _CODE_TEXT.findall(query)[:_MOST_WORDS] if (code := _code(text))
        )
        known = self._catalog.known_among(set(codes))
        return [code for code in codes if code in known]

    def _terms(self, query: str) -> list[_Term]:
        """The words of a query that count. Where only stop words were written, they count."""
        written = words(query)
        telling = [word for word in written if word not in STOP_WORDS] or written
        found = (self._term(word) for word in dict.fromkeys(telling[:_MOST_WORDS]))
        terms = [term for term in found if term]
        # Digits alone are a code of another system, or what is left of one: 724.9 is no "9 weeks".
        return terms if any(not term.written.isdigit() for term in terms) else []

    def _term(self, word: str) -> _Term | None:
        index = self._index
        exact = index.word_numbers.get(word)
        variants = dict.fromkeys(index.words_of_stem(stem(word)), _SAME_STEM)
        if exact is not None:
            variants[exact] = _AS_WRITTEN
        if variants:
            return _Term(word, tuple(variants.items()), self._rarity(variants))
        near = neighbours(word, index.vocabulary, index.typo_hash, index.typo_word)
        if not near:
            return None
        near = nlargest(3, near, key=lambda n: (index.vocabulary[n][0] == word[0], index.occurrences(n)))
        variants = dict.fromkeys(near, _MISSPELT)
        return _Term(word, tuple(variants.items()), self._rarity(variants), index.vocabulary[near[0]])

    def _rarity(self, variants: Iterable[int]) -> float:
        return rarity_of(max(1, sum(map(self._index.occurrences, variants))), self._rows)

    # Which rows it finds

    def _scores(self, terms: Sequence[_Term]) -> dict[int, float]:
        """Rows with at least one term: how much of the query they hold and how little else."""
        whole = sum(term.rarity**2 for term in terms)
        root = math.sqrt(whole)
        lengths = self._index.row_length
        kinds = self._index.row_kind
        return {
            row: (found / whole)
            * (0.3 + 0.7 * min(1.0, found / (root * lengths[row])))
            * _KIND_WEIGHT[kinds[row]]
            for row, found in self._covered(terms).items()
        }

    def _covered(self, terms: Sequence[_Term]) -> dict[int, float]:
        """Rows with at least one term: how much of the query they hold."""
        covered: dict[int, float] = {}
        for term in sorted(terms, key=lambda t: -t.rarity):
            only = covered if covered and self._is_common(term) else None
            value = term.rarity**2
            for row, quality in self._rows_of(term, only).items():
                covered[row] = covered.get(row, 0.0) + quality * value
        return covered

    def _is_common(self, term: _Term) -> bool:
        return sum(self._index.occurrences(word) for word, _ in term.variants) > _LONG_POSTINGS

    def _rows_of(self, term: _Term, only: dict[int, float] | None) -> dict[int, float]:
        """The rows of a term, each with the quality of its best variant."""
        rows: dict[int, float] = {}
        for word, quality in sorted(term.variants, key=lambda v: v[1]):
            aside = quality * _MODIFIER_QUALITY
            for posting in self._postings(word):
                row = posting >> 1
                if only is None or row in only:
                    found = aside if posting & 1 else quality
                    if found > rows.get(row, 0.0):
                        rows[row] = found
        return rows

    def _best_rows(self, scores: dict[int, float], count: int, span: range) -> list[tuple[int, float]]:
        """The best row of each of the best entries, best first; the row number breaks ties."""
        entries = self._index.row_entry
        best: dict[int, tuple[float, int]] = {}
        for row, score in scores.items():
            entry = entries[row]
            if entry in span and (score, -row) > best.get(entry, (0.0, 0)):
                best[entry] = (score, -row)
        return [(-row, score) for score, row in nlargest(count, best.values())]

    def _completed_rows(self, typed: str, count: int) -> list[tuple[int, float]]:
        """Rows for words of which the last may be unfinished."""
        typed = typed[-_MOST_CHARACTERS:]
        written = words(typed)
        if not written:
            return []
        unfinished = written[-1] if typed[-1].isalnum() else ""
        finished = written[:-1] if unfinished else written
        terms = [t for w in finished if w not in STOP_WORDS and (t := self._term(w))]
        if not unfinished:
            return self._best_rows(self._scores(terms), count, _EVERYWHERE)
        if not terms:
            rows = self._rows_with_prefix(unfinished)
        else:
            likely = self._likely(terms)
            rows = self._narrowed(likely, unfinished) or list(likely)
        phrase = " ".join(written)
        near = sorted(rows)[:_RESCORED]
        scored = {row: self._completion_score(row, phrase) for row in near}
        return self._best_rows(scored, count, _EVERYWHERE)

    def _prefixed(self, prefix: str) -> range:
        vocabulary = self._index.vocabulary
        return range(bisect_left(vocabulary, prefix), bisect_left(vocabulary, prefix + _AFTER_ANY_WORD))

    def _rows_with_prefix(self, prefix: str) -> list[int]:
        """The most useful rows with a word that starts so; rows that start with it come first."""
        found = self._prefixed(prefix)
        # Rows are numbered by usefulness, so the first few of each word are all that can be shown.
        first = {r for word in found for r in self._index.rows_starting_with(word)[:_RESCORED]}
        if len(first) >= _RESCORED:
            return list(first)
        return [*first, *(p >> 1 for word in found for p in self._postings(word)[:_RESCORED])]

    def _likely(self, terms: Sequence[_Term]) -> set[int]:
        """The rows that hold the finished words best."""
        covered = self._covered(terms)
        least = max(covered.values(), default=0.0) * _LIKELY
        return {row for row, found in covered.items() if found >= least}

    def _narrowed(self, rows: set[int], prefix: str) -> list[int]:
        """Of some rows, those with a word that starts so."""
        return [p >> 1 for word in self._prefixed(prefix) for p in self._postings(word) if p >> 1 in rows]

    def _completion_score(self, row: int, phrase: str) -> float:
        """Falls with the row's number, in three classes: starts with the phrase, contains it, neither."""
        text = " ".join(words(self._index.text(row)))
        place = 2 if text.startswith(phrase) else int(f" {phrase}" in text)
        return place + 1 - row / self._rows

    # What is shown

    def _hits(
        self,
        best: Sequence[tuple[int, float]],
        on: date,
        corrected: tuple[tuple[str, str], ...],
        *,
        billable_only: bool = False,
    ) -> list[Hit]:
        index = self._index
        entries = self._catalog.entries_numbered([index.row_entry[row] for row, _ in best])
        standings = self._catalog.lives([entry.name for entry in entries.values()])
        hits = []
        for row, score in best:
            entry = entries[index.row_entry[row]]
            standing = standings[entry.name].standing(on)
            if standing is None:
                continue
            kind = RowKind(index.row_kind[row])
            hit = Hit(Code(entry.name), entry.title, standing, score, index.text(row), kind, corrected)
            if hit.standing is Standing.HEADING and entry.billable:
                hits += [hit, *self._added_below(hit, on)]
            elif not hit.billable and billable_only:
                hits += self._complete_codes(entry, hit, on)
            else:
                hits.append(hit)
        return hits

    def _complete_codes(self, stem_entry: CatalogEntry, hit: Hit, on: date) -> list[Hit]:
        """The codes that the 7th characters make of a stem, to take its hit's place; none for others."""
        children = self._catalog.children(stem_entry)
        codes = {code: child.title for child in children if (code := Code(child.name)).is_complete}
        return self._hits_like(hit, codes, on)

    def _added_below(self, hit: Hit, on: date) -> list[Hit]:
        """The codes of another year below a code that became their heading."""
        return self._hits_like(hit, dict.fromkeys(self._catalog.unlisted_below(hit.code)), on)

    def _hits_like(self, hit: Hit, codes: Mapping[Code, str | None], on: date) -> list[Hit]:
        lives = self._catalog.lives([code.text for code in codes])
        return [
            replace(hit, code=code, title=title, standing=standing)
            for code, title in codes.items()
            if (standing := lives[code.text].standing(on))
        ]

    def _code_hit(self, code: Code, on: date) -> Hit | None:
        standing = self._catalog.standing(code, on)
        entry = self._catalog.entry(code)
        title = entry.title if entry else None
        return Hit(code, title, standing, _CERTAIN, code.text, RowKind.CODE) if standing else None

    def _code_completions(self, typed: str, on: date, limit: int) -> list[Hit]:
        if not (match := _CODE_START.fullmatch(typed.strip())):
            return []
        category, rest = match.groups()
        prefix = f"{category}.{rest}".upper() if rest or "." in typed else category.upper()
        found = self._catalog.starting_with(prefix, limit)
        lives = self._catalog.lives([code.text for code, _ in found])
        return [
            Hit(code, title, standing, _CERTAIN, code.text, RowKind.CODE)
            for code, title in found
            if (standing := lives[code.text].standing(on)) in (Standing.BILLABLE, Standing.HEADING)
        ]

    def _span(self, chapter: str | None) -> range | None:
        """The numbers of a chapter's entries; ``None`` for a chapter that does not exist."""
        if chapter is None:
            return _EVERYWHERE
        chapters = self._catalog.groups(Level.CHAPTER)
        names = [entry.name for entry in chapters]
        if chapter not in names:
            return None
        place = names.index(chapter)
        after = chapters[place + 1].number if place + 1 < len(chapters) else _EVERYWHERE.stop
        return range(chapters[place].number, after)


def _code(text: str) -> Code | None:
    try:
        return Code.parse(text)
    except InvalidCode:
        return None


def _without_codes(query: str, codes: Sequence[Code]) -> str:
    """The rest of a query: what is a code is not searched as words."""
    return _CODE_TEXT.sub(lambda m: " " if _code(m.group()) in codes else m.group(), query)


def _verbatim(text: str) -> list[str]:
    """A text's words as they stand, but for those that say that nothing more is known."""
    return [word for word in words(text) if word not in ("unspecified", "nos")]


def _unique(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """The first hit of each code, at most ``limit``."""
    found: dict[Code, Hit] = {}
    for hit in hits:
        found.setdefault(hit.code, hit)
        if len(found) == limit:
            break
    return list(found.values())
