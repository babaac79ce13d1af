"""The tree of one category: its titles, and what each of them settles that another leaves open."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.axes import (
    Axis,
    TitleWords,
    axes_of,
    differing_part,
    may_stand_for,
    refines,
    title_words,
    values_in,
)
from core.leads import Settled


class Complete(NamedTuple):
    """A 7-character code of a stem."""

    name: str
    meaning: str


class Stem:
    """A title of the Tabular List; the codes that a 7th-character table makes of it are not stems."""

    __slots__ = ("children", "complete", "leaves", "name", "path", "title", "values", "words")

    def __init__(self, name: str, title: str, above: tuple["Stem", ...]) -> None:
        self.name = name
        self.title = title
        self.words: TitleWords = title_words(title)
        #: What the title says, by axis.
        self.values: dict[Axis, str] = values_in(title)
        #: The stems from the category down to this one, which is the last.
        self.path: tuple[Stem, ...] = (*above, self)
        #: The stems one level below.
        self.children: list[Stem] = []
        #: The lowest stems below, or itself.
        self.leaves: list[Stem] = []
        #: The 7-character codes that a table makes of it.
        self.complete: tuple[Complete, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether the release has codes below."""
        return bool(self.children or self.complete)

    @property
    def headings(self) -> tuple["Stem", ...]:
        """The stems above, the nearest first."""
        return self.path[-2::-1]

    @property
    def narrowest(self) -> "Stem":
        """The stem itself, or what stands alone below it: M53.2 has nothing but M53.2X."""
        stem = self
        while len(stem.children) == 1:
            [stem] = stem.children
        return stem


class Refinement(NamedTuple):
    """A title that settles what a level leaves open. ``divides_other``: "Other …" says it of its codes."""

    axis: Axis
    value: str
    stem: Stem
    divides_other: bool = False


class Category:
    """The stems of one category as a tree. What was found out about them is kept."""

    def __init__(self, printed: Mapping[str, str], completed: Mapping[str, Mapping[str, str]]) -> None:
        """``printed`` has the titles of stems by name, ``completed`` the 7-character codes of each stem."""
        self.stems: dict[str, Stem] = {}
        above: tuple[Stem, ...] = ()  # the path of the stem before
        for name, title in sorted(printed.items()):
            while above and not name.startswith(above[-1].name):
                above = above[:-1]
            stem = self.stems[name] = Stem(name, title, above)
            if above:
                above[-1].children.append(stem)
            above = stem.path
        for stem in reversed(self.stems.values()):
            stem.leaves = [leaf for child in stem.children for leaf in child.leaves] or [stem]
        for name, codes in completed.items():
            start = len(self.stems[name].title) + len(", ")
            self.stems[name].complete = tuple(Complete(n, t[start:]) for n, t in sorted(codes.items()))
        self._refinements: dict[tuple[str, str, int], tuple[Refinement, ...]] = {}
        self._settled: dict[str, tuple[Settled, ...]] = {}
        self._values_below: dict[str, dict[Axis, dict[str, None]]] = {}

    def common_heading(self, stems: list[Stem]) -> Stem:
        """The nearest heading of several stems."""
        [first, *others] = stems
        return next(h for h in first.headings if all(other.name.startswith(h.name) for other in others))

    def values_below(self, stem: Stem) -> Mapping[Axis, Collection[str]]:
        """The values that the leaves below a stem have, by axis, each once."""
        return self._collected(stem)

    def _collected(self, stem: Stem) -> dict[Axis, dict[str, None]]:
        if (found := self._values_below.get(stem.name)) is None:
            if stem.children:
                found = {}
                for child in stem.children:
                    for axis, values in self._collected(child).items():
                        found.setdefault(axis, {}).update(values)
            else:
                found = {axis: {value.lower(): None} for axis, value in stem.values.items()}
            self._values_below[stem.name] = found
        return found

    def settled(self, stem: Stem) -> tuple[Settled, ...]:
        """What the titles of a path say, and those beside them say differently."""
        if (found := self._settled.get(stem.name)) is None:
            *_, above, _ = (None, *stem.path)
            found = () if above is None else (*self.settled(above), *_distinguished(above, stem))
            self._settled[stem.name] = found
        return found

    def refinements(self, parent: Stem, node: Stem, others: int) -> tuple[Refinement, ...]:
        """The titles below ``parent`` that settle what ``node`` leaves open, each with its value.

        ``node`` is one of them, or ``parent`` itself. "Other …" settles nothing but for a code that says
        so itself, ``others`` times; what is named below it does.
        """
        key = parent.name, node.name, others
        if key not in self._refinements:
            self._refinements[key] = tuple(self._refine(parent, node, others))
        return self._refinements[key]

    def _refine(self, parent: Stem, node: Stem, allowed: int) -> Iterator[Refinement]:
        beside = [
            stem
            for stem in parent.children
            if stem is not node and may_stand_for(stem.words, node.words, parent.words)
        ]
        others = [s for s in beside if s.words.others > allowed]
        named = [s for s in beside if s not in others and refines(s.words, node.words)]
        axis = node.words.noun_axis(above=parent.words)
        yield from _valued(named, node, axis)
        for other in others:
            yield from _valued(self._named_below(other, node), node, axis)
            if not refines(other.words, node.words):
                yield from self._divide(other, other.narrowest.children)

    def _named_below(self, other: Stem, node: Stem) -> list[Stem]:
        """What has a name below "Other …": the limbs below "other parts of limb"."""
        named: list[Stem] = []
        for stem in other.narrowest.children:
            if not stem.words.residual:
                named += [stem] if refines(stem.words, node.words) else []
            elif stem.words.core <= other.words.core:  # it says "other" once more, and nothing else
                named += self._named_below(stem, node)
        return named

    def _divide(self, other: Stem, below: Sequence[Stem]) -> Iterator[Refinement]:
        """The axis by which the codes below "Other …" differ: M53.8 is divided by the region."""
        alike = [s for s in below if s.words.residual and refines(s.words, other.words)]
        nouns = (s.words.noun_axis() for s in below if not refines(s.words, other.words))
        for r in _valued(alike, other, next(filter(None, nouns), None)):
            if r.axis is not Axis.TYPE:
                yield Refinement(r.axis, r.value, r.stem, divides_other=True)


def _distinguished(above: Stem, node: Stem) -> Iterator[Settled]:
    """The values that a title has and those beside it, below ``above``, have differently."""
    for axis, value in node.values.items():
        if above.values.get(axis) != value and "unspecified" not in value:
            beside = (s.values for s in above.children if s is not node)
            if any(other.get(axis, value) != value for other in beside):
                yield Settled(len(above.path) - 1, axis, value)


def _valued(stems: list[Stem], beside: Stem, noun_axis: Axis | None) -> list[Refinement]:
    if not stems:
        return []
    values = [differing_part(stem.title, beside.title) for stem in stems]
    return [Refinement(*found) for found in zip(axes_of(values, noun_axis), values, stems, strict=True)]
