"""The tree of one category: its titles, and what each of them settles that another leaves open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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
from core.code import CATEGORY_LENGTH


class Stem:
    """A title of the Tabular List; the codes that a 7th-character table makes of it are not stems."""

    __slots__ = ("name", "title", "words")

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.title = title
        self.words: TitleWords = title_words(title)


@dataclass(frozen=True, slots=True)
class Complete:
    """A 7-character code of a stem."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Refinement:
    """A title that settles what a level leaves open. ``divides_other``: "Other …" says it of its codes."""

    axis: Axis
    value: str
    stem: Stem
    divides_other: bool = False


class Category:
    """The stems of one category as a tree. What was found out about them is kept."""

    def __init__(self, printed: Mapping[str, str], completed: Mapping[str, Mapping[str, str]]) -> None:
        """``printed`` has the titles of stems by name, ``completed`` the 7-character codes of each stem."""
        self.stems = {name: Stem(name, title) for name, title in sorted(printed.items())}
        self._below: dict[str, list[Stem]] = {}
        above: list[str] = []  # of the stem before, which is itself the last
        for stem_name, stem in self.stems.items():
            while above and not stem_name.startswith(above[-1]):
                above.pop()
            if above:
                self._below.setdefault(above[-1], []).append(stem)
            above.append(stem_name)
        self._refinements: dict[tuple[str, str, int], tuple[Refinement, ...]] = {}
        self._complete = {name: self._completed(name, codes) for name, codes in completed.items()}
        self._values: dict[str, dict[Axis, str]] = {}
        self._distinguished: dict[str, dict[Axis, str]] = {}
        self._values_below: dict[str, dict[Axis, list[str]]] = {}

    def _completed(self, stem: str, codes: Mapping[str, str]) -> tuple[Complete, ...]:
        start = len(self.stems[stem].title) + len(", ")
        return tuple(Complete(name, title[start:]) for name, title in sorted(codes.items()))

    def headings(self, name: str) -> list[Stem]:
        """The stems above a code, the nearest first."""
        beginnings = (name[:n] for n in range(len(name) - 1, CATEGORY_LENGTH - 1, -1))
        return [self.stems[n] for n in beginnings if n in self.stems]

    def children(self, stem: Stem) -> Sequence[Stem]:
        """The stems one level below."""
        return self._below.get(stem.name, ())

    def path(self, stem: Stem) -> list[Stem]:
        """The stems from the category down to a stem, which is the last."""
        return [*reversed(self.headings(stem.name)), stem]

    def is_heading(self, stem: Stem) -> bool:
        """Whether the release has codes below a stem."""
        return bool(self.children(stem) or self.complete(stem))

    def leaves(self, stem: Stem) -> Iterator[Stem]:
        below = self.children(stem)
        if not below:
            yield stem
        for child in below:
            yield from self.leaves(child)

    def narrowest(self, stem: Stem) -> Stem:
        """The stem itself, or what stands alone below it: M53.2 has nothing but M53.2X."""
        while len(below := self.children(stem)) == 1:
            [stem] = below
        return stem

    def common_heading(self, stems: list[Stem]) -> Stem:
        """The nearest heading of several stems."""
        [first, *others] = stems
        above = self.headings(first.name)
        return next(h for h in above if all(other.name.startswith(h.name) for other in others))

    def values(self, stem: Stem) -> dict[Axis, str]:
        if stem.name not in self._values:
            self._values[stem.name] = values_in(stem.title)
        return self._values[stem.name]

    def values_below(self, stem: Stem) -> dict[Axis, list[str]]:
        """The values that the leaves below a stem have, by axis, each once."""
        if stem.name not in self._values_below:
            found: dict[Axis, dict[str, None]] = {}
            for leaf in self.leaves(stem):
                for axis, value in self.values(leaf).items():
                    found.setdefault(axis, {})[value.lower()] = None
            self._values_below[stem.name] = {axis: list(values) for axis, values in found.items()}
        return self._values_below[stem.name]

    def distinguished(self, above: Stem, node: Stem) -> dict[Axis, str]:
        """The values that a title has and those beside it, below ``above``, have differently."""
        if node.name not in self._distinguished:
            said = self.values(above)
            new = {
                axis: value
                for axis, value in self.values(node).items()
                if said.get(axis) != value and "unspecified" not in value
            }
            beside = [self.values(s) for s in self.children(above) if s is not node] if new else ()
            self._distinguished[node.name] = {
                axis: value
                for axis, value in new.items()
                if any(other.get(axis, value) != value for other in beside)
            }
        return self._distinguished[node.name]

    def complete(self, stem: Stem) -> tuple[Complete, ...]:
        """The 7-character codes that a table makes of a stem."""
        return self._complete.get(stem.name, ())

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
            for stem in self.children(parent)
            if stem is not node and may_stand_for(stem.words, node.words, parent.words)
        ]
        others = [s for s in beside if s.words.others > allowed]
        named = [s for s in beside if s not in others and refines(s.words, node.words)]
        axis = node.words.noun_axis(above=parent.words)
        yield from _valued(named, node, axis)
        for other in others:
            yield from _valued(self._named_below(other, node), node, axis)
            if not refines(other.words, node.words):
                yield from self._divide(other, self.children(self.narrowest(other)))

    def _named_below(self, other: Stem, node: Stem) -> list[Stem]:
        """What has a name below "Other …": the limbs below "other parts of limb"."""
        named: list[Stem] = []
        for stem in self.children(self.narrowest(other)):
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


def _valued(stems: list[Stem], beside: Stem, noun_axis: Axis | None) -> list[Refinement]:
    values = [differing_part(stem.title, beside.title) for stem in stems]
    return [Refinement(*found) for found in zip(axes_of(values, noun_axis), values, stems, strict=True)]
