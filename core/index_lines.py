"""The lines of the printed Index: what they say, where their references lead, what is printed under them."""

import json
import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.alphabetic_index import PrintedCode
from core.card import Source
from core.catalog import Catalog
from core.catalog_rows import marks
from core.index_parts import IndexPart, part_source
from core.index_words import RANGES, Range

_AT_ONCE = 500  # numbers in one query


@dataclass(frozen=True, slots=True)
class LoadedPart:
    """A part of the Index that is loaded. ``columns`` are a table's headings as printed."""

    part: IndexPart
    fiscal_year: int
    columns: tuple[str, ...]
    first: int  # the number of its first line
    last: int
    main_terms: int

    @property
    def lines(self) -> int:
        return self.last - self.first + 1

    @property
    def source(self) -> Source:
        return part_source(self.part, self.fiscal_year)


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A line as printed. ``path`` goes from the main term down to its own term.

    ``codes`` has one element, of a table one for each column; ``None`` where none is printed. ``last`` is the
    number of the last line under it, its own where there is none.
    """

    part: LoadedPart
    number: int
    parent: int | None
    last: int
    path: tuple[str, ...]
    modifiers: tuple[str, ...]  # its own nonessential modifiers, without parentheses
    codes: tuple[PrintedCode | None, ...]
    manifestation: PrintedCode | None
    see: str | None
    see_also: str | None

    @property
    def text(self) -> str:
        """``Pain, low back``: what finds the line again."""
        return ", ".join(self.path)

    @property
    def term(self) -> str:
        """The line's own term with its nonessential modifiers: ``Abasia (-astasia) (hysterical)``."""
        own = "".join("(s)" if m == "s" else f" ({m})" for m in self.modifiers)
        return f"{self.path[-1]}{own}"

    @property
    def below(self) -> int:
        """How many lines are printed under it, at every level."""
        return self.last - self.number


@dataclass(frozen=True, slots=True)
class LineTarget:
    """What a reference leads to: a line, or a whole table, and the column that is meant, if one is."""

    part: LoadedPart
    line: IndexLine | None
    column: int | None

    @property
    def text(self) -> str:
        """What finds it again, or the name of the table."""
        return self.line.text if self.line else self.part.part.title


def loaded_parts(catalog: Catalog) -> tuple[LoadedPart, ...]:
    """The parts of the Index that are loaded, in print's order. Raises ``CatalogUnavailable``."""
    return catalog.read(_read_parts, None)


def lines_numbered(catalog: Catalog, numbers: Collection[int]) -> dict[int, IndexLine]:
    """Lines by their numbers. Raises ``CatalogUnavailable``."""
    return catalog.read(_read_lines, numbers)


def lines_below(catalog: Catalog, line: IndexLine, limit: int) -> tuple[IndexLine, ...]:
    """The first lines that are printed under a line, at every level. Raises ``CatalogUnavailable``."""
    return tuple(
        lines_numbered(catalog, range(line.number + 1, min(line.last, line.number + limit) + 1)).values()
    )


def lines_of(catalog: Catalog, part: IndexPart) -> Iterator[IndexLine]:
    """All lines of a part, as printed; none where it is not loaded. Raises ``CatalogUnavailable``."""
    for loaded in loaded_parts(catalog):
        if loaded.part is part:
            yield from lines_numbered(catalog, range(loaded.first, loaded.last + 1)).values()


def targets_of(catalog: Catalog, line: IndexLine, *, also: bool) -> tuple[LineTarget, ...]:
    """What a line's *see* leads to, or its *see also*; nothing where that is not clear.

    Of several lines those under the line's own main term are meant.
    """
    found = catalog.read(_read_targets, (line.number, int(also)))
    own = tuple(target for target in found if target.line and target.line.path[0] == line.path[0])
    return own or found


def main_terms(catalog: Catalog) -> Iterator[tuple[LoadedPart, str]]:
    """All main terms as printed, each with the part that it is of. Raises ``CatalogUnavailable``."""
    for part in loaded_parts(catalog):
        for (term,) in catalog.read(_read_main_terms, part):
            yield part, term


def word_ranges(catalog: Catalog, word: str) -> list[Range]:
    """Where a word holds, sorted; nothing for a word that no line has. Raises ``CatalogUnavailable``."""
    return catalog.read(_read_ranges, word)


def index_words(catalog: Catalog) -> list[str]:
    """All words of the Index. Raises ``CatalogUnavailable``."""
    return [word for (word,) in catalog.read(_read_words, None)]


def _read_parts(db: sqlite3.Connection, _key: None) -> tuple[LoadedPart, ...]:
    rows = db.execute(
        "SELECT part, fiscal_year, columns, first, last, main_terms FROM index_part ORDER BY part"
    )
    return tuple(
        LoadedPart(IndexPart(part), year, tuple(json.loads(columns)), first, last, count)
        for part, year, columns, first, last, count in rows
    )


def _read_lines(db: sqlite3.Connection, numbers: Collection[int]) -> dict[int, IndexLine]:
    """The lines, in the order asked, with the terms of those that they are printed under."""
    rows: dict[int, Sequence[Any]] = {}
    missing = set(numbers)
    while missing:
        listed = sorted(missing)
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            for row in db.execute(f"SELECT * FROM index_line WHERE number IN ({marks(some)})", some):
                rows[row[0]] = row
        missing = {row[1] for row in rows.values() if row[1] is not None} - rows.keys()
    parts = _read_parts(db, None)
    return {number: _line(number, rows, parts) for number in numbers}


def _line(number: int, rows: Mapping[int, Sequence[Any]], parts: Sequence[LoadedPart]) -> IndexLine:
    part = next(part for part in parts if number <= part.last)
    _, parent, last, _, modifiers, codes, manifestation, see, see_also = rows[number]
    path: list[str] = []
    at: int | None = number
    while at is not None:
        path.append(rows[at][3])
        at = rows[at][1]
    return IndexLine(
        part=part,
        number=number,
        parent=parent,
        last=last,
        path=tuple(reversed(path)),
        modifiers=tuple(json.loads(modifiers)) if modifiers else (),
        codes=tuple(None if code == "-" else PrintedCode.parse(code) for code in codes.split())
        if codes
        else (),
        manifestation=PrintedCode.parse(manifestation) if manifestation else None,
        see=see,
        see_also=see_also,
    )


def _read_targets(db: sqlite3.Connection, key: tuple[int, int]) -> tuple[LineTarget, ...]:
    rows = db.execute(
        'SELECT part, target, "column" FROM index_target WHERE line = ? AND also = ? ORDER BY position', key
    ).fetchall()
    parts = {part.part: part for part in _read_parts(db, None)}
    lines = _read_lines(db, [target for _, target, _ in rows if target])
    return tuple(
        LineTarget(parts[IndexPart(part)], lines.get(target), column) for part, target, column in rows
    )


def _read_main_terms(db: sqlite3.Connection, part: LoadedPart) -> list[tuple[str]]:
    return db.execute(
        "SELECT term FROM index_line WHERE parent IS NULL AND number BETWEEN ? AND ? ORDER BY number",
        (part.first, part.last),
    ).fetchall()


def _read_ranges(db: sqlite3.Connection, word: str) -> list[Range]:
    row = db.execute("SELECT ranges FROM index_line_word WHERE word = ?", (word,)).fetchone()
    numbers = array(RANGES, row[0]) if row else array(RANGES)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _read_words(db: sqlite3.Connection, _key: None) -> list[tuple[str]]:
    return db.execute("SELECT word FROM index_line_word").fetchall()
