"""The manual of the Medicare Code Editor: a made one in the official layout, with real codes of its lists."""

import zipfile
from pathlib import Path

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.mce import MceEdit
from core.sources.mce_definitions import read_mce_definitions

NAME = "Definitions of Medicare Code Edits_v_44.txt"
MANUAL = """Definitions of Medicare Code Edits
4. Age conflict\t12
A. Perinatal/Newborn diagnoses\t13
6. Manifestation code as principal diagnosis\t90
Chapter 1: Edit code lists
1. Invalid diagnosis or procedure code
4. Age conflict
\x95 Pediatric. Age range is 0\x9617 years inclusive (e.g., Reye\x92s syndrome).
A. Perinatal/Newborn diagnoses
A33\tTetanus neonatorum
B. Pediatric diagnoses (age 0 through 17)
E8411\tMeconium ileus in cystic fibrosis
C. Maternity diagnoses (age 9 through 64)
O80\tEncounter for full-term uncomplicated delivery
D. Adult diagnoses (age 15 through 124)
N401\tBenign prostatic hyperplasia with lower urinary tract symptoms
5. Sex conflict (deactivated as of 10/01/2024)
A. Diagnoses for females only
N736\tFemale pelvic peritoneal adhesions (postinfective)
6. Manifestation code as principal diagnosis
Manifestation codes not allowed as principal diagnosis
D630\tAnemia in neoplastic disease
7. Non-specific principal diagnosis (discontinued as of 10/01/07)
8. Questionable admission
Questionable admission codes
Z0000\tEncounter for general adult medical examination without abnormal findings
B. The following ICD-10-PCS procedure codes
XW033E5\tIntroduction of a substance
9. Unacceptable principal diagnosis
This code is considered "acceptable" when a secondary diagnosis is also coded.
Z5189\tEncounter for other specified aftercare
The following pages list the codes.
Unacceptable principal diagnosis codes
B950\tStreptococcus, group A, as the cause of diseases classified elsewhere
Z5189\tEncounter for other specified aftercare
Z0189\tEncounter for other specified special examinations
10. Non-specific O.R. procedure (discontinued as of 10/01/07)
0DJ00ZZ\tInspection of upper intestinal tract
18. Wrong procedure performed
Y6551\tPerformance of wrong procedure (operation) on correct patient
20. Unspecified code
C3490\tMalignant neoplasm of unspecified part of unspecified bronchus or lung
"""
EDITS = {
    MceEdit.NEWBORN: ["A33"],
    MceEdit.PEDIATRIC: ["E84.11"],
    MceEdit.MATERNITY: ["O80"],
    MceEdit.ADULT: ["N40.1"],
    MceEdit.MANIFESTATION: ["D63.0"],
    MceEdit.QUESTIONABLE: ["Z00.00"],
    MceEdit.REQUIRES_SECONDARY: ["Z51.89"],
    MceEdit.UNACCEPTABLE: ["B95.0", "Z01.89"],
    MceEdit.WRONG_PROCEDURE: ["Y65.51"],
    MceEdit.UNSPECIFIED: ["C34.90"],
}


def written(folder: Path, text: str, name: str = NAME, end: str = "\r\n") -> Path:
    path = folder / name
    path.write_bytes(text.replace("\n", end).encode("latin-1"))
    return path


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_lists(tmp_path: Path, end: str) -> None:
    found = read_mce_definitions(written(tmp_path, MANUAL, end=end))
    assert found.version == "v44"
    assert {edit: [code.text for code in codes] for edit, codes in found.edits.items()} == EDITS


def test_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "definition-medicare-code-edits-v431.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Definitions of Medicare Code Edits_v_43_1.txt", MANUAL.encode("latin-1"))
    found = read_mce_definitions(path)
    assert (found.version, found.edits[MceEdit.NEWBORN]) == ("v43.1", (Code("A33"),))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("A33\tTetanus", "A\tTetanus", "there is no list of: Age conflict: Perinatal/Newborn"),
        ("6. Manifestation", "16. Manifestation", "there is no list of: Manifestation code"),
        (MANUAL, "", "there is no list of"),
    ],
)
def test_damage_is_named_and_nothing_is_read(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in MANUAL
    with pytest.raises(SourceError, match=message):
        read_mce_definitions(written(tmp_path, MANUAL.replace(old, new)))


def test_a_name_without_its_version(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its name does not tell the version"):
        read_mce_definitions(written(tmp_path, MANUAL, "mce.txt"))
