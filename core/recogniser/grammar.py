"""The grammar: tokens of a text that are written like codes. It is wide, for shape proves nothing.

73 % of all letter-and-two-digits texts are in the set, and so are C4A and QA0. What a token is, its
existence in the set and its surroundings decide; here only its characters are looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from core.code import LONGEST, Code

# A neighbour that makes a code a part of a longer word: a letter or digit, or an underscore that joins one
# (icd_M53); underscores alone are emphasis, as in _M53.9_. Thai, Lao, Burmese, Khmer, Chinese, Japanese and
# Korean set a code directly beside their words.
_IN_WORD = (
    r"[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
# In text that JSON or a program quotes, \n is a line end and no word: "HTN\nI10".
_ESCAPED = r"\\[nrt]"
_BEFORE = rf"(?:(?<!{_IN_WORD})(?<!{_IN_WORD}_)|(?<={_ESCAPED}))"
_AFTER = rf"(?!_?{_IN_WORD})"
# The Official Guidelines, I.A.2, in either form of writing; see core.code. A dot elsewhere is never stripped:
# E888.9 is ICD-9-CM, QA00.6 is ICD-11. So a code without its dot touches no other dotted part, and one with
# its dot is followed by none of digits (an OID, a version), while "pain.M54.5" and "M54.5.Next" lack blanks.
# Signs that look like the dot count as one: U+2024, one dot leader, and U+FF0E, the wide full stop.
_DOTTED = rf"[A-Za-z][0-9A-Za-z]{{2}}[.\u2024\uff0e][0-9A-Za-z]{{1,4}}{_AFTER}(?!\.[0-9])"
_UNDOTTED = rf"(?<!\w\.)[A-Za-z][0-9A-Za-z]{{2,6}}{_AFTER}(?!\.\w)"
_SINGLE = re.compile(rf"{_BEFORE}(?:{_DOTTED}|{_UNDOTTED})")
# Every code has a digit second or third. Looking for that digit is the fast way through prose, of which
# letters are the most: the rest of the grammar is tried at such places only. The last lines find mistyped
# codes: those that begin with a letter and a dot or a blank, M.54.50, M 54.50; and those whose digits before
# the dot are all misread, Ell.9, ZOO.00.
_FREE = rf"(?:(?<!{_IN_WORD})|(?<={_ESCAPED}))"
_PLACE = re.compile(
    rf"[0-9](?:(?<=[A-Za-z].)(?:(?<={_FREE}[A-Za-z].)|(?<={_FREE}[A-Za-z][A-Za-z].))"
    rf"|(?<=[A-Za-z][. ].)(?:(?<=(?<!{_IN_WORD})[A-Za-z][. ].)(?=[0-9A-Za-z] ?\. ?[0-9A-Za-z])"
    rf"|(?<={_FREE}[A-Za-z][lIOoSZB][lIOoSZB]\..)))"
)
# Where the token of a place may start, seen from its digit.
_STARTS = (-1, -2)
_STARTS_BEFORE_A_DOT = (-2, -4)
# What can follow the first code of a range, or a heading that stands for all below it.
_TO = re.compile(r"-|[–—]| [-–—] ")
_WILDCARD = re.compile(r"(?:\.?-|\.?\*)(?![\w*>–—-])")
# An X is a wildcard in small letters, or behind the dot: S72.001X is none, but lacks its 7th character.
_X_WILDCARD = re.compile(r"x+\Z|(?<=\.)X+\Z")
# The holes of a template: S72.0__, S72.00?A.
_HOLES = re.compile(r"_+(?![0-9A-Za-z])|\?+[0-9A-Za-z](?![0-9A-Za-z])")
# A dot in a place where ICD-10-CM has none: E888.9, QA00.6, M545.0, M5.450, M54.5.0.
_OTHER_DOT = re.compile(
    rf"{_BEFORE}(?<!\w\.)(?:[A-Za-z][0-9A-Za-z]{{3,5}}\.[0-9A-Za-z]{{1,3}}|[A-Za-z][0-9]\.[0-9]{{2,4}}"
    rf"|[A-Za-z][0-9][0-9A-Za-z]\.[0-9A-Za-z]{{1,3}}\.[0-9][0-9A-Za-z]{{0,2}}){_AFTER}(?!\.[0-9])"
)
# Mistyped: M54 .50, M54. 50, M54..50, M54,50, M54-50, M54:50; and M.54.50, M 54.50, M.5450.
_SPLIT = re.compile(
    rf"{_BEFORE}(?<!\w\.)([A-Za-z][0-9A-Za-z]{{2}})(?: ?\.\.? ?|[,·:-])([0-9][0-9A-Za-z]{{0,3}})"
    rf"{_AFTER}(?![.:-]?[0-9])"
)
_SPLIT_LETTER = re.compile(
    rf"{_BEFORE}(?<!\w\.)([A-Za-z])[. ]([0-9][0-9A-Za-z]) ?\. ?([0-9A-Za-z]{{1,4}}){_AFTER}(?!\.[0-9])"
)
# A placeholder too many: S72.001XA.
_LONG = re.compile(
    rf"{_BEFORE}([A-Za-z][0-9A-Za-z]{{2}}\.[0-9A-Za-z]{{1,4}}?)[xX]{{1,3}}([0-9A-Za-z]){_AFTER}(?!\.[0-9])"
)
# Something else too many: S72.001AA, S72001AX.
_TOO_LONG = re.compile(
    rf"{_BEFORE}(?<!\w\.)([A-Za-z][0-9][0-9A-Za-z])(\.?)([0-9A-Za-z]{{4}})[0-9A-Za-z]{{1,2}}{_AFTER}(?!\.[0-9A-Za-z])"
)


_DOTS = ".\u2024\uff0e"
_AS_DOTS = str.maketrans(dict.fromkeys(_DOTS, "."))


class Form(Enum):
    """How a token is written."""

    SINGLE = auto()
    RANGE = auto()
    WILDCARD = auto()
    #: With a dot, or a blank, where no code of ICD-10-CM has one.
    OTHER_DOT = auto()
    SPLIT = auto()
    LONG = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token: ``text[start:end] == written``. ``code`` is what its characters stand for, existing or not."""

    start: int
    end: int
    written: str
    form: Form
    code: Code
    last: Code | None = None

    @property
    def is_dotted(self) -> bool:
        return (len(self.written) > 3 and self.written[3] in _DOTS) or "." in self.written

    @property
    def is_lower_case(self) -> bool:
        return self.written != self.written.upper()


def readings(text: str, start: int, end: int) -> Iterator[tuple[Token, ...]]:
    """The tokens of a part of a text, from left to right, each with all its readings, the widest first.

    Readings of one token begin together; those of the next begin behind the token's narrowest reading.
    """
    done = start
    for match in _PLACE.finditer(text, start, end):
        digit = match.start()
        if digit < done:
            continue
        for first in _STARTS_BEFORE_A_DOT if text[digit - 1 : digit] == "." else _STARTS:
            first += digit
            if first >= start and (found := tuple(_read(text, first))):
                yield found
                done = found[-1].end
                break


def token_at(text: str, index: int) -> Token | None:
    """The single token that holds the character at ``index``, else the one that ends there."""
    found = None
    for tokens in readings(text, max(0, index - REACH), min(len(text), index + REACH)):
        token = tokens[-1]
        if token.form is Form.SINGLE and token.start <= index <= token.end:
            found = token
    return found


#: Characters on either side of a place that its token and the neighbours can take.
REACH = 24


def _read(text: str, start: int) -> Iterator[Token]:
    if match := _SPLIT_LETTER.match(text, start):
        letter, two, rest = match.groups()
        yield Token(start, match.end(), match.group(), Form.SPLIT, Code.parse(letter + two + rest))
        return
    if match := _OTHER_DOT.match(text, start):
        bare = match.group().replace(".", "")[:7]
        yield Token(start, match.end(), match.group(), Form.OTHER_DOT, Code.parse(bare))
        return
    if (split := _SPLIT.match(text, start)) and not (
        split.end(1) + 1 == split.start(2) and "." in split.group()
    ):
        yield Token(start, split.end(), split.group(), Form.SPLIT, Code.parse(split[1] + split[2]))
    if (single := _SINGLE.match(text, start)) is None:
        if (long := _LONG.match(text, start)) and len(long[1]) + len(long[2]) <= LONGEST + 1:
            yield Token(start, long.end(), long.group(), Form.LONG, Code.parse(long[1] + long[2]))
        elif long := _TOO_LONG.match(text, start):
            yield Token(start, long.end(), long.group(), Form.LONG, Code.parse(long[1] + long[3]))
        return
    written, end = single.group(), single.end()
    code = Code.parse(written.translate(_AS_DOTS))
    if (to := _TO.match(text, end)) and (second := _SINGLE.match(text, to.end())):
        last = Code.parse(second.group().translate(_AS_DOTS))
        if code.text < last.text:
            yield Token(start, second.end(), text[start : second.end()], Form.RANGE, code, last)
    if wild := _WILDCARD.match(text, end):
        if not (wild.group() == "*" and text[start - 1 : start] == "*"):  # *M54.5* is emphasis
            yield Token(start, wild.end(), text[start : wild.end()], Form.WILDCARD, code)
    elif "." in written and text[start - 1 : start] != "_" and (holes := _HOLES.match(text, end)):
        yield Token(start, holes.end(), text[start : holes.end()], Form.WILDCARD, code)
    elif (x := _X_WILDCARD.search(written, 3)) is not None:
        stem = written[: x.start()].removesuffix(".")
        yield Token(start, end, written, Form.WILDCARD, Code.parse(stem))
    yield Token(start, end, written, Form.SINGLE, code)
