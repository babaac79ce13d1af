"""The grammar of ``/icd …``: what a text asks for, before anything is looked up.

A text is a command word, codes, or words, with options at either end. Nothing here knows which codes exist.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from core.code import Code, InvalidCode, heading_of, shown
from core.errors import IcdlensError

READ = 300  # characters of a command that are considered

#: What people put around a code: quotes, brackets, the marks of chat formatting.
WRAPPING = " \"'“”‘’«»()[]{}<>,;:!?*_~`"
#: A digit comes second or third in every code (M53, C4A, QA0); without one, hives would be a code.
_CODE_LIKE = re.compile(r"[A-Za-z][A-Za-z]?[0-9][0-9A-Za-z.-]*")
_SEPARATORS = re.compile(r"[\s,;]+")
_BETWEEN_CODES = frozenset({"and", "or", "&", "+"})
_BETWEEN_COMPARED = _BETWEEN_CODES | {"with", "to", "vs", "vs.", "versus"}
#: A code has a digit, so "to" between words stays a word: "allergy to nuts".
_SPACED_RANGE = re.compile(
    r"(?<![\w.])([A-Za-z][A-Za-z]?[0-9][\w.]*)(?: ?[–—] ?| - | to | through )"
    r"([A-Za-z][A-Za-z]?[0-9][\w.]*)(?![\w.])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_US = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class BadCommand(IcdlensError):
    """A command is not what the grammar has. The message says what to write instead."""


class Verb(Enum):
    """What a command wants."""

    HELP = auto()
    ABOUT = auto()
    CODES = auto()
    COMPARE = auto()
    WORDS = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """A command. ``codes`` are as written, each like a code, a heading or a range, and may not exist.

    ``on`` is the date of service, ``None`` for today. ``billable`` wants billable codes only, ``whole``
    the whole card, ``share`` an answer that the channel sees.
    """

    verb: Verb
    codes: tuple[str, ...] = ()
    words: str = ""
    on: date | None = None
    billable: bool = False
    whole: bool = False
    share: bool = False


def parse(text: str) -> Command:
    """Read a command of one line. Raises ``BadCommand``."""
    command, rest = _options(text.split())
    said = " ".join(rest)
    lowered = [word.casefold() for word in rest]
    if lowered in ([], ["help"], ["?"]):
        return replace(command, verb=Verb.HELP)
    if lowered == ["about"]:
        return replace(command, verb=Verb.ABOUT)
    if lowered[0] == "compare":
        return replace(command, verb=Verb.COMPARE, codes=_compared(rest[1:]))
    is_whole = len(rest) > 1 and lowered[-1] == "full"
    if is_whole and (codes := _codes(rest[:-1])):
        return replace(command, verb=Verb.CODES, codes=codes, whole=True)
    if codes := _codes(rest):
        return replace(command, verb=Verb.CODES, codes=codes)
    return replace(command, verb=Verb.WORDS, words=said)


def range_of(written: str) -> tuple[Code, Code] | None:
    """The ends of a range such as ``M50-M54``; ``None`` for what is none."""
    first, dash, last = written.partition("-")
    if not (dash and last):
        return None
    try:
        return Code.parse(first.removesuffix(".")), Code.parse(heading_of(last))
    except InvalidCode:
        return None


def unwrapped(written: str) -> str:
    """A word without the quotes and brackets around it."""
    return written.strip(WRAPPING)


def _options(words: Sequence[str]) -> tuple[Command, list[str]]:
    """The options at either end, and what stands between them."""
    command, rest = Command(Verb.HELP), list(words)
    while rest:
        first, last = rest[0].casefold(), rest[-1].casefold()
        if last in ("share", "billable"):
            command = _with(command, last)
            del rest[-1]
        elif first in ("share", "billable"):
            command = _with(command, first)
            del rest[0]
        elif len(rest) > 1 and rest[-2].casefold() == "on" and _DATE_LIKE.fullmatch(last):
            command = replace(command, on=_date(last))
            del rest[-2:]
        elif len(rest) > 1 and first == "on" and _DATE_LIKE.fullmatch(rest[1]):
            command = replace(command, on=_date(rest[1]))
            del rest[:2]
        else:
            break
    return command, rest


def _with(command: Command, option: str) -> Command:
    return replace(command, share=True) if option == "share" else replace(command, billable=True)


def _date(written: str) -> date:
    """A date as ISO 8601 writes it, or as the US does, month first."""
    try:
        if iso := _ISO.fullmatch(written):
            return date(*map(int, iso.groups()))
        if us := _US.fullmatch(written):
            month, day, year = map(int, us.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise BadCommand(f"{shown(written)} is no date of service. Write it like this: on 2023-05-02")


def _compared(words: Sequence[str]) -> tuple[str, ...]:
    codes = _codes([word for word in words if word.casefold() not in _BETWEEN_COMPARED])
    if len(codes) != 2:
        raise BadCommand("To compare takes two different codes: /icd compare M54.50 M54.59")
    return codes


def _codes(words: Iterable[str]) -> tuple[str, ...]:
    """The codes, if there is nothing else; each once, however it is written."""
    text = _SPACED_RANGE.sub(r"\1-\2", " ".join(words))
    written = [unwrapped(part) for part in _SEPARATORS.split(text)]
    parts = [part for part in written if part and part.casefold() not in _BETWEEN_CODES]
    if not all(_CODE_LIKE.fullmatch(part) for part in parts):
        return ()
    once: dict[str, str] = {}
    for part in parts:
        once.setdefault(part.upper().replace(".", ""), part)
    return tuple(once.values())
