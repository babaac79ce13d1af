"""Where *see* and *see also* lead in the whole printed Index: to lines of it, and from one part to another.

What ``core.see_references`` follows leaves no choice, for a code hangs on it. Here a reader is shown the line
beside the reference's own words, so more is tried: the only line with the words of a reference, under the
main term that it begins with; and "Neoplasm, skin, benign" as a column of the Table of Neoplasms.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from core.index_editions import PrintedLine
from core.index_parts import IndexPart
from core.index_words import Range, outermost, overlaps, telling_words
from core.see_references import IndexTarget, References

_BEHAVIORS = {
    "malignant": 0,
    "primary": 0,
    "secondary": 1,
    "in situ": 2,
    "benign": 3,
    "uncertain behavior": 4,
    "unspecified behavior": 5,
}
#: The more telling first: "Neoplasm, secondary, malignant" is secondary.
_MORE_TELLING = (1, 2, 3, 4, 5, 0)
_INTENTS = {"adverse effect": 4, "underdosing": 5}
_BY = re.compile(r"\bby [a-z ]+?(?= with\b| complicated\b|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to: a line, or a whole table; and the column of it that is meant, if one is."""

    part: IndexPart
    line: int | None
    column: int | None = None


class PartReferences:
    """The references of all parts that are there."""

    def __init__(self, parts: Mapping[IndexPart, Sequence[PrintedLine]]) -> None:
        self._parts = {part: _Lines(lines) for part, lines in parts.items()}

    def targets(self, part: IndexPart, text: str) -> tuple[Target, ...]:
        """What a reference printed in a part leads to; nothing where that is not clear.

        "See condition" leads to no line: it says to look under the condition itself.
        """
        if text == "condition":
            return ()
        if table := self._in_table(part, text):
            return table
        others = (other for other in self._parts if other is not part)
        for place in (part, *others):
            if found := self._parts[place].named(text):
                return tuple(Target(place, line) for line in found)
        return ()

    def _in_table(self, part: IndexPart, text: str) -> tuple[Target, ...]:
        """A reference to one of the tables; of one's own table none that a plain look-up finds."""
        lowered = text.lower()
        if lowered.startswith("table of drugs") and IndexPart.DRUGS in self._parts:
            columns = [column for word, column in _INTENTS.items() if word in lowered]
            return (Target(IndexPart.DRUGS, None, *columns[:1]),)
        if (
            not lowered.startswith(("neoplasm", "table of neoplasms"))
            or IndexPart.NEOPLASMS not in self._parts
        ):
            return ()
        if part in self._parts and part is not IndexPart.NEOPLASMS and self._parts[part].exactly(text):
            return ()
        sites, columns = [], []
        for piece in map(str.strip, text.split(",")[1:]):
            if piece.lower() in _BEHAVIORS:
                columns.append(_BEHAVIORS[piece.lower()])
            else:
                sites.append(piece)
        column = min(columns, key=_MORE_TELLING.index) if columns else None
        found = self._parts[IndexPart.NEOPLASMS].named(", ".join(["Neoplasm", *sites]))
        return tuple(Target(IndexPart.NEOPLASMS, line, column) for line in found)


class _Lines:
    """The lines of one part, by their paths and by their words."""

    def __init__(self, lines: Sequence[PrintedLine]) -> None:
        self._lines = lines
        self._last = last_below(lines)
        self._references = References({line.number: _target(line) for line in lines})
        ranges: dict[str, list[Range]] = defaultdict(list)
        for line in lines:
            for word in dict.fromkeys(telling_words(line.term)):
                ranges[word].append((line.number, self._last[line.number]))
        self._ranges = {word: outermost(found) for word, found in ranges.items()}

    def exactly(self, text: str) -> list[int]:
        return list(dict.fromkeys(self._references.targets(text)))

    def named(self, text: str) -> list[int]:
        return self.exactly(text) or self._worded(text)

    def _worded(self, text: str) -> list[int]:
        """The only line with a reference's words and the fewest others, under the main term that it names."""
        words = telling_words(_BY.sub("", text))
        if not words or any(word not in self._ranges for word in words):
            return []
        found = reduce(overlaps, (self._ranges[word] for word in words))
        extra: dict[int, list[int]] = defaultdict(list)
        for number, _ in found:
            path = list(self._path(number))
            if telling_words(path[-1])[0] == words[0]:
                said = {word for term in path for word in telling_words(term)}
                extra[len(said.difference(words))].append(number)
        best = extra[min(extra)] if extra else []
        return best if len(best) == 1 else []

    def _path(self, number: int | None) -> Iterator[str]:
        """A line's term, and those above it."""
        while number is not None:
            line = self._lines[number - 1]
            yield line.term
            number = line.parent


def last_below(lines: Sequence[PrintedLine]) -> dict[int, int]:
    """For each line the number of the last one that is printed under it, which may be itself."""
    last = {line.number: line.number for line in lines}
    for line in reversed(lines):
        if line.parent is not None:
            last[line.parent] = max(last[line.parent], last[line.number])
    return last


def _target(line: PrintedLine) -> IndexTarget:
    code = next((code.code.text for code in line.codes if code), None)
    return IndexTarget(line.number, line.parent, line.term, line.modifiers[:1] == ("s",), code, line.see)
