"""Dates of service that a text states itself: DOS 2021-03-04, Date of service: March 4, 2021."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_LABEL = re.compile(
    # Blanks are underscores or hyphens in front matter: date_of_service: 2021-03-04.
    r"\b(?:DOS|date[ _-]of[ _-]service|service[ _-]date|date[ _-]of[ _-]visit|visit[ _-]date"
    r"|encounter[ _-]date)\b([^\w\n]{0,4})",
    re.IGNORECASE,
)
# ISO 8601, and as the US writes dates, month first. 4.3.2021 is none of these, and not read.
_DATE = re.compile(
    r"(?:(?P<year>[12][0-9]{3})(?P<sign>[-/]?)(?P<month>[0-9]{2}|(?<=[-/])[0-9])(?P=sign)"
    r"(?P<day>[0-9]{2}|(?<=[-/])[0-9])"
    r"|(?P<us_month>[01]?[0-9])(?P<us_sign>[-/])(?P<us_day>[0-3]?[0-9])(?P=us_sign)"
    r"(?P<us_year>[12][0-9]{3}|[0-9]{2})"
    rf"|(?P<name>{_MONTH})[ -]?(?P<name_day>[0-3]?[0-9])(?:st|nd|rd|th)?"
    r",? ?-?(?P<name_year>(?<=[ ,-])[12][0-9]{3})"
    rf"|(?P<day_first>[0-3]?[0-9])(?:st|nd|rd|th)?[ -]?(?P<middle>{_MONTH})"
    r"[ ,-]{0,2}(?P<last_year>[12][0-9]{3}))"
    # A longer number goes on; the end of a period may follow.
    r"(?![0-9]|[/-][0-9]{1,4}(?![0-9]*[/-]))",
    re.IGNORECASE,
)
# What is written like a date: three parts, or eight digits; behind a colon anything that begins like one.
_LIKE_DATE = re.compile(
    rf"[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}|[0-9]{{1,2}}[ -]?{_MONTH}[ ,-]*[0-9]{{2,4}}"
    rf"|{_MONTH}[ -]?[0-9]{{1,2}},?[ -]*[0-9]{{2,4}}|[0-9]{{8}}(?![0-9])",
    re.IGNORECASE,
)
_BEGINS_LIKE_DATE = re.compile(rf"[0-9][0-9A-Za-z./-]{{0,20}}|{_MONTH}[ 0-9,]{{0,10}}", re.IGNORECASE)
_CENTURY_ENDS = 69  # as POSIX reads years of two digits


@dataclass(frozen=True, slots=True)
class StatedDates:
    """The stated dates of service with their places, in order; ``unread`` are those that cannot be read."""

    places: Sequence[int]
    dates: Sequence[date]
    unread: Sequence[tuple[int, int]] = ()

    def at(self, position: int) -> date | None:
        """The last date stated before a place, else the first of the text."""
        if not self.dates:
            return None
        return self.dates[max(0, bisect_right(self.places, position) - 1)]

    def date_at(self, position: int, default: date) -> date:
        """The same, or a default where the text states none."""
        return self.at(position) or default

    def continuing(self, on: date) -> "StatedDates":
        """The same for a later part of a text, before which ``on`` holds."""
        return StatedDates((-1, *self.places), (on, *self.dates), self.unread)


def stated_dates(text: str) -> StatedDates:
    """Find the dates of service that a text states, in ISO's form or as the US writes them, month first."""
    places: list[int] = []
    dates: list[date] = []
    unread: list[tuple[int, int]] = []
    lower = text.lower()
    if "dos" not in lower and "date" not in lower:  # a fiftieth of the time that the pattern takes
        return StatedDates((), ())
    for label in _LABEL.finditer(text):
        written = _DATE.match(text, label.end())
        if written is not None and (found := _read(written)) is not None:
            places.append(label.start())
            dates.append(found)
            continue
        like = _BEGINS_LIKE_DATE if ":" in label[1] or "=" in label[1] else _LIKE_DATE
        if other := like.match(text, label.end()):
            unread.append(other.span())
    return StatedDates(tuple(places), tuple(dates), tuple(unread))


def _read(written: re.Match[str]) -> date | None:
    part = written.groupdict()
    month = part["month"] or part["us_month"] or _MONTHS[(part["name"] or part["middle"])[:3].lower()]
    day = part["day"] or part["us_day"] or part["name_day"] or part["day_first"]
    year = int(part["year"] or part["us_year"] or part["name_year"] or part["last_year"])
    if year < 100:
        year += 2000 if year < _CENTURY_ENDS else 1900
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
