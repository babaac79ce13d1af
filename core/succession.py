"""What replaced a code that ended, and what a new code was split from.

Where the official conversion table is loaded and has the code, it says so (``core.conversion``). Otherwise
it is derived from the billable periods and the hierarchy, and every line says "derived". The rule is
strict: the one ended on the day before the other began, they lie under each other or under one subcategory,
and a poisoning keeps its intent. What replaced a code may have ended as well: it is followed, by the same
rule, to the codes of the card's date.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.card import OURS, CodeCard, Source
from core.catalog import Catalog
from core.code import Code, dotted
from core.conversion import Converted, previous_codes, replacements
from core.lives import Standing
from core.release import FIRST_DATE_OF_SERVICE

#: Poisoning and toxic effects, where the last character before the 7th is the intent, from 1, accidental, to
#: 6, underdosing: T52.8X1A, T58.01XA.
_WITH_INTENT = "T36", "T65"
_INTENTS = frozenset("123456")

_CATEGORY = 3  # characters; one category is too wide a ground to say that a code replaced another

_DERIVED = Source(
    "succession",
    "Derived from the billable periods and the hierarchy",
    OURS,
    "FY2016 to FY2027",
)


@dataclass(frozen=True, slots=True)
class Successor:
    """A code on the other side of a change. ``title`` is ``None`` where the release does not have it.

    ``standing`` is that of the card's date. Where the code itself was replaced by then, ``replaced_on`` and
    ``replaced_by`` say when and by what.
    """

    code: Code
    title: str | None
    standing: Standing | None
    source: Source
    replaced_on: date | None = None
    replaced_by: tuple["Successor", ...] = ()

    @property
    def is_derived(self) -> bool:
        """Whether no official file names it."""
        return self.source == _DERIVED

    @property
    def told_by(self) -> str:
        """What says so, as a line names it: we do, or an official file in its edition."""
        return "derived" if self.is_derived else f"{self.source.name}, {self.source.edition}"

    def in_turn(self) -> Iterator["Successor"]:
        """The code itself, and what replaced it in turn."""
        yield self
        for other in self.replaced_by:
            yield from other.in_turn()


@dataclass(frozen=True, slots=True)
class Succession:
    """The codes that replaced the card's, and those that it replaced, with the day of the change."""

    replaced_by: tuple[Successor, ...]
    replaced_on: date | None
    split_from: tuple[Successor, ...]
    split_on: date | None

    @property
    def told_by(self) -> str:
        """What says where the code leads, if it leads anywhere; we do where one of the steps is derived."""
        return "derived" if self.is_derived else self.replaced_by[0].told_by

    @property
    def is_derived(self) -> bool:
        """Whether no official file names all of what replaced the code."""
        return not self.replaced_by or any(
            step.is_derived for code in self.replaced_by for step in code.in_turn()
        )

    @property
    def leads_to(self) -> tuple[Code, ...]:
        """The codes billable on the card's date that what replaced its code leads to, each once."""
        return tuple(dict.fromkeys(_billable(self.replaced_by)))


def succession(catalog: Catalog, card: CodeCard) -> Succession:
    """The changes at the ends of the billable period that the card shows."""
    ended = card.billable_through
    began = card.billable_from if card.billable_from != FIRST_DATE_OF_SERVICE else None
    after: tuple[Successor, ...] = ()
    before = Converted((), _DERIVED)
    if ended:
        after = _followed(catalog, card.code, ended + timedelta(days=1), card.as_of)
    if began:
        day = began - timedelta(days=1)
        before = catalog.read(previous_codes, (card.code, began)) or Converted(
            _above(catalog, card.code, day) or _near(catalog.billable_through, card.code, day), _DERIVED
        )
    named = catalog.named(code.text for code in before.codes)
    return Succession(
        replaced_by=after,
        replaced_on=ended + timedelta(days=1) if ended and after else None,
        split_from=tuple(
            Successor(code, found.title or None, found.life.standing(card.as_of), before.source)
            for code, found in ((code, named[code.text]) for code in before.codes)
        ),
        split_on=began if before.codes else None,
    )


def _followed(catalog: Catalog, code: Code, day: date, on: date) -> tuple[Successor, ...]:
    """What replaced a code on a day; what of it ended by ``on`` comes with what replaced it in turn."""
    changed = catalog.billable_from
    found = catalog.read(replacements, (code, day)) or Converted(
        _below(changed, code, day) or _near(changed, code, day), _DERIVED
    )
    named = catalog.named(other.text for other in found.codes)
    successors = []
    for other in found.codes:
        title, life = named[other.text].title or None, named[other.text].life
        [through] = (period.through for period in life.billable if period.first == day)
        next_day = through + timedelta(days=1) if through and through < on else None
        after = _followed(catalog, other, next_day, on) if next_day else ()
        successors.append(
            Successor(other, title, life.standing(on), found.source, next_day if after else None, after)
        )
    return tuple(successors)


def _billable(successors: Iterable[Successor]) -> Iterator[Code]:
    for successor in successors:
        if successor.standing is Standing.BILLABLE:
            yield successor.code
        yield from _billable(successor.replaced_by)


_Changed = Callable[[str, date], tuple[Code, ...]]


def _below(changed: _Changed, code: Code, day: date) -> tuple[Code, ...]:
    """A code that became a heading was replaced by those below it: M54.5 by M54.50 and others."""
    prefix = code.text if "." in code.text else f"{code.text}."
    return tuple(other for other in changed(prefix, day) if other != code)


def _above(catalog: Catalog, code: Code, day: date) -> tuple[Code, ...]:
    """The heading above a new code that was billable until the day before, if there is one."""
    bare = code.undotted
    headings = [Code(dotted(bare[:length])) for length in range(_CATEGORY, len(bare))]
    lives = catalog.lives([heading.text for heading in headings])
    return tuple(h for h in headings if any(p.through == day for p in lives[h.text].billable))


def _intent(code: Code) -> str | None:
    """The character for the intent of a complete code; ``None`` where the category has none."""
    first, last = _WITH_INTENT
    if not code.is_complete or not first <= code.text[:_CATEGORY] <= last:
        return None
    character = code.undotted[:-1].rstrip("X")[-1]
    return character if character in _INTENTS else None


def _near(changed: _Changed, code: Code, day: date) -> tuple[Code, ...]:
    """The codes of the narrowest subcategory around a code that changed on a day: T81.4XXA, T81.40XA.

    Where the code has a 7th character, only codes with the same one, and with the same intent: an
    initial encounter was not replaced by a sequela, nor an accident by an assault.
    """
    bare = code.undotted
    for length in range(len(bare) - 1, _CATEGORY, -1):
        found = tuple(
            other
            for other in changed(dotted(bare[:length]), day)
            if other != code
            and other.is_complete == code.is_complete
            and (not code.is_complete or other.undotted[-1] == bare[-1])
            and _intent(other) == _intent(code)
        )
        if found:
            return found
    return ()
