"""``search.bin``: what is read off the Whoosh index once, in a form that opens in milliseconds.

Decoding a posting costs Whoosh microseconds of Python calls; a query may touch thousands. So the
build reads the whole index and stores its postings as flat arrays, which are mapped into memory.

The file: a line of JSON that gives each section's name, type, offset and length; then the sections.
"""

import json
import math
import mmap
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.postings import Field, IndexUnavailable, Postings
from index.rows import Row
from index.typos import hashed_variants
from index.words import stem

_ALIGNMENT = 8
_RESIDUAL_LENGTH = 1.1  # "Other hypertension" says a little more than "hypertension"


def write_compiled(path: Path, rows: Sequence[Row], postings: Iterable[Postings]) -> None:
    """Store rows and the index's postings. Each posting is ``row * 2``, plus 1 for a modifier."""
    by_word: dict[str, list[int]] = defaultdict(list)
    first: dict[str, Sequence[int]] = {}
    for found in postings:
        if found.field is Field.FIRST:
            first[found.word] = found.rows
        else:
            aside = int(found.field is Field.MODIFIERS)
            by_word[found.word].extend(row * 2 + aside for row in found.rows)
    vocabulary = sorted(by_word)
    stems: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(vocabulary):
        stems[stem(word)].append(number)
    typos = hashed_variants(vocabulary)
    rarity = {word: rarity_of(len(found), len(rows)) for word, found in by_word.items()}
    texts = [row.text.encode() for row in rows]
    _write(
        path,
        {
            "vocabulary": "\n".join(vocabulary).encode(),
            **_lists("postings", [sorted(by_word[word]) for word in vocabulary]),
            **_lists("first", [first.get(word, ()) for word in vocabulary]),
            "stems": "\n".join(sorted(stems)).encode(),
            **_lists("stem_words", [stems[s] for s in sorted(stems)]),
            "row_entry": array("I", (row.entry for row in rows)),
            "row_kind": array("B", (row.kind for row in rows)),
            "row_length": array("f", (_length(row, rarity) for row in rows)),
            "row_text_start": array("I", _starts(map(len, texts))),
            "row_text": b"".join(texts),
            "typo_hash": array("I", (hashed for hashed, _ in typos)),
            "typo_word": array("I", (number for _, number in typos)),
        },
    )


def rarity_of(occurrences: int, rows: int) -> float:
    """How much a word tells: the logarithm of how rarely it occurs (inverse document frequency)."""
    return math.log(1 + rows / occurrences)


class CompiledIndex:
    """``search.bin``, mapped. Words, stems and rows go by their numbers."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ``IndexUnavailable``."""
        try:
            with path.open("rb") as file:
                self._sections: Mapping[str, Sequence[Any]] = json.loads(file.readline())
                self._start = file.tell()
                self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._views = [memoryview(self._file)]
            self.row_entry = self._array("row_entry")
            self.row_kind = self._array("row_kind")
            self.row_length = self._array("row_length")
            self.typo_hash = self._array("typo_hash")
            self.typo_word = self._array("typo_word")
            self._text = self._bytes("row_text")
            self._text_start = self._array("row_text_start")
            self._postings = self._array("postings"), self._array("postings_start")
            self._first = self._array("first"), self._array("first_start")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(
                f"The index {path} cannot be read; mend it with: icdlens build --force"
            ) from error

    def close(self) -> None:
        """Let go of the file. Nothing can be read any more."""
        while self._views:
            self._views.pop().release()  # the parts before the whole that they are of
        self._file.close()

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words, sorted."""
        return str(self._bytes("vocabulary"), "utf-8").split("\n")

    @cached_property
    def word_numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.vocabulary)}

    @cached_property
    def _stem_numbers(self) -> dict[str, int]:
        stems = str(self._bytes("stems"), "utf-8").split("\n")
        return {text: number for number, text in enumerate(stems)}

    @cached_property
    def _stem_words(self) -> tuple[memoryview, memoryview]:
        return self._array("stem_words"), self._array("stem_words_start")

    def postings(self, word: int) -> list[int]:
        """The rows of a word, ascending: ``row * 2``, plus 1 where it is a modifier."""
        values, starts = self._postings
        return values[starts[word] : starts[word + 1]].tolist()

    def occurrences(self, word: int) -> int:
        starts = self._postings[1]
        return int(starts[word + 1] - starts[word])

    def rows_starting_with(self, word: int) -> list[int]:
        """The rows whose first word it is, ascending."""
        values, starts = self._first
        return values[starts[word] : starts[word + 1]].tolist()

    def words_of_stem(self, text: str) -> list[int]:
        """The words that have a stem."""
        number = self._stem_numbers.get(text)
        if number is None:
            return []
        values, starts = self._stem_words
        return values[starts[number] : starts[number + 1]].tolist()

    def text(self, row: int) -> str:
        return str(self._text[self._text_start[row] : self._text_start[row + 1]], "utf-8")

    def _bytes(self, name: str) -> memoryview:
        _, offset, length = self._sections[name]
        section = self._views[0][self._start + offset : self._start + offset + length]
        self._views.append(section)
        if len(section) != length:
            raise ValueError(f"section {name} is cut short")
        return section

    def _array(self, name: str) -> memoryview:
        array_view = self._bytes(name).cast(self._sections[name][0])
        self._views.append(array_view)
        return array_view


def _lists(name: str, lists: Sequence[Sequence[int]]) -> dict[str, "array[Any]"]:
    """Lists of numbers as one array, and where each starts."""
    joined = array("I", (value for values in lists for value in values))
    return {name: joined, f"{name}_start": array("I", _starts(map(len, lists)))}


def _starts(lengths: Iterable[int]) -> list[int]:
    starts = [0]
    for length in lengths:
        starts.append(starts[-1] + length)
    return starts


def _length(row: Row, rarity: Mapping[str, float]) -> float:
    """The row's length as a vector of its words' rarities; modifiers may be missing, so they add none."""
    length = math.sqrt(sum(rarity[word] ** 2 for word in set(row.words)))
    return length * _RESIDUAL_LENGTH if row.residual else length


def _write(path: Path, sections: Mapping[str, "array[Any] | bytes"]) -> None:
    blobs = {n: s.tobytes() if isinstance(s, array) else s for n, s in sections.items()}
    described: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, section in sections.items():
        described[name] = (section.typecode if isinstance(section, array) else "B", offset, len(blobs[name]))
        offset += len(blobs[name]) + -len(blobs[name]) % _ALIGNMENT
    header = json.dumps(described).encode()
    header += b" " * (-(len(header) + 1) % _ALIGNMENT) + b"\n"
    with path.open("xb") as file:
        file.write(header)
        for blob in blobs.values():
            file.write(blob + bytes(-len(blob) % _ALIGNMENT))
