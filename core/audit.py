"""Audit factors: rules that fire for a code on a date, each with its source and that source's year.

A factor says what a reviewer may ask about. It never says what a payer will do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from core.card import CodeCard, Source
from core.complexity import (
    GUIDELINES,
    SYMPTOMS,
    chapter_of,
    code_first,
    is_manifestation,
    places,
    principal_restriction,
    titles_source,
    unspecified,
)
from core.documentation import Documentation
from core.lives import Standing

_NOT_SUBMITTED = {
    Standing.HEADING: "Heading",
    Standing.RETIRED: "Retired on the date",
    Standing.NOT_YET_VALID: "Not yet valid on the date",
}


@dataclass(frozen=True, slots=True)
class AuditFactor:
    """A rule that fires; the source's ``edition`` is the year of the rule."""

    name: str
    explanation: str
    source: Source


def audit_factors(
    card: CodeCard, edits: tuple[AuditFactor, ...] = (), documented: Documentation | None = None
) -> tuple[AuditFactor, ...]:
    """The rules that fire for a code on the card's date, the gravest first.

    ``edits`` are those of the Medicare Code Editor, where it is installed. A rule of ours gives way to
    an edit of the same name. ``documented`` is what the card's code leaves open, where somebody has looked.
    """
    edited = {edit.name for edit in edits}
    ours = (*_not_valid(card), *_sequencing(card), *_unspecified(card, documented), *_symptom(card))
    return (*(factor for factor in ours if factor.name not in edited), *edits)


def _not_valid(card: CodeCard) -> Iterator[AuditFactor]:
    if name := _NOT_SUBMITTED.get(card.standing):
        yield AuditFactor(name, card.reason.text, card.reason.source)


def _sequencing(card: CodeCard) -> Iterator[AuditFactor]:
    first = code_first(card)
    if is_manifestation(card):
        yield AuditFactor(
            "Manifestation",
            "The title is that of a manifestation: the underlying condition is sequenced first (I.A.13).",
            GUIDELINES,
        )
    elif first:
        yield AuditFactor(
            "Code first",
            f"What the notes at {places(first)} name is sequenced first where it is present.",
            first[0].source,
        )
    if restriction := principal_restriction(card):
        yield AuditFactor("Not a principal diagnosis", restriction.text, restriction.source)


def _unspecified(card: CodeCard, documented: Documentation | None) -> Iterator[AuditFactor]:
    if found := unspecified(card, documented):
        yield AuditFactor("Unspecified", f"{found[0].upper()}{found[1:]}.", titles_source(card.release))


def _symptom(card: CodeCard) -> Iterator[AuditFactor]:
    if chapter_of(card) == SYMPTOMS:
        yield AuditFactor(
            "Symptom, sign or abnormal finding",
            "Of chapter 18: the guidelines say when such a code is acceptable (I.B.4, I.B.18).",
            GUIDELINES,
        )
