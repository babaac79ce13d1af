"""A segment of HL7 v2 as positions in a text: its fields, their repetitions, and their components.

The marks are looked for once, so that a place in a segment of any length is found in a few steps.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

_SEGMENT = re.compile(r"[A-Z]{2}[A-Z0-9]\|")  # I10|E11.9 are two cells
_COUNTING_THE_MARK = ("MSH", "FHS", "BHS")  # their first field is the mark between fields itself


class Segment:
    """One segment, which begins at ``first`` and ends before ``last``."""

    def __init__(self, text: str, first: int, last: int) -> None:
        self._text = text
        self._first = first
        self._last = last
        self.name = text[first : first + 3]
        self._fields = _positions(text, "|", first, last)
        self._repetitions = _positions(text, "~", first, last)
        self._components = _positions(text, "^", first, last)

    @classmethod
    def in_line(cls, text: str, first: int, last: int) -> "Segment | None":
        """The segment that a line is; ``None`` for any other line."""
        return cls(text, first, last) if _SEGMENT.match(text, first) else None

    def field(self, position: int) -> int:
        """The number of the field that a position is in."""
        return bisect_left(self._fields, position) + (self.name in _COUNTING_THE_MARK)

    def field_before(self, position: int) -> str:
        """The field before the one that a position is in."""
        index = bisect_left(self._fields, position)
        if index < 2:
            return ""
        return self._text[self._fields[index - 2] + 1 : self._fields[index - 1]]

    def component(self, position: int) -> int:
        """The index of the component that a position is in, from 0, in its repetition of its field."""
        begin = max(_last_before(self._fields, position), _last_before(self._repetitions, position))
        return bisect_left(self._components, position) - bisect_left(self._components, begin)

    def bounds(self, position: int, behind: int = 0) -> tuple[int, int] | None:
        """Where the component of a position begins and ends, or one behind it; ``None`` if there is none."""
        stop = min(
            _first_from(self._fields, position, self._last),
            _first_from(self._repetitions, position, self._last),
        )
        index = bisect_left(self._components, position) + behind
        begin = max(
            self._first - 1,
            *(_last_before(m, position) for m in (self._fields, self._repetitions, self._components)),
        )
        if behind:
            begin = self._components[index - 1] if index <= len(self._components) else self._last
            if begin >= stop:
                return None
        end = self._components[index] if index < len(self._components) else stop
        return begin + 1, min(end, stop)


def _positions(text: str, mark: str, first: int, last: int) -> list[int]:
    return [match.start() for match in re.compile(re.escape(mark)).finditer(text, first, last)]


def _last_before(marks: Sequence[int], position: int) -> int:
    index = bisect_left(marks, position)
    return marks[index - 1] if index else -1


def _first_from(marks: Sequence[int], position: int, otherwise: int) -> int:
    index = bisect_left(marks, position)
    return marks[index] if index < len(marks) else otherwise
