"""A user's own crosswalk from diagnoses to CPT: a CSV file whose first line is ``code,cpt,label,group,note``.

CPT is copyright of the American Medical Association, so this program has no CPT code and no descriptor
of its own: what is shown is the user's, word by word, and marked as from the user's file.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.card import Source
from core.code import Code, InvalidCode, heading_of, shown
from core.sources import SourceError

COLUMNS = ["code", "cpt", "label", "group", "note"]

_LARGEST = 5_000_000  # bytes
_LONGEST_CELL = 500
_MOST_FAULTS = 100

#: Five characters: digits, with a letter at the end for CPT categories II and III (0001F), or at the
#: start for HCPCS Level II, which users keep beside CPT.
_CPT = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """A row of the user's file, blanks tidied. ``below`` is the code or heading that it is about."""

    line: int
    below: Code
    cpt: str
    label: str
    group: str
    note: str

    @property
    def key(self) -> tuple[Code, str, str]:
        """What a second row may not repeat."""
        return self.below, self.cpt, self.group


@dataclass(frozen=True)
class Crosswalk:
    """The good rows of a user's file, and a sentence with the line for each other row."""

    rows: tuple[CrosswalkRow, ...]
    faults: tuple[str, ...]

    def matches(self, code: Code) -> tuple[CrosswalkRow, ...]:
        """The rows about a code: its own, then those of the headings above it, nearest first.

        Of rows with one CPT code and group, the nearest counts.
        """
        bare = code.undotted
        found: dict[tuple[str, str], CrosswalkRow] = {}
        for length in range(len(bare), 2, -1):
            for row in self._by_prefix.get(bare[:length], ()):
                found.setdefault((row.cpt, row.group), row)
        return tuple(found.values())

    @cached_property
    def _by_prefix(self) -> dict[str, list[CrosswalkRow]]:
        rows: dict[str, list[CrosswalkRow]] = {}
        for row in self.rows:
            rows.setdefault(row.below.undotted, []).append(row)
        return rows


def crosswalk_source(path: Path) -> Source:
    """The source of a user's rows."""
    return Source("crosswalk", path.name, "your own file", "from your file")


def read_crosswalk(path: Path) -> Crosswalk:
    """Read a user's file. Rows at fault are left out and named in ``faults``.

    Raises ``SourceError`` for what is no such file at all: unreadable, too large, not UTF-8, another
    first line, or quotes that do not close.
    """
    rows: dict[tuple[Code, str, str], CrosswalkRow] = {}
    faults: list[str] = []
    for line, cells in _numbered_rows(path, _text(path)):
        try:
            row = _row(line, cells)
            if (first := rows.setdefault(row.key, row)) is not row:
                raise _RowFault(f"{row.below} with {row.cpt} stands in line {first.line} already")
        except (_RowFault, InvalidCode) as error:
            faults.append(str(SourceError(path, str(error).rstrip("."), line)))
    return Crosswalk(tuple(rows.values()), _few(path, faults))


class _RowFault(ValueError):
    """A row cannot be used; the rest of the file can."""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise SourceError(path, f"it is larger than {_LARGEST // 1_000_000} MB")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, "not UTF-8 text; save it as CSV UTF-8", line) from error


def _numbered_rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows below the first line, each with the line that it starts in; empty rows are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if [cell.strip().lower() for cell in next(reader, [])] != COLUMNS:
            raise SourceError(path, f"the first line must be {','.join(COLUMNS)}", 1)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", reader.line_num) from error


def _row(line: int, cells: list[str]) -> CrosswalkRow:
    if len(cells) != len(COLUMNS):
        raise _RowFault(f"{len(cells)} cells where {len(COLUMNS)} belong")
    code, cpt, label, group, note = (_tidy(*named) for named in zip(COLUMNS, cells, strict=True))
    if not _CPT.fullmatch(cpt.upper()):
        raise _RowFault(f"{shown(cpt)} does not look like a CPT code, which has five characters")
    return CrosswalkRow(line, Code.parse(heading_of(code)), cpt.upper(), label, group, note)


def _tidy(column: str, cell: str) -> str:
    """A cell on one line. What cannot be printed could command a terminal, so it is refused."""
    tidy = " ".join(cell.split())
    if len(tidy) > _LONGEST_CELL:
        raise _RowFault(f"the {column} is longer than {_LONGEST_CELL} characters")
    if not tidy.isprintable():
        raise _RowFault(f"the {column} holds a character that cannot be printed")
    return tidy


def _few(path: Path, faults: list[str]) -> tuple[str, ...]:
    """The first faults: a file of another kind has one in every row."""
    if len(faults) <= _MOST_FAULTS:
        return tuple(faults)
    more = len(faults) - _MOST_FAULTS
    return (*faults[:_MOST_FAULTS], f"{path.name}: {more} more rows cannot be used.")
