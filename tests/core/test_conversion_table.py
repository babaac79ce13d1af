"""The conversion table: made tables in the official layout, with changes that billable periods confirm."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from core.code import Code
from core.release import Release
from core.sources import SourceError
from core.sources.conversion_table import CodeRange, ConversionRow, read_conversion_table
from tests.core.spreadsheet import write_spreadsheet

NAME = "ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx"
TITLE = ["ICD-10-CM Conversion Table FY 2027"]
HEADS = ["Current code assignment", "Effective", "Previous Code(s) Assignment"]
ROWS: list[Sequence[str | int]] = [
    ["M54.50", 2021, "M54.5"],
    ["M97.01XA  ", 45017, "T84.040A"],
    ["H02.151", "", "H02.101-H02.106; H02.109"],
    ["G35.A", "10/1/25", "G35"],
    ["U07.1", "04/01/2020", "None"],
    ["Z79.62", 2022, "A code from category Z79"],
    ["E66813", 2024, "E66.01, E66.8 and E669"],
    ["H02.15A", 2018, "H02.101-109"],
    ["H02.15B", 2018, "A00.0-Z99.9"],
    ["H02.15C", 2018, "H02.101; H02.109-H02.106"],
]
FOUND = [
    ("M54.50", 2021, [("M54.5", "M54.5")]),
    ("M97.01XA", date(2023, 4, 1), [("T84.040A", "T84.040A")]),
    ("H02.151", None, [("H02.101", "H02.106"), ("H02.109", "H02.109")]),
    ("G35.A", date(2025, 10, 1), [("G35", "G35")]),
    ("U07.1", date(2020, 4, 1), []),
    ("Z79.62", 2022, []),
    ("E66.813", 2024, [("E66.01", "E66.01"), ("E66.8", "E66.8"), ("E66.9", "E66.9")]),
    ("H02.15A", 2018, [("H02.101", "H02.109")]),
    ("H02.15B", 2018, []),
    ("H02.15C", 2018, []),
]


def as_text(rows: Sequence[Sequence[str | int]], end: str = "\r\n") -> str:
    return "".join(
        "\t".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) + end for row in rows
    )


def plain(row: ConversionRow) -> tuple[str, int | date | None, list[tuple[str, str]]]:
    return row.code.text, row.effective, [(ends.first.text, ends.last.text) for ends in row.previous]


def test_the_spreadsheet(tmp_path: Path) -> None:
    table = read_conversion_table(write_spreadsheet(tmp_path / NAME, [TITLE, HEADS, *ROWS]))
    assert table.release == Release(date(2026, 10, 1))
    assert [plain(row) for row in table.rows] == FOUND
    assert table.rows[5].text == "A code from category Z79"


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_text_in_cmss_zip(tmp_path: Path, end: str) -> None:
    """Its days are written out, and it has titles above."""
    rows = [[*row[:1], "04/01/23" if row[1] == 45017 else row[1], *row[2:]] for row in ROWS]
    text = as_text([TITLE, [""], HEADS, *rows], end)
    path = tmp_path / "2026-conversion-table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("508-compliant-version-ICD_10_CM_CONVERSION_TABLE_FY2026_April_1_2026.txt", text)
        archive.writestr("readme.txt", "about it")
    table = read_conversion_table(path)
    assert table.release == Release(date(2026, 4, 1))
    assert [plain(row) for row in table.rows] == FOUND


def test_a_row_twice_is_one(tmp_path: Path) -> None:
    path = write_spreadsheet(tmp_path / NAME, [TITLE, HEADS, ROWS[0], ROWS[0]])
    [row] = read_conversion_table(path).rows
    assert row == ConversionRow(Code("M54.50"), 2021, (CodeRange(Code("M54.5"), Code("M54.5")),), "M54.5")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([TITLE, HEADS], "no row below Current code assignment"),
        ([TITLE, *ROWS], "no row below Current code assignment"),
        ([TITLE, HEADS, ["M54.50", 2021]], "line 3: 2 columns where 3 belong"),
        ([TITLE, HEADS, ROWS[0], ["low back", 2021, "M54.5"]], "line 4: 'low back' is a word"),
        ([TITLE, HEADS, ["M54.50", "soon", "M54.5"]], "line 3: 'soon' is no year and no date"),
        ([TITLE, HEADS, ["M54.50", "13/45/21", "M54.5"]], "line 3: '13/45/21' is no year and no date"),
    ],
)
def test_damage_is_named_and_nothing_is_read(
    tmp_path: Path, rows: list[list[str | int]], message: str
) -> None:
    with pytest.raises(SourceError, match=f"^{NAME}.*{message}"):
        read_conversion_table(write_spreadsheet(tmp_path / NAME, rows))


def test_hostile_files(tmp_path: Path) -> None:
    path = write_spreadsheet(tmp_path / NAME, [HEADS], head='<!DOCTYPE a [<!ENTITY b "c">]>')
    with pytest.raises(SourceError, match="a document type or entity is not allowed"):
        read_conversion_table(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    with pytest.raises(SourceError, match="packed further than any official file"):
        read_conversion_table(path)
    path.write_bytes(b"<html>Access denied</html>")
    with pytest.raises(SourceError, match="a web page"):
        read_conversion_table(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(SourceError, match="there is no sheet in it"):
        read_conversion_table(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('r="2"', f'r="{"9" * 5000}"', "a row without its number"),
        ('r="2"', "", "a row without its number"),
        ("<v>3</v>", "<v>-1</v>", "a cell leads to a text that is not there"),
        ("<v>3</v>", f"<v>{'9' * 5000}</v>", "a cell leads to a text that is not there"),
        ("<v>3</v>", "<v>99</v>", "a cell leads to a text that is not there"),
        ('r="A2"', 'r="ZZ2"', "a cell in no column up to the 64th"),
    ],
)
def test_hostile_cells(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = write_spreadsheet(tmp_path / NAME, [HEADS, ["M54.50", 2021, "M54.5"]])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in members[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text.replace(old, new) if name == sheet else text)
    with pytest.raises(SourceError, match=message):
        read_conversion_table(path)


def test_a_name_without_its_year(tmp_path: Path) -> None:
    path = write_spreadsheet(tmp_path / "icd10cm-conversion.xlsx", [HEADS, *ROWS])
    with pytest.raises(SourceError, match="its name does not tell the year"):
        read_conversion_table(path)
