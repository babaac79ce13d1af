"""ICD-9-CM codes, and what the General Equivalence Mappings (GEMs) of 2018 say about them.

ICD-9-CM ended with dates of service on 2015-09-30. The GEMs lead both ways, and the two ways are two
files that need not agree: M53.9 leads to 724.9, while 724.9 leads to M53.9 and M43.8X9. All targets
and flags are kept; a mapping is a start for a coder, not an answer.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from core.card import Source
from core.code import Code, shown
from core.errors import IcdlensError

#: To be said beside every mapping.
FROZEN = "Frozen 2018: these mappings were last published for fiscal year 2018 and follow no later change."

GEM_SOURCE = Source(
    "gem", "General Equivalence Mappings", "CMS and CDC/NCHS", "2018, the last ever published"
)

#: Three digits, or V and two, or E and three; then up to two more after the dot, after E one
#: (ICD-9-CM Official Guidelines, I.A; the supplementary classifications V01-V91 and E000-E999).
_SHAPE = re.compile(r"([0-9]{3}|[Vv][0-9]{2})(?:\.?([0-9]{1,2}))?|([Ee][0-9]{3})(?:\.?([0-9]))?")


class InvalidIcd9Code(IcdlensError, ValueError):
    """The text is not shaped like an ICD-9-CM diagnosis code; the message names it."""


@dataclass(frozen=True, order=True, slots=True)
class Icd9Code:
    """An ICD-9-CM diagnosis code in dotted form: ``724.9``, ``V58.69``, ``E888.9``.

    Being shaped like a code promises nothing about having been one.
    """

    text: str

    def __post_init__(self) -> None:
        if _normalise(self.text) != self.text:
            raise InvalidIcd9Code(f"{shown(self.text)} is not in dotted form; use Icd9Code.parse.")

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a code with or without the dot, in any case. Raises ``InvalidIcd9Code``."""
        return cls(_normalise(written.strip(" \t\r\n")))

    def __str__(self) -> str:
        return self.text


def _normalise(text: str) -> str:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise InvalidIcd9Code(
            f"{shown(text)} is not an ICD-9-CM diagnosis code: they look like 724.9, V58.69 or E888.9."
        )
    category, rest = match[1] or match[3], match[2] or match[4]
    return f"{category}.{rest}".upper() if rest else category.upper()


class Direction(StrEnum):
    """Which of the two GEM files a mapping is from; the value is the stable key of JSON."""

    TO_ICD9 = "icd10_to_icd9"
    TO_ICD10 = "icd9_to_icd10"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One line of a GEM file.

    Where nothing corresponds, the target is ``None``: ``icd10`` on the way to ICD-10-CM, else ``icd9``.
    ``combination``: the source needs several targets together, one of each ``choice_list`` (from 1) of
    one ``scenario`` (from 1); otherwise both are 0 and each line is an alternative.
    """

    direction: Direction
    icd9: Icd9Code | None
    icd10: Code | None
    approximate: bool
    combination: bool
    scenario: int
    choice_list: int

    @property
    def no_map(self) -> bool:
        """Whether the mapping says that nothing corresponds."""
        return self.icd9 is None or self.icd10 is None


@dataclass(frozen=True, slots=True)
class Icd9History:
    """The mappings of an ICD-10-CM code: those from it, and those of ICD-9-CM codes that lead to it.

    ``other_targets`` are what these ICD-9-CM codes lead to beside it: 724.9 leads to M53.9 and to M43.8X9.
    """

    to_icd9: tuple[Equivalence, ...]
    from_icd9: tuple[Equivalence, ...]
    other_targets: Mapping[Icd9Code, tuple[Code, ...]]


#: Filled where the mappings are loaded.
GEM_TABLE = "gem"

GEM_SCHEMA = """
CREATE TABLE gem (                -- rows in the files' order
    to_icd9     INTEGER NOT NULL, -- 1: the line is of the file that leads to ICD-9-CM
    icd9        TEXT,
    icd10       TEXT,
    approximate INTEGER NOT NULL,
    combination INTEGER NOT NULL,
    scenario    INTEGER NOT NULL,
    choice_list INTEGER NOT NULL
);
"""

#: To be run after ``write_equivalences``.
GEM_INDEXES = """
CREATE INDEX gem_icd9 ON gem (icd9);
CREATE INDEX gem_icd10 ON gem (icd10);
"""

_SELECT = "SELECT to_icd9, icd9, icd10, approximate, combination, scenario, choice_list FROM gem"


def write_equivalences(db: sqlite3.Connection, rows: Iterable[Equivalence]) -> None:
    """Fill the table of ``GEM_SCHEMA``, which must be there and empty."""
    db.executemany(
        "INSERT INTO gem VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                row.direction is Direction.TO_ICD9,
                row.icd9.text if row.icd9 else None,
                row.icd10.text if row.icd10 else None,
                row.approximate,
                row.combination,
                row.scenario,
                row.choice_list,
            )
            for row in rows
        ),
    )


def read_icd9_history(db: sqlite3.Connection, code: Code) -> Icd9History:
    """The mappings of a code, in the files' order. Raises ``sqlite3.Error``.

    Headings and codes younger than 2018 have none; nor has any code where the GEMs are not loaded,
    which ``Catalog.holds(GEM_TABLE)`` tells.
    """
    rows = _read(db, "icd10 = ?", code.text)
    from_icd9 = tuple(row for row in rows if row.direction is Direction.TO_ICD10)
    return Icd9History(
        to_icd9=tuple(row for row in rows if row.direction is Direction.TO_ICD9),
        from_icd9=from_icd9,
        other_targets={row.icd9: _other_targets(db, row.icd9, code) for row in from_icd9 if row.icd9},
    )


def _other_targets(db: sqlite3.Connection, icd9: Icd9Code, code: Code) -> tuple[Code, ...]:
    targets = db.execute(
        "SELECT icd10 FROM gem WHERE icd9 = ? AND NOT to_icd9 AND icd10 <> ? ORDER BY rowid",
        (icd9.text, code.text),
    )
    return tuple(Code(text) for text in dict.fromkeys(text for (text,) in targets))


def read_icd10_of(db: sqlite3.Connection, code: Icd9Code) -> tuple[Equivalence, ...]:
    """What an ICD-9-CM code leads to, in the file's order. Raises ``sqlite3.Error``."""
    rows = _read(db, "icd9 = ?", code.text)
    return tuple(row for row in rows if row.direction is Direction.TO_ICD10)


def _read(db: sqlite3.Connection, where: str, text: str) -> tuple[Equivalence, ...]:
    # Equal keys of an index come in the order of the table's rows, which the files' order is.
    rows = db.execute(f"{_SELECT} WHERE {where} ORDER BY rowid", (text,))
    return tuple(
        Equivalence(
            direction=Direction.TO_ICD9 if to_icd9 else Direction.TO_ICD10,
            icd9=Icd9Code(icd9) if icd9 else None,
            icd10=Code(icd10) if icd10 else None,
            approximate=bool(approximate),
            combination=bool(combination),
            scenario=scenario,
            choice_list=choice_list,
        )
        for to_icd9, icd9, icd10, approximate, combination, scenario, choice_list in rows
    )
