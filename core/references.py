"""References: the codes that a note's text names, such as ``(M46.4-)``, ``(A00-B99, J09)``, ``L40.5-``.

A code, a heading with a dash for "any code below", or a range. Words that narrow a reference ("with
sixth character 5") are kept with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.catalog import Catalog
from core.classification import Level
from core.code import Code

_CODE = r"[A-Z](?:[0-9][0-9A-Z]|A[0-9])(?:\.[0-9A-Z]{1,4})?"
_DASH = r"(?:\.?-(?![0-9A-Za-z])|\.(?= with))?"  # ".-", "-"; also "J96. with", as FY2026 prints it
_TO = r"\.?\s*-{1,2}\s*"
#: One code, open or not, or a range of them; inside parentheses anything of that shape is a reference.
_REFERENCE = re.compile(
    rf"(?<![0-9A-Za-z.])(?P<first>{_CODE})(?:{_TO}(?P<last>{_CODE})(?P<last_open>{_DASH})"
    rf"|(?P<open>{_DASH}))(?![0-9A-Za-z])"
)
_PARENTHESES = re.compile(r"\(([^()]*)[)}]")  # FY2026 has one "(E87.8}"
_NARROWING = re.compile(r"\bwith [^()]*$")
#: Outside parentheses a code must be dotted, part of a range, or announced: "vitamin B12" names none.
_ANNOUNCED = re.compile(
    r"\b(?:categor(?:y|ies)|subcategor(?:y|ies)|codes?|in|to|from|except|and|or|see)[ ,]+"
    r"(?:[^()]{0,40}[,] )?$"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written: ``text[start:end]`` of its note.

    ``first`` and ``last`` are the codes that it names, ``last`` only in a range; ``is_open`` says that
    what lies below is meant; ``narrowed`` keeps the words that narrow it.
    """

    start: int
    end: int
    first: Code
    last: Code | None
    is_open: bool
    narrowed: str

    def covers(self, code: Code) -> bool:
        """Whether a code is named or lies below what is named. Words that narrow are not read."""
        if self.last is None:
            return code.text.startswith(self.first.text)
        ends_below = code.undotted.startswith(self.last.undotted)
        return self.first.undotted <= code.undotted and (code.undotted <= self.last.undotted or ends_below)


@lru_cache(maxsize=4096)  # a chapter's notes are read for each of its cards
def find_references(text: str) -> tuple[Reference, ...]:
    """The references in a note's text, from left to right."""
    inside = [match.span(1) for match in _PARENTHESES.finditer(text)]
    return tuple(_references(text, inside))


def resolves(catalog: Catalog, reference: Reference) -> bool:
    """Whether the release has what a reference names: the code, both ends of a range, or the block."""
    if reference.last is None:
        return catalog.entry(reference.first) is not None
    block = f"{reference.first}-{reference.last}"
    if catalog.group(Level.BLOCK, block):
        return True
    return all(catalog.entry(end) for end in (reference.first, reference.last))


def _references(text: str, inside: list[tuple[int, int]]) -> Iterator[Reference]:
    for match in _REFERENCE.finditer(text):
        span = next((s for s in inside if s[0] <= match.start() < s[1]), None)
        last = match["last"]
        is_open = bool(match["open"] or match["last_open"])
        is_plain = not (last or is_open or "." in match["first"])
        if span is None and is_plain and not _ANNOUNCED.search(text[: match.start()]):
            continue
        narrowed = _narrowing(text[match.end() : span[1]]) if span else ""
        yield Reference(
            match.start(), match.end(), Code(match["first"]), Code(last) if last else None, is_open, narrowed
        )


def _narrowing(rest: str) -> str:
    """``with sixth character 5``: what follows the last code of a parenthesis narrows all before it."""
    match = _NARROWING.search(rest)
    return match.group().strip() if match else ""
