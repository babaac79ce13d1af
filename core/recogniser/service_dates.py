"""Dates of service that a text states itself: DOS 2021-03-04, Date of service: 03/04/2021."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_STATED = re.compile(
    # Blanks are underscores or hyphens in front matter: date_of_service: 2021-03-04.
    r"\b(?:DOS|date[ _-]of[ _-]service|service[ _-]date|date[ _-]of[ _-]visit|visit[ _-]date"
    r"|encounter[ _-]date)\b[^\w\n]{0,4}"
    r"(?:([12][0-9]{3})-([01]?[0-9])-([0-3]?[0-9])|([01]?[0-9])/([0-3]?[0-9])/([12][0-9]{3}))(?![0-9/-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatedDates:
    """The stated dates of service with their places, in order; dates of the US are month first."""

    places: Sequence[int]
    dates: Sequence[date]

    def at(self, position: int) -> date | None:
        """The last date stated before a place, else the first of the text."""
        if not self.dates:
            return None
        return self.dates[max(0, bisect_right(self.places, position) - 1)]


def stated_dates(text: str) -> StatedDates:
    """Find the dates of service that a text states. What is no date is left out."""
    places: list[int] = []
    dates: list[date] = []
    lower = text.lower()
    if "dos" not in lower and "date" not in lower:  # a fiftieth of the time that the pattern takes
        return StatedDates((), ())
    for match in _STATED.finditer(text):
        year, month, day, us_month, us_day, us_year = match.groups()
        try:
            found = date(int(year or us_year), int(month or us_month), int(day or us_day))
        except ValueError:
            continue
        places.append(match.start())
        dates.append(found)
    return StatedDates(tuple(places), tuple(dates))
