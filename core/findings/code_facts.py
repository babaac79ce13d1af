"""What the rules ask about a code on a date, found once and kept: the same codes stand in many notes."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary, ref

from core.axes import Axis, leaves_side_open
from core.card import CardNote, CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.complexity import is_manifestation, more_specific, times_unspecified
from core.documentation import Choice, Documentation, documentation
from core.lives import Life, Standing
from core.notes import NoteKind
from core.references import Reference, find_references
from core.succession import Succession, succession

_WIDEST = 30  # categories of a range that still names something; V01-V99 is a whole chapter
_KEPT = 16_384  # codes on dates, of one catalogue
_MOST_BELOW = 20  # billable codes that are offered for a heading
_LOOKED_AT = 400  # codes below a heading, the shortest first


class CodeFacts:
    """One code on one date. Everything is found when it is asked for first."""

    def __init__(self, catalog: Catalog, code: Code, on: date) -> None:
        self._catalog = ref(catalog)  # what is kept must not keep the catalogue
        self.code = code
        self.on = on

    @property
    def catalog(self) -> Catalog:
        if (catalog := self._catalog()) is None:
            raise ReferenceError("The catalogue of these facts is gone.")
        return catalog

    @cached_property
    def title(self) -> str | None:
        """The official title; ``None`` where the installed release does not have the code."""
        return self.catalog.titles([self.code]).get(self.code)

    @property
    def called(self) -> str:
        """The code with its title, for messages."""
        return f"{self.code} ({self.title})" if self.title else self.code.text

    @cached_property
    def life(self) -> Life:
        return self.catalog.lives([self.code.text])[self.code.text]

    @cached_property
    def standing(self) -> Standing | None:
        return self.life.standing(self.on)

    @property
    def is_billable(self) -> bool:
        return self.standing is Standing.BILLABLE

    @cached_property
    def card(self) -> CodeCard | None:
        return build_card(self.catalog, self.code, self.on)

    @cached_property
    def documentation(self) -> Documentation:
        return documentation(self.catalog, self.card) if self.card else Documentation((), ())

    @cached_property
    def excludes1(self) -> tuple[tuple[CardNote, tuple[Reference, ...]], ...]:
        """The Excludes1 notes that name codes, own and inherited, the narrowest first."""
        notes = reversed(self.card.notes) if self.card else ()
        read = ((n, followed(n.text)) for n in notes if n.kind is NoteKind.EXCLUDES1)
        return tuple((note, references) for note, references in read if references)

    def may_exclude(self, code: Code) -> bool:
        """Whether an Excludes1 note names a code's category, or a range: a quick look comes first."""
        categories, has_ranges = self._excluded_categories
        return has_ranges or code.text[:3] in categories

    @cached_property
    def _excluded_categories(self) -> tuple[frozenset[str], bool]:
        references = [r for _, listed in self.excludes1 for r in listed]
        categories = frozenset(r.first.text[:3] for r in references if r.last is None)
        return categories, any(r.last for r in references)

    @cached_property
    def is_manifestation(self) -> bool:
        # Nine titles of ten need no card to be told.
        if not self.title or "classified elsewhere" not in self.title.lower():
            return False
        return self.card is not None and is_manifestation(self.card)

    @cached_property
    def sides(self) -> tuple[Choice, ...]:
        """The billable codes that name a side which the title leaves open."""
        if not leaves_side_open(self.title):
            return ()
        choices = (c for a in self.documentation.open_axes if a.axis is Axis.LATERALITY for c in a.choices)
        return tuple(c for c in choices if c.billable and c.code != self.code)

    @cached_property
    def more_specific(self) -> tuple[Code, ...]:
        """Billable codes that settle what an unspecified title leaves open, where siblings are such codes.

        "Other specified" is no answer to what is not specified.
        """
        if not times_unspecified(self.title) or self.card is None or not more_specific(self.card):
            return ()
        codes = self.documentation.more_specific
        titles = self.catalog.titles(codes)
        return tuple(c for c in codes if c != self.code and not titles.get(c, "").startswith("Other"))

    @cached_property
    def succession(self) -> Succession | None:
        """What replaced the code."""
        return succession(self.catalog, self.card) if self.card else None

    @property
    def replaced_by(self) -> tuple[Code, ...]:
        """The codes billable on the date that what replaced this one leads to."""
        return self.succession.leads_to if self.succession else ()

    @cached_property
    def billable_below(self) -> tuple[Code, ...]:
        """Billable codes below a heading: what replaced it, what documentation leads to, then the others.

        At most 20, for a list of fixes that nobody can read helps nobody.
        """
        below = sorted(code for code, _ in self.catalog.starting_with(self.code.text, _LOOKED_AT))
        led_to = [c for c in self.documentation.more_specific if c.text.startswith(self.code.text)]
        ordered = dict.fromkeys((*self.replaced_by, *led_to, *below))
        return tuple(_some(self._billable(ordered), _MOST_BELOW))

    def _billable(self, codes: dict[Code, None]) -> Iterator[Code]:
        lives = self.catalog.lives([code.text for code in codes])
        return (c for c in codes if c != self.code and lives[c.text].standing(self.on) is Standing.BILLABLE)

    @cached_property
    def complete_codes(self) -> tuple[tuple[Code, str], ...]:
        """The complete codes of a stem that are billable on the date, each with what its 7th means."""
        if self.card is None or self.card.standing is not Standing.HEADING:
            return ()
        found = [(c.code, c.meaning) for c in self.card.seventh_characters if c.code]
        lives = self.catalog.lives([code.text for code, _ in found])
        return tuple(p for p in found if lives[p[0].text].standing(self.on) is Standing.BILLABLE)


@lru_cache(maxsize=8192)
def followed(text: str) -> tuple[Reference, ...]:
    """The references of a note that can be followed: not narrowed by words, and not too wide."""
    return tuple(r for r in find_references(text) if not r.narrowed and not _is_wide(r))


def _is_wide(reference: Reference) -> bool:
    if reference.last is None:
        return False
    first, last = reference.first.text, reference.last.text
    if first[0] != last[0]:
        return True
    if not (first[1:3].isdecimal() and last[1:3].isdecimal()):
        return False
    return int(last[1:3]) - int(first[1:3]) > _WIDEST


_kept: WeakKeyDictionary[Catalog, dict[tuple[Code, date], CodeFacts]] = WeakKeyDictionary()


def facts_of(catalog: Catalog, code: Code, on: date) -> CodeFacts:
    """The facts about a code on a date, kept for the next note."""
    kept = _kept.setdefault(catalog, {})
    if (facts := kept.get((code, on))) is None:
        if len(kept) >= _KEPT:
            kept.clear()
        facts = kept[code, on] = CodeFacts(catalog, code, on)
    return facts


def _some(codes: Iterator[Code], most: int) -> Iterator[Code]:
    for _, code in zip(range(most), codes, strict=False):
        yield code
