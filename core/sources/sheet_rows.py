"""Rows of a spreadsheet in Office Open XML (``.xlsx``, ECMA-376 part 1, 18.3 and 18.4), of its first sheet.

The file is a zip of XML, so it is read by what reads zips and XML from outside, within their limits;
nothing in it is computed, and neither formats nor formulas are looked at.
"""

import re
import tempfile
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from core.sources import SourceError
from core.sources.archives import Unpacker
from core.sources.xml_elements import Element, read_elements

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE = f"{_NAMESPACE}row", f"{_NAMESPACE}c", f"{_NAMESPACE}v"
_STRING, _TEXT, _RUN = f"{_NAMESPACE}si", f"{_NAMESPACE}t", f"{_NAMESPACE}r"
_INLINE = f"{_NAMESPACE}is"
_SHEET, _STRINGS = re.compile(r"sheet[0-9]+\.xml"), "sharedStrings.xml"
_CELL_NAME = re.compile(r"([A-Z]{1,2})[0-9]+")
_ROW_NUMBER = re.compile(r"[0-9]{1,7}")  # a sheet has 1,048,576 rows at most
_TEXT_NUMBER = re.compile(r"[0-9]{1,9}")
_MOST_COLUMNS = 64


def read_sheet(path: Path) -> Generator[tuple[int, Sequence[str]], None, None]:
    """The rows of the first sheet with their numbers; an empty cell is an empty text.

    Close it, or read it to its end: what is unpacked then goes. Raises ``SourceError``.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {
            unpacked.path.name: unpacked.path
            for unpacked in Unpacker(Path(folder)).unpack(path, _is_wanted)
            if not unpacked.within[1:]
        }
        sheets = sorted((name for name in files if name != _STRINGS), key=lambda name: (len(name), name))
        if not sheets:
            raise SourceError(path, "it is no spreadsheet: there is no sheet in it")
        strings = (
            [_text(element) for element in _elements(path, files[_STRINGS], _STRING)]
            if _STRINGS in files
            else []
        )
        for row in _elements(path, files[sheets[0]], _ROW):
            number = _number(path, row)
            yield number, _cells(path, number, row, strings)


def _is_wanted(name: str) -> bool:
    return name == _STRINGS or _SHEET.fullmatch(name) is not None


def _elements(path: Path, part: Path, tag: str) -> Iterator[Element]:
    try:
        yield from (element for element in read_elements(part, (tag,)) if element.tag == tag)
    except SourceError as error:  # which names the part; people know the spreadsheet
        raise SourceError(path, str(error).rstrip(".")) from error


def _text(element: Element) -> str:
    """A text: plain, or in runs of one format each. What is written above it for pronunciation is none."""
    parts = [c for run in element.children if run.tag == _RUN for c in run.children]
    return "".join(c.text for c in (*element.children, *parts) if c.tag == _TEXT)


def _number(path: Path, row: Element) -> int:
    written = row.attributes.get("r", "")
    if not _ROW_NUMBER.fullmatch(written):
        raise SourceError(path, f"a row without its number, line {row.line} of the sheet")
    return int(written)


def _cells(path: Path, number: int, row: Element, strings: Sequence[str]) -> Sequence[str]:
    cells: dict[int, str] = {}
    for cell in row.children:
        if cell.tag == _CELL:
            name = _CELL_NAME.fullmatch(cell.attributes.get("r", ""))
            column = _column(name[1]) if name else _MOST_COLUMNS
            if column >= _MOST_COLUMNS:
                raise SourceError(path, f"a cell in no column up to the {_MOST_COLUMNS}th", number)
            cells[column] = _value(path, number, cell, strings)
    return [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _value(path: Path, number: int, cell: Element, strings: Sequence[str]) -> str:
    inline, value = cell.child(_INLINE), cell.child(_VALUE)
    if inline is not None:
        return _text(inline)
    written = value.text if value else ""
    if cell.attributes.get("t") != "s":
        return written
    if not _TEXT_NUMBER.fullmatch(written) or int(written) >= len(strings):
        raise SourceError(path, "a cell leads to a text that is not there", number)
    return strings[int(written)]
