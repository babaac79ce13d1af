"""Reading a query: its words, what each may stand for, and what its phrases mean.

A query has several readings: as it was written, and with the terms of the search vocabulary in it
replaced by the official words that they mean.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import nlargest
from itertools import islice, product

from index.compiled import CompiledIndex, value_of
from index.encounters import without_encounter
from index.typos import neighbours
from index.words import (
    AFTER_ANY_WORD,
    CHOICES,
    SIDES,
    STOP_WORDS,
    Token,
    is_filler,
    names_disease,
    phrase_key,
    root,
    singular,
    stem,
    tokens,
    triples,
)

MOST_CHARACTERS = 400  # of a query that are read: its cost is bounded by construction
MOST_WORDS = 16
_MOST_TOKENS = 2 * MOST_WORDS  # with the stop words between them
_STOP_WORDS_WITHIN = 3  # of a term that are not written in the vocabulary: stones in the kidney
_MOST_READINGS = 3  # beside the one as written
_MOST_SPELLINGS = 9  # of a phrase with misspelt words that are looked up
_AS_WRITTEN, _SAME_STEM, _SAME_MEANING, _SAME_ROOT = 1.0, 0.9, 0.9, 0.75
_MISSPELT, _UNFINISHED, _ALIKE = 0.7, 0.6, 0.6
_EXPANDED = 0.95  # a reading with other words than were written
_DENIED_SHARE = 0.35  # of its value, what a query says is not so counts
_ASIDE_SHARE = 0.6  # and what it says in brackets
_LEADING = 1.25  # what stands before the first preposition or comma names the condition
_CORRECTIONS = 3  # of a misspelt word that are tried
_COMPLETIONS = 6  # of a word that was cut short: malig, obstr
_MOST_BEGUN = 40  # words that the last one may become
_SHORTEST_CUT = 4
_SHORTEST_ALIKE = 6
_MOST_ALIKE = 30  # words whose letter triples are compared in full
_LEAST_ALIKE = 0.55  # of the letter triples of two words, the share that they have in common
_UNKNOWN_VALUE = value_of(300, 60_000)  # a word that is in no text counts like one that is fairly rare

_DATE = re.compile(r"\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})\b")
#: Words of billing titles that say nothing: "without mention of complication", "cause unspecified".
_FILLERS = re.compile(
    r"\bwith or without mention of [^,]*|\bnot stated as [^,]*"
    r"|\b(?:mention of|so (?:stated|described)|not further specified|as to source)\b"
    r"|\b(?:(?:initial|subsequent) )?episode of care\b(?: unspecified)?"
    r"|,? *\b(?:site|part|type|cause|degree)s? (?:unspecified|not specified)\b"
    r"|\bunspecified (?:site|part|type|cause)s?\b",
    re.IGNORECASE,
)
#: Billing titles of obstetrics end with the phase of the pregnancy, the official ones with these words.
_PHASES = (
    (re.compile(r"\bdelivered,? with mention of postpartum [^,]*", re.IGNORECASE), "(puerperium)"),
    (re.compile(r"\bdelivered,? with(?: or without)? mention of [^,]*", re.IGNORECASE), "(childbirth)"),
    (re.compile(r"\bantepartum condition or complication\b", re.IGNORECASE), "(pregnancy)"),
    (re.compile(r"\bpostpartum condition or complication\b", re.IGNORECASE), "(puerperium)"),
    (re.compile(r"\bunspecified as to episode of care(?: or not applicable)?\b", re.IGNORECASE), " "),
)
_PHASE_WORDS = frozenset({"pregnancy", "childbirth", "puerperium"})
#: What is asked about is looked for by its name, and what was not found is denied.
_ASKED = re.compile(r"\b(?:rule out|evaluate for|workup for|suspicious for|concern for)\b", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r"\b(?:negative for|free of|(?:no|without|absence of) (?:evidence|signs?|symptoms|history) of)\b",
    re.IGNORECASE,
)
#: What notes shorten with a slash; what is ruled out or complained of is looked for by its name.
_MEANT = {
    "w": "with",
    "w/o": "without",
    "b/l": "bilateral",
    "d/t": "due to",
    "2/2": "due to",
    "h/o": "history of",
    "r/o": "",
    "c/o": "",
    "w/d": "withdrawal",
}
_SLASHED = re.compile(r"(?<![\w/])(w/o|w/d|b/l|d/t|2/2|h/o|r/o|c/o|w(?=/))/?(?![\w/]*/)", re.IGNORECASE)
_BROKEN = frozenset({"fractur", "fx", "disloc"})
_OPENNESS = frozenset({"open", "closed", "compound"})
_OTHER = re.compile(r"\b(?:other|nec)\b(?! and unspecified)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a reading: the index's words that it stands for, each with how well, and its value."""

    written: str
    denied: bool
    variants: tuple[tuple[int, float], ...]
    value: float
    read_as: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a query. ``weight`` is 1 for the one as written."""

    terms: tuple[Term, ...]
    weight: float
    asks_for_other: bool
    #: The word of ``CHOICES`` that it has.
    choice: str | None
    expanded: tuple[tuple[str, str], ...] = ()
    #: Whether it names pregnancy, childbirth or a newborn.
    asks_of_birth: bool = True

    @property
    def corrected(self) -> tuple[tuple[str, str], ...]:
        """The misspelt words, each with what it was read as."""
        return tuple((term.written, term.read_as) for term in self.terms if term.read_as)


class QueryReader:
    """Reads queries with the words of one index."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self._term = lru_cache(maxsize=4096)(self._find_term)
        self._spellings = lru_cache(maxsize=4096)(self._find_spellings)

    def readings(self, query: str) -> list[Reading]:
        """What a query may mean, as written first; none where it has no word that counts."""
        query = _in_full(query[:MOST_CHARACTERS])
        found = tokens(_FILLERS.sub(" ", without_encounter(_DATE.sub(" ", query))))
        asks_for_other = _OTHER.search(query) is not None
        found = _without_openness(found[:_MOST_TOKENS])
        telling = [token for token in found if token.word not in STOP_WORDS] or found
        telling = list(dict.fromkeys(telling))[:MOST_WORDS]
        # Digits alone are a code of another system, or what is left of one: 724.9 is no "9 weeks".
        written = self._reading(telling, 1.0, asks_for_other, ())
        if all(term.written.isdigit() for term in written.terms if term.variants):
            written = replace(written, terms=())
        readings = [written]
        for read, expanded in self._expansions(found):
            other = asks_for_other or any(_OTHER.fullmatch(token.word) for token in read)
            kept = [token for token in read if token.word not in STOP_WORDS]
            readings.append(self._reading(kept[:MOST_WORDS], _EXPANDED, other, expanded))
        return [reading for reading in readings if reading.terms]

    def unfinished(self, typed: str) -> Reading | None:
        """What is being typed, its last word cut short; ``None`` where no word counts."""
        found = tokens(typed[-MOST_CHARACTERS:])[-MOST_WORDS:]
        if not found:
            return None
        *finished, last = found
        telling = [token for token in finished if token.word not in STOP_WORDS]
        terms = tuple(term for token in telling if (term := self._asked(token)).variants)
        begun = self._begun(last.word)
        return Reading((*terms, begun), 1.0, False, None) if terms or begun.variants else None

    def _begun(self, word: str) -> Term:
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

    def term(self, word: str) -> Term:
        """A single word; without variants where the index has nothing like it."""
        return self._term(word)

    def _find_term(self, word: str) -> Term:
        variants, read_as = self._find_variants(word)
        count = sum(self._index.word_count[number] for number, _ in variants)
        value = value_of(count, len(self._index.row_entry)) if variants else _UNKNOWN_VALUE
        return Term(word, False, variants, value, read_as)

    def _reading(
        self, telling: Sequence[Token], weight: float, other: bool, expanded: tuple[tuple[str, str], ...]
    ) -> Reading:
        unique = {token.word: token for token in reversed(telling)}
        terms = tuple(self._asked(token) for token in reversed(unique.values()))
        of_birth = any(_OF_BIRTH.match(token.word) for token in telling)
        return Reading(terms, weight, other, _choice(telling), expanded, of_birth)

    def _asked(self, token: Token) -> Term:
        term = self.term(token.word)
        share = _DENIED_SHARE if token.denied else _ASIDE_SHARE if token.aside else 1.0
        emphasis = _LEADING if token.leading else 1.0
        value = min(self.term(side).value for side in SIDES) if token.word in SIDES else term.value
        return Term(term.written, token.denied, term.variants, value * share * emphasis, term.read_as)

    # What phrases mean

    def _expansions(
        self, found: Sequence[Token]
    ) -> Iterator[tuple[list[Token], tuple[tuple[str, str], ...]]]:
        """The words with the terms of the search vocabulary replaced: first meanings, then second ones."""
        segments = list(self._segments(found))
        choices = [len(meanings) for _, meanings in segments]
        if not any(choices):
            return
        picks = [[0] * len(segments)]
        for place, count in enumerate(choices):
            picks += [[n * (i == place) for i in range(len(segments))] for n in range(1, count)]
        for pick in picks[:_MOST_READINGS]:
            read: list[Token] = []
            expanded = []
            for (written, meanings), chosen in zip(segments, pick, strict=True):
                if not meanings:
                    read += written
                    continue
                denied = written[0].denied  # "no bowel sounds" denies something itself
                read += [
                    replace(written[0], word=token.word, denied=token.denied or denied)
                    for token in tokens(meanings[chosen])
                ]
                expanded.append((" ".join(token.word for token in written), meanings[chosen]))
            yield read, tuple(expanded)

    def _segments(self, found: Sequence[Token]) -> Iterator[tuple[Sequence[Token], list[str]]]:
        """The words cut into the longest terms of the vocabulary, from left to right, and single words."""
        start = 0
        while start < len(found):
            most = min(self._index.longest_phrase + _STOP_WORDS_WITHIN, len(found) - start)
            for length in range(most, 0, -1):
                written = found[start : start + length]
                if meanings := self._meanings(written):
                    yield written, meanings
                    break
            else:
                length = 1
                yield found[start : start + 1], []
            start += length

    def _meanings(self, written: Sequence[Token]) -> list[str]:
        """What some words mean together; "pain in the" is no "pain in"."""
        ends_with_filler = is_filler(written[0].word) or is_filler(written[-1].word)
        if ends_with_filler and sum(not is_filler(token.word) for token in written) > 1:
            return []
        spellings = [self._spellings(token.word) for token in written]
        for spelling in islice(product(*spellings), _MOST_SPELLINGS):
            if meanings := self._index.meanings_of(phrase_key(spelling)):
                return meanings
        return self._respaced([token.word for token in written])

    def _respaced(self, written: Sequence[str]) -> list[str]:
        """What was written in two words and is one, or the reverse: echo virus, kidneystone."""
        if len(written) == 2:
            joined = "".join(written)
            return [joined] if self._is_official(joined) and min(map(len, written)) > 2 else []
        [word] = written if len(written) == 1 else [""]
        if len(word) < 2 * _SHORTEST_CUT or not word.isalpha() or self._index.by_stem.get(stem(word)):
            return []
        cuts = range(_SHORTEST_CUT, len(word) - _SHORTEST_CUT + 1)
        both = [f"{word[:n]} {word[n:]}" for n in cuts if all(map(self._is_official, (word[:n], word[n:])))]
        return both[:1]

    def _is_official(self, word: str) -> bool:
        """Whether the release's texts have a word as it stands."""
        number = self._index.word_numbers.get(word)
        return number is not None and self._index.posting_count(number) > 0

    # What words stand for

    def _find_spellings(self, word: str) -> tuple[str, ...]:
        """The word itself where anybody writes it so, else the words that it may be meant for."""
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


#: "Both knees", but not "both cervix and uterus".
_BOTH = re.compile(r"\bboth\b(?!.*\band\b)", re.IGNORECASE)
_OF_BIRTH = re.compile(
    r"newborn|neonat|perinat|infan|bab(?:y|ies)|birth|born|preg|mater|mother|obstet|gravid|labou?r|deliver|puerper"
    r"|(?:post|ante|intra|pre)part|postnat|antenat|prenat|fet[aou]|foet|trimester|gestat|amnio|placent|abort|miscar"
    r"|eclamp|preeclamp|lactat|breast|nurs|umbilic|prematur|preterm|meconium|chorio|congenit|hyperemesis|twin|lochia"
)


def _in_full(query: str) -> str:
    """A query with the shorthand of notes and bills written out: hernia w/o obstruction."""
    query = _SLASHED.sub(lambda match: f" {_MEANT[match[1].lower()]} ", query)
    for phase, meant in _PHASES:
        query = phase.sub(meant, query)
    query = _BOTH.sub("bilateral", query)
    return _NOT_FOUND.sub("no", _ASKED.sub(" ", query))


def _choice(found: Sequence[Token]) -> str | None:
    """The word that chooses among codes; "pregnancy, childbirth and the puerperium" chooses none."""
    phases = [token for token in found if token.word in _PHASE_WORDS]
    named = [token for token in phases if token.aside] or phases
    others = (token.word for token in found if token.word in CHOICES - _PHASE_WORDS)
    return next(others, named[0].word if len(named) == 1 and named[0].word in CHOICES else None)


def _without_openness(found: Sequence[Token]) -> list[Token]:
    """Words without "open" and "closed" where there is a fracture: the 7th character says that, no title."""
    if not any(stem(token.word) in _BROKEN for token in found):
        return list(found)
    return [token for token in found if token.word not in _OPENNESS]


def _is_left_of(word: str, longer: str) -> bool:
    """Whether a word is what remains of a longer one without some letters."""
    letters = iter(longer)
    return len(longer) > len(word) and all(letter in letters for letter in word)
