"""CMS's HCC mappings: made files in the official layout, with titles above and heads over several lines."""

import zipfile
from pathlib import Path

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.hcc_mappings import HccMappingRow, read_hcc_mappings

NAME = "2027 Initial ICD-10-CM Mappings.csv"
TITLES = '"2027 Initial ICD-10-CM Codes, CMS-HCC and RxHCC Models",,,,,,\r\n,,,,,,\r\n'
HEAD = (
    '"Diagnosis\nCode",Description,"CMS-HCC\nESRD\nModel\nCategory\nV24","CMS-HCC\nModel\nCategory\nV28",'
    '"RxHCC\nModel\nCategory\nV08","CMS-HCC\nModel\nCategory\nV28 for 2027\nPayment Year",'
    '"RxHCC\nModel\nCategory\nV08 for 2027\nPayment Year"\r\n'
)
CODES = (
    'E1165,"Type 2 diabetes mellitus with hyperglycemia",18,37,30,Yes,Yes\r\n'
    "I10,Essential (primary) hypertension,,,187,No,Yes\r\n"
    "A0104,Typhoid arthritis,39,92,,Yes,No\r\n"
)
FOOT = ',,,,,,\r\n"Note: the models’ hierarchies are not in this file",,,,,,\r\n'
WHOLE = TITLES + HEAD + CODES + FOOT
ROWS = (
    HccMappingRow(Code("E11.65"), "CMS-HCC V28", 37),
    HccMappingRow(Code("E11.65"), "RxHCC V08", 30),
    HccMappingRow(Code("I10"), "RxHCC V08", 187),
    HccMappingRow(Code("A01.04"), "CMS-HCC V28", 92),
)


def written(folder: Path, text: str, name: str = NAME) -> Path:
    path = folder / name
    path.write_bytes(text.encode("cp1252"))
    return path


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_what_counts_in_the_payment_year(tmp_path: Path, end: str) -> None:
    found = read_hcc_mappings(written(tmp_path, WHOLE.replace("\r\n", end)))
    assert (found.payment_year, found.stage, found.rows) == (2027, "Initial", ROWS)


def test_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "2026-midyear-final-icd-10-mappings.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2026 Midyear_Final ICD-10-CM Mappings.csv", WHOLE.replace("2027", "2026"))
        archive.writestr("2026 Midyear Final ICD-10-CM Mappings.xlsx", b"PK")
    found = read_hcc_mappings(path)
    assert (found.payment_year, found.stage, found.rows) == (2026, "Midyear Final", ROWS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Diagnosis\nCode", "ICD", "there is no row that names Diagnosis Code and Description"),
        ("for 2027", "for 2026", "no column says what counts in payment year 2027"),
        ('Category\nV08"', 'V08"', "there is no column of the categories of RxHCC V08"),
        ("I10,Essential", "I10,x,Essential", "line .*: 8 columns where 7 belong"),
        ("I10,", "I-10,", "line .*: .*ICD-10-CM code"),
        (",187,No,Yes", ",187,No,Perhaps", "'PERHAPS' is neither Yes nor No"),
        (",187,No,Yes", ",none,No,Yes", "'none' is not the number of a category of RxHCC V08"),
        (",187,No,Yes", f",{'9' * 1500},No,Yes", "is not the number of a category of RxHCC V08"),
        (CODES, "", "the file maps no code"),
        ('hyperglycemia"', 'hyperglycemia"x', "cannot be read"),
    ],
)
def test_damage_is_named_and_nothing_is_read(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in WHOLE
    with pytest.raises(SourceError, match=message):
        read_hcc_mappings(written(tmp_path, WHOLE.replace(old, new)))


def test_the_name_tells_the_year(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its name does not tell the payment year"):
        read_hcc_mappings(written(tmp_path, WHOLE, "mappings.csv"))
