"""Complexity: what makes a code hard to assign, as points that each show their reason.

One point each for: unspecified or NOS with more specific codes beside it; a laterality axis; a 7th
character; code first, or a manifestation; use additional or code also; three or more Excludes1, own and
inherited; a restriction as principal diagnosis. None or one is low, two or three medium, more is high.
The formula is ours, the facts are official. Coding practice and audit factors read a title the
same way; its side is read by ``core.axes``.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.axes import leaves_side_open, names_side, title_words
from core.card import OURS, CardCode, CardLine, CardNote, CodeCard, Source
from core.code import Code
from core.documentation import Documentation
from core.lives import Standing
from core.notes import NoteKind
from core.release import Release

#: The edition that section numbers and titles were taken from.
GUIDELINES = Source(
    "guidelines", "ICD-10-CM Official Guidelines for Coding and Reporting", "CMS and CDC/NCHS", "FY2026"
)

SYMPTOMS = "18"
EXTERNAL_CAUSES = "20"

_UNSPECIFIED = re.compile(r"\bunspecified\b|\bNOS\b|\bnot (?:otherwise )?specified\b", re.IGNORECASE)

# The words between "in" and "diseases" vary: "in other diseases", "in infectious and parasitic diseases".
# "As the cause of diseases classified elsewhere" (B95-B97) is the other side of the pair.
_MANIFESTATION = re.compile(r"\bin (?:[a-z]+ ){0,4}diseases? classified elsewhere", re.IGNORECASE)

_ADDITIONAL_ONLY = re.compile(r"provided for use as (?:supplementary or )?additional codes")

_MEDIUM, _HIGH = 2, 4  # points from which a level starts
_MANY_EXCLUDES1 = 3
_LEADS_IN = ":"  # "endocrine disorders, such as:" excludes nothing by itself
_SHOWN = 3
_TITLES_KEPT = 4096  # siblings read each other's titles
_IN_USE = (Standing.BILLABLE, Standing.HEADING)


class Rating(StrEnum):
    """How complex a code is; the value is the stable key that JSON uses."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Point:
    """One point, and what in the official files it is given for."""

    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class Complexity:
    """The points of a code; their number makes the level."""

    points: tuple[Point, ...]

    @property
    def level(self) -> Rating:
        if len(self.points) >= _HIGH:
            return Rating.HIGH
        return Rating.MEDIUM if len(self.points) >= _MEDIUM else Rating.LOW


def complexity(
    card: CodeCard, documented: Documentation | None = None, principal_edit: CardLine | None = None
) -> Complexity:
    """The points of a code on the card's date, in the order of the formula.

    ``documented`` is what the card's code leaves open, where somebody has looked: its more specific codes
    may stand elsewhere than beside it. ``principal_edit`` is what the Medicare Code Editor says about the
    code as principal diagnosis, where it is installed; it counts once with what the guidelines say.
    """
    return Complexity(tuple(_points(card, documented, principal_edit)))


def chapter_of(card: CodeCard) -> str | None:
    """The number of the code's chapter; ``None`` where the release has neither the code nor its heading."""
    return card.path[0].name if card.path else None


@lru_cache(maxsize=16)
def titles_source(release: Release) -> Source:
    """The source of what is read out of titles: the Tabular List, but the reading is ours."""
    return Source("titles", "Derived from the titles of the Tabular List", OURS, release.name)


@lru_cache(maxsize=_TITLES_KEPT)
def times_unspecified(title: str | None) -> int:
    """How many things a title leaves open: "unspecified", "NOS", "not specified as …"."""
    return len(_UNSPECIFIED.findall(title)) if title else 0


def more_specific(card: CodeCard, documented: Documentation | None = None) -> tuple[CardCode, ...]:
    """The siblings in use on the date whose titles leave fewer things unspecified than the code's own.

    That alone does not make them more specific: I13.1, "without heart failure", stands beside I13.0, "with
    heart failure". Where ``documented`` is given they are only those that it leads to, and those whose
    titles say all that the code's own does.
    """
    if not (own := times_unspecified(card.title)):
        return ()
    fewer = [
        s for s in card.siblings if s.standing in _IN_USE and s.title and times_unspecified(s.title) < own
    ]
    if documented is None or not fewer:
        return tuple(fewer)
    led_to = {c.code for axis in documented.open_axes for c in axis.choices}.union(documented.more_specific)
    return tuple(s for s in fewer if _is_led_to(s.code, led_to) or _says_all(s.title, card.title))


def names(codes: Sequence[Code]) -> str:
    """The first few of some codes: ``M53.0, M53.1, M53.2 and 2 more``."""
    shown = ", ".join(code.text for code in codes[:_SHOWN])
    left = len(codes) - _SHOWN
    return f"{shown} and {left} more" if left > 0 else shown


def is_manifestation(card: CodeCard) -> bool:
    """Whether the title says "in diseases classified elsewhere", of whatever diseases (I.A.13)."""
    return bool(card.title and _is_of_manifestation(card.title))


@lru_cache(maxsize=_TITLES_KEPT)  # a card asks three times
def _is_of_manifestation(title: str) -> bool:
    return bool(_MANIFESTATION.search(title))


@lru_cache(maxsize=1024)  # a chapter's notes are read for each of its cards
def _is_additional_only(text: str) -> bool:
    return bool(_ADDITIONAL_ONLY.search(text))


def laterality(card: CodeCard) -> str | None:
    """What shows that the code, its siblings or its children tell sides apart; ``None`` where nothing does.

    A sibling's side counts only where the code leaves it open: epigastric pain has no side, though right
    upper quadrant pain is its sibling.
    """
    if names_side(card.title):
        return "the title names the side"
    if times_unspecified(card.title) and (leaves_side_open(card.title) or _any_side(card.siblings)):
        return "the title leaves the side open"
    return "the codes below name the side" if _any_side(card.children) else None


_FOR_ADVERSE_EFFECTS = "for adverse effects"


def principal_restriction(card: CodeCard) -> CardLine | None:
    """The official text by which the code is no principal or first-listed diagnosis.

    Manifestation codes are apart (``is_manifestation``), and so is what only the Medicare Code Editor
    says.
    """
    if chapter_of(card) == EXTERNAL_CAUSES:
        return CardLine("An external cause code is never a principal diagnosis (I.C.20.a.6).", GUIDELINES)
    for note in card.notes_of(NoteKind.NOTE):
        if _is_additional_only(note.text):
            return CardLine(
                f"Provided for use as an additional code, by the note at {_at(note)}.", note.source
            )
    return None


def places(notes: Iterable[CardNote]) -> str:
    """The levels that notes are printed at, each once: ``chapter 1, category B20``."""
    levels = {id(note.at): note for note in notes}  # the notes of a level share it
    return ", ".join(map(_at, levels.values()))


def places_of(card: CodeCard, kind: NoteKind) -> str:
    """The levels that have notes of a kind."""
    return ", ".join(str(level) for level in card.notes_by_level if kind in level.by_kind)


def code_first(card: CodeCard) -> Sequence[CardNote]:
    """The "code first" notes that are about the card's code.

    That of T36-T50 is "for adverse effects": a poisoning is sequenced first itself (I.C.19.e.5.b).
    """
    found = card.notes_of(NoteKind.CODE_FIRST)
    if any(_FOR_ADVERSE_EFFECTS in note.text for note in found):
        return found if "adverse effect" in (card.title or "").lower() else ()
    return found


def unspecified(card: CodeCard, documented: Documentation | None) -> str | None:
    """Which more specific codes there are for an unspecified one; ``None`` where there are none."""
    if beside := more_specific(card, documented):
        return f"more specific codes stand beside it: {names([found.code for found in beside])}"
    if not (documented and documented.open_axes and times_unspecified(card.title)):
        return None
    specific = documented.more_specific
    return f"more specific codes exist: {names(specific)}" if specific else "more specific codes exist"


def _is_led_to(code: Code, led_to: Collection[Code]) -> bool:
    return any(other.text.startswith(code.text) for other in led_to)


def _says_all(title: str | None, own: str | None) -> bool:
    """Whether a title has every word that another does not call unspecified."""
    return title is not None and own is not None and title_words(own).core <= title_words(title).core


def _points(
    card: CodeCard, documented: Documentation | None, principal_edit: CardLine | None
) -> Iterator[Point]:
    titles = titles_source(card.release)
    if found := unspecified(card, documented):
        yield Point(f"Unspecified, and {found}", titles)
    if side := laterality(card):
        yield Point(f"Laterality: {side}", titles)
    if card.seventh_characters:
        table = card.seventh_characters[0]
        yield Point(f"7th character, by the table at {table.at.level} {table.at.name}", table.source)
    if first := code_first(card):
        yield Point(f"Code first, at {places(first)}", first[0].source)
    elif is_manifestation(card):
        yield Point("Manifestation, by its title", titles)
    if more := card.notes_of(NoteKind.USE_ADDITIONAL_CODE, NoteKind.CODE_ALSO):
        kinds = " and ".join(dict.fromkeys(note.kind.label for note in more))
        yield Point(f"{kinds}, at {places(more)}", more[0].source)
    excluded = [note for note in card.notes_of(NoteKind.EXCLUDES1) if not note.text.endswith(_LEADS_IN)]
    if len(excluded) >= _MANY_EXCLUDES1:
        yield Point(f"{len(excluded)} Excludes1 entries, at {places(excluded)}", excluded[0].source)
    if restriction := principal_edit or principal_restriction(card):
        yield Point(restriction.text, restriction.source)


def _any_side(codes: Sequence[CardCode]) -> bool:
    return any(names_side(found.title) for found in codes)


def _at(note: CardNote) -> str:
    return f"{note.at.level} {note.at.name}"
