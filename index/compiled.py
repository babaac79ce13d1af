"""``search.bin``: what is read off the Whoosh index once, in a form that opens in milliseconds.

Decoding a posting costs Whoosh microseconds of Python calls; a query may touch thousands. So the
build reads the whole index and stores its postings as flat arrays, which are mapped into memory.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.default_codes import Hierarchy
from index.mapped_file import MappedFile, lines, lists, starts, write_mapped
from index.postings import Field, Postings
from index.rows import Row
from index.synonyms import Synonym, Vocabulary
from index.typos import hashed_variants
from index.words import SIDES, STOP_WORDS, phrase_key, root, singular, stem, tokens, words

_ABSENT_SHARE = 0.3  # of its value, a word that a text denies adds to the text's length
_TELLING = 1.4  # how much more a rare word counts than a common one, as an exponent

#: How a row holds a word, in the lowest three bits of a forward entry.
MAIN, MODIFIER, CONTEXT = 0, 1, 2
DENIED = 4
WORD_SHIFT = 3

_ROLES = {Field.WORDS: MAIN, Field.MODIFIERS: MODIFIER, Field.CONTEXT: CONTEXT}


def write_compiled(
    path: Path,
    rows: Sequence[Row],
    postings: Iterable[Postings],
    synonyms: Sequence[Synonym],
    hierarchy: Hierarchy,
) -> None:
    """Store rows, the index's postings, and the search vocabulary."""
    roles: dict[str, dict[int, int]] = defaultdict(dict)
    for found in postings:
        role = _ROLES[found.field]
        for row in found.rows:
            roles[found.word].setdefault(row, role)  # the fields come in the order of their weight
    lexicon = sorted({*roles, *(word for synonym in synonyms for word in words(synonym.term))})
    number_of = {word: number for number, word in enumerate(lexicon)}
    counts = [sum(role != CONTEXT for role in roles[word].values()) for word in lexicon]
    values = [value_of(count, len(rows)) for count in counts]
    forward = _forward(rows, roles, number_of)
    stems = _grouped(lexicon, stem)
    roots = _grouped((word for word in lexicon if roles[word]), root)
    phrases, meanings = _phrases(synonyms)
    typos = hashed_variants(lexicon)
    texts = [row.text.encode() for row in rows]
    write_mapped(
        path,
        {
            "lexicon": lines(lexicon),
            "word_count": array("I", counts),
            "word_value": array("f", values),
            **lists("postings", [_rows_with(roles[word], own=True) for word in lexicon]),
            **lists("contexts", [_rows_with(roles[word], own=False) for word in lexicon]),
            **lists("forward", forward),
            **_keyed("stem", stems, number_of),
            **_keyed("root", roots, number_of),
            **_keyed("kin", _kin(synonyms), number_of),
            **_keyed("spelling", _spellings(synonyms), number_of),
            "phrases": lines(sorted(phrases)),
            **lists("phrase_meanings", [phrases[key] for key in sorted(phrases)]),
            "meanings": lines(meanings),
            "row_entry": array("I", (row.entry for row in rows)),
            "row_kind": array("B", (row.kind for row in rows)),
            "row_is_other": array("B", (row.residual for row in rows)),
            "row_is_sided": array("B", (not SIDES.isdisjoint(row.words) for row in rows)),
            "row_value": array("f", (_total(held, values, {MAIN}) for held in forward)),
            "row_whole_value": array("f", (_total(held, values, {MAIN, CONTEXT}) for held in forward)),
            "row_text_start": array("I", starts(map(len, texts))),
            "row_text": b"".join(texts),
            "entry_parent": array("I", hierarchy.parent),
            "entry_unspecified": array("I", hierarchy.unspecified),
            "entry_other": array("I", hierarchy.other),
            **{f"entry_{side}": array("I", found) for side, found in hierarchy.sided.items()},
            "typo_hash": array("I", (hashed for hashed, _ in typos)),
            "typo_word": array("I", (number for _, number in typos)),
        },
    )


def value_of(occurrences: int, rows: int) -> float:
    """How much a word tells: it grows as the word gets rarer (from the inverse document frequency)."""
    return float(math.log(1 + rows / max(1, occurrences)) ** _TELLING)


class CompiledIndex:
    """``search.bin``, mapped. Words and rows go by their numbers."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ``IndexUnavailable``."""
        self._file = file = MappedFile(path)
        self.word_count = file.array("word_count")
        self.word_value = file.array("word_value")
        self.forward = file.array("forward")
        self.forward_start = file.array("forward_start")
        self.row_entry = file.array("row_entry")
        self.row_kind = file.array("row_kind")
        self.row_is_other = file.array("row_is_other")
        self.row_is_sided = file.array("row_is_sided")
        self.row_value = file.array("row_value")
        self.row_whole_value = file.array("row_whole_value")
        self.entry_parent = file.array("entry_parent")
        self.entry_unspecified = file.array("entry_unspecified")
        self.entry_other = file.array("entry_other")
        self.entry_sided = {side: file.array(f"entry_{side}") for side in SIDES}
        self.typo_hash = file.array("typo_hash")
        self.typo_word = file.array("typo_word")
        self._text = file.bytes("row_text")
        self._text_start = file.array("row_text_start")
        self._postings = file.lists("postings")
        self._contexts = file.lists("contexts")
        self._stem_words = file.lists("stem_words")
        self._root_words = file.lists("root_words")
        self._kin_words = file.lists("kin_words")
        self._spelling_words = file.lists("spelling_words")
        self._phrase_meanings = file.lists("phrase_meanings")

    def close(self) -> None:
        """Let go of the file. Nothing can be read any more."""
        self._file.close()

    @cached_property
    def lexicon(self) -> list[str]:
        """All words of the release and of the search vocabulary, sorted."""
        return self._file.lines("lexicon")

    @cached_property
    def word_numbers(self) -> dict[str, int]:
        return _numbers(self.lexicon)

    @cached_property
    def longest_phrase(self) -> int:
        """The most words that a term of the search vocabulary has."""
        return max((key.count(" ") + 1 for key in self._phrase_numbers), default=0)

    def postings(self, word: int) -> list[int]:
        """The rows whose own text has a word, ascending."""
        return self._postings[word]

    def contexts(self, word: int) -> list[int]:
        """The titles in whose context a word stands, ascending."""
        return self._contexts[word]

    def posting_count(self, word: int) -> int:
        """In how many texts and contexts a word stands."""
        return self._postings.length(word) + self._contexts.length(word)

    def words_of_stem(self, text: str) -> list[int]:
        """The words that have a stem."""
        number = self._stem_numbers.get(text)
        return [] if number is None else self._stem_words[number]

    def words_of_root(self, text: str) -> list[int]:
        """The words of the release that have a root."""
        number = self._root_numbers.get(text)
        return [] if number is None else self._root_words[number]

    def kin_of(self, text: str) -> list[int]:
        """The words that mean the same as one, given in its singular: kidney for renal."""
        number = self._kin_numbers.get(text)
        return [] if number is None else self._kin_words[number]

    def spelt(self, word: str) -> list[int]:
        """The words that another spelling is of: edema for oedema."""
        number = self._spelling_numbers.get(word)
        return [] if number is None else self._spelling_words[number]

    def meanings_of(self, key: str) -> list[str]:
        """What a term of the search vocabulary means, by its ``phrase_key``."""
        number = self._phrase_numbers.get(key)
        return [] if number is None else [self._meanings[n] for n in self._phrase_meanings[number]]

    def text(self, row: int) -> str:
        return str(self._text[self._text_start[row] : self._text_start[row + 1]], "utf-8")

    @cached_property
    def _stem_numbers(self) -> dict[str, int]:
        return _numbers(self._file.lines("stem"))

    @cached_property
    def _root_numbers(self) -> dict[str, int]:
        return _numbers(self._file.lines("root"))

    @cached_property
    def _kin_numbers(self) -> dict[str, int]:
        return _numbers(self._file.lines("kin"))

    @cached_property
    def _spelling_numbers(self) -> dict[str, int]:
        return _numbers(self._file.lines("spelling"))

    @cached_property
    def _phrase_numbers(self) -> dict[str, int]:
        return _numbers(self._file.lines("phrases"))

    @cached_property
    def _meanings(self) -> list[str]:
        return self._file.lines("meanings")


def _numbers(texts: Iterable[str]) -> dict[str, int]:
    return {text: number for number, text in enumerate(texts)}


def _rows_with(roles: Mapping[int, int], *, own: bool) -> list[int]:
    return sorted(row for row, role in roles.items() if (role != CONTEXT) == own)


def _forward(
    rows: Sequence[Row], roles: Mapping[str, Mapping[int, int]], number_of: Mapping[str, int]
) -> list[list[int]]:
    """Each row's words: the number, whether the text denies it, and how the row holds it."""
    held: list[list[int]] = [[] for _ in rows]
    denied = [{token.word for token in tokens(row.text) if token.denied} for row in rows]
    for word, found in roles.items():
        number = number_of[word] << WORD_SHIFT
        for row, role in found.items():
            is_denied = role != CONTEXT and word in denied[row]
            held[row].append(number | role | (DENIED if is_denied else 0))
    return held


def _total(held: Iterable[int], values: Sequence[float], roles: set[int]) -> float:
    """The value of the words that a row holds in some roles; what it denies counts for less."""
    return sum(
        values[packed >> WORD_SHIFT] * (_ABSENT_SHARE if packed & DENIED else 1.0)
        for packed in held
        if packed & 3 in roles
    )


def _grouped(lexicon: Iterable[str], key_of: Any) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word in lexicon:
        if (key := key_of(word)) is not None:
            groups[key].append(word)
    return groups


def _kin(synonyms: Iterable[Synonym]) -> dict[str, list[str]]:
    """For each single word, the single words that mean the same."""
    kin: dict[str, dict[str, None]] = defaultdict(dict)
    for synonym in synonyms:
        if _is_word_for_word(synonym) and synonym.list is not Vocabulary.SPELLINGS:
            [term], [meaning] = words(synonym.term), words(synonym.meaning)
            kin[singular(term)][meaning] = None
            if synonym.list is Vocabulary.EQUIVALENTS:
                kin[singular(meaning)][term] = None
    return {key: list(found) for key, found in kin.items()}


def _spellings(synonyms: Iterable[Synonym]) -> dict[str, list[str]]:
    """For each other spelling of a word, the words as the release spells them."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for synonym in synonyms:
        if synonym.list is Vocabulary.SPELLINGS:
            spellings[synonym.term].append(synonym.meaning)
    return spellings


def _is_word_for_word(synonym: Synonym) -> bool:
    meaning = words(synonym.meaning)
    return len(words(synonym.term)) == len(meaning) == 1 and meaning[0] not in STOP_WORDS


def _phrases(synonyms: Iterable[Synonym]) -> tuple[dict[str, list[int]], list[str]]:
    """For each term's key the numbers of its meanings, and the meanings."""
    phrases: dict[str, dict[str, None]] = defaultdict(dict)
    for synonym in synonyms:
        if _is_word_for_word(synonym):
            continue
        phrases[phrase_key(words(synonym.term))][synonym.meaning] = None
        if synonym.list is Vocabulary.EQUIVALENTS:
            phrases[phrase_key(words(synonym.meaning))][synonym.term] = None
    for key, found in phrases.items():
        for meaning in [m for m in found if phrase_key(words(m)) == key]:
            del found[meaning]  # it leads nowhere else
    numbers: dict[str, int] = {}
    for found in phrases.values():
        for meaning in found:
            numbers.setdefault(meaning, len(numbers))
    return {k: [numbers[m] for m in found] for k, found in phrases.items() if found}, list(numbers)


def _keyed(
    name: str, groups: Mapping[str, Sequence[str]], number_of: Mapping[str, int]
) -> "dict[str, array[Any] | bytes]":
    """Groups of words by a key: the keys, sorted, and each one's words."""
    keys = sorted(groups)
    return {
        name: lines(keys),
        **lists(f"{name}_words", [[number_of[w] for w in groups[key] if w in number_of] for key in keys]),
    }
