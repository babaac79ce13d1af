"""Reader of CMS's mappings of diagnoses to HCCs, such as ``2027 Initial ICD-10-CM Mappings.csv``.

Titles stand above a row of column names that go over several lines: ``Diagnosis Code``, ``Description``, a
column for each model (``CMS-HCC Model Category V28``), and for some of them whether the category counts in
the payment year (``CMS-HCC Model Category V28 for 2027 Payment Year``: ``Yes`` or ``No``). Only what counts
is read. Below the codes stand remarks, in the first column alone.

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

NAMES = re.compile(r"(20[0-9]{2})[-_ ]+(.*?)[-_ ]*ICD-?10(?:-CM)?[-_ ]Mappings\.csv", re.IGNORECASE)
_EXAMPLE = "2027 Initial ICD-10-CM Mappings.csv"

_HEAD = "Diagnosis Code", "Description"
_MODEL = re.compile(r"(\S.*?) Model Category (V[0-9]+)")
_COUNTS = re.compile(r"(\S.*?) Model Category (V[0-9]+) for (20[0-9]{2}) Payment Year", re.IGNORECASE)
_CATEGORY = re.compile(r"[0-9]{1,4}")
_MOST_ABOVE = 10  # rows of titles
_ANSWERS = {"YES": True, "NO": False, "": False}


@dataclass(frozen=True, slots=True)
class HccMappingRow:
    """A category that a code maps to in a model, such as ``CMS-HCC V28``, in the payment year."""

    code: Code
    model: str
    category: int


@dataclass(frozen=True, slots=True)
class HccMappings:
    """The mappings of a payment year, in the file's order. ``stage`` is ``Initial`` or ``Midyear Final``."""

    payment_year: int
    stage: str
    rows: tuple[HccMappingRow, ...]


@dataclass(frozen=True, slots=True)
class _Model:
    name: str
    category_at: int
    counts_at: int


def read_hcc_mappings(path: Path) -> HccMappings:
    """Read the file by itself or in CMS's zip, whole or not at all. Raises ``SourceError``."""
    with unpacked(path, NAMES, _EXAMPLE) as file:
        named = NAMES.fullmatch(file.name)
        if named is None:
            raise SourceError(file, f"its name does not tell the payment year, as {_EXAMPLE} does")
        rows = tuple(dict.fromkeys(_rows(file, int(named[1]))))
    if not rows:
        raise SourceError(path, "the file maps no code")
    return HccMappings(int(named[1]), " ".join(re.split(r"[ _-]+", named[2])).strip(), rows)


def _rows(path: Path, year: int) -> Iterator[HccMappingRow]:
    table = csv.reader((f"{text}\n" for _, text in read_lines(path, or_windows=True)), strict=True)
    models: list[_Model] = []
    width = 0
    try:
        for count, cells in enumerate(table):
            fields = [" ".join(cell.split()) for cell in cells]
            if models:
                if any(fields[1:]):
                    yield from _row(path, table.line_num, fields, models, width)
            elif tuple(fields[:2]) == _HEAD:
                models, width = _models(path, table.line_num, fields, year), len(fields)
            elif count >= _MOST_ABOVE:
                break
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", table.line_num) from error
    if not models:
        raise SourceError(path, f"there is no row that names {' and '.join(_HEAD)}")


def _models(path: Path, line: int, heads: list[str], year: int) -> list[_Model]:
    """The models of which the file says what counts in the payment year."""
    categories = {found.groups(): at for at, head in enumerate(heads) if (found := _MODEL.fullmatch(head))}
    models = []
    for at, head in enumerate(heads):
        counts = _COUNTS.fullmatch(head)
        if counts and int(counts[3]) == year:
            name, version = counts[1], counts[2]
            if (name, version) not in categories:
                raise SourceError(path, f"there is no column of the categories of {name} {version}", line)
            models.append(_Model(f"{name} {version}", categories[name, version], at))
    if not models:
        raise SourceError(path, f"no column says what counts in payment year {year}", line)
    return models


def _row(
    path: Path, line: int, fields: list[str], models: list[_Model], width: int
) -> Iterator[HccMappingRow]:
    if len(fields) != width:
        raise SourceError(path, f"{len(fields)} columns where {width} belong", line)
    try:
        code = Code(dotted(fields[0]))
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    for model in models:
        written, answer = fields[model.category_at], fields[model.counts_at].upper()
        if answer not in _ANSWERS:
            raise SourceError(path, f"{answer[:24]!r} is neither Yes nor No", line)
        if not _ANSWERS[answer]:
            continue
        if not _CATEGORY.fullmatch(written):
            raise SourceError(path, f"{written[:24]!r} is not the number of a category of {model.name}", line)
        yield HccMappingRow(code, model.name, int(written))
