"""Ranking: how well the rows of the index answer a reading of a query.

First the rows are gathered that hold the telling words; then the likeliest of them are compared with
the query word by word. Both steps look at a bounded number of rows.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from index.compiled import CONTEXT, DENIED, MODIFIER, ROLE, WORD_SHIFT, CompiledIndex
from index.hit import RowKind
from index.query import Reading, Term
from index.words import CAPACITIES, SIDES

EVERYWHERE = range(1 << 32)  # entry numbers
_GATHERED = 6000  # postings after which common words only count for rows that rarer ones found
_COMPARED = 120  # rows that are compared word by word
_LIKELY = 0.4  # of the best gathered score: less is not compared
_KIND_WEIGHT: dict[int, float] = {
    RowKind.TITLE: 1.0,
    RowKind.INCLUSION_TERM: 1.0,
    RowKind.INCLUDES: 0.98,
    RowKind.REFERENCE: 0.94,
    RowKind.INDEX_TERM: 1.0,
}
_BY_DEFAULT = 0.95  # of a match with the side of a code below
_MODIFIER_QUALITY = 0.6  # of a match with a word in parentheses or brackets
_OPPOSITE_QUALITY = 0.3  # of a match of what is denied with what is not
_PRECISION_SHARE = 0.7  # of a row's score that what it says beside the query can cost
_CONTEXT_WEIGHT = 0.75  # of a match that needs the words of the headings above
_CONTEXT_PRECISION_SHARE = 0.25
_UNASKED_OTHER = 0.96  # "Other …" for a query that does not say so
_MISSING_OTHER = 0.95  # and the reverse
_MISSING_CAPACITY = 0.6  # the condition itself, for a query that asks for a history of it
_UNASKED_SIDE = 0.95  # "left" for a query that names no side
_OTHER_SIDE = 0.8  # "left" for a query that names the right
_UNASKED_BIRTH = 0.7  # of pregnancy or of a newborn, for a query that names neither (I.C.15, I.C.16)


@dataclass(frozen=True, slots=True)
class Match:
    """How well an entry's best row answers a query, with the parts of the score.

    Where meanings are compared too, the score is made of what the words score and of the similarity;
    ``by_meaning`` then tells that the row is an entry's most similar text, not the one that its words found.
    """

    score: float
    row: int
    recall: float
    precision: float
    with_context: bool
    reading: Reading
    of_words: float = 0.0
    similarity: float | None = None
    by_meaning: bool = False


class Ranking:
    """Ranks the rows of one index."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self._postings = lru_cache(maxsize=512)(index.postings)
        self._contexts = lru_cache(maxsize=512)(index.contexts)

    def matches(self, readings: Sequence[Reading], span: range) -> dict[int, Match]:
        """The best match of each entry in a span of entry numbers."""
        best: dict[int, Match] = {}
        for reading in readings:
            for entry, match in self._of_reading(reading, span):
                known = best.get(entry)
                if known is None or (match.score, -match.row) > (known.score, -known.row):
                    best[entry] = match
        return best

    def covered(self, terms: Sequence[Term]) -> dict[int, float]:
        """Rows with at least one of some terms: the value of those that they hold."""
        covered: dict[int, float] = {}
        gathered = 0
        for term in sorted(terms, key=lambda t: -t.value):
            if not term.variants:
                continue
            count = sum(self._index.posting_count(word) for word, _ in term.variants)
            rows = self._rows_of(term)
            if covered and gathered + count > _GATHERED:
                for row in covered.keys() & rows.keys():
                    covered[row] += rows[row]
                continue
            gathered += count
            if not covered:
                covered = rows
                continue
            for row, value in rows.items():
                covered[row] = covered.get(row, 0.0) + value
        return covered

    def _rows_of(self, term: Term) -> dict[int, float]:
        """The rows of a term, each with the value of its best variant."""
        rows: dict[int, float] = {}
        variants = sorted(term.variants, key=lambda v: v[1])
        for word, quality in variants:
            rows.update(dict.fromkeys(self._contexts(word), quality * term.value * _CONTEXT_WEIGHT))
        for word, quality in variants:
            rows.update(dict.fromkeys(self._postings(word), quality * term.value))
        return rows

    def _of_reading(self, reading: Reading, span: range) -> list[tuple[int, Match]]:
        whole = sum(term.value for term in reading.terms)
        covered = self.covered(reading.terms)
        if not covered:
            return []
        entries = self._index.row_entry
        if span.stop - span.start < len(entries):
            covered = {row: value for row, value in covered.items() if entries[row] in span}
        if reading.choice:
            self._add_choices(covered, reading)
        least = max(covered.values(), default=0.0) * _LIKELY
        likely = nlargest(_COMPARED, ((value, -row) for row, value in covered.items() if value >= least))
        asked, capacities = _asked(reading.terms), _capacities(reading.terms)
        return [(entries[-row], self._match(-row, reading, asked, capacities, whole)) for _, row in likely]

    def _add_choices(self, covered: dict[int, float], reading: Reading) -> None:
        """Count the choice for rows without it whose entry has a code below for it."""
        [choice] = (term for term in reading.terms if term.written == reading.choice)
        # A release may have no row with the word, and an entry below for the choice by its meaning.
        words = [number for number, quality in choice.variants if quality == 1.0]
        named = {row for word in words for row in self._postings(word)}
        below, entries = self._index.chosen(choice.written), self._index.row_entry
        for row in covered:
            if entries[row] in below and row not in named:
                covered[row] += choice.value * _BY_DEFAULT

    def _match(
        self,
        row: int,
        reading: Reading,
        asked: "dict[int, list[tuple[int, float, bool]]]",
        capacities: Sequence[int],
        whole: float,
    ) -> Match:
        index = self._index
        values = index.word_value
        start, end = index.forward_start[row], index.forward_start[row + 1]
        own: dict[int, float] = {}  # by the term's place: the best quality in the text itself
        with_context: dict[int, float] = {}
        held = held_in_context = 0.0
        for packed in index.forward[start:end]:
            found = asked.get(packed >> WORD_SHIFT)
            if found is None:
                continue
            role = packed & ROLE
            best = 0.0
            for place, quality, denied in found:
                if denied != bool(packed & DENIED):
                    quality *= _OPPOSITE_QUALITY
                if quality > best:
                    best = quality
                if quality > with_context.get(place, 0.0):
                    with_context[place] = quality
                if role == MODIFIER:
                    quality *= _MODIFIER_QUALITY
                if role != CONTEXT and quality > own.get(place, 0.0):
                    own[place] = quality
            value = values[packed >> WORD_SHIFT] * best
            if role == CONTEXT:
                held_in_context += value
            elif role != MODIFIER:
                held += value
        terms = reading.terms
        is_chosen = False
        if reading.choice:
            choice = next(place for place, term in enumerate(terms) if term.written == reading.choice)
            if index.row_entry[row] in index.chosen(reading.choice):
                # A code below the entry has what is chosen, and the answer will be that code.
                own.setdefault(choice, _BY_DEFAULT)
                with_context.setdefault(choice, _BY_DEFAULT)
            is_chosen = choice in own
        recall = sum(terms[place].value * quality for place, quality in own.items()) / whole
        precision = min(1.0, held / index.row_value[row])
        score = (
            _KIND_WEIGHT[index.row_kind[row]]
            * recall
            * (1 - _PRECISION_SHARE + _PRECISION_SHARE * math.sqrt(precision))
        )
        in_context = False
        if held_in_context:
            wider = sum(terms[place].value * quality for place, quality in with_context.items()) / whole
            share = min(1.0, (held + held_in_context) / index.row_whole_value[row])
            other = _CONTEXT_WEIGHT * wider * (1 - _CONTEXT_PRECISION_SHARE * (1 - share))
            if other > score:
                score, recall, precision, in_context = other, wider, share, True
        for place in capacities:
            if place not in with_context and place not in own:
                score *= _MISSING_CAPACITY
        if bool(index.row_is_other[row]) != reading.asks_for_other:
            score *= _MISSING_OTHER if reading.asks_for_other else _UNASKED_OTHER
        if index.row_is_sided[row]:
            if reading.choice not in SIDES:
                score *= _UNASKED_SIDE
            elif not is_chosen:
                score *= _OTHER_SIDE
        if index.row_is_of_birth[row] and not reading.asks_of_birth:
            score *= _UNASKED_BIRTH
        return Match(score * reading.weight, row, recall, precision, in_context, reading)


def _capacities(terms: Sequence[Term]) -> list[int]:
    """The places of the terms that say in what capacity a condition is meant: a history of it."""
    return [place for place, term in enumerate(terms) if term.written in CAPACITIES]


def _asked(terms: Sequence[Term]) -> dict[int, list[tuple[int, float, bool]]]:
    """For each of the index's words that is asked for: the terms' places, qualities and denials."""
    asked: dict[int, list[tuple[int, float, bool]]] = defaultdict(list)
    for place, term in enumerate(terms):
        for word, quality in term.variants:
            asked[word].append((place, quality, term.denied))
    return dict(asked)
