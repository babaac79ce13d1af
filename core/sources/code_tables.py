"""Reader of the Table of Neoplasms and the Table of Drugs and Chemicals in CDC's XML
(schema ``icd-10-cm-drug-neoplasm-*.xsd``).

They are built like the Index, with a cell for each column in place of the code: col 2 to 7. ``--`` or ``-``
is no code; a dash behind a code says that more characters are needed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.alphabetic_index import PrintedCode
from core.code import InvalidCode, shown
from core.sources import SourceError
from core.sources.index_xml import check_level, edition, title_of
from core.sources.xml_elements import Element, read_elements, tidy

_KNOWN = frozenset("title see seeAlso manif cell term".split())
_NO_CODE = frozenset({"", "-", "--"})
_FIRST = 2  # column; the first one is the term itself


class TableKind(StrEnum):
    """The two tables."""

    NEOPLASMS = "neoplasms"
    DRUGS = "drugs"


#: What the first words of each column's heading are, in lower case: a table with others is another table.
_HEADINGS: Mapping[TableKind, tuple[str, ...]] = {
    TableKind.NEOPLASMS: (
        "malignant primary",
        "malignant secondary",
        "ca in situ",
        "benign",
        "uncertain",
        "unspecified",
    ),
    TableKind.DRUGS: (
        "poisoning accidental",
        "poisoning intentional self-harm",
        "poisoning assault",
        "poisoning undetermined",
        "adverse effect",
        "underdosing",
    ),
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table. ``codes`` has an element for each column, ``None`` where it prints no code."""

    number: int  # in the table's order, from 1
    parent: int | None
    path: tuple[str, ...]
    modifiers: tuple[tuple[str, ...], ...]
    codes: tuple[PrintedCode | None, ...]
    see: str | None
    see_also: str | None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One edition of a table, with the headings of its columns as printed."""

    kind: TableKind
    fiscal_year: int
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_code_table(path: Path, kind: TableKind) -> CodeTable:
    """Read a table, whole or not at all. Raises ``SourceError`` with the line."""
    rows: list[TableRow] = []
    root: Element | None = None
    for element in read_elements(path, {"mainTerm"}):
        if element.tag == "mainTerm":
            rows.extend(_rows(path, element, len(rows), ()))
        else:
            root = element
    assert root is not None
    year = edition(path, root)
    columns = _columns(path, root, kind)
    if not rows:
        raise SourceError(path, "the table has no line")
    return CodeTable(kind, year, columns, tuple(rows))


def _columns(path: Path, root: Element, kind: TableKind) -> tuple[str, ...]:
    heading = root.child("indexHeading")
    heads = {h.attributes.get("col", ""): tidy(h.text) for h in heading.children} if heading else {}
    expected = _HEADINGS[kind]
    columns = tuple(heads.get(str(_FIRST + i), "") for i in range(len(expected)))
    for column, start in zip(columns, expected, strict=True):
        if not column.lower().startswith(start):
            line = heading.line if heading else root.line
            raise SourceError(path, f"a column {shown(column)} where {start!r} belongs", line)
    return columns


def _rows(path: Path, element: Element, number: int, upward: tuple[TableRow, ...]) -> Iterator[TableRow]:
    check_level(path, element, len(upward))
    row = _row(path, element, number + 1, upward)
    yield row
    number += 1
    for child in element.children:
        if child.tag == "term":
            for below in _rows(path, child, number, (*upward, row)):
                yield below
                number = below.number


def _row(path: Path, element: Element, number: int, upward: tuple[TableRow, ...]) -> TableRow:
    for child in element.children:
        if child.tag not in _KNOWN:
            raise SourceError(path, f"unknown element <{child.tag}>", child.line)
    words, modifiers = title_of(path, element)
    # The Table of Neoplasms prints the end of one long term in an element for manifestations.
    more = element.child("manif")
    if more and tidy(more.text):
        words = f"{words}, {tidy(more.text)}"
    above = upward[-1] if upward else None
    see, see_also = (element.child(tag) for tag in ("see", "seeAlso"))
    return TableRow(
        number=number,
        parent=above.number if above else None,
        path=(*(above.path if above else ()), words),
        modifiers=(*(above.modifiers if above else ()), modifiers),
        codes=_codes(path, element),
        see=tidy(see.text) or None if see else None,
        see_also=tidy(see_also.text) or None if see_also else None,
    )


def _codes(path: Path, element: Element) -> tuple[PrintedCode | None, ...]:
    codes: list[PrintedCode | None] = [None] * 6
    seen = set()
    for cell in (child for child in element.children if child.tag == "cell"):
        column = cell.attributes.get("col", "")
        if column not in {"2", "3", "4", "5", "6", "7"} or column in seen:
            raise SourceError(path, f"a cell in column {shown(column)}", cell.line)
        seen.add(column)
        if (written := tidy(cell.text)) in _NO_CODE:
            continue
        try:
            codes[int(column) - _FIRST] = PrintedCode.parse(written)
        except InvalidCode as error:
            raise SourceError(path, str(error).rstrip("."), cell.line) from error
    return tuple(codes)
