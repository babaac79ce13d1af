"""Releases of ICD-10-CM and the fiscal years that they belong to.

A fiscal year starts on October 1 of the year before its number. A release of October 1 starts a
fiscal year; a release of April 1 amends it (45 CFR 162.1002; Official Guidelines, title page).
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Self

from core.errors import IcdlensError

#: The first date of service on which ICD-10-CM was used (45 CFR 162.1002(c)).
FIRST_DATE_OF_SERVICE = date(2015, 10, 1)


_FISCAL_YEAR = re.compile(r"FY ?(20[0-9]{2})", re.IGNORECASE | re.ASCII)


class InvalidRelease(IcdlensError, ValueError):
    """The text names no release."""


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

    @property
    def short_name(self) -> str:
        """``FY2026``, or the day for a release of April, ``2026-04-01``: what commands take."""
        return f"FY{self.fiscal_year}" if self.effective.month == 10 else self.effective.isoformat()

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read ``FY2027``, or the day on which a release took effect: ``2026-10-01``, ``2026-04-01``.

        Raises ``InvalidRelease``.
        """
        if found := _FISCAL_YEAR.fullmatch(written.strip()):
            return cls(fiscal_year_start(int(found[1])))
        try:
            day = date.fromisoformat(written.strip())
        except ValueError:
            day = date.min
        if (day.month, day.day) not in ((4, 1), (10, 1)):
            raise InvalidRelease(
                f"{written[:40]!r} is no release; write FY2027, or the day from which it is in force, an "
                "October 1 or April 1, as 2026-10-01."
            )
        return cls(day)

    @classmethod
    def in_force_from_october(cls, on: date) -> Self:
        """The release that started the fiscal year of a date; an April of that year may amend it."""
        return cls(fiscal_year_start(fiscal_year(on)))

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


def caution_about(release: Release, on: date) -> str | None:
    """What is to be known of titles and notes where a release is not the one in force on a date."""
    if release.is_superseded_on(on):
        year = release.fiscal_year + 1
        due = Release.in_force_from_october(on)
        return (
            f"Titles and notes are those of {release.name}, superseded by FY{year} on "
            f"{fiscal_year_start(year)}. To install {due.short_name}: {how_to_install(due)}"
        )
    if on < release.effective:
        return f"Titles and notes are those of {release.name}, which took effect after this date."
    return None


def how_to_install(release: Release) -> str:
    """The command that installs a release."""
    return f"icdlens update --release {release.short_name}"
