"""Coding practice: the sections of the Official Guidelines that apply to a code, and why.

Only section numbers and titles are given, of the FY2026 edition; the text is the reader's to open. A
section is named where a title or a note of the Tabular List shows that it applies, so each has its
reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.card import CodeCard, Source
from core.complexity import (
    EXTERNAL_CAUSES,
    GUIDELINES,
    SYMPTOMS,
    chapter_of,
    code_first,
    is_manifestation,
    laterality,
    places,
    places_of,
    times_unspecified,
)
from core.lives import Standing
from core.notes import NoteKind

#: Chapter → title of section I.C.n, in the guidelines' own writing, without the range of codes.
_CHAPTERS = {
    "1": "Certain Infectious and Parasitic Diseases",
    "2": "Neoplasms",
    "3": "Disease of the blood and blood-forming organs and certain disorders involving the immune mechanism",
    "4": "Endocrine, Nutritional, and Metabolic Diseases",
    "5": "Mental, Behavioral and Neurodevelopmental disorders",
    "6": "Diseases of the Nervous System",
    "7": "Diseases of the Eye and Adnexa",
    "8": "Diseases of the Ear and Mastoid Process",
    "9": "Diseases of the Circulatory System",
    "10": "Diseases of the Respiratory System",
    "11": "Diseases of the Digestive System",
    "12": "Diseases of the Skin and Subcutaneous Tissue",
    "13": "Diseases of the Musculoskeletal System and Connective Tissue",
    "14": "Diseases of Genitourinary System",
    "15": "Pregnancy, Childbirth, and the Puerperium",
    "16": "Certain Conditions Originating in the Perinatal Period",
    "17": "Congenital malformations, deformations, and chromosomal abnormalities",
    "18": "Symptoms, signs, and abnormal clinical and laboratory findings, not elsewhere classified",
    "19": "Injury, poisoning, and certain other consequences of external causes",
    "20": "External Causes of Morbidity",
    "21": "Factors influencing health status and contact with health services",
    "22": "Codes for Special Purposes",
}

_TITLES = {
    "I.A.3": "Use of codes for reporting purposes",
    "I.A.4": "Placeholder character",
    "I.A.5": "7th Characters",
    "I.A.6.b": "Tabular List abbreviations",
    "I.A.7": "Punctuation",
    "I.A.9.a": '"Other" codes',
    "I.A.9.b": '"Unspecified" codes',
    "I.A.10": "Includes Notes",
    "I.A.11": "Inclusion terms",
    "I.A.12.a": "Excludes1",
    "I.A.12.b": "Excludes2",
    "I.A.13": (
        'Etiology/manifestation convention ("code first", "use additional code" and '
        '"in diseases classified elsewhere" notes)'
    ),
    "I.A.14": '"And"',
    "I.A.15": '"With"',
    "I.A.17": '"Code also" note',
    "I.B.2": "Level of Detail in Coding",
    "I.B.4": "Signs and symptoms",
    "I.B.7": "Multiple coding for a single condition",
    "I.B.10": "Sequela (Late Effects)",
    "I.B.13": "Laterality",
    "I.B.16": "Documentation of Complications of Care",
    "I.B.18": "Use of Sign/Symptom/Unspecified Codes",
    "I.C.1.g": "Coronavirus infections",
    "I.C.10.e": "Vaping-related disorders",
    "I.C.20": _CHAPTERS[EXTERNAL_CAUSES],
}

#: I.C.22 has no text of its own for these; it refers to the chapter of the disease.
_REFERRED = {"U07.0": "I.C.10.e", "U07.1": "I.C.1.g", "U09": "I.C.1.g", "U09.9": "I.C.1.g"}

_COMPLICATIONS_OF_CARE = "T80-T88"

_NOTE_SECTIONS = (
    (NoteKind.INCLUDES, "I.A.10"),
    (NoteKind.INCLUSION_TERM, "I.A.11"),
    (NoteKind.EXCLUDES1, "I.A.12.a"),
    (NoteKind.EXCLUDES2, "I.A.12.b"),
)

_SEQUELA = re.compile(r"\bsequelae?\b", re.IGNORECASE)
_OTHER = re.compile(r"^other\b|\bother specified\b", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(?:NOS|NEC)\b")
_EXTERNAL_CAUSE_CODE = ("external cause code", "Chapter 20", "for external cause", "the external cause")


@dataclass(frozen=True, slots=True)
class GuidelineSection:
    """A section of the Official Guidelines by number and title."""

    section: str
    title: str
    source: Source


@dataclass(frozen=True, slots=True)
class Convention:
    """A section that applies to the code; ``reason`` is what in the Tabular List shows it."""

    section: str
    title: str
    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class Practice:
    """``guideline`` is the section of the code's chapter; ``None`` where no release has the code's path."""

    guideline: GuidelineSection | None
    conventions: tuple[Convention, ...]


def practice(card: CodeCard) -> Practice:
    """The guideline sections for a code. At most one line for each section, in the guidelines' order."""
    return Practice(guideline(card), tuple(_conventions(card)))


def guideline(card: CodeCard) -> GuidelineSection | None:
    """The section of the chapter of a card's code."""
    chapter = chapter_of(card)
    return _SECTIONS.get(chapter) if chapter else None


def _conventions(card: CodeCard) -> Iterator[Convention]:
    reasons = (
        *_on_characters(card),
        *_on_wording(card),
        *_on_notes(card),
        *_on_use(card),
        *_on_other_chapters(card),
    )
    for section, reason in sorted(reasons, key=lambda found: _ORDER[found[0]]):
        yield Convention(section, _TITLES[section], reason, GUIDELINES)


_Found = Iterator[tuple[str, str]]


def _on_characters(card: CodeCard) -> _Found:
    complete = [card.code, *(c.code for c in card.seventh_characters if c.code)]
    if any("X" in code.undotted[3:] for code in complete):
        yield "I.A.4", "placeholder X in the code, or in the complete codes below it"
    if card.seventh_characters:
        at = card.seventh_characters[0].at
        yield "I.A.5", f"7th-character table at {at.level} {at.name}"


def _on_wording(card: CodeCard) -> _Found:
    title = card.title or ""
    words = title.lower().replace(",", " ").split()
    terms = card.notes_of(NoteKind.INCLUDES, NoteKind.INCLUSION_TERM)
    if _ABBREVIATION.search(title):
        yield "I.A.6.b", "abbreviation in the title"
    elif abbreviated := [term for term in terms if _ABBREVIATION.search(term.text)]:
        yield "I.A.6.b", f"NOS or NEC in the terms at {places(abbreviated)}"
    if "[" in title or "(" in title:
        yield "I.A.7", "brackets or parentheses in the title"
    if _OTHER.search(title):
        yield "I.A.9.a", 'the title says "other" or "other specified"'
    if times_unspecified(title):
        yield "I.A.9.b", "the title leaves something unspecified"
    for section, word in (("I.A.14", "and"), ("I.A.15", "with")):
        if word in words:
            yield section, f'"{word}" in the title'


def _on_notes(card: CodeCard) -> _Found:
    for kind, section in _NOTE_SECTIONS:
        if where := places_of(card, kind):
            yield section, f"notes at {where}"
    asked = {
        NoteKind.CODE_FIRST: places(code_first(card)),
        NoteKind.USE_ADDITIONAL_CODE: places_of(card, NoteKind.USE_ADDITIONAL_CODE),
    }
    sequencing = [f"{kind.label.lower()} at {where}" for kind, where in asked.items() if where]
    manifestation = ["the title is that of a manifestation"] if is_manifestation(card) else []
    if both := [*manifestation, *sequencing]:
        yield "I.A.13", "; ".join(both)
    if sequencing:
        yield "I.B.7", "; ".join(sequencing)
    if where := places_of(card, NoteKind.CODE_ALSO):
        yield "I.A.17", f"notes at {where}"


def _on_use(card: CodeCard) -> _Found:
    symptom = chapter_of(card) == SYMPTOMS
    if card.standing is Standing.HEADING:
        for section in ("I.A.3", "I.B.2"):
            yield section, f"a heading on {card.as_of}"
    if symptom:
        yield "I.B.4", "a code of chapter 18"
    if _SEQUELA.search(card.title or ""):
        yield "I.B.10", "sequela in the title"
    if side := laterality(card):
        yield "I.B.13", side
    if any(level.name == _COMPLICATIONS_OF_CARE for level in card.path):
        yield "I.B.16", f"a code of block {_COMPLICATIONS_OF_CARE}"
    if symptom or times_unspecified(card.title):
        yield "I.B.18", "a code of chapter 18" if symptom else "the title leaves something unspecified"


def _on_other_chapters(card: CodeCard) -> _Found:
    if section := _REFERRED.get(card.code.text):
        yield section, f"I.C.22 refers {card.code} to it"
    if chapter_of(card) != EXTERNAL_CAUSES:
        notes = card.notes_of(NoteKind.NOTE, NoteKind.USE_ADDITIONAL_CODE, NoteKind.CODE_ALSO)
        if asked := [note for note in notes if _asks_external_cause(note.text)]:
            yield "I.C.20", f"an external cause code is named at {places(asked)}"


@lru_cache(maxsize=1024)  # a chapter's notes are read for each of its cards
def _asks_external_cause(text: str) -> bool:
    return any(words in text for words in _EXTERNAL_CAUSE_CODE)


_SECTIONS = {n: GuidelineSection(f"I.C.{n}", title, GUIDELINES) for n, title in _CHAPTERS.items()}
_ORDER = {section: position for position, section in enumerate(_TITLES)}
