"""Reader of the Clinical Classifications Software Refined for diagnoses (``DXCCSR_v2026-1.csv``), of AHRQ.

19 columns: the code without its dot and its description, the default categories of inpatient and outpatient
data with their descriptions, up to six categories with theirs, and why one is the default. Codes and
categories stand between single quotes within the cells, and what is empty is a blank between them.

Read by what public programs that read the file make of it; no file itself was at hand when this was
written.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.code import Code, InvalidCode, dotted
from core.sources import SourceError
from core.sources.one_file import unpacked
from core.sources.text_lines import read_lines

NAMES = re.compile(r"DXCCSR[-_ ]?v([0-9]{4})-([0-9])\.csv", re.IGNORECASE)
_EXAMPLE = "DXCCSR_v2026-1.csv"

_CATEGORIES = 6
_COLUMNS = (
    "ICD-10-CM CODE",
    "ICD-10-CM CODE DESCRIPTION",
    "Default CCSR CATEGORY IP",
    "Default CCSR CATEGORY DESCRIPTION IP",
    "Default CCSR CATEGORY OP",
    "Default CCSR CATEGORY DESCRIPTION OP",
    *(
        f"CCSR CATEGORY {n}{what}" for n in range(1, _CATEGORIES + 1) for what in ("", " DESCRIPTION")
    ),
    "Rationale for Default Assignment",
)  # fmt: skip
_FIRST = 6  # column of a category
_CATEGORY = re.compile(r"[A-Z]{3}[0-9]{3}")
_NO_DEFAULT = re.compile(r"(?:XXX[0-9]{3})?")  # such as XXX000: no first-listed diagnosis


@dataclass(frozen=True, slots=True)
class CcsrCategory:
    """A category of a code, and whether it is the default one of inpatient and of outpatient data."""

    name: str
    description: str
    inpatient: bool
    outpatient: bool


@dataclass(frozen=True, slots=True)
class CcsrRow:
    """A code and its categories, in the file's order."""

    code: Code
    categories: tuple[CcsrCategory, ...]


@dataclass(frozen=True, slots=True)
class Ccsr:
    """One version's rows, in the file's order."""

    version: str  # v2026.1
    rows: tuple[CcsrRow, ...]


def read_ccsr(path: Path) -> Ccsr:
    """Read the file by itself or in AHRQ's zip, whole or not at all. Raises ``SourceError``."""
    with unpacked(path, NAMES, _EXAMPLE) as file:
        named = NAMES.fullmatch(file.name)
        if named is None:
            raise SourceError(file, f"its name does not tell the version, as {_EXAMPLE} does")
        rows = tuple(_rows(file))
    if not rows:
        raise SourceError(path, "the file holds no code")
    return Ccsr(f"v{named[1]}.{named[2]}", rows)


def _rows(path: Path) -> Iterator[CcsrRow]:
    table = csv.reader((f"{text}\n" for _, text in read_lines(path, or_windows=True)), strict=True)
    seen = set()
    try:
        head = tuple(_bare(cell) for cell in next(table, []))
        if tuple(map(str.upper, head)) != tuple(map(str.upper, _COLUMNS)):
            raise SourceError(path, f"the first line must name {', '.join(_COLUMNS[:3])} …", 1)
        for cells in table:
            row = _row(path, table.line_num, [_bare(cell) for cell in cells])
            if row.code in seen:
                raise SourceError(path, f"{row.code} stands there twice", table.line_num)
            seen.add(row.code)
            yield row
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", table.line_num) from error


def _bare(cell: str) -> str:
    return cell.strip().strip("'").strip()


def _row(path: Path, line: int, cells: list[str]) -> CcsrRow:
    if len(cells) != len(_COLUMNS):
        raise SourceError(path, f"{len(cells)} columns where {len(_COLUMNS)} belong", line)
    try:
        code = Code(dotted(cells[0]))
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    inpatient, outpatient = cells[2], cells[4]
    found = []
    for column in range(_FIRST, _FIRST + 2 * _CATEGORIES, 2):
        if name := cells[column]:
            if not _CATEGORY.fullmatch(name):
                raise SourceError(path, f"{name[:24]!r} is no CCSR category", line)
            found.append(CcsrCategory(name, cells[column + 1], name == inpatient, name == outpatient))
    names = {category.name for category in found}
    for default in (inpatient, outpatient):
        if default not in names and not _NO_DEFAULT.fullmatch(default):
            raise SourceError(path, f"the default {default[:24]!r} is none of its categories", line)
    return CcsrRow(code, tuple(found))
