"""A text as the rules see it: its lines, the signals on them, the section and the column of a place.

Everything here is bounded, so that a text of any form costs no more than its length: a line longer than
a window is seen through windows, a section is looked for in the lines above up to a limit, and what was
found is kept for the next token.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from core.recogniser.word_lists import Meaning, Relation, WordLists

#: As editors and HL7 end lines; form feeds and Unicode's separators are within a line.
LINE_END = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"[a-z]+")
_ABBREVIATION = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]*[A-Z0-9](?![A-Za-z0-9])")
_LOWER_CASE = re.compile(r"(?<![A-Za-z0-9])[a-z]+(?![A-Za-z0-9])")
_HEADING = re.compile(
    r"\s{0,12}(?:>\s?){0,4}(#{1,6}\s+|\*\*|__|==+ ?)?([A-Za-z][A-Za-z0-9 /&'-]{0,60}?)"
    r"\s*(?:\*\*|__)?(:|$)(?:\*\*|__)?"
)
_LIST_BEGINS = re.compile(r"\s*(?:#|\(?1[.)]|[•*-]\s)")

_WINDOW = 1000  # characters of a line that are looked at together
_HOP = 500
_SECTION_REACH = 120  # lines above in which a section's heading is looked for
_TABLE_REACH = 100_000  # lines above in which a table's head is looked for


def line_starts(text: str) -> list[int]:
    """Where the lines of a text start."""
    if "\r" in text:
        return [0, *(match.end() for match in LINE_END.finditer(text))]
    # In a tenth of the time: what stands behind the last line's end is a line, too.
    return [0, *accumulate([len(line) + 1 for line in text.split("\n")[:-1]])]


@dataclass(frozen=True, slots=True)
class Signal:
    """A word or phrase of the lists in a line, with what it can mean; offsets are the line's."""

    start: int
    end: int
    word: str
    meanings: tuple[Meaning, ...]


@dataclass
class Line:
    """A line, or a window on a long one: ``text`` begins at ``offset`` of the document."""

    number: int
    offset: int
    text: str
    lists: WordLists = field(repr=False)

    @cached_property
    def lower(self) -> str:
        if self.text.isascii():
            return self.text.lower()
        return "".join(c.lower() if c.isascii() else c for c in self.text)  # keeps the length

    @property
    def end(self) -> int:
        """Where it ends in the document."""
        return self.offset + len(self.text)

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """The longest phrases of the lists, from left to right; a plural s is read as none."""
        found: list[Signal] = []
        lower, phrases = self.lower, self.lists.phrases
        covered = 0
        for match in _WORD.finditer(lower):
            if match.start() < covered:
                continue
            word = match.group()
            for first in (word, word[:-1]) if word.endswith("s") else (word,):
                for phrase, meanings in phrases.get(first, ()):
                    end = match.start() + len(phrase)
                    if lower.startswith(phrase, match.start()) and _ends_word(lower, phrase, end):
                        found.append(Signal(match.start(), end, phrase, meanings))
                        covered = end
                        break
                else:
                    continue
                break
        return tuple(found)

    @cached_property
    def cues(self) -> tuple[tuple[Signal, str], ...]:
        """The signals that announce a code, each with the name of its list."""
        return tuple(self._meant_as(Relation.CUE))

    @cached_property
    def labels(self) -> tuple[tuple[Signal, str], ...]:
        """The signals that name other systems of codes, each with the system's name."""
        return tuple(self._meant_as(Relation.LABEL))

    def _meant_as(self, relation: Relation) -> Iterator[tuple[Signal, str]]:
        for signal in self.signals:
            for meaning in signal.meanings:
                if meaning.relation is relation:
                    yield signal, meaning.name

    def signals_between(self, start: int, end: int) -> tuple[Signal, ...]:
        """The signals that start in a part of the line."""
        starts = self._signal_starts
        return self.signals[bisect_left(starts, start) : bisect_right(starts, end)] if starts else ()

    @cached_property
    def _signal_starts(self) -> list[int]:
        return [signal.start for signal in self.signals]

    def stems_near(self, start: int, end: int, reach: int) -> frozenset[str]:
        """The beginnings of telling words near a token, with those that abbreviations stand for."""
        return frozenset(
            stem
            for place, stem in self._stems
            if start - reach <= place < start or end <= place < end + reach
        )

    @cached_property
    def _stems(self) -> tuple[tuple[int, str], ...]:
        words = (
            (m.start(), stem) for m in _WORD.finditer(self.lower) if (stem := self.lists.stem(m.group()))
        )
        meant = (
            (m.start(), stem)
            for m in _ABBREVIATION.finditer(self.text)
            for stem in self.lists.abbreviations.get(m.group().upper(), ())
        )
        lower = (
            (m.start(), stem)
            for m in _LOWER_CASE.finditer(self.text)
            for stem in self.lists.lower_case_abbreviations.get(m.group(), ())
        )
        return (*words, *meant, *lower)


def _ends_word(lower: str, phrase: str, end: int) -> bool:
    rest = lower[end : end + 2]
    if phrase[-1].isdigit():
        return not rest[:1].isdigit()
    if rest[:1] == "s" and not rest[1:].isalpha():
        return True
    return not rest[:1].isalpha()


@dataclass(frozen=True, slots=True)
class Column:
    """The column of a table that a token stands in: its head, and the heads of the table."""

    head: str
    heads: tuple[str, ...]


class Document:
    """A text with its lines. Ask for places in rising order: neighbours share what was found."""

    def __init__(self, text: str, lists: WordLists) -> None:
        self.text = text
        self._lists = lists
        self._starts = line_starts(text)
        self._line: Line | None = None
        self._whole: tuple[int, int, int] = (-1, 0, 0)
        self._sections: dict[int, bool] = {}
        self._heads: dict[int, int] = {}

    def line_number(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1

    def bounds(self, number: int) -> tuple[int, int]:
        """Where a line starts and ends, without its line end."""
        if self._whole[0] != number:
            start = self._starts[number]
            end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
            while end > start and self.text[end - 1] in "\r\n":
                end -= 1
            self._whole = (number, start, end)
        return self._whole[1:]

    def line_at(self, position: int) -> Line:
        """The line of a position; of a long one the window around it."""
        number = self.line_number(position)
        start, end = self.bounds(number)
        if end - start > _WINDOW:
            centre = start + (position - start) // _HOP * _HOP
            start, end = max(start, centre - _HOP), min(end, centre + 2 * _HOP)
        if self._line is None or (self._line.number, self._line.offset) != (number, start):
            self._line = Line(number, start, self.text[start:end], self._lists)
        return self._line

    def is_under_diagnoses(self, number: int) -> bool:
        """Whether the nearest known heading above a line, or at its start, is one of diagnoses."""
        passed = []
        answer = False
        for above in range(number, max(-1, number - _SECTION_REACH), -1):
            known = self._sections.get(above)
            if known is None:
                known = self._section_of(above)
            if known is not None and (above == number or not (known and self._is_inline(above))):
                answer = known
                break
            if known is None:
                passed.append(above)
        for line in passed:
            self._sections[line] = answer
        return answer

    def _is_inline(self, number: int) -> bool:
        """Whether words of a diagnosis follow a heading on its line, and not the first of a numbered list.

        "Dx: back pain" is about itself and opens no section.
        """
        start, end = self.bounds(number)
        match = _HEADING.match(self.text, start, min(end, start + 80))
        if match is None or match[3] == "":
            return False
        return self.text[match.end() : end].strip() != "" and not _LIST_BEGINS.match(
            self.text, match.end(), end
        )

    def _section_of(self, number: int) -> bool | None:
        """Whether a line is a heading of diagnoses (true) or of something else; ``None`` for no heading."""
        start, end = self.bounds(number)
        match = _HEADING.match(self.text, start, min(end, start + 80))
        if match is None or (match[3] == "" and match.end() < end):
            return None
        label = " ".join(match[2].lower().split())
        if label in self._lists.diagnosis_sections:
            return True
        if label in self._lists.other_sections:
            return False
        # Any other heading ends a section of diagnoses only where nothing else could stand so.
        is_heading = match[3] == "" and (match[1] or (match[2].isupper() and len(match[2]) > 3))
        words = label.split()
        if is_heading:
            return any(word in ("diagnosis", "diagnoses", "icd", "icd-10") for word in words)
        return None

    def column_at(self, position: int) -> Column | None:
        """The column of a table that a position is in, where the table has a head that says so."""
        number = self.line_number(position)
        start, end = self.bounds(number)
        if end - start > _WINDOW * 4:
            return None
        line = self.text[start:end]
        delimiter = _delimiter(line)
        if delimiter is None or (head := self._head_of(number, delimiter)) == number:
            return None
        low, high = self.bounds(head)
        if high - low > _WINDOW * 4:
            return None
        heads = tuple(_cells(self.text[low:high], delimiter))
        index = _count(line[: position - start], delimiter)
        return Column(heads[index], heads) if index < len(heads) else None

    def _head_of(self, number: int, delimiter: str) -> int:
        """The first of the lines up to this one that have as many cells."""
        walked = []
        count = self._cells_of(number, delimiter)
        above = number
        while (known := self._heads.get(above)) is None:
            walked.append(above)
            if above == 0 or len(walked) > _TABLE_REACH or self._cells_of(above - 1, delimiter) != count:
                known = above
                break
            above -= 1
        for line in walked:
            self._heads[line] = known
        return known

    def _cells_of(self, number: int, delimiter: str) -> int:
        start, end = self.bounds(number)
        return _count(self.text[start : min(end, start + _WINDOW * 4)], delimiter)


def _delimiter(line: str) -> str | None:
    if line.lstrip().startswith("|"):
        return "|"
    for delimiter in "\t,;|":
        if delimiter in line:
            return delimiter
    return None


def _count(line: str, delimiter: str) -> int:
    """How many delimiters a line has outside quotation marks."""
    if '"' not in line:
        return line.count(delimiter)
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip(' "*_`').lower() for cell in line.split(delimiter)]
