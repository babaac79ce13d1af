"""Completion: the texts in which what was typed stands at the start of a word, the most useful first.

All suffixes of all texts that start at a word are sorted once; two bisections then find those that
start with what was typed, whatever its length.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path
from typing import NamedTuple

from index.mapped_file import MappedFile, keyed, numbers, starts, write_mapped
from index.words import AFTER_ANY_WORD, STOP_WORDS, words

_MANY = 1000  # texts that begin alike: then the first of them are looked for once, at build
_FIRST = 200  # of these
_INSIDE = 1 << 31  # added to the number of a text in which the words typed are not the first


@dataclass(frozen=True, slots=True)
class CompletionText:
    """A text that completes what is typed: a row's, or a term of the search vocabulary.

    ``row`` is the row that a hit shows; for a term it is the best row for what the term means, and
    ``meaning`` says that.
    """

    text: str
    row: int
    meaning: str = ""


class Completion(NamedTuple):
    """A row that completes what was typed; ``term`` and ``meaning`` where it does so by another name."""

    row: int
    term: str = ""
    meaning: str = ""


def write_completions(path: Path, texts: Sequence[CompletionText]) -> None:
    """Store texts, the most useful first."""
    plain = [" ".join(words(text.text)) for text in texts]
    suffixes = sorted(
        (text[at:], number | (_INSIDE if at else 0), at)
        for number, text in enumerate(plain)
        for at in _word_starts(text)
    )
    # The texts of rows are in the compiled index already.
    encoded = [plain[number].encode() if text.meaning else b"" for number, text in enumerate(texts)]
    distinct = list(dict.fromkeys(text.meaning for text in texts))
    number_of = {meaning: number for number, meaning in enumerate(distinct)}
    named = [meaning.encode() for meaning in distinct]
    write_mapped(
        path,
        {
            "text": b"".join(encoded),
            "text_start": array("I", starts(map(len, encoded))),
            "meaning": numbers(number_of[text.meaning] for text in texts),
            "meaning_text": b"".join(named),
            "meaning_text_start": array("I", starts(map(len, named))),
            "row": array("I", (text.row for text in texts)),
            "suffix_text": array("I", (number for _, number, _ in suffixes)),
            "suffix_at": array("H", (at for _, _, at in suffixes)),
            **keyed("many", _first_of_many(suffixes)),
        },
    )


class Completions:
    """``completion.bin``, mapped."""

    def __init__(self, path: Path, row_text: Callable[[int], str]) -> None:
        """Open the file. ``row_text`` gives the texts of rows. Raises ``IndexUnavailable``."""
        self._file = file = MappedFile(path)
        self._row_text = row_text
        self._plain = lru_cache(maxsize=4096)(self._read_plain)  # bisections begin with the same texts
        self._text = file.bytes("text"), file.array("text_start")
        self._meaning = file.array("meaning")
        self._meaning_text = file.bytes("meaning_text"), file.array("meaning_text_start")
        self._row = file.array("row")
        self._suffix_text = file.array("suffix_text")
        self._suffix_at = file.array("suffix_at")
        self._many = file.keyed("many")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def starting_with(self, phrase: str, count: int) -> list[Completion]:
        """Texts in which a phrase stands at the start of a word; those that start with it come first."""
        most = count * 2  # a text may hold the phrase more than once
        first = self._many.get(phrase)
        if not first or most > _FIRST:
            everywhere = range(len(self._suffix_text))
            start = bisect_left(everywhere, phrase, key=self._suffix)
            last = len(everywhere) if first else min(len(everywhere), start + _MANY)
            end = bisect_left(everywhere, phrase + AFTER_ANY_WORD, start, last, key=self._suffix)
            first = nsmallest(most, self._suffix_text[start:end].tolist())
        found = dict.fromkeys(number & ~_INSIDE for number in first[:most])
        return [self._completion(number) for number in found][:count]

    def _completion(self, number: int) -> Completion:
        meaning = _part(self._meaning_text, self._meaning[number])
        return Completion(self._row[number], _part(self._text, number), meaning)

    def _suffix(self, place: int) -> str:
        return self._plain(self._suffix_text[place] & ~_INSIDE)[self._suffix_at[place] :]

    def _read_plain(self, number: int) -> str:
        """The words of a text."""
        return _part(self._text, number) or " ".join(words(self._row_text(self._row[number])))


def _first_of_many(suffixes: Sequence[tuple[str, int, int]]) -> dict[str, list[int]]:
    """By each beginning that many suffixes have, the numbers of the first ones, ascending."""
    found: dict[str, list[int]] = {}
    waiting = [("", 0, len(suffixes))]
    while waiting:
        beginning, start, last = waiting.pop()
        while start < last and suffixes[start][0] == beginning:
            start += 1
        while start < last:
            longer = suffixes[start][0][: len(beginning) + 1]
            end = bisect_left(suffixes, (longer + AFTER_ANY_WORD, 0, 0), start, last)
            if end - start > _MANY:
                found[longer] = nsmallest(_FIRST, [number for _, number, _ in suffixes[start:end]])
                waiting.append((longer, start, end))
            start = end
    return found


def _word_starts(text: str) -> list[int]:
    """Where the words start that people may begin with: the first one, and all that count."""
    found, at = [], 0
    for word in text.split():
        if at == 0 or word not in STOP_WORDS:
            found.append(at)
        at += len(word) + 1
    return found


def _part(texts: tuple[memoryview, memoryview], number: int) -> str:
    text, start = texts
    begin, end = start[number], start[number + 1]
    return str(text[begin:end], "utf-8") if begin < end else ""
