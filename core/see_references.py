"""What *see* leads to in the Alphabetic Index: ``Pain, abdominal`` is a path of terms, written as text.

The words of a reference often differ from the printed path. Only differences that leave no choice are
followed; a wrong code would be worse than none. What is tolerated: case, blanks, words in parentheses,
*by site* and the like at the end, NEC at the end of a term, the plural that the Index prints as ``(s)``,
and one of several forms of a word ("Degeneration, degenerative"). A reference to "Fracture" is looked for
under every main term whose first word it is ("Fracture, pathological", "Fracture, traumatic").
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

_PARENTHESES = re.compile(r"\([^()]*\)")
#: "by site", "by type of exam"; but "by type with intoxication" says more than its main term.
_BY = re.compile(r"by (?!.*\b(?:with|complicated)\b)[a-z ]+")
_STEM = 4  # letters that the forms of one word share


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """What of a line of the Index matters here. ``plural``: the Index prints an ``(s)`` after the term."""

    number: int
    parent: int | None
    term: str
    plural: bool
    code: str | None
    see: str | None


class Unresolved(Enum):
    """Why a *see* leads to no code."""

    NO_LINE = auto()  # the Index has no such path: the tables of neoplasms and of drugs, other wording
    NO_CODE = auto()  # the line has no code ("see condition"), or refers back in a circle
    SEVERAL = auto()  # several lines fit, and their codes differ


def resolve_see(lines: Iterable[IndexTarget]) -> dict[int, int | Unresolved]:
    """For each line with *see* and no code the line with a code that it leads to, or why it leads to none.

    *See* is followed through several lines, never in a circle. Where several lines fit, those under the
    reference's own main term are meant; if they still have different codes, none is.
    """
    references = References({line.number: line for line in lines})
    return {n: references.lead(n) for n, line in references.lines.items() if line.see and not line.code}


class References:
    """The lines of one Index by their paths."""

    def __init__(self, lines: Mapping[int, IndexTarget]) -> None:
        self.lines = lines
        self._below: dict[tuple[int | None, str], list[int]] = defaultdict(list)
        self._starting: dict[str, list[int]] = defaultdict(list)
        self._main: dict[int, int] = {}
        for line in lines.values():
            term = _normal(line.term)
            for name in _names(term, line.plural):
                self._below[line.parent, name].append(line.number)
            if line.parent is None and "," in term:
                self._starting[term.split(",")[0]].append(line.number)
            self._main[line.number] = line.number if line.parent is None else self._main[line.parent]

    def lead(self, number: int, passed: frozenset[int] = frozenset()) -> int | Unresolved:
        line = self.lines[number]
        if line.code:
            return number
        if not line.see or number in passed:
            return Unresolved.NO_CODE
        found = self.targets(line.see)
        if not found:
            return Unresolved.NO_LINE
        here = [target for target in found if self._main[target] == self._main[number]]
        led = self._one_code(here, passed | {number})
        return led if isinstance(led, int) else self._one_code(found, passed | {number})

    def _one_code(self, targets: Sequence[int], passed: frozenset[int]) -> int | Unresolved:
        led = [self.lead(target, passed) for target in targets]
        codes = {self.lines[target].code: target for target in reversed(led) if isinstance(target, int)}
        if len(codes) > 1:
            return Unresolved.SEVERAL
        # Without a code the first line's reason is as good as any.
        return next(iter(codes.values())) if codes else next(iter(led), Unresolved.NO_LINE)

    def targets(self, see: str) -> list[int]:
        """The lines that a reference names, whether or not they have a code."""
        terms = [term for term in map(_normal, see.split(",")) if term]
        while terms and _BY.fullmatch(terms[-1]):
            terms.pop()
        if not terms:
            return []
        found = list(self._at(terms, None))
        if not found and len(terms) > 1:
            found = [
                target for main in self._starting.get(terms[0], ()) for target in self._at(terms[1:], main)
            ]
        return found

    def _at(self, terms: Sequence[str], under: int | None) -> Iterator[int]:
        """The lines at a path; a printed term may itself have commas, so several words may be one term."""
        for count in range(len(terms), 0, -1):
            for number in self._below.get((under, ", ".join(terms[:count])), ()):
                if count == len(terms):
                    yield number
                else:
                    yield from self._at(terms[count:], number)


def _normal(text: str) -> str:
    while (without := _PARENTHESES.sub(" ", text)) != text:
        text = without
    return " ".join(text.casefold().split()).strip(" ,.;:")


def _names(term: str, plural: bool) -> list[str]:
    """What a reference may call a term."""
    names = [term, term.removesuffix(" nec")]
    forms = term.split(", ")
    if all(form.startswith(forms[0][:_STEM]) for form in forms):
        names += forms
    if plural:
        names += [f"{name}s" for name in names]
    return list(dict.fromkeys(names))
