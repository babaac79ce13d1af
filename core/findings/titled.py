"""Which code has some words as its title: what was meant by who wrote them beside another code."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

from core.axes import Axis, values_in
from core.catalog import Catalog
from core.code import Code

_SHORTEST = 3  # letters of a word that tells something

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_ANY_WORD = re.compile(r"[A-Za-z0-9]+")
_GENERIC = frozenset(
    "and the for with not due nos nec unspecified other specified acute chronic disease diseases "
    "disorder disorders syndrome essential primary mellitus complication complications encounter "
    "initial subsequent sequela type part region site elsewhere classified organism this that from "
    "left right bilateral unilateral history long term current status mild moderate severe recurrent "
    "condition conditions problem patient stage code diagnosis".split()
)
#: Words that add nothing to a title: who names a condition and no more means the unspecified code.
_ADDING_NOTHING = frozenset(
    "unspecified nos not specified site organism part of in the and to by a an".split()
)
#: A manifestation is never coded alone, and what is "other" is not what the words are.
_NEVER_MEANT = re.compile(r"^other\b|\belsewhere\b", re.IGNORECASE)
_DIABETES_TYPE = re.compile(
    r"\btype ([12]|II?)\b(?=.*diabet)|\bdiabet\w*(?: mellitus)?,? type ([12]|II?)\b", re.I
)
_ROMAN = {"I": "1", "II": "2"}
_SIDES = re.compile(r"\b(?:right|left|bilateral|both)\b", re.IGNORECASE)
_OPPOSITE = (({"right"}, {"left"}), ({"left"}, {"right"}))


@dataclass(frozen=True, slots=True)
class Titled:
    """A code with its title; ``is_only`` where no other code has a title as near to the words."""

    code: Code
    title: str
    is_only: bool


_Row: TypeAlias = tuple[str, str, str]  # name, title, level
_ByWords: TypeAlias = Mapping[frozenset[str], list[_Row]]
_kept: WeakKeyDictionary[Catalog, _ByWords] = WeakKeyDictionary()


def code_titled(catalog: Catalog, words: str) -> Titled | None:
    """The code whose title says what some words say; of several the one whose title adds least.

    "Unspecified" adds nothing, so a condition leads to its default code: pneumonia to J18.9.
    """
    said, types, sides = _any_words(words), diabetes_types(words), sides_in(words)
    ranked = sorted(
        ((len(_any_words(title) - said), sides_in(title) != sides, level != "code"), name, title)
        for name, title, level in _titles(catalog).get(stems(telling(words)), ())
        if not (types and diabetes_types(title) - types) and not are_opposite(sides, sides_in(title))
    )
    if not ranked:
        return None
    best, name, title = ranked[0]
    return Titled(Code(name), title, sum(rank == best for rank, *_ in ranked) == 1)


def telling(text: str) -> frozenset[str]:
    """The words of a text that say which condition it is about, in lower case."""
    found = (word.lower().strip("'-") for word in _WORD.findall(text))
    parts = (part for word in found for part in word.split("-"))
    return frozenset(p for p in parts if len(p) >= _SHORTEST and p not in _GENERIC)


def stems(words: frozenset[str]) -> frozenset[str]:
    """Words without the plural's s."""
    return frozenset(word.removesuffix("s") for word in words)


def diabetes_types(text: str) -> set[str]:
    """The types of diabetes that a text names: 1, 2."""
    return {_ROMAN.get((a or b).upper(), a or b) for a, b in _DIABETES_TYPE.findall(text)}


def sides_in(text: str) -> set[str]:
    """The sides that a text names; "unilateral" does not say which, and the right heart is none."""
    if Axis.LATERALITY not in values_in(text):
        return set()
    return {side.lower() for side in _SIDES.findall(text)}


def are_opposite(one: set[str], two: set[str]) -> bool:
    """Whether one text is about the right side only, and another about the left."""
    return (one, two) in _OPPOSITE


def _any_words(text: str) -> frozenset[str]:
    return frozenset(_ANY_WORD.findall(text.lower())) - _ADDING_NOTHING


def _titles(catalog: Catalog) -> _ByWords:
    """The codes by the telling words of their titles; symptoms are left out, for any disease has them."""
    if (known := _kept.get(catalog)) is None:
        known = _kept[catalog] = _by_words(catalog.read(_read_titles, None))
    return known


def _by_words(rows: Iterable[_Row]) -> _ByWords:
    found: dict[frozenset[str], list[_Row]] = defaultdict(list)
    for row in rows:
        if not _NEVER_MEANT.search(row[1]) and (words := telling(row[1])):
            found[stems(words)].append(row)
    return dict(found)


def _read_titles(db: sqlite3.Connection, _key: None) -> list[_Row]:
    # Those that a 7th-character table makes repeat the titles of their stems.
    return db.execute(
        "SELECT name, title, level FROM entry WHERE printed AND level IN ('category', 'subcategory', 'code') "
        "AND name NOT LIKE 'R%' AND name NOT LIKE 'Z%' AND name NOT LIKE 'Y%' ORDER BY number"
    ).fetchall()
