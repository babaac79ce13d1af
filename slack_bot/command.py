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
#: 250.00 is read as a code, too: the answer says where that of ICD-9-CM leads.
_CODE_LIKE = re.compile(r"[A-Za-z][A-Za-z]?[0-9][0-9A-Za-z.-]*|[0-9]{3}\.[0-9]{1,2}")
_WITH_INDEX = frozenset({"finger", "fingers"})  # a part of the hand, not the Index
_SEPARATORS = re.compile(r"[\s,;/]+")
_BETWEEN_CODES = frozenset({"and", "or", "&", "+"})
#: What people write around a code when they ask for it in a sentence.
_ASKING = frozenset(
    "/icd a about an are billable code codes diagnosis dx for help icd icd-10 icd-10-cm icd10 icd10cm is "
    "look lookup me mean means of please show tell the up valid what what's whats what’s".split()
)
_VERSUS = frozenset({"vs", "vs.", "versus"})
_BETWEEN_COMPARED = _BETWEEN_CODES | _VERSUS | {"with", "to"}
#: A code has a digit, so "to" between words stays a word: "allergy to nuts".
_SPACED_RANGE = re.compile(
    r"(?<![\w.])([A-Za-z][A-Za-z]?[0-9][\w.]*)(?: ?[–—] ?| - | to | through )"
    r"([A-Za-z][A-Za-z]?[0-9][\w.]*)(?![\w.])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_SAYS_WHEN = re.compile(r"[0-9]|today|yesterday|tomorrow", re.IGNORECASE)
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
    INDEX = auto()
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
    command, rest = _options(Command(Verb.HELP), text.split())
    lowered = [word.casefold() for word in rest]
    if lowered in ([], ["help"], ["?"]):
        return replace(command, verb=Verb.HELP)
    if lowered == ["about"]:
        return replace(command, verb=Verb.ABOUT)
    if lowered[0] == "compare":
        return replace(command, verb=Verb.COMPARE, codes=_compared(rest[1:]))
    if lowered[0] == "index" and len(rest) > 1 and lowered[1] not in _WITH_INDEX:
        return replace(command, verb=Verb.INDEX, words=" ".join(rest[1:]))
    if (whole := _whole(command, rest)) is not None:
        return whole
    if codes := _codes(rest):
        return replace(command, verb=Verb.CODES, codes=codes)
    if len(compared := _codes(word for word in rest if word.casefold() not in _VERSUS)) == 2:
        return replace(command, verb=Verb.COMPARE, codes=compared)
    _check_date(rest)
    if codes := _codes(word for word in rest if unwrapped(word).casefold() not in _ASKING):
        return replace(command, verb=Verb.CODES, codes=codes)
    return replace(command, verb=Verb.WORDS, words=" ".join(rest))


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


def _options(command: Command, words: Sequence[str]) -> tuple[Command, list[str]]:
    """A command with the options at either end, and what stands between them."""
    rest = list(words)
    while rest:
        first, last = rest[0].casefold(), rest[-1].casefold()
        day, last_day = (unwrapped(word) for word in ((*rest, "")[1], last))
        if last in ("share", "billable"):
            command = _with(command, last)
            del rest[-1]
        elif first in ("share", "billable"):
            command = _with(command, first)
            del rest[0]
        elif len(rest) > 1 and rest[-2].casefold() == "on" and _DATE_LIKE.fullmatch(last_day):
            command = replace(command, on=_date(last_day))
            del rest[-2:]
        elif len(rest) > 1 and first == "on" and _DATE_LIKE.fullmatch(day):
            command = replace(command, on=_date(day))
            del rest[:2]
        else:
            break
    return command, rest


def _whole(command: Command, words: Sequence[str]) -> Command | None:
    """The command for whole cards: "full" beside codes. A full thickness burn is one of words."""
    for beside, word in ((words[:-1], words[-1]), (words[1:], words[0])):
        if word.casefold() == "full":
            found, rest = _options(command, beside)
            if codes := _codes(rest):
                return replace(found, verb=Verb.CODES, codes=codes, whole=True)
    return None


def _check_date(words: Sequence[str]) -> None:
    """Refuse what is no date behind codes: the answer would be for today. Raises ``BadCommand``."""
    lowered = [word.casefold() for word in words]
    if "on" not in lowered:
        return
    place = lowered.index("on")
    written = " ".join(words[place + 1 :])
    if _SAYS_WHEN.search(written) and _codes(words[:place]):
        raise _no_date(written)


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
    raise _no_date(written)


def _no_date(written: str) -> BadCommand:
    return BadCommand(f"{shown(written)} is no date of service. Write it like this: on 2023-05-02")


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
