"""The value type ``Code``: the text of an ICD-10-CM code in its official, dotted form.

The shape follows the Official Guidelines, I.A.2: a category has three characters, a letter or a
digit each after the first letter; subcategories and codes have up to seven; the dot stands after
the third.
"""

import re
from dataclasses import dataclass
from typing import Self

from core.errors import IcdlensError

#: I.A.2, with either form of writing. The second character may be a letter (QA0.0101), the third too
#: (C4A, Z3A), and a letter may follow the dot (F32.A). ``[0-9]``, not ``\\d``: other scripts' digits
#: are not in the set.
_SHAPE = re.compile(r"([A-Za-z][0-9A-Za-z]{2})(?:\.?([0-9A-Za-z]{1,4}))?")

_OFFICIAL = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")

#: M54.-, M54.*, M54.x, M54-, M53*: what stands before is meant with everything below it.
_WILDCARD = re.compile(r"(.*?)(?:\.[xX]|\.?[-*])")

#: Characters of the longest codes, without the dot (I.A.2).
LONGEST = 7

#: Characters of a category (I.A.2).
CATEGORY_LENGTH = 3

_SHOWN = 24  # characters of a wrong text that an error message repeats


class InvalidCode(IcdlensError, ValueError):
    """The text is not shaped like an ICD-10-CM code. The message names the text and the first broken rule."""


@dataclass(frozen=True, order=True, slots=True)
class Code:
    """An ICD-10-CM code in its official dotted form, such as ``M53.9`` or ``S72.001A``.

    Being shaped like a code promises nothing about being in a release: ask a ``Catalog`` that.
    Codes order by their characters, digits before letters; the Tabular List's own order
    (C43, C4A, C44) is a release's, so ask the ``Catalog`` for that too.
    """

    text: str

    def __post_init__(self) -> None:
        if not _OFFICIAL.fullmatch(self.text):
            _normalise(self.text)  # says what is wrong with it, unless only its form is
            raise InvalidCode(f"{shown(self.text)} is not in official form, such as M53.9.")

    def __hash__(self) -> int:
        return hash(self.text)  # half the time of a data class's own, and codes are looked up everywhere

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a code as people write it: any case, with or without the dot, blanks around it.

        A dot anywhere but after the third character is refused, never moved: E888.9 is ICD-9-CM
        and QA00.6 is ICD-11. Raises ``InvalidCode``.
        """
        return cls(_normalise(written.strip(" \t\r\n")))

    @property
    def undotted(self) -> str:
        """The form of claims and of the official code list: ``S72001A``."""
        return self.text.replace(".", "", 1)

    @property
    def is_complete(self) -> bool:
        """Whether it has all seven characters; the last is then a 7th character (I.A.5) or a digit."""
        return len(self.undotted) == LONGEST

    def __str__(self) -> str:
        return self.text


def heading_of(written: str) -> str:
    """What stands before a wildcard, as notes and people write it: ``M54`` of ``M54.-``, ``M54*``, ``M54.x``.

    Everything below it is meant. A text without a wildcard is given back.
    """
    wildcard = _WILDCARD.fullmatch(written)
    return wildcard[1] if wildcard else written


def dotted(undotted: str) -> str:
    """Put the dot into a code that is known to be well formed: ``M539`` → ``M53.9``."""
    return f"{undotted[:3]}.{undotted[3:]}" if len(undotted) > 3 else undotted


def _normalise(text: str) -> str:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise InvalidCode(f"{shown(text)} is not an ICD-10-CM code: {_first_broken_rule(text)}.")
    category, rest = match.groups()
    return f"{category}.{rest}".upper() if rest else category.upper()


def _first_broken_rule(text: str) -> str:
    """Say which rule of I.A.2 a text breaks first, reading left to right."""
    if not text:
        return "the text is empty"
    if not ("A" <= text[0].upper() <= "Z" and text[0].isascii()):
        return "a code starts with a letter from A to Z"
    if strange := re.search(r"[^0-9A-Za-z.]", text):
        return f"{shown(strange.group())} cannot stand in a code, only letters, digits and one dot can"
    if len(bare := text.replace(".", "")) < 3:
        return "a code has at least three characters"
    if "." in text and text.index(".") != 3:
        return "the dot stands after the third character"
    if text.count(".") > 1:
        return "a code has one dot"
    if len(bare) > LONGEST:
        return "a code has at most seven characters"
    return "nothing follows the dot"


def shown(text: str) -> str:
    """Quote a text for a message: control characters made visible, long texts cut."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return ascii(cut) if not cut.isprintable() else f"'{cut}'"
