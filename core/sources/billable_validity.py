"""Reader of the table of billable periods (``core/data/billable-validity.tsv``).

The table lists only codes whose billable life is not "from 2015-10-01 until today". Facts derived
from the Medicare Code Editor's table, up to the fiscal year that ``KNOWN_THROUGH_FISCAL_YEAR`` names.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.code import Code, InvalidCode
from core.sources import SourceError

#: Where the project carries the table.
PATH = Path(__file__).parent.parent / "data" / "billable-validity.tsv"

#: The table says nothing about later fiscal years.
KNOWN_THROUGH_FISCAL_YEAR = 2027

_COLUMNS = ["code", "billable_from", "billable_through"]


@dataclass(frozen=True, order=True, slots=True)
class BillablePeriod:
    """Dates of service for which a code was billable: both ends belong to it; ``None`` is open."""

    first: date
    through: date | None

    def contains(self, on: date) -> bool:
        return self.first <= on and (self.through is None or on <= self.through)


def read_billable_validity(path: Path = PATH) -> dict[Code, tuple[BillablePeriod, ...]]:
    """Read the table: the periods of each listed code, oldest first. Raises ``SourceError``."""
    periods: dict[Code, list[BillablePeriod]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            if next(rows, None) != _COLUMNS:
                raise SourceError(path, f"the first line must name {', '.join(_COLUMNS)}", 1)
            for number, row in enumerate(rows, start=2):
                code, period = _row(path, number, row)
                periods.setdefault(code, []).append(period)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, f"cannot be read ({error})") from error
    return {code: tuple(sorted(listed)) for code, listed in periods.items()}


def _row(path: Path, number: int, row: list[str]) -> tuple[Code, BillablePeriod]:
    if len(row) != len(_COLUMNS):
        raise SourceError(path, f"{len(row)} columns where {len(_COLUMNS)} belong", number)
    try:
        first = date.fromisoformat(row[1])
        through = date.fromisoformat(row[2]) if row[2] else None
        code = Code.parse(row[0])
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), number) from error
    except ValueError as error:
        raise SourceError(path, f"not a date in the form 2015-10-01 ({error})", number) from error
    if through is not None and through < first:
        raise SourceError(path, f"{code} ends before it starts", number)
    return code, BillablePeriod(first, through)
