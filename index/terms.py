"""What the words of a query may stand for: words of the release, with how well they fit."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from index.compiled import CompiledIndex, value_of
from index.typos import neighbours
from index.words import AFTER_ANY_WORD, names_disease, root, singular, stem, triples

_AS_WRITTEN, _SAME_STEM, _SAME_MEANING, _SAME_ROOT = 1.0, 0.9, 0.9, 0.75
_MISSPELT, _UNFINISHED, _ALIKE = 0.7, 0.6, 0.6
_CORRECTIONS = 3  # of a misspelt word that are tried
_COMPLETIONS = 6  # of a word that was cut short: malig, obstr
_MOST_BEGUN = 40  # words that the last one may become
_SHORTEST_CUT = 4
_SHORTEST_ALIKE = 6
_MOST_ALIKE = 30  # words whose letter triples are compared in full
_LEAST_ALIKE = 0.55  # of the letter triples of two words, the share that they have in common
_UNKNOWN_VALUE = value_of(300, 60_000)  # a word that is in no text counts like one that is fairly rare


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a reading: the index's words that it stands for, each with how well, and its value."""

    written: str
    denied: bool
    variants: tuple[tuple[int, float], ...]
    value: float
    read_as: str | None = None


class Terms:
    """Finds what words stand for in one index."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        #: A single word; without variants where the index has nothing like it.
        self.term = lru_cache(maxsize=4096)(self._find_term)
        #: The word itself where anybody writes it so, else the words that it may be meant for.
        self.spellings = lru_cache(maxsize=4096)(self._find_spellings)

    def begun(self, word: str) -> Term:
        """The words that a word is the beginning of, the commonest where there are too many."""
        lexicon, counts = self._index.lexicon, self._index.word_count
        begun = range(bisect_left(lexicon, word), bisect_left(lexicon, word + AFTER_ANY_WORD))
        common = nlargest(_MOST_BEGUN, begun, key=lambda n: (counts[n], -n))
        count = sum(counts[number] for number in common)
        return Term(
            word,
            False,
            tuple((number, _AS_WRITTEN) for number in common if self._index.posting_count(number)),
            value_of(count, len(self._index.row_entry)),
        )

    def _find_term(self, word: str) -> Term:
        variants, read_as = self._find_variants(word)
        count = sum(self._index.word_count[number] for number, _ in variants)
        value = value_of(count, len(self._index.row_entry)) if variants else _UNKNOWN_VALUE
        return Term(word, False, variants, value, read_as)

    def _find_spellings(self, word: str) -> tuple[str, ...]:
        index = self._index
        if word in index.word_numbers or index.by_stem.get(stem(word)):
            return (word,)
        return tuple(index.lexicon[number] for number in self._corrections(word)) or (word,)

    def _find_variants(self, word: str) -> tuple[tuple[tuple[int, float], ...], str | None]:
        """The release's words that a word stands for, and what it was read as where it is misspelt."""
        index = self._index
        if spelt := index.spellings.get(word):
            found, _ = self._find_variants(index.lexicon[spelt[0]])
            return found, index.lexicon[spelt[0]]
        variants = {number: self._likeness(word, number) for number in index.by_stem.get(stem(word))}
        for kin in index.kin.get(singular(word)):
            own = singular(index.lexicon[kin])
            for number in index.by_stem.get(stem(index.lexicon[kin])):
                if singular(index.lexicon[number]) == own:  # liver is hepatic, and not hepatitis
                    variants[number] = max(variants.get(number, 0.0), _SAME_MEANING)
        if key := root(word):
            for number in index.by_root.get(key):
                variants.setdefault(number, _SAME_ROOT)
        if (itself := index.word_numbers.get(word)) is not None:
            variants[itself] = _AS_WRITTEN
        found = self._in_release(variants)
        # A word that the search vocabulary or a 7th character's meaning has is not misspelt.
        if itself is not None or any(singular(index.lexicon[n]) == singular(word) for n in variants):
            return found, None
        if not found:
            return self._guess(word)
        return self._with_corrections(word, found)

    def _with_corrections(
        self, word: str, found: tuple[tuple[int, float], ...]
    ) -> tuple[tuple[tuple[int, float], ...], str | None]:
        """The words of a stem or root, and commoner ones that are one slip away."""
        counts = self._index.word_count
        most = max(counts[number] for number, _ in found)
        commoner = {n: _MISSPELT for n in self._corrections(word) if counts[n] > most}
        if not (slips := self._in_release(commoner)):
            return found, None
        return tuple((dict(found) | dict(slips)).items()), self._index.lexicon[slips[0][0]]

    def _likeness(self, word: str, number: int) -> float:
        """How well a word with the same stem stands for a word: hepatitis is no form of hepatic."""
        other = self._index.lexicon[number]
        return _SAME_STEM if names_disease(word) == names_disease(other) else _SAME_ROOT

    def _guess(self, word: str) -> tuple[tuple[tuple[int, float], ...], str | None]:
        for guesses in self._guesses(word):
            if found := self._resolved(guesses):
                return found, self._index.lexicon[next(iter(guesses))]
        return (), None

    def _resolved(self, guesses: dict[int, float]) -> tuple[tuple[int, float], ...]:
        """The release's words for guesses, some of which only the search vocabulary has: leukaemia."""
        resolved: dict[int, float] = {}
        for number, quality in guesses.items():
            itself = self._index.posting_count(number) > 0
            meant = ((number, 1.0),) if itself else self._find_variants(self._index.lexicon[number])[0]
            for other, share in meant:
                resolved[other] = max(resolved.get(other, 0.0), quality * share)
        return tuple(resolved.items())

    def _guesses(self, word: str) -> Iterator[dict[int, float]]:
        """The words that an unknown one may be meant for, with how well: the likeliest kind of slip first."""
        likely = dict.fromkeys(self._corrections(word), _MISSPELT)
        for number in self._completions(word):
            likely.setdefault(number, _UNFINISHED)
        yield likely
        yield dict.fromkeys(self._contractions(word), _UNFINISHED)
        yield dict.fromkeys(self._alike(word), _ALIKE)

    def _in_release(self, variants: dict[int, float]) -> tuple[tuple[int, float], ...]:
        return tuple((n, quality) for n, quality in variants.items() if self._index.posting_count(n))

    def _corrections(self, word: str) -> list[int]:
        """The words one edit away, the likeliest first: few people mistype the first letter."""
        index = self._index
        near = neighbours(word, index.lexicon, index.typo_hash, index.typo_word)
        return nlargest(
            _CORRECTIONS, near, key=lambda n: (index.lexicon[n][0] == word[0], index.word_count[n], -n)
        )

    def _completions(self, word: str) -> list[int]:
        """The commonest words that a word is the beginning of: titles of bills cut words short."""
        if len(word) < _SHORTEST_CUT or not word.isalpha():
            return []
        lexicon, counts = self._index.lexicon, self._index.word_count
        start, end = bisect_left(lexicon, word), bisect_left(lexicon, word + AFTER_ANY_WORD)
        return nlargest(_COMPLETIONS, range(start, end), key=lambda n: (counts[n], -n))

    def _contractions(self, word: str) -> list[int]:
        """The commonest words that a word leaves letters out of: hmrhg, for hemorrhage."""
        if len(word) < _SHORTEST_CUT or not word.isalpha() or sum(c in "aeiou" for c in word) > 1:
            return []
        lexicon, counts = self._index.lexicon, self._index.word_count
        start, end = bisect_left(lexicon, word[0]), bisect_left(lexicon, word[0] + AFTER_ANY_WORD)
        found = (n for n in range(start, end) if counts[n] and _is_left_of(word, lexicon[n]))
        return nlargest(_CORRECTIONS, found, key=lambda n: (lexicon[n][-1] == word[-1], counts[n], -n))

    def _alike(self, word: str) -> list[int]:
        """The words with the most letter triples in common, for what is more than one edit away."""
        if len(word) < _SHORTEST_ALIKE or not word.isalpha():
            return []
        own = triples(word)
        common = Counter(number for triple in own for number in self._index.by_triple.get(triple))
        lexicon = self._index.lexicon
        # ``most_common`` takes of equals those that were counted first, and the triples have no order.
        likely = nlargest(_MOST_ALIKE, common.items(), key=lambda found: (found[1], -found[0]))
        alike = [
            (2 * count / (len(own) + len(triples(lexicon[number]))), -number) for number, count in likely
        ]
        return [-n for share, n in nlargest(_CORRECTIONS, alike) if share >= _LEAST_ALIKE]


def _is_left_of(word: str, longer: str) -> bool:
    """Whether a word is what remains of a longer one without some letters."""
    letters = iter(longer)
    return len(longer) > len(word) and all(letter in letters for letter in word)
