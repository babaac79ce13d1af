"""Axes: what the titles of a category distinguish, such as the side, the trimester or the severity.

Only the words of official titles are read here. Which title stands beside which is the business of
``core.documentation``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self


class Axis(StrEnum):
    """Something that codes of one category differ in; the value is the stable key that JSON uses."""

    LATERALITY = "laterality"
    SPINE_REGION = "spine_region"
    SITE = "site"
    ENCOUNTER = "encounter"
    TRIMESTER = "trimester"
    FETUS = "fetus"
    SEVERITY = "severity"
    STAGE = "stage"
    DEGREE = "degree"
    ACUITY = "acuity"
    DISPLACEMENT = "displacement"
    DURATION = "duration"
    TIME = "time"
    REMISSION = "remission"
    INTRACTABILITY = "intractability"
    INTENT = "intent"
    ORGANISM = "organism"
    SEX = "sex"
    COMPLICATION = "complication"
    TYPE = "type"

    @property
    def label(self) -> str:
        """What to write down, in a few words."""
        return _LABELS[self]


_LABELS = {
    Axis.LATERALITY: "side",
    Axis.SPINE_REGION: "region of the spine",
    Axis.SITE: "site",
    Axis.ENCOUNTER: "encounter",
    Axis.TRIMESTER: "trimester",
    # I.C.15.a.6: the character 0 is for single gestations too.
    Axis.FETUS: "fetus, in a multiple gestation",
    Axis.SEVERITY: "severity",
    Axis.STAGE: "stage",
    Axis.DEGREE: "degree",
    Axis.ACUITY: "acute or chronic",
    Axis.DISPLACEMENT: "displaced or nondisplaced",
    Axis.DURATION: "duration",
    Axis.TIME: "time",
    Axis.REMISSION: "remission",
    Axis.INTRACTABILITY: "intractable or not",
    Axis.INTENT: "intent",
    Axis.ORGANISM: "organism",
    Axis.SEX: "sex",
    Axis.COMPLICATION: "complication, with or without",
    Axis.TYPE: "type",
}

#: The words that give an axis its value. Ordered: "mild stage" is a stage before it is a severity.
_VALUES: dict[Axis, re.Pattern[str]] = {
    axis: re.compile(pattern, re.IGNORECASE)
    for axis, pattern in {
        Axis.ENCOUNTER: r"\b(?:initial|subsequent) encounter\b.*|\bsequela\b.*",
        Axis.TRIMESTER: r"\b(?:first|second|third) trimester\b",
        Axis.FETUS: r"\bfetus \d\b|\bother fetus\b",
        Axis.STAGE: r"\bstage (?:\d\w*|[IV]+\w*|end)\b|\b(?:mild|moderate|severe|indeterminate) stage\b"
        r"|\bunstageable\b",
        Axis.DEGREE: r"\b(?:first|second|third) degree\b",
        Axis.SPINE_REGION: r"(?<!unspecified )\b(?:occipito-atlanto-axial|cervical|cervicothoracic|thoracic"
        r"|thoracolumbar|lumbar|lumbosacral|sacral and sacrococcygeal|sacrococcygeal) region\b"
        r"|\bmultiple sites in spine\b",
        Axis.INTENT: r"\baccidental \(unintentional\)|\bintentional self-harm\b|\bassault\b|\bundetermined$"
        r"|^adverse effect\b|^underdosing\b",
        Axis.DISPLACEMENT: r"\b(?:non)?displaced\b",
        Axis.LATERALITY: r"\b(?:right|left|bilateral|unilateral|both(?= eyes))\b",
        Axis.SEX: r"\b(?:fe)?male\b",
        Axis.INTRACTABILITY: r"\b(?:not )?intractable\b",
        Axis.REMISSION: r"\bin (?:\w+ )?remission\b",
        Axis.ACUITY: r"\bacute (?:on|and) chronic\b|\bsubacute\b|\bacute\b|\bchronic\b",
        Axis.SEVERITY: r"\b(?:mild|moderate|severe|profound)\b",
        Axis.COMPLICATION: r"\buncomplicated\b|\bwith(?:out)? (?:(?!\bwith)[^,])*(?!.*\bwith)",
    }.items()
}

#: What is in every title that has a value of the axis: looking for it is ten times as fast.
_CLUES: dict[Axis, tuple[str, ...]] = {
    Axis.ENCOUNTER: ("encounter", "sequela"),
    Axis.TRIMESTER: ("trimester",),
    Axis.FETUS: ("fetus",),
    Axis.STAGE: ("stage",),
    Axis.DEGREE: ("degree",),
    Axis.SPINE_REGION: ("region", "spine"),
    Axis.INTENT: ("accidental", "self-harm", "assault", "undetermined", "adverse", "underdosing"),
    Axis.DISPLACEMENT: ("displaced",),
    Axis.LATERALITY: ("right", "left", "lateral", "both"),
    Axis.SEX: ("male",),
    Axis.INTRACTABILITY: ("intractable",),
    Axis.REMISSION: ("remission",),
    Axis.ACUITY: ("acute", "chronic"),
    Axis.SEVERITY: ("mild", "moderate", "severe", "profound"),
    Axis.COMPLICATION: ("uncomplicated", "with"),
}

#: What "unspecified" or "site unspecified" is about, where the title says it. Nouns of an organ are not
#: here: "unspecified femur" leaves the side open, and the title of the heading has the femur too.
_NOUNS = {
    "trimester": Axis.TRIMESTER,
    "stage": Axis.STAGE,
    "severity": Axis.SEVERITY,
    "degree": Axis.DEGREE,
    "duration": Axis.DURATION,
    "time": Axis.TIME,
    "organism": Axis.ORGANISM,
    "complication": Axis.COMPLICATION,
    "complications": Axis.COMPLICATION,
    "side": Axis.LATERALITY,
    **dict.fromkeys("site sites part parts region quadrant area location joint".split(), Axis.SITE),
    **dict.fromkeys("type depth level number cause place".split(), Axis.TYPE),
}

_NOUN = "|".join(sorted(_NOUNS, key=len, reverse=True))
#: "unspecified part of neck [of femur]", but the side of "unspecified part of right bronchus" is settled.
_OF_WHAT = r"(?:\s+of(?:\s+(?!(?:of|or|and|with|in|right|left|bilateral|male|female)\b)[\w()-]+)+)?"
_SLOT = re.compile(
    rf"\b(?P<before>{_NOUN})\s+(?:unspecified|not\s+specified)\b"
    rf"|\b(?:unspecified|not\s+specified)\s+(?P<share>part|number)s?\b{_OF_WHAT}"
    rf"|\bunspecified\s+(?P<after>{_NOUN})\b"
    r"|\bunspecified\s+as\s+to\s[^,]*|\b(?:unspecified|not\s+specified|NOS)\b",
    re.IGNORECASE,
)
_SAYS_SLOT = re.compile(r"nspecified|not specified|NOS")
#: What "unspecified" is said of: *meniscus* in "unspecified medial meniscus", which is medial. "With
#: unspecified retinopathy" does say that there is one.
_UNSPECIFIED_WHAT = re.compile(
    r"(?<!\bwith )(?<!^)\bunspecified"
    r"(?:\s+(?!(?:of|or|and|with|without|in|to|due|affecting|following|right|left)\b)([\w()-]+))+",
    re.IGNORECASE,
)
_AND_UNSPECIFIED = re.compile(r"\b(?:other\s+)?(?:and|or)\s+unspecified\b", re.IGNORECASE)
_NOT_CLASSIFIED = re.compile(
    r",? (?:not elsewhere|NEC|classified elsewhere)(?: classified)?\b", re.IGNORECASE
)
_SYNONYM = re.compile(r"\[[^\]]*\]|\((?:e?s|ies)\)")
_WORD = re.compile(r"[a-z0-9']+(?:-[a-z0-9]+)*")
#: "without aura" is one word, so that a title with "with aura" does not have its words.
_NEGATION = re.compile(r"\b(without|not) (?=\w)", re.IGNORECASE)
#: Inflection: dorsopathy, dorsopathies; depression, depressive; disease, diseases; eyes.
_ENDING = re.compile(r"(?<=\w{4})(?:ies|y|ions?|ives?|es?)$|(?<=\w{3})s$")
_EMPTY_WORDS = frozenset(
    "a an the of and or in by to for on at as other specified unspecified affecting".split()
)
_LONG_WORD = 6
_SPINE = frozenset("cervical thoracic lumbar sacral".split())
_NEGATIONS = ("non", "un", "not-", "without-")
_SAYS_NOTHING_ALONE = frozenset({"with", "due"})
#: "Other and unspecified asthma" holds what is unspecified, too.
_RESIDUAL = re.compile(r"\bother\b(?! (?:and|or) unspecified\b)", re.IGNORECASE)
_UNKNOWN = re.compile(r"\bunknown\b|\bunable to determine\b", re.IGNORECASE)
_CONJUNCTION = re.compile(r"(?<!other) (?:and|or) ", re.IGNORECASE)
_JOINTS = frozenset("of with in by to due involving affecting and or as the".split())


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The words of a title, inflection removed.

    ``core`` has the words outside of what is said to be unspecified, ``slots`` those that are, such
    as *part* and *neck* in "unspecified part of neck". ``loose`` are the core's words that only say
    what is unspecified, such as *elbow* in "unspecified elbow".
    """

    core: frozenset[str]
    slots: frozenset[str]
    loose: frozenset[str]
    #: What the title says is unspecified, where that names an axis.
    nouns: tuple[str, ...]
    #: How often it says "unspecified".
    unspecified: int
    #: "Other", "other specified": what is documented has no code of its own.
    residual: bool
    unknown: bool
    #: Several things in one title, such as "head and neck", of which another may name one.
    joined: bool

    def noun_axis(self, above: Self | None = None) -> Axis | None:
        """The axis that the title, and not one above it, says is unspecified."""
        nouns = [noun for noun in self.nouns if above is None or noun not in above.nouns]
        return _NOUNS[nouns[-1]] if nouns else None


def title_words(title: str) -> TitleWords:
    """Read a title."""
    plain = _plain(title)
    found = list(_SLOT.finditer(plain)) if _SAYS_SLOT.search(plain) else []
    return TitleWords(
        core=frozenset(_words(_SLOT.sub(" ", plain) if found else plain)),
        slots=frozenset(_words(" ".join(slot.group() for slot in found))),
        loose=frozenset(_words(" ".join(_UNSPECIFIED_WHAT.findall(plain)) if found else "")),
        nouns=tuple(noun.lower() for s in found if (noun := s["before"] or s["after"] or s["share"])),
        unspecified=len(found),
        residual=_RESIDUAL.search(plain) is not None,
        unknown=_UNKNOWN.search(plain) is not None,
        joined=_CONJUNCTION.search(plain) is not None,
    )


def says(words: frozenset[str], word: str) -> bool:
    """Whether a title has a word, or a compound of it: *mononeuropathy* says *neuropathy*."""
    # But "not intractable" does not say "intractable", and thoracolumbar is not lumbar.
    if word in words or len(word) < _LONG_WORD or word in _SPINE:
        return word in words
    return any(other.endswith(word) and not other.startswith(_NEGATIONS) for other in words)


def differing_part(title: str, other: str) -> str:
    """The part of ``title`` that ``other`` does not have: what remains between their common ends.

    What either says to be unspecified is left out first. The whole title where nothing remains.
    """
    own, beside = _without_slots(title), [_bare(word) for word in _without_slots(other)]
    start = _common([_bare(word) for word in own], beside)
    while start and _bare(own[start - 1]) in ("without", "not", "no"):
        start -= 1  # what is not there must not read as if it were
    left = len(beside) - start
    end = min(_common([_bare(w) for w in reversed(own)], beside[::-1]), left, len(own) - start)
    part = own[start : len(own) - end]
    while part and part[0].lower() in _JOINTS - {"with", "due"}:
        part = part[1:]
    while part and part[-1].lower() in _JOINTS:
        part = part[:-1]
    if not part and own[start:] and own[start].lower() not in _JOINTS:
        part = own[start:]
    return " ".join(part).strip(" ,") or title


def may_stand_for(beside: TitleWords, own: TitleWords, above: TitleWords) -> bool:
    """Whether nothing that a title says speaks against one beside it, both below the title ``above``."""
    if beside.unknown:
        return False
    # "Unspecified fracture of head" below "Fracture of head and neck" has settled the head.
    left_out = above.core - own.core - own.slots if above.joined else frozenset()
    if left_out & beside.core:
        return False
    return all(
        says(beside.core, word)
        or (word in above.core and not left_out)
        or _is_part_of_another(word, own.core)
        for word in own.core - own.loose
    )


def refines(by: TitleWords, words: TitleWords) -> bool:
    """Whether the title ``by`` says more than another, or names one of several things that it joins."""
    # "Of unspecified elbow" does not say which.
    if by.core - words.core - by.loose - _SAYS_NOTHING_ALONE:
        return True
    return words.joined and not by.slots - words.slots and bool(words.core - by.core)


def axes_of(values: Sequence[str], noun_axis: Axis | None) -> list[Axis]:
    """The axis of each of the values that stand beside each other.

    What they have in common comes first, then what the title says is unspecified, then each value's
    own words; a value that is alone on its axis is a type.
    """
    axes = [axis_of_value(value) for value in values]
    if noun_axis and (len(set(axes)) > 1 or Axis.TYPE in axes):
        return [noun_axis] * len(axes)
    distinct = {(a, values_in(v).get(a, v).lower()) for a, v in zip(axes, values, strict=True)}
    count = Counter(axis for axis, _ in distinct)
    return [axis if count[axis] > 1 else noun_axis or Axis.TYPE for axis in axes]


def axis_of_value(value: str) -> Axis:
    """The axis that a differing part of a title belongs to; ``Axis.TYPE`` where its words do not tell."""
    return next((axis for axis, pattern in _VALUES.items() if _leads(axis, pattern, value)), Axis.TYPE)


def values_in(title: str) -> dict[Axis, str]:
    """The values that a title has, by axis. "With …" is the last such clause."""
    found: dict[Axis, str] = {}
    folded = title.lower()
    for axis, pattern in _VALUES.items():
        for clue in _CLUES[axis]:
            if clue in folded:
                if match := pattern.search(title):
                    found[axis] = match.group().strip(" ,")
                break
    if Axis.STAGE in found:
        found.pop(Axis.SEVERITY, None)
    return found


def words_of_value(value: str) -> frozenset[str]:
    """The words of a value, inflection removed."""
    return frozenset(_words(value))


def sentence(axis: Axis, values: Sequence[str]) -> str:
    """What to write down: "side: right, left"."""
    return f"{axis.label}: {'; '.join(values) if any(',' in v for v in values) else ', '.join(values)}"


def _leads(axis: Axis, pattern: re.Pattern[str], value: str) -> bool:
    """Whether a value is one of an axis: its words stand first, but for those that stand last in titles."""
    match = pattern.search(value)
    return match is not None and (
        match.start() == 0 or axis in (Axis.SPINE_REGION, Axis.TRIMESTER, Axis.STAGE, Axis.REMISSION)
    )


def _is_part_of_another(word: str, words: frozenset[str]) -> bool:
    """ "Right eye, unspecified eyelid" says no more of the eye than its eyelids."""
    return any(other != word and other.startswith(word) for other in words)


def _without_slots(title: str) -> list[str]:
    return [w for w in _SLOT.sub(" ", _AND_UNSPECIFIED.sub(" ", _plain(title))).split() if _bare(w)]


def _plain(title: str) -> str:
    if "(" in title or "[" in title:
        title = _SYNONYM.sub("", title)
    return _NOT_CLASSIFIED.sub("", title) if "lsewhere" in title or "NEC" in title else title


def _words(text: str) -> list[str]:
    found = _WORD.findall(_NEGATION.sub(r"\1-", text).lower())
    return [_uninflected(word) for word in found if word not in _EMPTY_WORDS]


@lru_cache(maxsize=4096)  # titles share their words, and reading a category is mostly this
def _uninflected(word: str) -> str:
    return _ENDING.sub("", word)


def _bare(word: str) -> str:
    return word.strip(",").lower()


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words two lists have in common at their beginning."""
    pairs = zip(one, two, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(two)))
