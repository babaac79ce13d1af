"""The text of the open documents, kept in step with the editor.

A document is a list of lines, spliced by each edit: an edit of one line in a long note costs microseconds.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from lsp_server.positions import Encoding, column_of, index_at, split_lines, without_end
from lsp_server.revision import Revision

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
        #: What the client calls this state of the text; ``None`` where it did not say.
        self.version: int | None = None
        #: What we call it: no two states in a session, of whatever document, have the same.
        self.serial = 0
        self._revision: Revision | None = None

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def beginning(self, reach: int) -> str:
        """The text up to about so many characters."""
        lines: list[str] = []
        for line in self._lines:
            lines.append(line[:reach])
            reach -= len(line)
            if reach <= 0:
                break
        return "".join(lines)

    def offset(self, number: int, index: int) -> int:
        """How many characters stand before an index of a line."""
        return sum(map(len, self._lines[:number])) + index

    def revision(self, uri: str, encoding: Encoding) -> Revision:
        """The text as it is now, for good."""
        if self._revision is None or self._revision.serial != self.serial:
            self._revision = Revision(uri, self.version, self.serial, tuple(self._lines), encoding)
        return self._revision

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
    """The open documents by URI, and the encoding that their client counts columns in.

    Whoever wants to know of a change appends a function of the URI to ``opened``, ``changed`` or ``closed``.
    """

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16  # the protocol's default, until another is negotiated
        self.opened: list[Callable[[str], None]] = []
        self.changed: list[Callable[[str], None]] = []
        self.closed: list[Callable[[str], None]] = []
        self._open: dict[str, Document] = {}
        self._serials = count(1)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._open))

    def open(self, uri: str, text: str, version: int | None = None) -> None:
        """Take in a document; one that is open already is replaced."""
        if not uri.startswith(_FOREIGN_SCHEMES):
            self._open[uri] = Document(text)
            self._tell(self.opened, uri, version)

    def change(self, uri: str, changes: Iterable[Change | str], version: int | None = None) -> None:
        """Make edits in order; a mere text replaces the whole. Does nothing where the URI is not open."""
        if uri not in self._open:
            return
        try:
            for change in changes:
                if isinstance(change, str):
                    self._open[uri] = Document(change)
                else:
                    self._open[uri].apply(change, self.encoding)
        finally:
            self._tell(self.changed, uri, version)

    def close(self, uri: str) -> None:
        if self._open.pop(uri, None):
            for listener in self.closed:
                listener(uri)

    def get(self, uri: str) -> Document | None:
        """An open document, or ``None``."""
        return self._open.get(uri)

    def revision(self, uri: str) -> Revision | None:
        """The present text of an open document, or ``None``."""
        document = self._open.get(uri)
        return document.revision(uri, self.encoding) if document else None

    def _tell(self, listeners: Iterable[Callable[[str], None]], uri: str, version: int | None) -> None:
        self._open[uri].version = version
        self._open[uri].serial = next(self._serials)
        for listener in listeners:
            listener(uri)


def _spliced(text: str, *, is_last: bool) -> list[str]:
    """The lines of a part of a document: unless it is the last part, no empty line follows its end."""
    lines = split_lines(text)
    if not is_last:
        lines.pop()
    return lines
