"""Axes: what the titles of a category distinguish, such as the side, the trimester or the severity.

Only the words of official titles are read here. Which title stands beside which is the business of
``core.documentation``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain
from typing import Self, TypeAlias


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
    GESTATION = "gestation"
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
    Axis.GESTATION: "weeks of gestation",
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
_VALUES = {
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
    # Right and left of the heart and colon are structures, not sides that a condition may be on; and a
    # foreign body is "left in body".
    Axis.LATERALITY: r"(?<!\[)\b(?:right|left|bilateral|unilateral|both(?= eyes))\b(?! (?:in body|during"
    r"|heart|ventric|main cor|circumflex|coronary|anterior (?:desc|fasc)|posterior fasc|fasc|bundle|sided"
    r"|aortic arch|superior vena|neuralgiform|pulmonary emphysema))",
    Axis.SEX: r"\b(?:fe)?male\b",
    Axis.INTRACTABILITY: r"\b(?:not )?intractable\b",
    Axis.REMISSION: r"\bin (?:\w+ )?remission\b",
    Axis.ACUITY: r"\bacute (?:on|and) chronic\b|\bsubacute\b|\bacute\b|\bchronic\b",
    Axis.SEVERITY: r"\b(?:mild|moderate|severe|profound)\b",
    Axis.COMPLICATION: r"\buncomplicated\b|\bwith(?:out)? (?:(?!\bwith)[^,])*(?!.*\bwith)",
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

#: Parts of which there are two. A complete code's siblings differ in the 7th character only, so for a
#: side left open its own title has to show it.
_PAIRED = (
    r"\bunspecified (?:side|eye|eyelid|orbit|ear|cheek|breast|lung|bronchus|kidney|renal|ureter|ovary|testis"
    r"|uterine|carotid|innominate|front wall|back wall|flank|ilium|ischium|pubis|acromioclavicular"
    r"|sternoclavicular|shoulder|rotator cuff|clavicle|scapula|scapular|axilla|arm|elbow|forearm|wrist|hand"
    r"|palm|(?:(?:index|middle|ring|little) )?finger|thumb|hip|femur|acetabulum|thigh|quadriceps|buttock"
    r"|leg|knee|patella|tibia|tibial|fibula|calf|Achilles|ankle|foot|heel|(?:(?:great|lesser) )?toe"
    r"|humerus|radius|radial|ulna|ulnohumeral|calcaneus|talus|metatarsal"
    r"|(?:upper|lower) (?:arm|leg|limb|extremity))\b"
)

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
    "week": Axis.GESTATION,
    "weeks": Axis.GESTATION,
    **dict.fromkeys("site sites part parts portion region quadrant area location joint".split(), Axis.SITE),
    **dict.fromkeys(
        "type depth level number extent involvement grade cause place object objects".split(), Axis.TYPE
    ),
}

_NOUN = "|".join(sorted(_NOUNS, key=len, reverse=True))
#: "unspecified part of neck [of femur]", but the side of "unspecified part of right bronchus" is settled.
_OF_WHAT = r"(?:\s+of(?:\s+(?!(?:of|or|and|with|in|right|left|bilateral|male|female)\b)[\w()-]+)+)?"
_SLOT = re.compile(
    rf"\b(?:(?:(?<=, )organ(?:\s+or\s+system)?\s+)?(?P<before>{_NOUN})\s+(?:unspecified|not\s+specified)\b"
    rf"|(?<!other and )(?:unspecified|not\s+specified)\s+(?P<share>part|number|week)s?\b{_OF_WHAT}"
    rf"|unspecified\s+(?P<after>{_NOUN})\b"
    r"|unspecified\s+(?:as\s+to|whether|with\s+or\s+without)\s[^,]*|unspecified\s+person\b"
    r"|(?:unspecified|not\s+specified|NOS)\b)",
    re.IGNORECASE,
)
#: What "unspecified" is said of: *meniscus* in "unspecified medial meniscus", which is medial. "With
#: unspecified retinopathy" does say that there is one, and "other and unspecified porphyria" is porphyria.
_UNSPECIFIED_WHAT = re.compile(
    r"\b(?=unspecified)(?<!\bwith )(?<!\band )(?<!\bor )(?<!^)unspecified"
    r"(?:\s+(?!(?:of|or|and|with|without|in|to|due|affecting|following|right|left)\b)([\w-]+))+"
    r"(?:\s+or\s+([\w-]+)(?=\s+of\b))?",
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
#: Inflection: dorsopathy, dorsopathies; depression, depressive; disease, diseases; streptococci; eyes.
_ENDING = re.compile(r"(?<=\w{4})(?:ies|y|ions?|ives?|es?)$|(?<=cocc)(?:i|us)$|(?<=\w{3})s$")
#: Adjectives whose noun no ending shows: "pain localized to upper abdomen", "upper abdominal pain".
_NOUN_OF = {"abdominal": "abdomen", "pelvic": "pelvi"}
_EMPTY_WORDS = frozenset(
    "a an the of and or in by to for on at as other specified unspecified affecting".split()
)
_LONG_WORD = 6
_TITLES_KEPT = 1024  # siblings read each other's titles
_WORDS_KEPT = 8192  # titles share their words, and reading a category is mostly this
_WIDER_IN_COMPOUNDS = frozenset("cervical thoracic lumbar sacral urinar intestinal".split())
_NUMERAL = re.compile(r"[ivx]+|\d+")
_NEGATIONS = ("non", "un", "not-", "without-")
_SAYS_NOTHING_ALONE = frozenset({"with", "due"})
#: "Other and unspecified asthma" holds what is unspecified, too.
_RESIDUAL = re.compile(r"\bother\b(?! (?:and|or) unspecified\b)(?: \w+){0,2}", re.IGNORECASE)
_UNKNOWN = re.compile(r"\bunknown\b|\bunable to determine\b", re.IGNORECASE)
#: "Head, face, and neck" is joined, and so is "burn and corrosion" before a preposition.
_JOINED = re.compile(r".*(?<!other) (?:and|or) (?!unspecified\b)[^,]+", re.IGNORECASE)
_BETWEEN = re.compile(r",? (?:and|or) |, ", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|with|without|in|by|to|due|for|from|at|on|involving|affecting|following)\b"
    r"(?!,| and\b| or\b)",  # "adverse effect of and underdosing of"
    re.IGNORECASE,
)
#: "Disorders of breast and disorders of lactation".
_REPEATED = re.compile(r"(.*\b([\w-]{4,})\b[^,]*) (?:and|or) (\2\b.*)", re.IGNORECASE)
_JOINTS = frozenset("of with in by to due involving affecting and or as the".split())
_NOT_ALONE_BEHIND = frozenset({"without", "not", "no", "stage"})
_JOINTS_BEFORE = _JOINTS - _SAYS_NOTHING_ALONE


#: Things that a title joins, each as the word that stands next to "and" or "or", and all its own words.
Joined: TypeAlias = tuple[tuple[str, frozenset[str]], ...]


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
    #: The same, but for "other and unspecified …", which holds what is specified too.
    left_open: int
    #: "Other", "other specified": what is documented has no code of its own.
    residual: bool
    #: Of how many things it says so.
    others: int
    unknown: bool
    #: The title without its synonyms.
    plain: str

    def noun_axis(self, above: Self | None = None) -> Axis | None:
        """The axis that the title, and not one above it, says is unspecified."""
        nouns = [noun for noun in self.nouns if above is None or noun not in above.nouns]
        return _NOUNS[nouns[-1]] if nouns else None

    @property
    def joined(self) -> tuple[Joined, ...]:
        """Several things in one title, such as "head and neck", of which another may name one."""
        return _joined(self.plain) if " and " in self.plain or " or " in self.plain else ()

    def chosen_by(self, own: Self) -> tuple[frozenset[str], frozenset[str]]:
        """Of what is joined here, the words of what another title names, and of what it leaves out."""
        if not (joined := self.joined):
            return _NOTHING_CHOSEN
        named: set[str] = set()
        left_out: set[str] = set()
        said = own.core | own.slots
        for things in joined:
            without = [words for head, words in things if head not in said]
            if 0 < len(without) < len(things):
                left_out.update(*without)
                named.update(head for head, _ in things if head in said)
        return frozenset(named), frozenset(left_out - said)


_NOTHING_CHOSEN: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()


@lru_cache(maxsize=_TITLES_KEPT)
def title_words(title: str) -> TitleWords:
    """Read a title."""
    plain = _plain(title)
    found, rest = _slots(plain)
    others = len(set(map(str.lower, _RESIDUAL.findall(plain)))) if "ther" in plain else 0
    return TitleWords(
        core=frozenset(_words(rest)),
        slots=frozenset(_words(" ".join(slot.group() for slot in found)) if found else ()),
        loose=frozenset(_words(" ".join(chain(*_UNSPECIFIED_WHAT.findall(plain)))) if found else ()),
        nouns=tuple(noun.lower() for s in found if (noun := s["before"] or s["after"] or s["share"])),
        unspecified=len(found),
        left_open=len(found) - (len(_AND_UNSPECIFIED.findall(plain)) if found else 0),
        residual=others > 0,
        others=others,
        unknown=("nknown" in plain or "nable" in plain) and _UNKNOWN.search(plain) is not None,
        plain=plain,
    )


def says(words: frozenset[str], word: str) -> bool:
    """Whether a title has a word, or a compound of it: *mononeuropathy* says *neuropathy*."""
    # But "not intractable" does not say "intractable", and thoracolumbar is not lumbar.
    if word in words or word in _WIDER_IN_COMPOUNDS:
        return word in words
    if len(word) < _LONG_WORD:  # grade III is IIIa or IIIb
        return bool(_NUMERAL.fullmatch(word)) and any(f"{word}{letter}" in words for letter in "abc")
    return any(other.endswith(word) and not other.startswith(_NEGATIONS) for other in words)


def differing_part(title: str, other: str) -> str:
    """The part of ``title`` that ``other`` does not have: what remains between their common ends.

    What either says to be unspecified is left out first. The whole title where nothing remains.
    """
    (own, bare), (_, beside) = _without_slots(title), _without_slots(other)
    start = _common(bare, beside)
    while start and bare[start - 1] in _NOT_ALONE_BEHIND:
        start -= 1  # what is not there must not read as if it were; and "3a" is a stage
    end = _common(bare[start:][::-1], beside[start:][::-1])
    part = own[start : len(own) - end]
    while part and part[0].lower() in _JOINTS_BEFORE:
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
    named, left_out = above.chosen_by(own)
    if left_out & beside.core:
        return False
    unsaid = own.core - own.loose - beside.core - (above.core - named)
    return all(says(beside.core, word) or _is_part_of_another(word, own.core) for word in unsaid)


def refines(by: TitleWords, words: TitleWords) -> bool:
    """Whether the title ``by`` says more than another, or names one of several things that it joins."""
    # "Of unspecified elbow" does not say which.
    if by.core - words.core - by.loose - _SAYS_NOTHING_ALONE:
        return True
    return bool(words.joined) and not by.slots - words.slots and bool(words.core - by.core)


def axes_of(values: Sequence[str], noun_axis: Axis | None) -> list[Axis]:
    """The axis of each of the values that stand beside each other.

    What they have in common comes first, then what the title says is unspecified, then each value's
    own words; a value that is alone on its axis is a type.
    """
    axes = [axis_of_value(value) for value in values]
    if noun_axis and (len(set(axes)) > 1 or Axis.TYPE in axes):
        return [noun_axis] * len(axes)
    distinct = {(a, _value_on(a, v).lower()) for a, v in zip(axes, values, strict=True)}
    count = Counter(axis for axis, _ in distinct)
    return [axis if count[axis] > 1 else noun_axis or Axis.TYPE for axis in axes]


@lru_cache(maxsize=_TITLES_KEPT)
def axis_of_value(value: str) -> Axis:
    """The axis that a differing part of a title belongs to; ``Axis.TYPE`` where its words do not tell."""
    return next((axis for axis, match in _matches(value) if _leads(axis, match)), Axis.TYPE)


def values_in(title: str) -> dict[Axis, str]:
    """The values that a title has, by axis. "With …" is the last such clause."""
    found = {axis: match.group().strip(" ,") for axis, match in _matches(title)}
    if Axis.STAGE in found:
        found.pop(Axis.SEVERITY, None)
    return found


@lru_cache(maxsize=_TITLES_KEPT)
def _value_on(axis: Axis, text: str) -> str:
    return text if axis is Axis.TYPE else values_in(text).get(axis, text)


@lru_cache(maxsize=_TITLES_KEPT)
def names_side(title: str | None) -> bool:
    """Whether a title says on which side: a value of ``Axis.LATERALITY``."""
    return bool(title and _compiled(_VALUES[Axis.LATERALITY]).search(title))


@lru_cache(maxsize=_TITLES_KEPT)
def leaves_side_open(title: str | None) -> bool:
    """Whether a title shows by itself that it leaves a side open: "unspecified hip"."""
    return bool(title and _compiled(_PAIRED).search(title))


def words_of_value(value: str) -> frozenset[str]:
    """The words of a value, inflection removed."""
    return frozenset(_words(value))


def sentence(axis: Axis, values: Sequence[str]) -> str:
    """What to write down: "side: right, left"."""
    return f"{axis.label}: {'; '.join(values) if any(',' in v for v in values) else ', '.join(values)}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern when it is first needed: compiling all takes longer than a card."""
    return re.compile(pattern, re.IGNORECASE)


def _matches(text: str) -> Iterator[tuple[Axis, re.Match[str]]]:
    """The axes that a text has a value of, each with the first one."""
    clued = set().union(*map(_clued_by, text.lower().split()))
    if clued:
        for axis, pattern in _VALUES.items():
            if axis in clued and (match := _compiled(pattern).search(text)):
                yield axis, match


@lru_cache(maxsize=_WORDS_KEPT)
def _clued_by(word: str) -> tuple[Axis, ...]:
    """The axes that a title with a word may have a value of."""
    return tuple(axis for axis, clues in _CLUES.items() if any(clue in word for clue in clues))


def _leads(axis: Axis, match: re.Match[str]) -> bool:
    """Whether a value is one of an axis: its words stand first, but for those that stand last in titles."""
    return match.start() == 0 or axis in (Axis.SPINE_REGION, Axis.TRIMESTER, Axis.STAGE, Axis.REMISSION)


def _is_part_of_another(word: str, words: frozenset[str]) -> bool:
    """ "Right eye, unspecified eyelid" says no more of the eye than its eyelids."""
    return any(other != word and other.startswith(word) for other in words)


@lru_cache(maxsize=_TITLES_KEPT)
def _without_slots(title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a title without what it says is unspecified, as printed and bare."""
    plain = _plain(title)
    if "nspecified" in plain:
        plain = _AND_UNSPECIFIED.sub(" ", plain)
    _, plain = _slots(plain)
    found = tuple([word for word in plain.split() if word.strip(",")])
    return found, tuple([word.strip(",").lower() for word in found])


@lru_cache(maxsize=_TITLES_KEPT)
def _joined(plain: str) -> tuple[Joined, ...]:
    """The groups of things that a title joins: head, neck."""
    if repeated := _REPEATED.match(plain):
        both = _things([_words(repeated[1]), _words(repeated[3])])
        if len(both) > 1:
            return (both,)
    joined = (found.group() for phrase in _PREPOSITION.split(plain) if (found := _JOINED.match(phrase)))
    groups = (_things([_words(thing) for thing in _BETWEEN.split(phrase)]) for phrase in joined)
    return tuple(group for group in groups if len(group) > 1)


def _things(group: list[list[str]]) -> Joined:
    """ "Acute cystitis and urethritis" share what stands first, "wrist and hand joints" what stands last."""
    count = Counter(word for thing in group for word in set(thing))
    alone = [[word for word in thing if count[word] == 1] for thing in group]
    last = alone[-1]
    return tuple((thing[0 if thing is last else -1], frozenset(thing)) for thing in alone if thing)


@lru_cache(maxsize=_TITLES_KEPT)
def _slots(plain: str) -> tuple[Sequence[re.Match[str]], str]:
    """What a title says is unspecified, and its text without that."""
    # Looking for the clues is twenty times as fast.
    if not ("nspecified" in plain or "not specified" in plain or "NOS" in plain):
        return (), plain
    found = list(_SLOT.finditer(plain))
    ends = [0, *(slot.end() for slot in found)]
    starts = [*(slot.start() for slot in found), len(plain)]
    return found, " ".join(plain[end:start] for end, start in zip(ends, starts, strict=True))


def _plain(title: str) -> str:
    if "(" in title or "[" in title:
        title = _SYNONYM.sub("", title)
    return _NOT_CLASSIFIED.sub("", title) if "lsewhere" in title or "NEC" in title else title


def _words(text: str) -> list[str]:
    text = text.lower()
    if "without" in text or "not " in text:
        text = _NEGATION.sub(r"\1-", text)
    return list(chain.from_iterable(map(_words_of, text.split())))


@lru_cache(maxsize=_WORDS_KEPT)
def _words_of(printed: str) -> tuple[str, ...]:
    found = _WORD.findall(printed)
    return tuple(_NOUN_OF.get(word) or _ENDING.sub("", word) for word in found if word not in _EMPTY_WORDS)


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words two lists have in common at their beginning."""
    for common, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return common
    return min(len(one), len(two))
