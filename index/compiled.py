"""``search.bin``: what is read off the Whoosh index once, in a form that opens in milliseconds.

Decoding a posting costs Whoosh microseconds of Python calls; a query may touch thousands. So the
build reads the whole index and stores its postings as flat arrays, which are mapped into memory.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

from index.default_codes import Hierarchy
from index.mapped_file import MappedFile, keyed, lines, lists, numbers, starts, write_mapped
from index.postings import Field, Postings
from index.rows import Row
from index.synonyms import Synonym, Vocabulary
from index.typos import hashed_variants
from index.words import (
    CHOICES,
    SIDES,
    STOP_WORDS,
    phrase_key,
    root,
    singular,
    stem,
    telling_text,
    tokens,
    triples,
    words,
)

_SHORTEST_ALIKE = 4  # letters of a word that an unknown one may be meant for
_ABSENT_SHARE = 0.3  # of its value, a word that a text denies adds to the text's length
_TELLING = 1.4  # how much more a rare word counts than a common one, as an exponent

#: How a row holds a word, in the lowest three bits of a forward entry.
MAIN, MODIFIER, CONTEXT = 0, 1, 2
ROLE = 3  # the bits of these
DENIED = 4
WORD_SHIFT = 3

_ROLES = {Field.WORDS: MAIN, Field.MODIFIERS: MODIFIER, Field.CONTEXT: CONTEXT}


def write_compiled(
    path: Path,
    rows: Sequence[Row],
    postings: Iterable[Postings],
    synonyms: Sequence[Synonym],
    hierarchy: Hierarchy,
    known: Iterable[str] = (),
    of_birth: Set[int] = frozenset(),
) -> None:
    """Store rows, the index's postings, and the search vocabulary.

    ``known`` are texts whose words are right although no row has them: malunion is no bunion. ``of_birth``
    are the entries of chapters 15 and 16, pregnancy and the newborn.
    """
    roles: dict[str, dict[int, int]] = defaultdict(dict)
    for found in postings:
        role = _ROLES[found.field]
        for row in found.rows:
            roles[found.word].setdefault(row, role)  # the fields come in the order of their weight
    terms = (synonym.term for synonym in synonyms)
    lexicon = sorted({*roles, *(word for text in chain(terms, known) for word in words(text))})
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
            **keyed("stem", _by_key(stems, number_of)),
            **keyed("root", _by_key(roots, number_of)),
            **keyed("triple", _by_triple(lexicon, roles)),
            **keyed("kin", _by_key(_kin(synonyms), number_of)),
            **keyed("spelling", _by_key(_spellings(synonyms), number_of)),
            **keyed("phrase", phrases),
            "meanings": lines(meanings),
            "row_entry": array("I", (row.entry for row in rows)),
            "row_kind": array("B", (row.kind for row in rows)),
            "row_is_other": array("B", (row.residual for row in rows)),
            "row_is_of_birth": array("B", (row.entry in of_birth for row in rows)),
            "row_is_sided": array("B", (not SIDES.isdisjoint(row.words) for row in rows)),
            "row_value": array("f", (_total(held, values, {MAIN}) for held in forward)),
            "row_whole_value": array("f", (_total(held, values, {MAIN, CONTEXT}) for held in forward)),
            "row_said": array("I", (said_hash(row.text) for row in rows)),
            "row_text_start": array("I", starts(map(len, texts))),
            "row_text": b"".join(texts),
            "entry_parent": array("I", hierarchy.parent),
            "entry_unspecified": array("I", hierarchy.unspecified),
            "entry_other": array("I", hierarchy.other),
            # Flat pairs of an entry and its code: most entries have none.
            **{
                f"chosen_{choice}": array("I", chain(*found.items()))
                for choice, found in hierarchy.chosen.items()
            },
            "typo_hash": array("I", (hashed for hashed, _ in typos)),
            "typo_word": numbers(number for _, number in typos),
        },
    )


def said_hash(text: str) -> int:
    """A number that texts have in common which say the same in the same words."""
    return crc32(telling_text(text).encode())


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
        self.row_is_of_birth = file.array("row_is_of_birth")
        self.row_is_sided = file.array("row_is_sided")
        #: The ``said_hash`` of each row's text.
        self.row_said = file.array("row_said")
        self.row_value = file.array("row_value")
        self.row_whole_value = file.array("row_whole_value")
        self.entry_parent = file.array("entry_parent")
        self.entry_unspecified = file.array("entry_unspecified")
        self.entry_other = file.array("entry_other")
        self._chosen = {choice: file.array(f"chosen_{choice}") for choice in CHOICES}
        self.chosen = cache(self._read_chosen)
        self.typo_hash = file.array("typo_hash")
        self.typo_word = file.array("typo_word")
        self._text = file.bytes("row_text")
        self._text_start = file.array("row_text_start")
        #: By word, the rows whose own text has it, ascending.
        self.postings = file.lists("postings")
        #: By word, the titles in whose context it stands, ascending.
        self.contexts = file.lists("contexts")
        #: The words that share a stem or, of those in the release, a root.
        self.by_stem = file.keyed("stem")
        self.by_root = file.keyed("root")
        #: By a word in its singular, the words that mean the same: kidney for renal.
        self.kin = file.keyed("kin")
        #: By another spelling, the words that it is of: edema for oedema.
        self.spellings = file.keyed("spelling")
        #: By three letters, the words of the release that hold them (``index.words.triples``).
        self.by_triple = file.keyed("triple")
        self._phrases = file.keyed("phrase")

    def close(self) -> None:
        """Let go of the file. Nothing can be read any more."""
        self._file.close()

    def _read_chosen(self, choice: str) -> dict[int, int]:
        """By entry, the code for it where a word of ``CHOICES`` is known."""
        pairs = iter(self._chosen[choice].tolist())
        return dict(zip(pairs, pairs, strict=True))

    @cached_property
    def lexicon(self) -> list[str]:
        """All words of the release and of the search vocabulary, sorted."""
        return self._file.lines("lexicon")

    @cached_property
    def word_numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.lexicon)}

    @cached_property
    def longest_phrase(self) -> int:
        """The most words that a term of the search vocabulary has."""
        return max((key.count(" ") + 1 for key in self._phrases.keys), default=0)

    def posting_count(self, word: int) -> int:
        """In how many texts and contexts a word stands."""
        return self.postings.length(word) + self.contexts.length(word)

    def meanings_of(self, key: str) -> list[str]:
        """What a term of the search vocabulary means, by its ``phrase_key``."""
        return [self._meanings[number] for number in self._phrases.get(key)]

    def text(self, row: int) -> str:
        return str(self._text[self._text_start[row] : self._text_start[row + 1]], "utf-8")

    @cached_property
    def _meanings(self) -> list[str]:
        return self._file.lines("meanings")


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
        if packed & ROLE in roles
    )


def _grouped(lexicon: Iterable[str], key_of: Any) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word in lexicon:
        if (key := key_of(word)) is not None:
            groups[key].append(word)
    return groups


def _by_triple(lexicon: Sequence[str], roles: Mapping[str, Mapping[int, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(lexicon):
        if len(word) >= _SHORTEST_ALIKE and word.isalpha() and roles[word]:
            for triple in triples(word):
                found[triple].append(number)
    return found


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


def _by_key(groups: Mapping[str, Sequence[str]], number_of: Mapping[str, int]) -> dict[str, list[int]]:
    """Groups of words as groups of their numbers; words that nothing holds are left out."""
    return {key: [number_of[w] for w in found if w in number_of] for key, found in groups.items()}
