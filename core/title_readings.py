"""What each title leaves open, what it settles and where that leads, whatever the date.

Nothing medical is known here. The Tabular List's tree says which titles stand beside each other, and
their words say what they differ in. A code leaves something open where a level of its path adds
nothing to the heading above but "unspecified", while titles beside it add something.

Reading a title takes a tenth of a millisecond and more, so the titles of a release are read once, when
it is compiled; ``core.documentation`` follows what was found on a date.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from core.axes import Axis, axis_of_value, title_words, words_of_value
from core.category_tree import Category, Complete, Refinement, Stem
from core.classification import Entry, Level
from core.code import CATEGORY_LENGTH
from core.leads import DIVIDING, LOWEST, Lead, Settled, TitleReading


def read_titles(entries: Iterable[Entry]) -> Iterator[tuple[int, TitleReading]]:
    """Read the titles of a whole classification, in the Tabular List's order: entry numbers, readings.

    Entries of which nothing is found are left out.
    """
    codes = (e for e in entries if e.level not in (Level.CHAPTER, Level.BLOCK))
    for _, listed in groupby(codes, lambda entry: entry.name[:CATEGORY_LENGTH]):
        yield from _read_category(list(listed))


def _read_category(entries: list[Entry]) -> Iterator[tuple[int, TitleReading]]:
    printed = {e.number: e for e in entries if e.printed}
    completed: dict[str, dict[str, str]] = {}
    for entry in entries:
        if not entry.printed and entry.parent is not None:
            completed.setdefault(printed[entry.parent].name, {})[entry.name] = entry.title
    category = Category({e.name: e.title for e in printed.values()}, completed)
    finder = None
    for entry in entries:
        above = None if entry.printed or entry.parent is None else printed[entry.parent]
        stem = category.stems[above.name if above else entry.name]
        if finder is None or finder.stem is not stem:
            finder = _Finder(category, stem)
        own = next(c for c in stem.complete if c.name == entry.name) if above else None
        reading = finder.reading(own)
        if reading.leads or reading.settled or reading.divided:
            yield entry.number, reading


@lru_cache(maxsize=256)
def _settled_by(meaning: str) -> tuple[Settled, ...]:
    """What the meaning of a 7th character settles."""
    is_open = title_words(meaning).unspecified
    return () if is_open else (Settled(LOWEST, axis_of_value(meaning), meaning),)


class _Finder:
    """Finds what settles what a stem, with or without a 7th character, leaves open."""

    def __init__(self, category: Category, stem: Stem) -> None:
        self.category = category
        self.stem = stem
        self.places = list(self._places()) if stem.words.unspecified else []
        self.settled = category.settled(stem)

    def reading(self, own: Complete | None) -> TitleReading:
        """What is found about the stem, or about its code with a 7th character."""
        settled = self.settled + _settled_by(own.meaning) if own else self.settled
        is_heading = self.stem.is_heading and not own
        return TitleReading(
            tuple(self._leads(own, is_heading)), settled, self._divided() if is_heading else None
        )

    def _leads(self, own: Complete | None, is_heading: bool) -> Sequence[Lead]:
        found = [
            (lead, refinement)
            for level, refinement, best in self.places
            if (lead := self._lead(level, refinement, best, own, is_heading))
        ]
        if is_heading and self.stem.children:
            heading = self.stem.narrowest
            level = len(self.stem.path)
            for r in self.category.refinements(heading, heading, 0):
                found.append((Lead(level, r.axis, r.value, r.stem.narrowest.name), r))
        return self._without_want(found, is_heading)

    def _without_want(self, found: list[tuple[Lead, Refinement]], is_heading: bool) -> list[Lead]:
        divides = {(lead.axis, lead.value) for lead, refinement in found if refinement.divides_other}
        if not divides:
            return [lead for lead, _ in found]
        # The code's own path says where an axis leads; "Other …" says it only for want of that.
        own = {lead.axis for lead, refinement in found if not refinement.divides_other}
        own.update(self.stem.values)
        # Where one value alone agrees with the code, the code has it.
        several = {axis for axis, n in Counter(axis for axis, _ in divides).items() if n > 1}
        for_want = set() if is_heading else several - own
        return [lead for lead, r in found if not r.divides_other or lead.axis in for_want]

    def _places(self) -> Iterator[tuple[int, Refinement, list[Stem]]]:
        """The refinements of what the path leaves open, each with the stems that the code would be at."""
        own = self.stem.words
        for level, (above, node) in enumerate(pairwise(self.stem.path)):
            if self._leaves_open(above, node):
                # "Dislocation" below "Subluxation and dislocation" is no subluxation.
                named, left_out = node.words.chosen_by(own)
                others = max(node.words.others, own.others)
                for refinement in self.category.refinements(above, node, others):
                    yield level, refinement, self._stood_for(node, refinement.stem, named, left_out)

    def _leaves_open(self, above: Stem, node: Stem) -> bool:
        """Whether the code still is what a level of its path calls unspecified.

        "Other fracture of unspecified femur" is specified, but for the femur.
        """
        if not (self.stem.words.unspecified and node.words.unspecified):
            return False
        return node.words.left_open > above.words.left_open or not node.words.residual

    def _stood_for(
        self, node: Stem, beside: Stem, named: frozenset[str], left_out: frozenset[str]
    ) -> list[Stem]:
        """Where the code would be if the stem ``beside`` stood for ``node`` in its path."""
        needed = self._needed(node, beside)
        residual = self.stem.words.residual
        agreeing = [
            leaf
            for leaf in beside.leaves
            if needed <= leaf.words.core
            and not (left_out and self._is_of_another(leaf, named, left_out))
            and (leaf.words.residual or not residual)
        ]
        return self._exact(agreeing, beside) or agreeing

    def _lead(
        self, level: int, to: Refinement, best: list[Stem], own: Complete | None, is_heading: bool
    ) -> Lead | None:
        """Where a refinement leads; ``None`` where the set has no such code with the 7th character."""
        codes = [code for leaf in best if (code := self._completed(leaf, own, is_heading))]
        if not codes:
            return None
        name, names = codes[0]
        if len(best) > 1:
            name, names = self.category.common_heading(best).name, tuple(n for _, ns in codes for n in ns)
        return Lead(level, to.axis, to.value, name, names)

    def _is_of_another(self, leaf: Stem, named: frozenset[str], left_out: frozenset[str]) -> bool:
        """Whether a stem, or a heading that the code is not below, is about what its title leaves out."""
        above = (h for h in leaf.headings if not self.stem.name.startswith(h.name))
        return bool(left_out & leaf.words.core) or any(
            left_out & heading.words.core and not named & heading.words.core for heading in above
        )

    def _needed(self, node: Stem, beside: Stem) -> frozenset[str]:
        """The words of the code that its place below another stem must have.

        An axis that the codes there do not have is not asked for: exercise induced bronchospasm is
        not divided by complications.
        """
        needed = self.stem.words.core - node.words.core - node.words.slots
        for axis, value in self.stem.values.items() if needed else ():
            if axis not in node.values and axis not in self.category.values_below(beside):
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

    def _completed(
        self, leaf: Stem, own: Complete | None, is_heading: bool
    ) -> tuple[str, tuple[str, ...]] | None:
        """A stem with the code's 7th character, and the codes that it stands for.

        ``None`` where the set does not have the character there.
        """
        complete = leaf.complete
        if not complete:
            return leaf.name, (leaf.name,)
        if is_heading:
            return leaf.name, ()
        if own is None:
            code = next((c for c in complete if title_words(c.meaning).unspecified), None)
            return (code.name, (code.name,)) if code else (leaf.name, tuple(c.name for c in complete))
        for code in complete:
            if code.meaning == own.meaning:
                return code.name, (code.name,)
        # "Initial encounter for closed fracture" is "initial encounter" where there are no fractures.
        first = own.meaning.split()[0]
        alike = (c for c in complete if c.name[-1] == own.name[-1] and c.meaning.split()[0] == first)
        return next(((c.name, (c.name,)) for c in alike), None)

    def _divided(self) -> dict[Axis, tuple[str, ...]] | None:
        """The values by which a heading's codes differ further below."""
        below = self.category.values_below(self.stem)
        return {a: tuple(vs) for a, vs in below.items() if a in DIVIDING and len(vs) > 1} or None
