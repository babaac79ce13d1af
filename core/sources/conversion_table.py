"""Reader of the conversion table (``ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx``): what new codes replaced.

CDC publishes it with each release, and CMS in a zip, as a spreadsheet or as text separated by tabs. Below a
title stands a row with the columns ``Current code assignment``, ``Effective`` and ``Previous Code(s)
Assignment``; then a row for each code that is new since 2015. When it took effect is written as a year
(2024), as a date (01/01/21) or as the spreadsheet's number of a day, or left out. The previous codes are
``None``, codes and ranges between commas, semicolons and "and", or a sentence ("a code from category …").

Read by what public programs that read the table make of it; no table itself was at hand when this was
written. A sentence is kept as one, and names no code.
"""

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.code import CATEGORY_LENGTH, Code, InvalidCode, shown
from core.release import Release
from core.sources import SourceError
from core.sources.one_file import release_named, unpacked
from core.sources.sheet_rows import read_sheet
from core.sources.text_lines import read_lines

NAMES = re.compile(r".*icd-?_?10-?_?cm.*conversion.*\.(?:xlsx|txt)", re.IGNORECASE)
_EXAMPLE = "ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx"

_HEADS = re.compile(r"current code.*\|effective.*\|previous code.*", re.IGNORECASE)
_MOST_ABOVE = 10  # rows of titles
_LARGEST = 100_000  # rows; the table of FY2026 has 5,900
_BETWEEN = re.compile(r"\s*(?:[,;&\n]|\band\b)\s*", re.IGNORECASE)
_RANGE = re.compile(r"(\S+)\s*[-–]\s*(\S+)")
_YEAR, _DAY = re.compile(r"20[0-9]{2}"), re.compile(r"([0-9]{1,2})/([0-9]{1,2})/(?:20)?([0-9]{2})")
_SERIAL = re.compile(r"4[0-9]{4}")
_FIRST_SERIAL = date(1899, 12, 30)  # the spreadsheet's day 0


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes from one to another, both included; often they are one."""

    first: Code
    last: Code


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """A code and what it replaced. ``effective`` is a year or a day; ``None`` where the table leaves it out.

    ``previous`` is empty where the table names no code; ``text`` is what it has, such as ``None``.
    """

    code: Code
    effective: int | date | None
    previous: tuple[CodeRange, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ConversionTable:
    """The table of a release, in its own order."""

    release: Release
    rows: tuple[ConversionRow, ...]


def read_conversion_table(path: Path) -> ConversionTable:
    """Read the table from its file or from a zip, whole or not at all. Raises ``SourceError``."""
    with unpacked(path, NAMES, _EXAMPLE) as file:
        release = release_named(path, file, _EXAMPLE)
        with closing(read_sheet(file) if file.suffix.lower() == ".xlsx" else _text_rows(file)) as rows:
            return ConversionTable(release, tuple(_rows(file, rows)))


def _text_rows(path: Path) -> Generator[tuple[int, Sequence[str]], None, None]:
    lines = (f"{text}\n" for _, text in read_lines(path, or_windows=True))
    table = csv.reader(lines, delimiter="\t", strict=True)
    try:
        for row in table:
            yield table.line_num, row
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", table.line_num) from error


def _rows(path: Path, rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[ConversionRow]:
    seen = set()
    is_below = False
    for count, (line, cells) in enumerate(rows):
        fields = [" ".join(cell.split()) for cell in cells]
        while fields and not fields[-1]:
            fields.pop()
        if not is_below:
            is_below = _HEADS.fullmatch("|".join(fields)) is not None
            if not is_below and count >= _MOST_ABOVE:
                break
        elif fields:
            if count > _LARGEST:
                raise SourceError(path, f"more than {_LARGEST:,} rows")
            row = _row(path, line, fields)
            if row in seen:
                continue  # said twice
            seen.add(row)
            yield row
    if not seen:
        raise SourceError(
            path,
            "no row below Current code assignment, Effective, Previous Code(s) Assignment; fetch it again",
        )


def _row(path: Path, line: int, fields: list[str]) -> ConversionRow:
    if len(fields) != 3:
        raise SourceError(path, f"{len(fields)} columns where 3 belong", line)
    written, effective, previous = fields
    try:
        code = _code(written)
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    return ConversionRow(code, _effective(path, line, effective), _previous(previous), previous)


def _code(written: str) -> Code:
    if not any(character.isdigit() for character in written):
        raise InvalidCode(f"{shown(written)} is a word and no ICD-10-CM code.")
    return Code.parse(written)


def _effective(path: Path, line: int, written: str) -> int | date | None:
    if not written:
        return None
    if _YEAR.fullmatch(written):
        return int(written)
    try:
        if day := _DAY.fullmatch(written):
            return date(2000 + int(day[3]), int(day[1]), int(day[2]))
    except ValueError:
        pass
    if _SERIAL.fullmatch(written):
        return _FIRST_SERIAL + timedelta(days=int(written))
    raise SourceError(path, f"{written[:24]!r} is no year and no date", line)


def _previous(written: str) -> tuple[CodeRange, ...]:
    """The codes of a cell; none where anything in it is a word, or a range that is none within a category."""
    found = []
    for part in filter(None, _BETWEEN.split(written.strip("\"' "))):
        ends = _RANGE.fullmatch(part)
        first, last = (ends[1], ends[2]) if ends else (part, part)
        if len(last) < len(first):  # H02.101-106
            last = first[: -len(last)] + last
        try:
            codes = CodeRange(_code(first), _code(last))
        except InvalidCode:
            return ()
        if (
            codes.first > codes.last
            or codes.first.text[:CATEGORY_LENGTH] != codes.last.text[:CATEGORY_LENGTH]
        ):
            return ()
        found.append(codes)
    return tuple(found)
