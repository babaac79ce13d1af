"""Mentions: the codes that are written in a line of text.

Shape proves nothing: 73 % of all letter-and-two-digits texts are in the set, and so are C4A and QA0. So the
grammar is wide, and existence in any year decides. That favours recall, which is right where somebody asks.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.code import Code

#: Says which of some codes exist in any year: ``Catalog.known_among``.
Known = Callable[[set[Code]], set[Code]]

# A neighbour that makes a code a part of a longer word: a letter or digit of any script, or an underscore
# that joins one (icd_M53); underscores alone are emphasis, as in _M53.9_.
_BEFORE = r"(?<![^\W_])(?<![^\W_]_)"
_AFTER = r"(?!_?[^\W_])"
# The Official Guidelines, I.A.2, in either form of writing; see core.code. A dot elsewhere is never stripped:
# E888.9 is ICD-9-CM, QA00.6 is ICD-11. So a code without its dot touches no other dotted part, and one with
# its dot is followed by none of digits (an OID, a version), while "pain.M54.5" and "M54.5.Next" lack blanks.
_DOTTED = rf"{_BEFORE}[A-Za-z][0-9A-Za-z]{{2}}\.[0-9A-Za-z]{{1,4}}{_AFTER}(?!\.[0-9])"
_BARE = rf"{_BEFORE}(?<!\w\.)[A-Za-z][0-9A-Za-z]{{2,6}}{_AFTER}(?!\.\w)"
_WRITTEN = re.compile(f"{_DOTTED}|{_BARE}")

_REACH = 16  # characters on either side of a place that its code and the neighbours can take


@dataclass(frozen=True, slots=True)
class Mention:
    """A code in a line: ``line[start:end] == written``, in code points, and the code it stands for."""

    start: int
    end: int
    written: str
    code: Code


def find_mentions(line: str, known: Known) -> tuple[Mention, ...]:
    """The mentions of existing codes in a line, from left to right; they do not overlap."""
    return _existing(tuple(_candidates(line, 0, len(line))), known)


def mention_at(line: str, index: int, known: Known) -> Mention | None:
    """The mention that holds the character at ``index``, else the one that ends there, or ``None``.

    Looks at the neighbourhood only, so a line of any length costs the same.
    """
    near = _candidates(line, max(0, index - _REACH), min(len(line), index + _REACH))
    found = _existing(tuple(m for m in near if m.start <= index <= m.end), known)
    return found[-1] if found else None


def _candidates(line: str, start: int, end: int) -> Iterator[Mention]:
    for match in _WRITTEN.finditer(line, start, end):
        yield Mention(match.start(), match.end(), match.group(), Code.parse(match.group()))


def _existing(candidates: tuple[Mention, ...], known: Known) -> tuple[Mention, ...]:
    codes = known({mention.code for mention in candidates}) if candidates else set()
    return tuple(mention for mention in candidates if mention.code in codes)
