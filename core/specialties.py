"""Specialties that usually meet a code: a table of our own, block → specialties.

No official file says so. The table is coarse on purpose, one row for each block, and every line of it
says that it is ours.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.card import OURS, CodeCard, Source
from core.classification import Level
from core.sources import SourceError

#: Where the project carries the table.
PATH = Path(__file__).parent / "data" / "specialties.tsv"

_COLUMNS = ["block", "specialties"]
_BETWEEN = "; "

_OURS = Source("specialties", "Blocks and specialties, a table of our own, not official", OURS, "FY2026")


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty that usually meets the codes of a block."""

    name: str
    source: Source


def specialties(card: CodeCard) -> tuple[Specialty, ...]:
    """The specialties of the narrowest block around a code, the usual one first.

    None for a code whose block the release does not have. Raises ``SourceError`` where the program's own
    table is damaged.
    """
    blocks = [level.name for level in card.path if level.level is Level.BLOCK]
    return _table().get(blocks[-1], ()) if blocks else ()


def read_specialties(path: Path = PATH) -> dict[str, tuple[str, ...]]:
    """Read the table: the specialties of each block. Raises ``SourceError``."""
    table: dict[str, tuple[str, ...]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            if next(rows, None) != _COLUMNS:
                raise SourceError(path, f"the first line must name {', '.join(_COLUMNS)}", 1)
            for number, row in enumerate(rows, start=2):
                if len(row) != len(_COLUMNS) or not all(row):
                    raise SourceError(path, "a block and its specialties belong here", number)
                if row[0] in table:
                    raise SourceError(path, f"{row[0]} has a row already", number)
                table[row[0]] = tuple(row[1].split(_BETWEEN))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, f"cannot be read ({error})") from error
    return table


@cache
def _table() -> Mapping[str, tuple[Specialty, ...]]:
    return {b: tuple(Specialty(name, _OURS) for name in found) for b, found in read_specialties().items()}
