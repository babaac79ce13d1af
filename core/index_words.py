"""The words of the Index's lines, and where all of some words are found together.

A line says what it and the lines above it say: "low back" under "Pain" is pain, low back. So a word holds
for the lines that have it and for all that is printed under them, which are the numbers from one to another.
Where all words hold, those ranges overlap; where an overlap begins is the line that completes them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

#: From a line's number to that of the last line printed under it, both included.
Range = tuple[int, int]

#: What the array is made of in which ranges are stored: the first number and the last, again and again.
RANGES = "I"

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"['’]s\b")
#: What lines are joined by ("due to", "with", "in"); a question may leave it out. Not "without".
_JOINING = frozenset("a an and as at by due for from in into nec nos of on or the to type with".split())
_SHORTEST_PLURAL = 4


@lru_cache(maxsize=1 << 14)
def telling_words(text: str) -> tuple[str, ...]:
    """The words that decide, in order, without accents and plurals; all of them where none does."""
    found = [_singular(word) for word in _WORD.findall(_POSSESSIVE.sub("", _plain(text)))]
    return tuple(word for word in found if word not in _JOINING) or tuple(found)


def outermost(ranges: Iterable[Range]) -> list[Range]:
    """Sorted ranges without those that lie within another; they lie within or beside each other."""
    found: list[Range] = []
    for first, last in ranges:
        if not found or first > found[-1][1]:
            found.append((first, last))
    return found


def overlaps(one: Sequence[Range], other: Sequence[Range]) -> list[Range]:
    """Where sorted ranges, none within another of its own list, overlap."""
    few, many = sorted((one, other), key=len)
    found: list[Range] = []
    for first, last in few:
        at = max(bisect_left(many, (first + 1,)) - 1, 0)  # the last one that begins no later
        while at < len(many) and many[at][0] <= last:
            if many[at][1] >= first:
                found.append((max(first, many[at][0]), min(last, many[at][1])))
            at += 1
    return found


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > _SHORTEST_PLURAL else word[:-1]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
