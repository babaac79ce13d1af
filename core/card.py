"""The card: what the official files say about a code on a date, each line with its source.

Plain frozen data. It is built here, once; every surface only renders it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.classification import Level
from core.code import CATEGORY_LENGTH, LONGEST, Code, dotted
from core.lives import Life, Standing
from core.notes import NoteKind
from core.references import find_references
from core.release import (
    FIRST_DATE_OF_SERVICE,
    Release,
    caution_about,
    fiscal_year,
    fiscal_year_end,
)
from core.sources.billable_validity import KNOWN_THROUGH_FISCAL_YEAR, BillablePeriod

_KNOWN_THROUGH = fiscal_year_end(KNOWN_THROUGH_FISCAL_YEAR)
#: The publisher of what is derived here from official facts.
OURS = "icdlens"
_STEM = LONGEST - 1  # characters before the 7th
#: A card's siblings are looked at more than once, and so are those of the codes around it.
_code = lru_cache(maxsize=1024)(Code)
_RANGE = re.compile(r"\(([A-Z][0-9A-Z]{2})-([A-Z][0-9A-Z]{2})\)")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line comes from. ``key`` is the stable name that JSON uses."""

    key: str
    name: str
    publisher: str
    edition: str


@dataclass(frozen=True, slots=True)
class CardLevel:
    """A level of the path from the chapter to the code."""

    level: Level
    name: str
    title: str
    source: Source


@dataclass(frozen=True, slots=True)
class CardNote:
    """One line of a note, with the level that it is printed at. Lines of one note share ``group``."""

    kind: NoteKind
    text: str
    at: CardLevel
    group: int
    inherited: bool
    source: Source


@dataclass(frozen=True)
class LevelNotes:
    """The notes that are printed at one level, in their order; there is one at least.

    The cards of all codes below a level share it, and what is read out of its notes.
    """

    at: CardLevel
    notes: tuple[CardNote, ...]

    @cached_property
    def by_kind(self) -> dict[NoteKind, tuple[CardNote, ...]]:
        """The notes of each kind that the level has."""
        found: dict[NoteKind, list[CardNote]] = {}
        for note in self.notes:
            found.setdefault(note.kind, []).append(note)
        return {kind: tuple(notes) for kind, notes in found.items()}

    @cached_property
    def named(self) -> dict[str, str]:
        """The codes and headings that the notes name, with the first line that does; a range names none."""
        found: dict[str, str] = {}
        for note in self.notes:
            for reference in find_references(note.text):
                if reference.last is None:
                    found.setdefault(reference.first.text, note.kind.printed(note.text))
        return found

    def __str__(self) -> str:
        """``category B20``: how a sentence names the level."""
        return f"{self.at.level} {self.at.name}"


@dataclass(frozen=True, slots=True)
class CardCode:
    """A code beside or below the card's. ``title`` is ``None`` where no installed release has one."""

    code: Code
    title: str | None
    standing: Standing | None
    source: Source


@dataclass(frozen=True, slots=True)
class CardSeventhCharacter:
    """A 7th character and its meaning; ``code`` is the complete code where the stem has one."""

    character: str
    meaning: str
    also: tuple[str, ...]
    code: Code | None
    at: CardLevel
    source: Source


@dataclass(frozen=True, slots=True)
class CardLine:
    """A sentence of ours about official facts, and the source of the facts."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class CodeCard:
    """Everything that is said about one code on one date of service.

    ``title`` is ``None`` for a code that is in no installed release; ``cautions`` then say which
    release has it. ``path`` ends with the code itself where the release has it, otherwise with the
    nearest heading that it has; where it has none, ``within`` has the chapter and the blocks whose printed
    range the code falls in. ``siblings`` are given only where there are no ``children``.
    """

    code: Code
    title: str | None
    level: Level
    standing: Standing
    reason: CardLine
    billable_from: date | None
    billable_through: date | None
    periods: tuple[BillablePeriod, ...]
    path: tuple[CardLevel, ...]
    within: tuple[CardLevel, ...]
    #: From the chapter down; levels without notes are left out.
    notes_by_level: tuple[LevelNotes, ...]
    children: tuple[CardCode, ...]
    siblings: tuple[CardCode, ...]
    seventh_characters: tuple[CardSeventhCharacter, ...]
    cautions: tuple[CardLine, ...]
    #: The last date of service that billable periods are known for; later answers may turn out otherwise.
    known_through: date
    release: Release
    as_of: date
    sources: tuple[Source, ...]

    @property
    def billable(self) -> bool:
        """Whether the code is valid for submission on the card's date."""
        return self.standing is Standing.BILLABLE

    @property
    def notes(self) -> tuple[CardNote, ...]:
        """All notes, own and inherited, from the chapter's down."""
        return tuple([note for level in self.notes_by_level for note in level.notes])

    def notes_of(self, *kinds: NoteKind) -> tuple[CardNote, ...]:
        """The notes of some kinds, own and inherited: kind by kind, each from the chapter's down."""
        levels = self.notes_by_level
        # A list is made in half the time of a generator, and a card asks ten times.
        return tuple([n for kind in kinds for level in levels for n in level.by_kind.get(kind, ())])


def build_card(catalog: Catalog, code: Code, on: date) -> CodeCard | None:
    """The card of a code on a date of service; ``None`` for a code that no year knows."""
    return _Cardmaker(catalog, code, on).card()


@lru_cache(maxsize=16)
def sources_of(release: Release) -> tuple[Source, Source, Source]:
    """The sources that the cards of a release name: its Tabular List, the billable periods, ourselves."""
    return (
        Source("tabular", "ICD-10-CM Tabular List", "CDC/NCHS", release.name),
        Source(
            "billable-periods",
            "Billable periods, derived from the Medicare Code Editor",
            "CMS",
            f"FY{fiscal_year(FIRST_DATE_OF_SERVICE)} to FY{KNOWN_THROUGH_FISCAL_YEAR}",
        ),
        Source("calendar", "Release calendar, derived from the effective dates", OURS, release.name),
    )


@lru_cache(maxsize=64)
def _cautions_of(release: Release, on: date) -> tuple[CardLine, ...]:
    """What is to be said of every card of a release on a date."""
    _, validity, calendar = sources_of(release)
    found = []
    if caution := caution_about(release, on):
        found.append(CardLine(caution, calendar))
    if on > _KNOWN_THROUGH:
        found.append(CardLine(f"Billable periods are not known for dates after {_KNOWN_THROUGH}.", validity))
    return tuple(found)


def _level(catalog: Catalog, entry: CatalogEntry) -> CardLevel:
    return CardLevel(entry.level, entry.name, entry.title, sources_of(catalog.release)[0])


def _inherited_notes(catalog: Catalog, entry: CatalogEntry) -> LevelNotes:
    return _level_notes(catalog, entry, inherited=True)


def _level_notes(catalog: Catalog, entry: CatalogEntry, *, inherited: bool) -> LevelNotes:
    at = catalog.once(_level, entry)
    notes = catalog.notes([entry])
    return LevelNotes(at, tuple(CardNote(n.kind, n.text, at, n.group, inherited, at.source) for n in notes))


class _Cardmaker:
    """Collects the parts of one card; holds what several of them need."""

    def __init__(self, catalog: Catalog, code: Code, on: date) -> None:
        self.catalog = catalog
        self.code = code
        self.on = on
        self.release = catalog.release
        self.sources = sources_of(catalog.release)
        self.tabular, self.validity, self.calendar = self.sources
        self.entry = catalog.entry(code)

    @cached_property
    def life(self) -> Life:
        """Of a code of the release it is at hand once the codes beside it were read."""
        return self.catalog.lives([self.code.text])[self.code.text]

    def card(self) -> CodeCard | None:
        if self.entry is None and self.life.standing(self.on) is None:
            return None
        nearest = self.entry or self._nearest_heading()
        entries = self.catalog.path(nearest) if nearest else ()
        levels = {e.number: self.catalog.once(_level, e) for e in entries}
        children = self._codes_below(self.code, self.entry)
        parent = entries[-2] if self.entry else nearest
        siblings = () if children or parent is None else self._codes_in(parent)
        if (standing := self.life.standing(self.on)) is None:
            return None
        period, own = self.life.billable_period(self.on), self.code.text
        return CodeCard(
            code=self.code,
            title=self.entry.title if self.entry else None,
            level=self.entry.level if self.entry else self._unlisted_level(),
            standing=standing,
            reason=CardLine(self._reason(standing, children), self.validity),
            billable_from=period.first if period else None,
            billable_through=period.through if period else None,
            periods=self.life.billable,
            path=tuple(levels.values()),
            within=() if entries else tuple(self._within()),
            notes_by_level=self._notes(entries),
            children=children,
            siblings=tuple([s for s in siblings if s.code.text != own]),
            seventh_characters=self._seventh_characters(entries, levels, nearest),
            cautions=tuple(self._cautions()),
            known_through=_KNOWN_THROUGH,
            release=self.release,
            as_of=self.on,
            sources=self.sources,
        )

    def _nearest_heading(self) -> CatalogEntry | None:
        """The longest code of the release that this one's text starts with."""
        bare = self.code.undotted
        headings = (self.catalog.entry(Code(dotted(bare[:n]))) for n in range(len(bare) - 1, 2, -1))
        return next((heading for heading in headings if heading), None)

    def _within(self) -> Iterator[CardLevel]:
        """The chapter and the blocks whose printed range holds the code's category, the widest first."""
        category = self.code.text[:CATEGORY_LENGTH]
        for level in (Level.CHAPTER, Level.BLOCK):
            for group in self.catalog.groups(level):
                # A chapter's name is its number; its range ends its title: "… (K00-K95)".
                printed = _RANGE.search(f"({group.name}) {group.title}")
                if printed and printed[1] <= category <= printed[2]:
                    yield CardLevel(level, group.name, group.title, self.tabular)

    def _notes(self, entries: tuple[CatalogEntry, ...]) -> tuple[LevelNotes, ...]:
        return tuple(
            _level_notes(self.catalog, entry, inherited=False)
            if entry is self.entry
            else self.catalog.once(_inherited_notes, entry)
            for entry in self.catalog.noted(entries)
        )

    def _unlisted_level(self) -> Level:
        """The level of a code that the release does not have (I.A.2)."""
        if len(self.code.undotted) == 3:
            return Level.CATEGORY
        return Level.CODE if self.life.billable else Level.SUBCATEGORY

    def _codes_in(self, parent: CatalogEntry) -> tuple[CardCode, ...]:
        """The codes one level below a heading or a block."""
        is_group = parent.level in (Level.CHAPTER, Level.BLOCK)
        return self._codes_below(None if is_group else Code(parent.name), parent)

    def _codes_below(self, code: Code | None, entry: CatalogEntry | None) -> tuple[CardCode, ...]:
        """The codes one level below, with those of other years that are in use on the date."""
        children = self.catalog.children(entry) if entry else ()
        listed = [c for c in children if c.level not in (Level.CHAPTER, Level.BLOCK)]
        names = tuple(child.name for child in listed)
        unlisted = self.catalog.unlisted_below(code) if code else ()
        if not listed and not unlisted:
            return ()
        unlisted = tuple(other for other in unlisted if not other.text.startswith(names))
        lives = self.catalog.lives([*names, *(other.text for other in unlisted)])
        on = self.on
        codes = [CardCode(_code(c.name), c.title, lives[c.name].standing(on), self.tabular) for c in listed]
        added = [CardCode(c, None, lives[c.text].standing(on), self.validity) for c in unlisted]
        if in_use := [c for c in added if c.standing in (Standing.BILLABLE, Standing.HEADING)]:
            return tuple(sorted([*codes, *in_use], key=lambda c: c.code))
        return tuple(codes)

    def _seventh_characters(
        self,
        entries: tuple[CatalogEntry, ...],
        levels: dict[int, CardLevel],
        nearest: CatalogEntry | None,
    ) -> tuple[CardSeventhCharacter, ...]:
        found = self.catalog.seventh_characters(entries) if entries else None
        if found is None or nearest is None:
            return ()
        printed_at, characters = found
        complete = self._complete_codes(nearest)
        # A stem or a complete code shows what exists; a higher heading shows the table as printed.
        shown = complete.keys() if complete or self.code.is_complete else {c.character for c in characters}
        at = levels[printed_at.number]
        return tuple(
            CardSeventhCharacter(c.character, c.meaning, c.also, complete.get(c.character), at, self.tabular)
            for c in characters
            if c.character in shown
        )

    def _complete_codes(self, nearest: CatalogEntry) -> dict[str, Code]:
        """The release's 7-character codes of this code's stem, by their last character."""
        stem = dotted(self.code.undotted[:_STEM].ljust(_STEM, "X"))
        holder = nearest
        if self.entry and self.code.is_complete and self.entry.parent is not None:
            holder = self.catalog.entry_numbered(self.entry.parent)
        names = (child.name for child in self.catalog.children(holder))
        return {name[-1]: _code(name) for name in names if name[:-1] == stem}

    def _reason(self, standing: Standing, children: tuple[CardCode, ...]) -> str:
        match standing:
            case Standing.BILLABLE if self.on > _KNOWN_THROUGH:
                return f"Billable as far as is known: billable periods are known through {_KNOWN_THROUGH}."
            case Standing.BILLABLE:
                return f"Billable: valid for submission on {self.on}."
            case Standing.HEADING:
                needs = self._needs(children)
                return f"Heading: not valid for submission on {self.on}, {needs}.{self._was_billable()}"
            case Standing.RETIRED if not self.life.billable:
                ended = self.life.heading[-1].through
                return f"Retired: a heading, of which all codes had ended by {ended}."
            case Standing.RETIRED:
                return f"Retired: not valid for submission on {self.on}.{self._was_billable()}"
        if self.on < FIRST_DATE_OF_SERVICE:
            return f"Not yet valid: ICD-10-CM is used for dates of service from {FIRST_DATE_OF_SERVICE} on."
        began = min(period.first for period in (*self.life.billable, *self.life.heading))
        return f"Not yet valid on {self.on}: in use from {began} on."

    def _needs(self, children: tuple[CardCode, ...]) -> str:
        if not children or not all(c.code.is_complete for c in children):
            return "needs more characters: choose a code below"
        gap = len(self.code.undotted) < _STEM
        return "needs a 7th character" + (", after placeholder X" if gap else "")

    def _was_billable(self) -> str:
        period = self.life.billable_period(self.on)
        return f" It was billable from {period.first} through {period.through}." if period else ""

    def _cautions(self) -> Iterable[CardLine]:
        if self.entry is None:
            yield CardLine(
                f"The title is not in the installed release {self.release.name}; {self._titled_in()}.",
                self.calendar,
            )
        yield from _cautions_of(self.release, self.on)

    def _titled_in(self) -> str:
        """Which release has the title of a code that this one does not have."""
        period = self.life.periods[-1]
        if period.first > self.release.effective:
            return f"FY{fiscal_year(period.first)}, in force from {period.first}, has it"
        last = period.through or self.release.effective
        return f"FY{fiscal_year(last)}, the last one with this code, has it"
