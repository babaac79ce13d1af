"""Ranking: how well the rows of the index answer a reading of a query.

First the rows are gathered that hold the telling words; then the likeliest of them are compared with
the query word by word. Both steps look at a bounded number of rows.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from heapq import nlargest
from itertools import chain
from operator import mul
from typing import NamedTuple

from index.compiled import CONTEXT, DENIED, MAIN, MODIFIER, ROLE, WORD_SHIFT, CompiledIndex
from index.hit import RowKind
from index.mapped_file import Lists
from index.query import Reading
from index.terms import Term
from index.words import CAPACITIES, SIDES

EVERYWHERE = range(1 << 32)  # entry numbers
_LONG = 500  # rows of a word, of which a release has some 300
_MOST_KEPT = 300  # of these
_LIKELY = 0.4  # of the best gathered score: less is not compared
_KIND_WEIGHT: dict[int, float] = {
    RowKind.TITLE: 1.0,
    RowKind.INCLUSION_TERM: 1.0,
    RowKind.INCLUDES: 0.98,
    RowKind.REFERENCE: 0.94,
    RowKind.INDEX_TERM: 1.0,
    RowKind.EXTERNAL_CAUSE_TERM: 0.9,
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
_ROUNDING = 1e-6  # by which sums of the same values may differ
#: The lowest bits of a forward entry: what stands in a context is never denied there.
_WAYS_TO_HOLD = (MAIN, MODIFIER, CONTEXT, MAIN | DENIED, MODIFIER | DENIED)
_UNASKED_BIRTH = 0.7  # of pregnancy or of a newborn, for a query that names neither (I.C.15, I.C.16)


class Effort(NamedTuple):
    """How many rows are looked at for a reading."""

    #: Postings after which common words only count for rows that rarer ones found.
    gathered: int
    #: Rows that are compared word by word, where no more entries are asked for.
    compared: int


THOROUGH = Effort(gathered=3000, compared=80)


class Match(NamedTuple):
    """How well an entry's best row answers a query, with the parts of the score.

    Where meanings are compared too, the score is made of what the words score and of the similarity;
    ``by_meaning`` then tells that the row is an entry's most similar text, not the one that its words found.

    A tuple, for a search makes some hundred of them, which takes half the time of a data class.
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
        self._postings = _kept(index.postings)
        self._contexts = _kept(index.contexts)

    def matches(
        self, readings: Sequence[Reading], span: range, count: int = 1, effort: Effort = THOROUGH
    ) -> dict[int, Match]:
        """The best match of each entry in a span of entry numbers, of some ``count`` entries or more."""
        best: dict[int, Match] = {}
        entries = self._index.row_entry
        most = max(count, effort.compared)
        for reading in readings:
            match_of = _Comparison(self._index, reading).match
            for row in self._likely(reading, span, most, effort.gathered):
                match = match_of(row)
                entry = entries[row]
                known = best.get(entry)
                if known is None or (match.score, -row) > (known.score, -known.row):
                    best[entry] = match
        return best

    def _likely(self, reading: Reading, span: range, most: int, gathered: int) -> list[int]:
        """The rows that are worth comparing with a reading."""
        entries = self._index.row_entry
        if span.stop - span.start < len(entries):
            found = self._covered(reading, None, gathered)
            covered = {row: value for row, value in found.items() if entries[row] in span}
        else:
            covered = self._covered(reading, most, gathered)
        if not covered:
            return []
        if reading.choice:
            self._add_choices(covered, reading)
        least = _least_wanted(covered, most)
        likely = [row for row, value in covered.items() if value > least]
        if len(likely) < most:  # of equals the more useful rows, which come first
            likely += sorted([row for row, value in covered.items() if value == least])
        return likely[:most]

    def _covered(self, reading: Reading, most: int | None, to_gather: int) -> dict[int, float]:
        """Rows with at least one of a reading's terms: the value of those that they hold.

        The telling words come first. What is left then may be worth so little that the rows which only it
        would bring cannot be among the ``most`` likely ones: they are not looked at.
        """
        terms = sorted((term for term in reading.terms if term.variants), key=lambda t: -t.value)
        left = sum(term.value for term in terms)
        by_choice = sum(term.value for term in terms if term.written == reading.choice)
        covered: dict[int, float] = {}
        for term in terms:
            count = sum(self._index.posting_count(word) for word, _ in term.variants)
            if covered and (
                count > to_gather
                or (most is not None and _are_less(left + by_choice + _ROUNDING, covered, most))
            ):
                rows = self._rows_of(term, covered)
                covered.update({row: covered[row] + value for row, value in rows.items()})
            else:
                to_gather -= count
                rows = self._rows_of(term)
                both = covered.keys() & rows.keys()
                held = {row: covered[row] + rows[row] for row in both}
                covered.update(rows)
                covered.update(held)
            left -= term.value
        return covered

    def _rows_of(self, term: Term, among: Mapping[int, float] | None = None) -> dict[int, float]:
        """The rows of a term, each with the value of its best variant; of all, or of those among some."""
        rows: dict[int, float] = {}
        variants = sorted(term.variants, key=lambda v: v[1])
        for found, share in ((self._contexts, _CONTEXT_WEIGHT), (self._postings, 1.0)):
            for word, quality in variants:
                held = found(word)
                worth = quality * term.value * share
                rows.update(dict.fromkeys(held if among is None else among.keys() & held, worth))
        return rows

    def _add_choices(self, covered: dict[int, float], reading: Reading) -> None:
        """Count the choice for rows without it whose entry has a code below for it."""
        [choice] = (term for term in reading.terms if term.written == reading.choice)
        # A release may have no row with the word, and an entry below for the choice by its meaning.
        named = (self._postings(number) for number, quality in choice.variants if quality == 1.0)
        below, entries = self._index.chosen(choice.written), self._index.row_entry
        for row in covered.keys() - chain.from_iterable(named):
            if entries[row] in below:
                covered[row] += choice.value * _BY_DEFAULT


def _kept(lists: Lists) -> Callable[[int], Collection[int]]:
    """The rows of a word. Long lists are kept, as sets, in which rows are looked up quickest."""
    kept = lru_cache(maxsize=_MOST_KEPT)(lambda word: frozenset(lists[word]))
    return lambda word: kept(word) if lists.length(word) >= _LONG else lists[word]


def _are_less(value: float, covered: Mapping[int, float], most: int) -> bool:
    """Whether rows of a value would be less than the likely ones among those of some values."""
    best = max(covered.values())
    return value < best and (value < best * _LIKELY or value < _least_wanted(covered, most))


def _least_wanted(covered: Mapping[int, float], most: int) -> float:
    """The value of the least of the likely rows: others are worth too little, or too many are worth more."""
    least = max(covered.values()) * _LIKELY
    if len(covered) <= most:
        return least
    likely = [value for value in covered.values() if value >= least]
    return nlargest(most, likely)[-1] if len(likely) > most else least


class _Comparison:
    """A reading made ready to be compared with rows, word by word."""

    def __init__(self, index: CompiledIndex, reading: Reading) -> None:
        self._index = index
        self._reading = reading
        terms = reading.terms
        self._values = [term.value for term in terms]
        self._whole = sum(self._values)
        self._none = [0.0] * len(terms)
        self._capacities = [place for place, term in enumerate(terms) if term.written in CAPACITIES]
        chosen = (place for place, term in enumerate(terms) if term.written == reading.choice)
        self._choice = next(chosen, None)
        self._below = index.chosen(reading.choice) if reading.choice else {}
        #: For each of the index's words that is asked for: the terms' places, qualities and denials.
        self._asked: dict[int, list[tuple[int, float, bool]]] = defaultdict(list)
        for place, term in enumerate(terms):
            for word, quality in term.variants:
                self._asked[word].append((place, quality, term.denied))
        self._is_asked = frozenset(
            word << WORD_SHIFT | held for word in self._asked for held in _WAYS_TO_HOLD
        ).__contains__
        self._answer = cache(self._find_answer)

    def match(self, row: int) -> Match:
        """How well a row answers the reading."""
        index = self._index
        start, end = index.forward_start[row], index.forward_start[row + 1]
        own = self._none.copy()  # by the term's place: the best quality in the text itself
        with_context = self._none.copy()
        held = held_in_context = 0.0
        for packed in filter(self._is_asked, index.forward[start:end]):
            role, value, answers = self._answer(packed)
            for place, in_context, in_text in answers:
                if in_context > with_context[place]:
                    with_context[place] = in_context
                if in_text > own[place]:
                    own[place] = in_text
            if role == CONTEXT:
                held_in_context += value
            elif role != MODIFIER:
                held += value
        choice = self._choice
        if choice is not None and index.row_entry[row] in self._below:
            # A code below the entry has what is chosen, and the answer will be that code.
            own[choice] = own[choice] or _BY_DEFAULT
            with_context[choice] = with_context[choice] or _BY_DEFAULT
        values, whole = self._values, self._whole
        recall = sum(map(mul, values, own)) / whole
        precision = min(1.0, held / index.row_value[row])
        score = (
            _KIND_WEIGHT[index.row_kind[row]]
            * recall
            * (1 - _PRECISION_SHARE + _PRECISION_SHARE * math.sqrt(precision))
        )
        in_context = False
        if held_in_context:
            wider = sum(map(mul, values, with_context)) / whole
            share = min(1.0, (held + held_in_context) / index.row_whole_value[row])
            other = _CONTEXT_WEIGHT * wider * (1 - _CONTEXT_PRECISION_SHARE * (1 - share))
            if other > score:
                score, recall, precision, in_context = other, wider, share, True
        for place in self._capacities:
            if not with_context[place]:
                score *= _MISSING_CAPACITY
        reading = self._reading
        if bool(index.row_is_other[row]) != reading.asks_for_other:
            score *= _MISSING_OTHER if reading.asks_for_other else _UNASKED_OTHER
        if index.row_is_sided[row]:
            if reading.choice not in SIDES:
                score *= _UNASKED_SIDE
            elif choice is None or not own[choice]:
                score *= _OTHER_SIDE
        if index.row_is_of_birth[row] and not reading.asks_of_birth:
            score *= _UNASKED_BIRTH
        return Match(score * reading.weight, row, recall, precision, in_context, reading)

    def _find_answer(self, packed: int) -> tuple[int, float, list[tuple[int, float, float]]]:
        """What a word that a row holds in some way answers: the way, its value, and the qualities by term.

        Each term with its place, its quality with the context, and its quality in the text itself.
        """
        word, role = packed >> WORD_SHIFT, packed & ROLE
        answers = []
        best = 0.0
        for place, quality, denied in self._asked[word]:
            if denied != bool(packed & DENIED):
                quality *= _OPPOSITE_QUALITY
            best = max(best, quality)
            in_text = {CONTEXT: 0.0, MODIFIER: quality * _MODIFIER_QUALITY}.get(role, quality)
            answers.append((place, quality, in_text))
        return role, self._index.word_value[word] * best, answers
