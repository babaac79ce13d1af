"""Small Alphabetic Indexes in the columns of the flat file, for tests."""

import csv
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase

NAME = "ICD10CM_2025_Index.csv"
HEADER = "RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code"

#: Level, term, see, see also, nonessential modifiers, code.
Line = tuple[int, str, str, str, str, str]


def line(
    level: int, term: str, code: str = "", *, see: str = "", see_also: str = "", modifiers: str = ""
) -> Line:
    return (level, term, see, see_also, modifiers, code)


def write_index(path: Path, lines: Sequence[Line]) -> Path:
    """An Index of the lines and, so that none is missing, a term for each other letter from A to Z."""
    by_letter: dict[str, list[Line]] = {letter: [] for letter in ascii_uppercase}
    letter = "A"
    for given in lines:
        letter = given[1][0].upper() if given[0] == 0 else letter
        by_letter[letter].append(given)
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        file.write(f"{HEADER}\n")
        for letter, of_letter in by_letter.items():
            for level, *rest in of_letter or [line(0, f"{letter}-term")]:
                number += 1
                rows.writerow([number, letter, level, *rest])
    return path
