"""The lists of ``data/recogniser.toml``: cues, blockers, other systems of codes, sections of a note."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from core.errors import IcdlensError

#: Where the project carries the lists.
PATH = Path(__file__).parents[1] / "data" / "recogniser.toml"

#: Characters at the start of a word that tell whether two words are forms of one: hypertension, hypertensive.
STEM = 6
_SHORTEST = 4  # letters of a word that can prove anything

_WORDS = re.compile(r"[a-z]+")
_IN_RANGES = 5  # characters of the codes that ranges are of
_ANYTHING = "[0-9A-Za-z.]+"


class WordListError(IcdlensError):
    """The lists of the recogniser cannot be used."""


class Relation(Enum):
    """Where the words of a signal stand, as seen from a token."""

    BEFORE = auto()
    NUMBERED = auto()
    AFTER = auto()
    NEAR = auto()
    CUE = auto()
    LABEL = auto()  # of another system
    DEVICE_BEFORE = auto()
    DEVICE_AFTER = auto()
    NONE = auto()  # a phrase that takes its words' other meanings away


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or phrase can mean: the name of a list, and the relation that counts."""

    name: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Blocker:
    """A class of contexts in which a token is no code."""

    name: str
    says: str
    tokens: re.Pattern[str]
    near_pattern: re.Pattern[str] | None
    follows_pattern: re.Pattern[str] | None
    always: bool
    strong: bool
    close: bool
    unless: frozenset[str]
    unknown: str | None

    @property
    def is_unprompted(self) -> bool:
        """Whether it can block without a word of its list."""
        return self.always or self.near_pattern is not None


@dataclass(frozen=True, slots=True)
class System:
    """Another system of codes: the shape of its codes, and what claims a token for it."""

    name: str
    tokens: re.Pattern[str]
    unlabelled: re.Pattern[str] | None
    headings: re.Pattern[str] | None
    ranges: tuple[tuple[str, str], ...]
    anywhere: bool
    direct: bool
    unknown_only: bool

    def has_in_range(self, written: str) -> bool:
        if len(written) != _IN_RANGES or not written[1:].isdecimal():
            return False
        return any(low <= written <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists, ready for look-ups. ``phrases`` has every phrase by its first word."""

    phrases: Mapping[str, tuple[tuple[str, tuple[Meaning, ...]], ...]]
    cues: Mapping[str, str]
    blockers: tuple[Blocker, ...]
    unprompted: tuple[Blocker, ...]
    systems: Mapping[str, System]
    #: What can stand between a label and its token: signs, a filler, and the items of a list before it.
    gap: re.Pattern[str]
    units: re.Pattern[str]
    substances: re.Pattern[str]
    embedding: frozenset[str]
    continuing: frozenset[str]
    diagnosis_sections: frozenset[str]
    other_sections: frozenset[str]
    code_columns: frozenset[str]
    maybe_code_columns: frozenset[str]
    hcpcs_columns: frozenset[str]
    who_only: frozenset[str]
    icd10cm_names: frozenset[str]
    who_names: frozenset[str]
    abbreviations: Mapping[str, frozenset[str]]
    #: Those of the abbreviations that are no words in lower case, so written.
    lower_case_abbreviations: Mapping[str, frozenset[str]]
    generic: frozenset[str]

    def stems(self, words: str) -> frozenset[str]:
        """The beginnings of the telling words of a text in lower case."""
        return frozenset(stem for word in _WORDS.findall(words) if (stem := self.stem(word)))

    def stem(self, word: str) -> str | None:
        """The beginning of a word in lower case; ``None`` for one that tells nothing."""
        return word[:STEM] if len(word) >= _SHORTEST and word not in self.generic else None


@cache
def word_lists() -> WordLists:
    """The lists that the project carries."""
    return read_word_lists(PATH)


def read_word_lists(path: Path) -> WordLists:
    """Read the lists from a TOML file. Raises ``WordListError``."""
    try:
        return _word_lists(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, re.error) as error:
        raise WordListError(f"The lists {path} cannot be used ({type(error).__name__}: {error}).") from error


def _word_lists(tables: dict[str, Any]) -> WordLists:
    blockers = tuple(_blocker(name, table) for name, table in tables["blockers"].items())
    return WordLists(
        phrases=_phrases(tables),
        cues={name: table["says"] for name, table in tables["cues"].items()},
        blockers=blockers,
        unprompted=tuple(blocker for blocker in blockers if blocker.is_unprompted),
        systems={name: _system(name, table) for name, table in tables["systems"].items()},
        gap=re.compile(
            rf"s?[^\w\n]{{0,8}}(?:(?:{_alternatives(tables['fillers'])})\b[^\w\n]{{0,4}}){{0,2}}"
            r"(?:[a-z][0-9][0-9a-z.]{0,6}[^\w\n]{1,3}(?:(?:and|or)[^\w\n])?){0,6}"
        ),
        units=re.compile(rf"(?:{_alternatives(tables['units'])})(?![A-Za-z])", re.IGNORECASE),
        substances=re.compile(tables["substances"]),
        embedding=frozenset(tables["embedding"]),
        continuing=frozenset(tables["continuing"]),
        diagnosis_sections=frozenset(tables["sections"]["diagnosis"]),
        other_sections=frozenset(tables["sections"]["other"]),
        code_columns=frozenset(tables["columns"]["codes"]),
        maybe_code_columns=frozenset(tables["columns"]["maybe"]),
        hcpcs_columns=frozenset(tables["columns"]["hcpcs"]),
        who_only=frozenset(tables["who_only"]["categories"]),
        icd10cm_names=frozenset(tables["coding_systems"]["icd10cm"]),
        who_names=frozenset(tables["coding_systems"]["who"]),
        abbreviations={
            written: frozenset(word[:STEM] for word in words.split())
            for written, words in tables["abbreviations"].items()
        },
        lower_case_abbreviations={
            word: frozenset(meant[:STEM] for meant in tables["abbreviations"][word.upper()].split())
            for word in tables["lower_case_abbreviations"]["words"]
        },
        generic=frozenset(tables["generic"]["words"]),
    )


def _phrases(tables: dict[str, Any]) -> dict[str, tuple[tuple[str, tuple[Meaning, ...]], ...]]:
    meanings: dict[str, list[Meaning]] = defaultdict(list)

    def add(phrases: Iterable[str], name: str, relation: Relation) -> None:
        for phrase in phrases:
            if (meaning := Meaning(name, relation)) not in meanings[phrase]:
                meanings[phrase].append(meaning)

    for name, table in tables["cues"].items():
        add(table["words"], name, Relation.CUE)
    for name, table in tables["blockers"].items():
        add(table.get("before", ()), name, Relation.BEFORE)
        add(_products(table.get("before_products", ())), name, Relation.BEFORE)
        add(table.get("numbered", ()), name, Relation.NUMBERED)
        add(table.get("after", ()), name, Relation.AFTER)
        add(table.get("near", ()), name, Relation.NEAR)
    for name, table in tables["systems"].items():
        add(table["labels"], name, Relation.LABEL)
    add(tables["not_cues"]["before"], "device", Relation.DEVICE_BEFORE)
    add(tables["not_cues"]["after"], "device", Relation.DEVICE_AFTER)
    add(tables["other_meanings"], "", Relation.NONE)

    by_first: dict[str, list[tuple[str, tuple[Meaning, ...]]]] = defaultdict(list)
    for phrase, listed in meanings.items():
        first = _WORDS.match(phrase)
        if first is None or phrase != phrase.lower():
            raise ValueError(f"{phrase!r} must be in lower case and start with a letter")
        by_first[first.group()].append((phrase, tuple(listed)))
    return {word: tuple(sorted(found, key=lambda f: -len(f[0]))) for word, found in by_first.items()}


def _products(lists: Sequence[Sequence[str]]) -> list[str]:
    """Each word of a first list with each of a second: "ventilator type", "pump type"."""
    return [" ".join(words) for words in product(*lists)] if lists else []


def _blocker(name: str, table: dict[str, Any]) -> Blocker:
    return Blocker(
        name=name,
        says=table["says"],
        tokens=re.compile(table.get("tokens", _ANYTHING), 0 if table.get("case", False) else re.IGNORECASE),
        near_pattern=_pattern(table.get("near_pattern")),
        follows_pattern=_pattern(table.get("follows_pattern")),
        always=table.get("always", False),
        strong=table.get("strong", False),
        close=table.get("close", False),
        unless=frozenset(table.get("unless", ())),
        unknown=table.get("unknown"),
    )


def _system(name: str, table: dict[str, Any]) -> System:
    ranges = tuple((low, high) for low, high in (pair.split("-") for pair in table.get("ranges", ())))
    return System(
        name=name,
        tokens=re.compile(table["tokens"]),
        unlabelled=_pattern(table.get("unlabelled")),
        headings=_pattern(table.get("headings")),
        ranges=ranges,
        anywhere=table.get("anywhere", False),
        direct=table.get("direct", False),
        unknown_only=table.get("unknown_only", False),
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text)


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
