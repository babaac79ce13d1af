"""What further official lists say of a code, where the user has loaded them: CCSR, HCCs, edits of the MCE.

Each line names its list and its edition. A list speaks of its own year; a code that is not in it gets no
line.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.card import Source
from core.code import Code

if TYPE_CHECKING:  # a look-up need not wait for the readers
    from core.sources.ccsr import Ccsr, CcsrCategory
    from core.sources.hcc_mappings import HccMappings
    from core.sources.mce_definitions import MceDefinitions

#: Filled where a list is loaded.
LISTED_TABLE = "listed_edition"

LISTED_SCHEMA = """
CREATE TABLE listed_edition (list TEXT PRIMARY KEY, edition TEXT NOT NULL) WITHOUT ROWID;  -- that are loaded
CREATE TABLE listed (
    code     TEXT NOT NULL,
    list     TEXT NOT NULL REFERENCES listed_edition,
    position INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (code, list, position)
) WITHOUT ROWID;
"""

#: A list's name and publisher, by its key.
_LISTS = {
    "ccsr": ("Clinical Classifications Software Refined for diagnoses", "AHRQ"),
    "hcc-mappings": ("Risk adjustment mappings of diagnoses", "CMS"),
    "mce-definitions": ("Definitions of Medicare Code Edits", "CMS"),
}

_Row = tuple[Code, str]  # a code, and what is said of it


@dataclass(frozen=True, slots=True)
class Listing:
    """A line of a list about a code."""

    text: str
    source: Source


def write_ccsr(db: sqlite3.Connection, found: "Ccsr") -> None:
    """Fill the tables of ``LISTED_SCHEMA`` with the categories."""
    rows = ((row.code, _category(category)) for row in found.rows for category in row.categories)
    _write(db, "ccsr", found.version, rows)


def write_hcc_mappings(db: sqlite3.Connection, found: "HccMappings") -> None:
    """Fill the tables of ``LISTED_SCHEMA`` with the mappings."""
    edition = f"payment year {found.payment_year}" + (f", {found.stage.lower()}" if found.stage else "")
    rows = ((row.code, f"{row.model}: category {row.category}") for row in found.rows)
    _write(db, "hcc-mappings", edition, rows)


def write_mce_definitions(db: sqlite3.Connection, found: "MceDefinitions") -> None:
    """Fill the tables of ``LISTED_SCHEMA`` with the edits."""
    rows = ((code, edit.label) for edit, codes in found.edits.items() for code in codes)
    _write(db, "mce-definitions", found.version, rows)


def _category(category: "CcsrCategory") -> str:
    kinds = {"inpatient": category.inpatient, "outpatient": category.outpatient}
    default = " and ".join(kind for kind, is_default in kinds.items() if is_default)
    text = f"{category.name} {category.description}"
    return f"{text} (default of {default} data)" if default else text


def _write(db: sqlite3.Connection, name: str, edition: str, rows: Iterator[_Row]) -> None:
    db.execute("INSERT INTO listed_edition VALUES (?, ?)", (name, edition))
    db.executemany(
        "INSERT INTO listed VALUES (?, ?, ?, ?)",
        ((code.text, name, position, text) for position, (code, text) in enumerate(rows)),
    )


def read_listed(db: sqlite3.Connection, code: Code) -> tuple[Listing, ...]:
    """What the loaded lists say of a code, list by list. Raises ``sqlite3.Error``."""
    rows = db.execute(
        "SELECT listed.list, edition, text FROM listed JOIN listed_edition USING (list) WHERE code = ? "
        "ORDER BY listed.list, position",
        (code.text,),
    )
    return tuple(Listing(text, _source(name, edition)) for name, edition, text in rows)


def _source(name: str, edition: str) -> Source:
    return Source(name, *_LISTS[name], edition)
