"""When a code was billable and when it was a heading: what a code is on a date of service."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.classification import Entry, Level
from core.code import CATEGORY_LENGTH, Code, dotted
from core.errors import IcdlensError
from core.release import FIRST_DATE_OF_SERVICE, Release
from core.sources.billable_validity import BillablePeriod

ALWAYS = (BillablePeriod(FIRST_DATE_OF_SERVICE, None),)


class ValidityError(IcdlensError):
    """The table of billable periods contradicts the release that it is compiled with."""


class Standing(StrEnum):
    """What a code is on a date of service. Only ``BILLABLE`` is valid for submission."""

    BILLABLE = "billable"
    HEADING = "heading"
    RETIRED = "retired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Life:
    """The periods of one code: when it was billable itself, and when a code below it was."""

    billable: tuple[BillablePeriod, ...] = ()
    heading: tuple[BillablePeriod, ...] = ()

    def standing(self, on: date) -> Standing | None:
        """What the code is on a date; ``None`` where no year knows the code."""
        for period in self.billable:
            if period.contains(on):
                return Standing.BILLABLE
        for period in self.heading:
            if period.contains(on):
                return Standing.HEADING
        if not (self.billable or self.heading):
            return None
        began = min(period.first for period in (*self.billable, *self.heading))
        return Standing.NOT_YET_VALID if on < began else Standing.RETIRED

    @property
    def periods(self) -> tuple[BillablePeriod, ...]:
        """The billable periods; for a code that never was billable, those as a heading."""
        return self.billable or self.heading

    def billable_period(self, on: date) -> BillablePeriod | None:
        """The billable period for a date: the one it falls in, else the last before it, else the next."""
        begun = [period for period in self.billable if period.first <= on]
        return begun[-1] if begun else next(iter(self.billable), None)


#: The lives of nine codes of ten.
BILLABLE_ALWAYS, HEADING_ALWAYS = Life(ALWAYS, ()), Life((), ALWAYS)


@dataclass(frozen=True, slots=True)
class Lives:
    """The billable periods of every code, and the periods of every heading, of whatever year."""

    billable: Mapping[Code, tuple[BillablePeriod, ...]]
    heading: Mapping[Code, tuple[BillablePeriod, ...]]

    def always(self) -> set[Code]:
        """The codes that are billable always, and never a heading; and the other way round."""
        return {
            code
            for listed, other in ((self.billable, self.heading), (self.heading, self.billable))
            for code, periods in listed.items()
            if periods == ALWAYS and code not in other
        }


def lives(
    entries: Iterable[Entry],
    listed: Mapping[Code, tuple[BillablePeriod, ...]],
    release: Release,
) -> Lives:
    """Complete the table of billable periods with what it leaves out, and derive the headings'.

    The table lists only codes whose billable life is not "from the first day until today". Raises
    ``ValidityError`` where the release and the table disagree about a code on the release's day.
    """
    # Texts and not codes are compared: of 98,000, each of which is looked at several times.
    codes = {e.name: e.billable for e in entries if e.level not in (Level.CHAPTER, Level.BLOCK)}
    known = {code.text: periods for code, periods in listed.items()}
    for name, periods in known.items():
        if name in codes and codes[name] != _covers(periods, release.effective):
            raise ValidityError(f"The table of billable periods and {release.name} disagree about {name}.")
    always = [name for name, is_billable in codes.items() if is_billable and name not in known]
    beside = {beginning: set(ALWAYS) for beginning in {name[:-1] for name in always}}
    for name, periods in known.items():
        beside.setdefault(name[:-1], set()).update(periods)
    below: dict[str, set[BillablePeriod]] = defaultdict(set)
    for beginning, found in beside.items():
        for heading in _headings_of(beginning, codes):
            below[heading].update(found)
    return Lives(
        {**listed, **{Code(name): ALWAYS for name in always}},
        {Code(name): _merged(found) for name, found in below.items()},
    )


def _headings_of(beginning: str, listed: Container[str]) -> Iterator[str]:
    """The headings of codes that begin so. Whether the release has them does not matter.

    A beginning that ends in the placeholder is a heading only where the release lists it: W19.X is
    nothing, H54.0X is a subcategory.
    """
    bare = beginning.replace(".", "")
    for length in range(CATEGORY_LENGTH, len(bare) + 1):
        above = dotted(bare[:length])
        if above in listed or not above.endswith("X"):
            yield above


def _covers(periods: Iterable[BillablePeriod], on: date) -> bool:
    return any(period.contains(on) for period in periods)


def _merged(periods: Iterable[BillablePeriod]) -> tuple[BillablePeriod, ...]:
    """The days that any of the periods contains, as few periods as possible, oldest first."""
    merged: list[BillablePeriod] = []
    for period in sorted(periods, key=lambda p: (p.first, p.through or date.max)):
        last = merged[-1] if merged else None
        if last is None or (last.through and period.first > last.through + timedelta(days=1)):
            merged.append(period)
        elif last.through and (period.through is None or period.through > last.through):
            merged[-1] = BillablePeriod(last.first, period.through)
    return tuple(merged)
