"""Misspelt words: a deletion dictionary over the vocabulary.

Two words that are one edit apart (a letter missing, too much, wrong, or two swapped) become equal
when at most one letter is deleted from each. So the variants of all words, each with one letter
deleted, are hashed and sorted once, and a query word's variants are looked up among them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

_SHORTEST = 4  # a shorter word has too many neighbours that mean something else
_SHORT = 6  # up to here, a word with another first letter is another word: hives and lives


def variants(word: str) -> Iterator[str]:
    """The word itself, and the word with each of its letters deleted."""
    yield word
    for i in range(len(word)):
        if i == 0 or word[i] != word[i - 1]:  # deleting either of a double letter is the same
            yield word[:i] + word[i + 1 :]


def hashed_variants(vocabulary: Sequence[str]) -> list[tuple[int, int]]:
    """Hash and word number for each variant of each word that is long enough, sorted."""
    return sorted(
        (crc32(variant.encode()), number)
        for number, word in enumerate(vocabulary)
        if len(word) >= _SHORTEST - 1 and not word.isdigit()
        for variant in variants(word)
    )


def neighbours(
    word: str, vocabulary: Sequence[str], hashes: Sequence[int], numbers: Sequence[int]
) -> list[int]:
    """The numbers of the vocabulary's words that are one edit from ``word``.

    ``hashes`` and ``numbers`` are the columns of ``hashed_variants``. A short word, or one with
    digits, has no neighbours: it is more likely an abbreviation or a code.
    """
    if len(word) < _SHORTEST or not word.isalpha():
        return []
    found = {n for v in variants(word) for n in _numbers_of(crc32(v.encode()), hashes, numbers)}
    return sorted(n for n in found if _is_one_edit(word, v := vocabulary[n]) and not _rhymes(word, v))


def _numbers_of(value: int, hashes: Sequence[int], numbers: Sequence[int]) -> Iterable[int]:
    start = bisect_left(hashes, value)
    while start < len(hashes) and hashes[start] == value:
        yield numbers[start]
        start += 1


def _rhymes(a: str, b: str) -> bool:
    return len(a) == len(b) <= _SHORT and a[1:] == b[1:]


def _is_one_edit(a: str, b: str) -> bool:
    """Whether one letter inserted, deleted, replaced or swapped with its neighbour makes a into b."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]
