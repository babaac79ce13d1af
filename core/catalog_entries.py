"""What the catalogue gives: entries, the notes that are printed at them, and the codes that are named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.classification import Level
from core.lives import Life
from core.notes import NoteKind

#: Of the table ``entry``, as ``entry_of`` reads them.
COLUMNS = "number, parent, level, name, title, billable, printed"

_LEVELS = {str(level): level for level in Level}  # four times as fast as calling the enumeration


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A chapter, block, category, subcategory or code of the release. Titles are official."""

    number: int
    parent: int | None
    level: Level
    name: str
    title: str
    #: In the release itself; on a date of service ask ``Catalog.standing``.
    billable: bool
    #: In the Tabular List; false for the codes that a 7th-character table makes.
    printed: bool


@dataclass(frozen=True, slots=True)
class Named:
    """What is asked of a code that is named somewhere. ``title`` is empty where the release has none."""

    title: str
    life: Life


@dataclass(frozen=True, slots=True)
class CatalogNote:
    """One line of a note with the entry that it is printed at."""

    entry: CatalogEntry
    kind: NoteKind
    group: int
    text: str


def entry_of(row: Sequence[Any]) -> CatalogEntry:
    """The entry of a row with ``COLUMNS``."""
    number, parent, level, name, title, billable, printed = row
    return CatalogEntry(number, parent, _LEVELS[level], name, title, bool(billable), bool(printed))
