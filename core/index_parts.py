"""The parts of the Alphabetic Index as it is printed (Official Guidelines, I.A.1).

They are the Index of Diseases and Injury, which most people call the Alphabetic Index, the Index of
External Causes of Injury, the Table of Neoplasms, and the Table of Drugs and Chemicals. Each has an edition
of its own.
"""

from collections.abc import Mapping
from enum import IntEnum

from core.card import Source


class IndexPart(IntEnum):
    """A part of the Index; the value is its place in print."""

    DISEASES = 0
    EXTERNAL_CAUSES = 1
    NEOPLASMS = 2
    DRUGS = 3

    @property
    def key(self) -> str:
        """The stable name that JSON uses: ``external_causes``."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES[self]

    @property
    def columns(self) -> tuple[str, ...]:
        """What a table's columns are asked for by; empty for a part that prints one code a line."""
        return _COLUMNS.get(self, ())


_TITLES = ("Alphabetic Index", "External Cause Index", "Table of Neoplasms", "Table of Drugs and Chemicals")

#: How one asks for a column, in the tables' order.
_COLUMNS: Mapping[IndexPart, tuple[str, ...]] = {
    IndexPart.NEOPLASMS: (
        "malignant-primary",
        "malignant-secondary",
        "in-situ",
        "benign",
        "uncertain",
        "unspecified",
    ),
    IndexPart.DRUGS: (
        "accidental",
        "self-harm",
        "assault",
        "undetermined",
        "adverse-effect",
        "underdosing",
    ),
}


def part_source(part: IndexPart, fiscal_year: int) -> Source:
    """The source of every line that a part gives."""
    key = "alphabetic-index" if part is IndexPart.DISEASES else part.key.replace("_", "-")
    return Source(key, f"ICD-10-CM {part.title}", "CDC/NCHS", f"FY{fiscal_year}")
