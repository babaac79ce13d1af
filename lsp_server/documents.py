"""The text of the open documents, kept in step with the editor.

A document is a list of lines, spliced by each edit: an edit of one line in a long note costs microseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lsp_server.positions import Encoding, column_of, index_at, split_lines, without_end

#: Texts that an editor shows beside the user's own: old revisions, and logs such as this server's.
_FOREIGN_SCHEMES = ("git:", "output:")


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place as the client writes it: the line from 0, and the column in units of its encoding."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a document: ``text`` replaces what is from ``start`` to ``end``."""

    start: Place
    end: Place
    text: str


class Document:
    """The lines of one text. Any place is good: those outside the text mean its nearest place."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def locate(self, place: Place, encoding: Encoding) -> tuple[int, int]:
        """The line number and the index in that line of a client's place."""
        if place.line < 0:
            return 0, 0
        if place.line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        return place.line, index_at(self.line(place.line), place.column, encoding)

    def line(self, number: int) -> str:
        """A line without its end."""
        return without_end(self._lines[number])

    def place(self, number: int, index: int, encoding: Encoding) -> Place:
        """The client's place of an index in a line; the inverse of ``locate``."""
        return Place(number, column_of(self.line(number), index, encoding))

    def apply(self, change: Change, encoding: Encoding) -> None:
        """Make an edit. A change whose end is before its start inserts at its end."""
        end_line, end = self.locate(change.end, encoding)
        start_line, start = min(self.locate(change.start, encoding), (end_line, end))
        new = self._lines[start_line][:start] + change.text + self._lines[end_line][end:]
        # Only here can an edit complete a line end: the text behind the edit keeps its own.
        if new.startswith("\n") and start_line and self._lines[start_line - 1].endswith("\r"):
            start_line -= 1
            new = self._lines[start_line] + new
        self._lines[start_line : end_line + 1] = _spliced(new, is_last=end_line == len(self._lines) - 1)


class Documents:
    """The open documents by URI, and the encoding that their client counts columns in."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16  # the protocol's default, until another is negotiated
        self._open: dict[str, Document] = {}

    def open(self, uri: str, text: str) -> None:
        """Take in a document; one that is open already is replaced."""
        if not uri.startswith(_FOREIGN_SCHEMES):
            self._open[uri] = Document(text)

    def change(self, uri: str, changes: Iterable[Change | str]) -> None:
        """Make edits in order; a mere text replaces the whole. Does nothing where the URI is not open."""
        if uri not in self._open:
            return
        for change in changes:
            if isinstance(change, str):
                self._open[uri] = Document(change)
            else:
                self._open[uri].apply(change, self.encoding)

    def close(self, uri: str) -> None:
        self._open.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        """An open document, or ``None``."""
        return self._open.get(uri)


def _spliced(text: str, *, is_last: bool) -> list[str]:
    """The lines of a part of a document: unless it is the last part, no empty line follows its end."""
    lines = split_lines(text)
    if not is_last:
        lines.pop()
    return lines
