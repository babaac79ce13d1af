"""Where a heading leads when nothing more is known: the code for it unspecified, or "other".

The Alphabetic Index gives each main term a default code, usually the unspecified one (Official
Guidelines, I.A.18). The Tabular List says which of the codes below a heading that is: the one that has the
heading's title with NOS among its inclusion terms (I.A.6.b), else the one whose title adds nothing but
"unspecified", "uncomplicated" or what is not there.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.notes import NoteKind
from index.words import CHOICES, STOP_WORDS, singular, words

_UNSPECIFIED = re.compile(r"\bunspecified\b(?: \w+)?|\bNOS\b", re.IGNORECASE)
_NOS = re.compile(r"\bNOS\b")
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_OTHER_SPECIFIED = re.compile(r"\bother specified\b", re.IGNORECASE)
_OTHER_AND_UNSPECIFIED = re.compile(r"\bother (?:and|or) unspecified\b", re.IGNORECASE)
_ABSENT = re.compile(r"\b(?:without|not) (?:(?!without\b|not\b)[^,])*|\buncomplicated\b", re.IGNORECASE)
_UNSPECIFIED_AS = re.compile(r"\bunspecified (?:as|whether|if) [^,]*", re.IGNORECASE)
_ACCIDENTAL = "accidental (unintentional)"
#: What leaves a choice: an accident is what an intent that is not known is coded as.
_OPEN = re.compile(rf"{_UNSPECIFIED.pattern}|{re.escape(_ACCIDENTAL)}", re.IGNORECASE)
_LEFT_OVER = frozenset({"other", "specified"})
_EMPTY = STOP_WORDS | {"part", "parts", "site", "sites"}


class DefaultCodes:
    """Finds the default code below a heading. Entries go by their numbers."""

    def __init__(
        self,
        entries: Mapping[int, CatalogEntry],
        children: Mapping[int, Sequence[int]],
        named: Mapping[int, Sequence[str]],
    ) -> None:
        """``entries`` are those that the Tabular List prints, ``children`` what it prints below each.

        ``named`` are the inclusion terms of entries that say NOS, not otherwise specified.
        """
        self._entries = entries
        self._children = children
        self._named: dict[frozenset[str], list[int]] = defaultdict(list)
        for number, terms in named.items():
            for term in terms:
                self._named[_telling(term)].append(number)
        self._unspecified: dict[int, int | None] = {}  # a heading's is asked for from each above and below it

    def unspecified(self, number: int) -> int | None:
        """The code for a heading when nothing more is known; itself where nothing is below it."""
        if number not in self._unspecified:
            self._unspecified[number] = self._find_unspecified(number)
        return self._unspecified[number]

    def _find_unspecified(self, number: int) -> int | None:
        below = self._children.get(number, ())
        if not below:
            return number
        if len(below) == 1:
            return self.unspecified(below[0])
        title = self._title(number)
        if named := self._named_like(number):
            return self.unspecified(named)
        ranked = [(rank, child) for child in below if (rank := _vagueness(self._title(child), title))]
        if ranked:
            return self.unspecified(min(ranked)[1])
        alike = next((child for child in below if _words(self._title(child)) == _words(title)), None)
        if alike:
            return self.unspecified(alike)
        # Where the intent is not known, it is coded as accidental (Official Guidelines, I.C.20.k).
        accident = next((child for child in below if _ACCIDENTAL in self._title(child)), None)
        return accident and self.unspecified(accident)

    def other(self, number: int) -> int | None:
        """The code for what is documented and has no code of its own, below a heading."""
        below = self._children.get(number, ())
        if len(below) == 1:
            return self.other(below[0])
        title = self._title(number)
        # "Other diseases of biliary tract" holds "Other specified diseases of biliary tract".
        other = _OTHER_SPECIFIED if _OTHER.search(title) else _OTHER
        ranked = [(_added(self._title(c), title), c) for c in below if other.search(self._title(c))]
        return self.unspecified(min(ranked)[1]) if ranked else None

    def chosen(self, number: int) -> dict[str, int]:
        """The codes for an entry where one word more is known: the side, the trimester, the phase.

        By that word, one of ``CHOICES``. It stands beside the default code or beside a heading of it, as
        "complicating childbirth" stands beside "complicating pregnancy" and its unspecified trimester.
        """
        default = self.unspecified(number)
        if default is None or not _OPEN.search(self._title(default)):
            return {}
        nearest: dict[str, int] = {}  # by word, what stands beside the lowest heading that has it
        open_choices = CHOICES.difference(_words(self._title(default)))
        node: int | None = default
        while node is not None and (node == default or node != number):
            above = self._entries[node].parent
            beside = self._children.get(above, ()) if above is not None else ()
            for choice, ranked in self._choices(beside, self._title(node)).items():
                if choice in open_choices:  # the others are chosen already
                    nearest.setdefault(choice, min(ranked)[1])
            node = above if above in self._entries else None
        return {choice: code for choice, entry in nearest.items() if (code := self.unspecified(entry))}

    def _choices(self, beside: Sequence[int], title: str) -> dict[str, list[tuple[int, int]]]:
        """What chooses by a word, by that word: how much it adds to a title, and its number."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number in beside:
            own = self._title(number)
            if choices := CHOICES.intersection(_words(own)):
                ranked = _added(own, title), number
                for choice in choices:
                    found[choice].append(ranked)
        return found

    def _named_like(self, heading: int) -> int | None:
        """The code below whose inclusion term names the heading: "Dementia NOS" of F03.90, for F03."""
        named = self._named.get(_telling(self._title(heading)), ())
        return next((number for number in named if self._is_below(number, heading)), None)

    def _is_below(self, number: int, heading: int) -> bool:
        above = self._entries[number].parent
        while above is not None and above in self._entries:
            if above == heading:
                return True
            above = self._entries[above].parent
        return False

    def _title(self, number: int) -> str:
        return self._entries[number].title


def _vagueness(title: str, above: str) -> tuple[int, int, int] | None:
    """How little a title adds to the one above it, least first; ``None`` for one that leaves nothing open."""
    # "Other and unspecified asthma" leaves open which of the two it is.
    open_above = _unspecified(_OTHER_AND_UNSPECIFIED.sub(" ", above))
    open_here = _unspecified(title)
    is_open = bool(open_here - open_above)
    absent = len(_ABSENT.findall(title)) - len(_ABSENT.findall(above))
    added = _added(_UNSPECIFIED_AS.sub("unspecified", _ABSENT.sub(" ", title)), above)
    # "Bilateral hernia, without obstruction" says more than that there is none.
    if not is_open and (absent <= 0 or added):
        return None
    return added, -open_here.total(), -absent


def _unspecified(title: str) -> Counter[str]:
    """What a title leaves open: "unspecified side", "unspecified fracture"."""
    return Counter(singular(found.lower()) for found in _UNSPECIFIED.findall(title))


def _telling(text: str) -> frozenset[str]:
    """What a text names; "other" is told apart, for "Other esophagitis NOS" is not all esophagitis."""
    return frozenset(word for word in words(text) if word in _LEFT_OVER or word not in _EMPTY)


def _added(title: str, above: str) -> int:
    """The number of words that a title has and the one above it does not."""
    left = list(_words(above))
    added = 0
    for word in _words(title):
        if word in left:
            left.remove(word)
        elif word not in _EMPTY:
            added += 1
    return added


@lru_cache(maxsize=4096)  # titles that stand beside each other are compared with each other
def _words(title: str) -> tuple[str, ...]:
    return tuple(words(title))


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """For each entry number: the entry above, and its default codes, 0 where it has none.

    ``chosen`` has, by a word of ``CHOICES``, the code of each entry that has one.
    """

    parent: Sequence[int]
    unspecified: Sequence[int]
    other: Sequence[int]
    chosen: Mapping[str, Mapping[int, int]]


def hierarchy_of(catalog: Catalog) -> Hierarchy:
    """The hierarchy of what the Tabular List prints."""
    entries = {entry.number: entry for entry in catalog.codes() if entry.printed}
    children: dict[int, list[int]] = defaultdict(list)
    for entry in entries.values():
        if entry.parent is not None:
            children[entry.parent].append(entry.number)
    named: dict[int, list[str]] = defaultdict(list)
    for number, kind, _, text in catalog.all_notes():
        if kind is NoteKind.INCLUSION_TERM and number in entries and _NOS.search(text):
            named[number].append(text)
    defaults = DefaultCodes(entries, children, named)
    size = max(entries, default=0) + 1
    parent, unspecified, other = [0] * size, [0] * size, [0] * size
    chosen: dict[str, dict[int, int]] = {choice: {} for choice in sorted(CHOICES)}
    for number, entry in entries.items():
        parent[number] = entry.parent or 0
        unspecified[number] = defaults.unspecified(number) or 0
        other[number] = defaults.other(number) or 0
        for choice, code in defaults.chosen(number).items():
            chosen[choice][number] = code
    return Hierarchy(parent, unspecified, other, chosen)
