"""Rows of ``catalog.sqlite``: asking for several at once, keeping what was read, and reading periods."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import TypeAlias, TypeVar

from core.lives import Life
from core.sources.billable_validity import BillablePeriod

_K = TypeVar("_K")
_T = TypeVar("_T")

#: Whether as a heading, the first day, and the last, which may be open.
PeriodRow: TypeAlias = tuple[int, str, str | None]

_SIZES = (4, 8, 16, 32, 64, 128)
_KEPT = 16_384  # names, of which a release has 100,000


@lru_cache(maxsize=1024)  # nine codes of ten were billable always
def life_of(periods: tuple[PeriodRow, ...]) -> Life:
    """The life of a code whose rows are these."""
    billable = (_period(first, through) for heading, first, through in periods if not heading)
    return Life(tuple(billable), tuple(_period(f, t) for heading, f, t in periods if heading))


def keep(kept: dict[_K, _T], read: Mapping[_K, _T]) -> None:
    """Keep what was read; start again where it would become too much."""
    if len(kept) + len(read) > _KEPT:
        kept.clear()
    kept.update(read)


def _period(first: str, through: str | None) -> BillablePeriod:
    return BillablePeriod(date.fromisoformat(first), date.fromisoformat(through) if through else None)


def marks(values: Collection[object]) -> str:
    """The question marks of an IN list."""
    return ",".join("?" * len(values))


def padded(values: Collection[_T]) -> list[_T | None]:
    """Values for an IN list, filled up with NULL, which nothing equals, to 4, 8, 16 … 128.

    SQLite takes as long to prepare a statement as to run it, and keeps only those of the same text.
    """
    size = next((size for size in _SIZES if size >= len(values)), len(values))
    return [*values, *[None] * (size - len(values))]
