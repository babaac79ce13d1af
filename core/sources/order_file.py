"""Reader of the order file (``icd10cm-order-2026.txt``): every code and heading of a release, in order.

It comes in the zip of code descriptions. A line has fixed columns, counted from 1: 1-5 the order number,
7-13 the code without its dot, 15 a flag (1 billable, 0 heading), 17-76 the short title, from 78 on the
title. The release stands in the file's name alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.code import Code, InvalidCode, dotted
from core.release import Release, fiscal_year_start
from core.sources import SourceError
from core.sources.text_lines import read_lines

_NAME = re.compile(r"icd10cm[-_]order[-_](april[-_](?:1[-_])?)?(20[0-9]{2})\.txt", re.IGNORECASE)
_ROW = re.compile(r"([0-9]{5}) ([0-9A-Z ]{7}) ([01]) (.{60}) (.*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A code or heading. ``short_title`` has at most 60 characters."""

    number: int
    code: Code
    billable: bool
    short_title: str
    title: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order file and the release that it is of."""

    path: Path
    release: Release
    #: The rows, where somebody holds them already.
    held: tuple[OrderRow, ...] | None = None

    def rows(self) -> Iterator[OrderRow]:
        """The rows, read as they are asked for. Raises ``SourceError`` for the first line that is none."""
        if self.held is not None:
            yield from self.held
            return
        seen = set()
        number = 0
        for line, text in _lines(self.path):
            row = _row(self.path, line, text)
            if row.number <= number:
                raise SourceError(self.path, f"the order number {row.number} follows {number}", line)
            if row.code in seen:
                raise SourceError(self.path, f"{row.code} stands there twice", line)
            seen.add(row.code)
            number = row.number
            yield row
        if not seen:
            raise SourceError(self.path, "the file holds no code")


def order_file(path: Path) -> OrderFile:
    """An order file by its name; nothing is read yet. Raises ``SourceError`` for another name."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise SourceError(path, "its name must tell the release, such as icd10cm-order-2026.txt")
    year = int(named[2])
    return OrderFile(path, Release(date(year, 4, 1) if named[1] else fiscal_year_start(year)))


def check_order_file(path: Path) -> OrderFile:
    """An order file, read to its end. Raises ``SourceError``."""
    found = order_file(path)
    for _ in found.rows():
        pass
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines; empty ones only where no other follows."""
    empty = None
    for line, text in read_lines(path):
        if not text.strip():
            empty = empty or line
            continue
        if empty:
            raise SourceError(path, "an empty line", empty)
        yield line, text


def _row(path: Path, line: int, text: str) -> OrderRow:
    fields = _ROW.fullmatch(text)
    if fields is None:
        raise SourceError(path, "not in the columns of an order file: number, code, flag, two titles", line)
    number, code, flag, short, title = (field.strip() for field in fields.groups())
    if not (short and title):
        raise SourceError(path, f"{code} has no {'title' if short else 'short title'}", line)
    try:
        parsed = Code(dotted(code))
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    return OrderRow(int(number), parsed, flag == "1", short, title)
