"""Documentation: what a code's title leaves open, what to write down, and the code that it leads to.

``core.title_readings`` finds that out when a release is compiled; here it is followed on a date. What
is said of a code is derived; the titles that it leads to are the Tabular List's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.axes import Axis, axis_of_value, sentence, title_words, values_in
from core.card import OURS, CodeCard, Source, sources_of
from core.catalog import Catalog
from core.code import CATEGORY_LENGTH, Code, dotted
from core.leads import DIVIDING, LOWEST, Lead, TitleReading, read_title_reading
from core.lives import Standing
from core.release import Release


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be written down, and the code that it leads to.

    ``code`` settles this axis and leaves open what the card's code leaves open. Where there is no
    such code, it is the heading that holds all codes which agree with the card's; ``billable`` is
    then false. ``codes`` are the billable codes that it stands for: itself, or those of them that
    are below the heading (none are counted up below a card that is a heading itself).
    """

    value: str
    code: Code
    title: str
    billable: bool
    codes: tuple[Code, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class OpenAxis:
    """Something that the code leaves open. ``what_to_document`` names the values.

    ``choices`` are empty where a heading's codes differ in it further below, so that it alone leads
    to no code.
    """

    axis: Axis
    what_to_document: str
    choices: tuple[Choice, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class SettledAxis:
    """Something that the code says and codes beside it say differently, in its title's words."""

    axis: Axis
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a code leaves open and what it settles, from the top of its path down."""

    open_axes: tuple[OpenAxis, ...]
    settled: tuple[SettledAxis, ...]

    @property
    def more_specific(self) -> tuple[Code, ...]:
        """The billable codes that settle an axis which this code leaves open, each once."""
        return tuple(
            dict.fromkeys(c for axis in self.open_axes for choice in axis.choices for c in choice.codes)
        )


def documentation(catalog: Catalog, card: CodeCard) -> Documentation:
    """What the card's code leaves open and settles on the card's date.

    Empty for a code without a title in the release. Raises ``CatalogUnavailable``.
    """
    if card.title is None:
        return Documentation((), ())
    entry = catalog.entry(card.code)
    reading = catalog.read(read_title_reading, entry.number) if entry else TitleReading()
    return _Reader(catalog, card, reading).documentation()


@lru_cache(maxsize=16)
def source_of(release: Release) -> Source:
    """The source of what is derived here."""
    return Source("documentation", "Axes, derived from the titles of the Tabular List", OURS, release.name)


class _Reader:
    """Follows what was found about one card's title on the card's date."""

    def __init__(self, catalog: Catalog, card: CodeCard, reading: TitleReading) -> None:
        self.catalog = catalog
        self.card = card
        self.reading = reading
        self.tabular = sources_of(card.release)[0]
        self.derived = source_of(card.release)

    def documentation(self) -> Documentation:
        settled = {s.axis: s for s in self.reading.settled}
        choices: dict[tuple[Axis, int], dict[Code, Choice]] = {}
        for lead, choice in self._choices():
            axis = lead.axis
            if axis in settled and settled[axis].level >= lead.level:
                axis = Axis.TYPE  # "with aura" is not what "without status migrainosus" settles
            # Two levels may leave a type open each, but there is one side.
            key = axis, lead.level if axis is Axis.TYPE else 0
            choices.setdefault(key, {}).setdefault(choice.code, choice)
        found = [
            self._open(axis, (c.value for c in by_code.values()), tuple(by_code.values()))
            for (axis, _), by_code in choices.items()
        ]
        is_open = {axis for axis, _ in choices}
        if self.card.standing is Standing.HEADING:
            found += self._divided_below(is_open)
        said = (
            SettledAxis(axis, s.value, self.derived) for axis, s in settled.items() if axis not in is_open
        )
        return Documentation(tuple(found), tuple(said))

    def _open(self, axis: Axis, values: Iterable[str], choices: tuple[Choice, ...]) -> OpenAxis:
        return OpenAxis(axis, sentence(axis, list(dict.fromkeys(values))), choices, self.derived)

    def _choices(self) -> Iterator[tuple[Lead, Choice]]:
        """The leads that can be followed on the card's date."""
        leads = [*self.reading.leads, *self._seventh_characters()]
        if not leads:
            return
        on_date = self._standings({name for lead in leads for name in (lead.name, *lead.agreeing)})
        titles = self.catalog.titles([Code(lead.name) for lead in leads])
        for lead in leads:
            choice = self._choice(lead, titles[Code(lead.name)], on_date)
            if choice and choice.code != self.card.code:
                yield lead, choice

    def _seventh_characters(self) -> Iterator[Lead]:
        """The 7th characters to choose from: for a stem, and for a code whose own says "unspecified"."""
        options = [c for c in self.card.seventh_characters if c.code]
        own = next((c for c in options if c.code == self.card.code), None)
        if not options or (own and not title_words(own.meaning).unspecified):
            return
        words = [title_words(option.meaning) for option in options]
        noun_axis = next((w.noun_axis() for w in words if w.unspecified), None)
        for option, word in zip(options, words, strict=True):
            if option.code and not word.unspecified:
                yield Lead(
                    LOWEST, noun_axis or axis_of_value(option.meaning), option.meaning, option.code.text
                )

    def _choice(self, lead: Lead, title: str, on_date: dict[str, Standing | None]) -> Choice | None:
        """The choice on the card's date; ``None`` where nothing of it is in use."""
        code, standing = Code(lead.name), on_date[lead.name]
        if standing not in (Standing.BILLABLE, Standing.HEADING):
            if (before := self._billable_above(code)) is None:
                return None
            (code, title), standing = before, Standing.BILLABLE
        if standing is Standing.BILLABLE:
            return Choice(lead.value, code, title, True, (code,), self.tabular)
        names = (n for n in lead.agreeing if on_date[n] is Standing.BILLABLE and n != self.card.code.text)
        codes = tuple(map(Code, names))
        if not codes and not self.card.children:
            return None
        return Choice(lead.value, code, title, False, codes, self.tabular)

    def _billable_above(self, code: Code) -> tuple[Code, str] | None:
        """What was billable on the date before it was divided into what the release has.

        Not a heading of the code itself: that would lead back to what is left open.
        """
        bare, own = code.undotted, self.card.code.undotted
        headings = (bare[:length] for length in range(len(bare) - 1, CATEGORY_LENGTH - 1, -1))
        above = [Code(dotted(heading)) for heading in headings if not own.startswith(heading)]
        on_date = self._standings(heading.text for heading in above)
        before = next((h for h in above if on_date[h.text] is Standing.BILLABLE), None)
        title = self.catalog.titles([before]).get(before) if before else None
        return (before, title) if before and title else None

    def _standings(self, names: Iterable[str]) -> dict[str, Standing | None]:
        lives = self.catalog.lives(names)
        return {name: life.standing(self.card.as_of) for name, life in lives.items()}

    def _divided_below(self, is_open: set[Axis]) -> Iterator[OpenAxis]:
        """The axes in which a heading's codes differ further below."""
        below = dict(self.reading.divided or {})
        meanings = [c.meaning for c in self.card.seventh_characters if not title_words(c.meaning).unspecified]
        if len(meanings) > 1:
            below[axis_of_value(meanings[0])] = tuple(meanings)
        own = values_in(self.card.title or "") if below else {}
        for axis, values in below.items():
            if axis in DIVIDING and axis not in own and axis not in is_open:
                yield self._open(axis, values, ())
