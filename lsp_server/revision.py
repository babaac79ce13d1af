"""A document's text at one version, and the protocol's places in it.

The rules count offsets in code points of the whole text; the protocol counts lines, and columns in the units
that were negotiated. Everything that crosses between the two goes through here.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from lsprotocol import types

from core.recogniser.service_dates import StatedDates, stated_dates
from lsp_server.positions import Encoding, column_of, index_at, without_end


@dataclass(frozen=True, eq=False)
class Revision:
    """A text that no edit changes. ``serial`` tells it from any other in the session."""

    uri: str
    #: What the client calls it; ``None`` where it did not say.
    version: int | None
    serial: int
    lines: tuple[str, ...]
    encoding: Encoding

    @cached_property
    def text(self) -> str:
        return "".join(self.lines)

    @cached_property
    def stated(self) -> StatedDates:
        """The dates of service that the text states."""
        return stated_dates(self.text)

    @cached_property
    def size(self) -> int:
        """How many characters the text has."""
        return sum(map(len, self.lines))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return (0, *accumulate(map(len, self.lines[:-1])))

    def line_of(self, offset: int) -> int:
        """The number of the line that holds an offset."""
        return bisect_right(self._starts, offset) - 1

    def line(self, number: int) -> str:
        """A line without its end."""
        return without_end(self.lines[number])

    def start_of(self, number: int) -> int:
        """The offset at which a line starts."""
        return self._starts[number]

    def position(self, offset: int) -> types.Position:
        """The client's place of an offset; one inside a line end is the end of the line."""
        number = self.line_of(offset)
        column = column_of(self.line(number), offset - self._starts[number], self.encoding)
        return types.Position(number, column)

    def range(self, start: int, end: int) -> types.Range:
        """The client's range of ``text[start:end]``."""
        return types.Range(self.position(start), self.position(end))

    def offset(self, position: types.Position) -> int:
        """The offset of a client's place; one outside the text means the nearest in it."""
        if position.line >= len(self.lines):
            return self.size
        index = index_at(self.line(position.line), position.character, self.encoding)
        return self._starts[position.line] + index
