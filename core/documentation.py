"""Documentation: what a code's title leaves open, what to write down, and the code that it leads to.

Nothing medical is known here. The Tabular List's tree says which titles stand beside each other, and
their words say what they differ in. A code leaves something open where a level of its path adds
nothing to the heading above but "unspecified", while titles beside it add something.

What is said of a code is derived; the titles that it leads to are the Tabular List's own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.axes import Axis, axis_of_value, sentence, title_words, words_of_value
from core.card import OURS, CodeCard, Source, sources_of
from core.catalog import Catalog
from core.category_tree import CATEGORY_LENGTH, Category, Refinement, Stem, category_of
from core.code import LONGEST, Code
from core.lives import Standing
from core.release import Release

_LOWEST = LONGEST  # the level of a 7th character: below all stems

#: The axes whose values read alike wherever they stand, so that they can be collected below a heading.
_DIVIDING = frozenset(
    {
        Axis.LATERALITY,
        Axis.SPINE_REGION,
        Axis.ENCOUNTER,
        Axis.TRIMESTER,
        Axis.FETUS,
        Axis.STAGE,
        Axis.DEGREE,
        Axis.DISPLACEMENT,
        Axis.INTENT,
        Axis.SEX,
    }
)


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
    return _Reader(catalog, card).documentation()


@lru_cache(maxsize=16)
def source_of(release: Release) -> Source:
    """The source of what is derived here."""
    return Source("documentation", "Axes, derived from the titles of the Tabular List", OURS, release.name)


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where a value leads, whatever the date: a stem or a complete code, and the codes that agree."""

    level: int
    axis: Axis
    value: str
    name: str
    title: str
    agreeing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seventh:
    """A code's 7th character and its meaning."""

    character: str
    meaning: str


@lru_cache(maxsize=4096)
def _leads(category: Category, name: str, seventh: _Seventh | None) -> tuple[_Lead, ...]:
    return tuple(_Finder(category, category.stems[name], seventh).leads())


class _Finder:
    """Finds what settles what a stem, with or without a 7th character, leaves open."""

    def __init__(self, category: Category, stem: Stem, seventh: _Seventh | None) -> None:
        self.category = category
        self.stem = stem
        self.seventh = seventh
        self.is_heading = category.is_heading(stem) and not seventh

    def leads(self) -> Iterator[_Lead]:
        found = list(self._refined())
        # The code's own path says where an axis leads; "Other …" says it only for want of that.
        own = {lead.axis for lead, refinement in found if not refinement.divides_other}
        own |= self.category.values(self.stem).keys()
        divides = {(lead.axis, lead.value) for lead, refinement in found if refinement.divides_other}
        # Where one value alone agrees with the code, the code has it.
        several = {axis for axis, n in Counter(axis for axis, _ in divides).items() if n > 1}
        for lead, refinement in found:
            for_want = not self.is_heading and lead.axis in several - own
            if for_want or not refinement.divides_other:
                yield lead

    def _refined(self) -> Iterator[tuple[_Lead, Refinement]]:
        path = self.category.path(self.stem)
        for level, (above, node) in enumerate(pairwise(path)):
            if self._leaves_open(above, node):
                others = max(node.words.others, self.stem.words.others)
                for r in self.category.refinements(above, node, others):
                    if lead := self._lead(level, node, r):
                        yield lead, r
        if self.is_heading:
            heading = self.category.narrowest(self.stem)
            for r in self.category.refinements(heading, heading, 0):
                below = self.category.narrowest(r.stem)
                yield _Lead(len(path), r.axis, r.value, below.name, below.title), r

    def _leaves_open(self, above: Stem, node: Stem) -> bool:
        """Whether the code still is what a level of its path calls unspecified.

        "Other fracture of unspecified femur" is specified, but for the femur.
        """
        if not (self.stem.words.unspecified and node.words.unspecified):
            return False
        return node.words.left_open > above.words.left_open or not node.words.residual

    def _lead(self, level: int, node: Stem, to: Refinement) -> _Lead | None:
        """Where the code would be if the refinement stood for ``node`` in its path."""
        needed = self._needed(node, to.stem)
        # "Dislocation" below "Subluxation and dislocation" is no subluxation.
        own, words = self.stem.words, node.words
        named, left_out = words.chosen_by(own)
        agreeing = [
            leaf
            for leaf in self.category.leaves(to.stem)
            if needed <= leaf.words.core
            and not (left_out and self._is_of_another(leaf, named, left_out))
            and (leaf.words.residual or not own.residual)
        ]
        best = self._exact(agreeing, to.stem) or agreeing
        codes = [code for leaf in best if (code := self._completed(leaf))]
        if not codes:
            return None
        name, title, names = codes[0]
        if len(best) > 1:
            heading = self.category.common_heading(best)
            name, title, names = heading.name, heading.title, tuple(n for _, _, ns in codes for n in ns)
        return _Lead(level, to.axis, to.value, name, title, names)

    def _is_of_another(self, leaf: Stem, named: frozenset[str], left_out: frozenset[str]) -> bool:
        """Whether a stem, or a heading that the code is not below, is about what its title leaves out."""
        above = (h for h in self.category.headings(leaf.name) if not self.stem.name.startswith(h.name))
        return bool(left_out & leaf.words.core) or any(
            left_out & heading.words.core and not named & heading.words.core for heading in above
        )

    def _needed(self, node: Stem, beside: Stem) -> frozenset[str]:
        """The words of the code that its place below another stem must have.

        An axis that the codes there do not have is not asked for: exercise induced bronchospasm is
        not divided by complications.
        """
        needed = self.stem.words.core - node.words.core - node.words.slots
        above = self.category.values(node)
        for axis, value in self.category.values(self.stem).items() if needed else ():
            if axis not in above and axis not in self.category.values_below(beside):
                needed -= words_of_value(value)
        return needed

    def _exact(self, agreeing: list[Stem], beside: Stem) -> list[Stem]:
        """The one stem that settles nothing but what is asked for, where there is just one."""
        known = beside.words.core | self.stem.words.core
        residual = beside.words.residual or self.stem.words.residual
        alike = [leaf for leaf in agreeing if residual or not leaf.words.residual]
        # "Unspecified site" settles less than "unspecified shoulder".
        for loose in (False, True):
            exact = [s for s in alike if s.words.core - (s.words.loose if loose else frozenset()) <= known]
            if exact:
                return exact if len(exact) == 1 else []
        return []

    def _completed(self, leaf: Stem) -> tuple[str, str, tuple[str, ...]] | None:
        """A stem with the code's 7th character: name, title, and the codes that it stands for.

        ``None`` where the set does not have the character there.
        """
        complete = self.category.complete(leaf)
        if not complete:
            return leaf.name, leaf.title, (leaf.name,)
        if self.is_heading:
            return leaf.name, leaf.title, ()
        if self.seventh is None:
            code = next((c for c in complete if title_words(c.meaning).unspecified), None)
            if code is None:
                return leaf.name, leaf.title, tuple(c.name for c in complete)
            return code.name, code.title, (code.name,)
        own = self.seventh
        same = [c for c in complete if c.meaning == own.meaning]
        # "Initial encounter for closed fracture" is "initial encounter" where there are no fractures.
        first = own.meaning.split()[0]
        alike = [c for c in complete if c.name[-1] == own.character and c.meaning.split()[0] == first]
        return next(((c.name, c.title, (c.name,)) for c in (*same, *alike)), None)


class _Reader:
    """Reads one card's code on the card's date."""

    def __init__(self, catalog: Catalog, card: CodeCard) -> None:
        self.card = card
        self.tabular = sources_of(card.release)[0]
        self.derived = source_of(card.release)
        self.category = category_of(catalog, card.code.text[:CATEGORY_LENGTH])
        own = next((c for c in card.seventh_characters if c.code == card.code), None)
        #: The card's 7th character, where a table makes it.
        self.seventh = _Seventh(own.character, own.meaning) if own else None
        self.stem = self.category.stems[card.path[-2].name if own else card.code.text]

    def documentation(self) -> Documentation:
        settled = {axis: (level, value) for level, axis, value in self._settled()}
        choices: dict[tuple[Axis, int], dict[Code, Choice]] = {}
        for lead, choice in self._choices():
            axis = lead.axis
            if axis in settled and settled[axis][0] >= lead.level:
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
        said = (SettledAxis(a, v, self.derived) for a, (_, v) in settled.items() if a not in is_open)
        return Documentation(tuple(found), tuple(said))

    def _open(self, axis: Axis, values: Iterable[str], choices: tuple[Choice, ...]) -> OpenAxis:
        return OpenAxis(axis, sentence(axis, list(dict.fromkeys(values))), choices, self.derived)

    def _choices(self) -> Iterator[tuple[_Lead, Choice]]:
        """The leads that can be followed on the card's date."""
        leads = [*_leads(self.category, self.stem.name, self.seventh), *self._seventh_characters()]
        names = {name for lead in leads for name in (lead.name, *lead.agreeing)}
        on_date = self.category.standings(names, self.card.as_of)
        for lead in leads:
            choice = self._choice(lead, on_date)
            if choice and choice.code != self.card.code:
                yield lead, choice

    def _seventh_characters(self) -> Iterator[_Lead]:
        """The 7th characters to choose from: for a stem, and for a code whose own says "unspecified"."""
        options = [c for c in self.card.seventh_characters if c.code]
        if not options or (self.seventh and not title_words(self.seventh.meaning).unspecified):
            return
        words = [title_words(option.meaning) for option in options]
        noun_axis = next((w.noun_axis() for w in words if w.unspecified), None)
        for option, word in zip(options, words, strict=True):
            if option.code and not word.unspecified:
                axis = noun_axis or axis_of_value(option.meaning)
                title = f"{self.stem.title}, {option.meaning}"
                yield _Lead(_LOWEST, axis, option.meaning, option.code.text, title)

    def _choice(self, lead: _Lead, on_date: dict[str, Standing | None]) -> Choice | None:
        """The choice on the card's date; ``None`` where nothing of it is in use."""
        name, title, standing = lead.name, lead.title, on_date[lead.name]
        if standing not in (Standing.BILLABLE, Standing.HEADING):
            if (before := self._billable_above(name)) is None:
                return None
            name, title, standing = before.name, before.title, Standing.BILLABLE
        if standing is Standing.BILLABLE:
            return Choice(lead.value, Code(name), title, True, (Code(name),), self.tabular)
        names = (n for n in lead.agreeing if on_date[n] is Standing.BILLABLE and n != self.card.code.text)
        codes = tuple(map(Code, names))
        if not codes and not self.card.children:
            return None
        return Choice(lead.value, Code(name), title, False, codes, self.tabular)

    def _billable_above(self, name: str) -> Stem | None:
        """What was billable on the date before it was divided into what the release has.

        Not a heading of the code itself: that would lead back to what is left open.
        """
        above = [s for s in self.category.headings(name) if not self.stem.name.startswith(s.name)]
        on_date = self.category.standings((stem.name for stem in above), self.card.as_of)
        return next((stem for stem in above if on_date[stem.name] is Standing.BILLABLE), None)

    def _divided_below(self, is_open: set[Axis]) -> Iterator[OpenAxis]:
        """The axes in which a heading's codes differ further below."""
        below = dict(self.category.values_below(self.stem))
        meanings = [c.meaning for c in self.card.seventh_characters if not title_words(c.meaning).unspecified]
        if meanings:
            below[axis_of_value(meanings[0])] = meanings
        own = self.category.values(self.stem)
        for axis, values in below.items():
            if axis in _DIVIDING and axis not in own and axis not in is_open and len(values) > 1:
                yield self._open(axis, values, ())

    def _settled(self) -> Iterator[tuple[int, Axis, str]]:
        """What the path's titles and the 7th character say, and those beside them say differently."""
        for level, (above, node) in enumerate(pairwise(self.category.path(self.stem))):
            for axis, value in self.category.distinguished(above, node).items():
                yield level, axis, value
        if self.seventh and not title_words(self.seventh.meaning).unspecified:
            yield _LOWEST, axis_of_value(self.seventh.meaning), self.seventh.meaning
