"""What the official conversion table says replaced a code, in the catalogue where a table is loaded.

The table names the previous codes of each new one. The day of a change is that on which the new code became
billable: the table itself leaves it out at times. What a sentence of the table describes, such as "a code
from category …", is no code here.
"""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.card import Source
from core.code import Code
from core.release import FIRST_DATE_OF_SERVICE, Release
from core.sources.billable_validity import BillablePeriod

if TYPE_CHECKING:  # a look-up need not wait for the reader
    from core.sources.conversion_table import CodeRange, ConversionRow, ConversionTable

CONVERSION_SCHEMA = """
CREATE TABLE conversion_table (effective TEXT NOT NULL);  -- one row where a table is loaded
CREATE TABLE conversion (         -- a code that another one replaced, wholly or in part, on a day
    previous TEXT NOT NULL,
    day      TEXT NOT NULL,
    code     TEXT NOT NULL,
    PRIMARY KEY (previous, day, code)
) WITHOUT ROWID;
CREATE INDEX conversion_code ON conversion (code);
"""


@dataclass(frozen=True, slots=True)
class Converted:
    """The codes on the other side of a change, and the source that names them."""

    codes: tuple[Code, ...]
    source: Source


def write_conversions(
    db: sqlite3.Connection, table: "ConversionTable", billable: Mapping[Code, Sequence[BillablePeriod]]
) -> None:
    """Fill the tables of ``CONVERSION_SCHEMA``, which must be there and empty."""
    db.execute("INSERT INTO conversion_table VALUES (?)", (table.release.effective.isoformat(),))
    known = sorted(billable)
    db.executemany(
        "INSERT OR IGNORE INTO conversion VALUES (?, ?, ?)",
        (
            (previous.text, day.isoformat(), row.code.text)
            for row in table.rows
            if (day := _day(row, billable.get(row.code, ())))
            for previous in _within(row.previous, known)
            if previous != row.code
        ),
    )


def _day(row: "ConversionRow", periods: Sequence[BillablePeriod]) -> date | None:
    """The day on which a code became billable; where there are several, that which the table means."""
    days = [period.first for period in periods if period.first != FIRST_DATE_OF_SERVICE]
    if len(days) > 1:
        days = [day for day in days if row.effective in (day, day.year)]
    return days[0] if len(days) == 1 else None


def _within(ranges: Sequence["CodeRange"], known: Sequence[Code]) -> Iterator[Code]:
    """The codes that were billable in any year and are in the ranges."""
    for ends in ranges:
        found = known[bisect_left(known, ends.first) : bisect_right(known, ends.last)]
        yield from (code for code in found if len(code.text) == len(ends.first.text))


def replacements(db: sqlite3.Connection, asked: tuple[Code, date]) -> Converted | None:
    """What replaced a code on a day; ``None`` where no table says it. Raises ``sqlite3.Error``."""
    code, day = asked
    return _found(
        db, "SELECT code FROM conversion WHERE previous = ? AND day = ? ORDER BY code", code.text, str(day)
    )


def previous_codes(db: sqlite3.Connection, asked: tuple[Code, date]) -> Converted | None:
    """What a code replaced on a day; ``None`` where no table says it. Raises ``sqlite3.Error``."""
    code, day = asked
    return _found(
        db,
        "SELECT previous FROM conversion WHERE code = ? AND day = ? ORDER BY previous",
        code.text,
        str(day),
    )


def _found(db: sqlite3.Connection, query: str, code: str, day: str) -> Converted | None:
    codes = tuple(Code(text) for (text,) in db.execute(query, (code, day)))
    if not codes:
        return None
    [[effective]] = db.execute("SELECT effective FROM conversion_table")
    edition = Release(date.fromisoformat(effective)).name
    return Converted(codes, Source("conversion-table", "ICD-10-CM conversion table", "CDC/NCHS", edition))
