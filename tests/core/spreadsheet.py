"""A small spreadsheet in Office Open XML, as programs write it: texts apart, numbers in the cells."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_spreadsheet(path: Path, rows: Sequence[Sequence[str | int]], *, head: str = _HEAD) -> Path:
    """A file with one sheet; an empty text is no cell."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str) and cell))
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in zip("ABCDEFGH", row, strict=False):
            if isinstance(cell, int):
                cells.append(f'<c r="{column}{number}"><v>{cell}</v></c>')
            elif cell:
                cells.append(f'<c r="{column}{number}" t="s"><v>{texts.index(cell)}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"{_HEAD}<Types/>")
        archive.writestr("xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}"/>')
        archive.writestr("xl/sharedStrings.xml", f'{_HEAD}<sst xmlns="{_MAIN}">{strings}</sst>')
        archive.writestr("xl/worksheets/sheet1.xml", head + sheet)
    return path
