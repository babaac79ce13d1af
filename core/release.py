"""Releases of ICD-10-CM and the fiscal years that they belong to.

A fiscal year starts on October 1 of the year before its number. A release of October 1 starts a
fiscal year; a release of April 1 amends it (45 CFR 162.1002; Official Guidelines, title page).
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

#: The first date of service on which ICD-10-CM was used (45 CFR 162.1002(c)).
FIRST_DATE_OF_SERVICE = date(2015, 10, 1)


@dataclass(frozen=True, order=True, slots=True)
class Release:
    """An official release, identified by the date from which it is in force."""

    effective: date

    @property
    def fiscal_year(self) -> int:
        return fiscal_year(self.effective)

    @property
    def name(self) -> str:
        """``FY2026 (April 1, 2026)``: what every surface prints."""
        return _name(self.effective)

    def is_superseded_on(self, on: date) -> bool:
        """Whether a later fiscal year is in force on a date.

        Only Octobers can be told from the calendar: whether an April brings a release is known
        when it is published.
        """
        return fiscal_year(on) > self.fiscal_year


@lru_cache(maxsize=16)  # each card says it a few times
def _name(day: date) -> str:
    return f"FY{fiscal_year(day)} ({day:%B} {day.day}, {day.year})"


def fiscal_year(on: date) -> int:
    """The US fiscal year that a date falls in: 2026-10-01 is in 2027."""
    return on.year + (on.month >= 10)


def fiscal_year_end(year: int) -> date:
    """The last day of a fiscal year: 2027 → 2027-09-30."""
    return date(year, 9, 30)


def fiscal_year_start(year: int) -> date:
    """The day on which a fiscal year starts: 2027 → 2026-10-01."""
    return date(year - 1, 10, 1)
