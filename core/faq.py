"""Questions people ask about a code, answered from facts only.

A question appears only where the fact exists, and each answer says its date and release.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from core.card import CodeCard, LevelNotes, Source
from core.code import Code
from core.icd9 import GEM_SOURCE, Equivalence, Icd9History
from core.lives import Standing
from core.notes import NoteKind
from core.sources.billable_validity import BillablePeriod
from core.succession import Succession, Successor

_IN_USE = (Standing.BILLABLE, Standing.HEADING)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer, and the source of the answer's fact."""

    question: str
    answer: str
    source: Source


def faq(
    card: CodeCard, succession: Succession | None = None, icd9: Icd9History | None = None
) -> tuple[Question, ...]:
    """The questions that have an answer for a code on the card's date.

    What replaces a code is asked only where its ``succession`` is given and has it; so is its ICD-9-CM code.
    """
    replaced_by = succession.replaced_by if succession else ()
    found = (
        _is_billable(card),
        *_when_billable(card),
        *(_replaced(card, succession) if succession else ()),
        *_below(card, {other.code for other in replaced_by}),
        *_seventh_character(card),
        *_excludes(card),
        *(_icd9(card, icd9) if icd9 else ()),
    )
    said = f" As of {card.as_of}, release {card.release.name}."
    return tuple(Question(question, answer + said, source) for question, answer, source in found)


_Found = tuple[str, str, Source]


def _is_billable(card: CodeCard) -> _Found:
    answer = "Yes" if card.billable else "No"
    return f"Is {card.code} billable?", f"{answer}. {card.reason.text}", card.reason.source


def _when_billable(card: CodeCard) -> Iterator[_Found]:
    if card.periods:
        periods = ", and ".join(map(_period, card.periods))
        known = f", as far as is known: through {card.known_through}" if _is_open(card.periods[-1]) else ""
        yield f"When is {card.code} billable?", f"Billable {periods}{known}.", card.reason.source


def _is_open(period: BillablePeriod) -> bool:
    return period.through is None


def _period(period: BillablePeriod) -> str:
    return f"from {period.first} {f'through {period.through}' if period.through else 'on'}"


def _replaced(card: CodeCard, change: Succession) -> Iterator[_Found]:
    if by := change.replaced_by:
        codes = _listed((other.code, other.title) for other in by)
        told_by = "derived from the billable periods and the hierarchy"
        if not by[0].is_derived:
            told_by = f"by the {by[0].source.name} of {by[0].source.edition}"
        start = f"From {change.replaced_on} on, {told_by}: "
        in_turn = "".join(_replaced_in_turn(by))
        yield f"What replaces {card.code}?", f"{start}{codes}.{in_turn}", by[0].source


def _replaced_in_turn(codes: Sequence[Successor]) -> Iterator[str]:
    for other in codes:
        if other.replaced_by:
            after = _listed((code.code, code.title) for code in other.replaced_by)
            by = other.replaced_by[0]
            told_by = "" if by.source == other.source else f" ({by.told_by})"
            yield f" From {other.replaced_on} on, {other.code} was replaced itself{told_by}: {after}."
            yield from _replaced_in_turn(other.replaced_by)


def _below(card: CodeCard, answered: Set[Code]) -> Iterator[_Found]:
    """The codes below a heading, but those that other answers give: complete codes, and its successors."""
    below = [child for child in card.children if child.standing in _IN_USE]
    if not all(child.code.is_complete or child.code in answered for child in below):
        codes = _listed((child.code, child.title) for child in below)
        yield f"Which codes are below {card.code}?", f"{codes}.", below[0].source


def _seventh_character(card: CodeCard) -> Iterator[_Found]:
    if not card.seventh_characters:
        return
    own = next((c for c in card.seventh_characters if c.code == card.code), None)
    if own:
        answer = f"It has one: {own.character}, {own.meaning}."
    else:
        choices = "; ".join(f"{c.code or c.character} {c.meaning}" for c in card.seventh_characters)
        is_stem = any(c.code for c in card.seventh_characters)
        answer = f"{'Yes' if is_stem else 'The codes below it do'}: {choices}."
    source = card.seventh_characters[0].source
    yield f"Does {card.code} need a 7th character?", answer, source


def _excludes(card: CodeCard) -> Iterator[_Found]:
    levels = [level for level in reversed(card.notes_by_level) if NoteKind.EXCLUDES1 in level.by_kind]
    if levels:
        answer = " ".join(map(_excluded, levels))
        yield f"What does {card.code} exclude (Excludes1)?", answer, levels[0].at.source


def _excluded(level: LevelNotes) -> str:
    notes = level.by_kind[NoteKind.EXCLUDES1]
    inherited = " (inherited)" if notes[0].inherited else ""
    entries = "; ".join(note.text for note in notes).replace(":; ", ": ")  # "…, such as:" leads in
    return f"At {level}{inherited}: {entries}."


def _icd9(card: CodeCard, history: Icd9History) -> Iterator[_Found]:
    if history.to_icd9:
        answer = " or ".join(_equivalents(history.to_icd9))
        frozen = "by the General Equivalence Mappings of 2018, which follow no later change"
        yield f"What is the ICD-9-CM code of {card.code}?", f"{answer}, {frozen}.", GEM_SOURCE


def _equivalents(rows: Iterable[Equivalence]) -> Iterator[str]:
    """The alternatives: single codes, and the combinations of one code of each choice list."""
    ordered = sorted(rows, key=lambda row: (row.scenario, row.choice_list))
    for scenario, found in groupby(ordered, key=lambda row: row.scenario):
        if scenario:
            lists = (list(choices) for _, choices in groupby(found, key=lambda row: row.choice_list))
            yield " with ".join(map(_one_of, lists))
        else:
            yield from map(_equivalent, found)


def _one_of(rows: Sequence[Equivalence]) -> str:
    """One code of a choice list, in parentheses where there is a choice."""
    choices = " or ".join(map(_equivalent, rows))
    return f"({choices})" if len(rows) > 1 else choices


def _equivalent(row: Equivalence) -> str:
    if row.icd9 is None:
        return "None"
    return f"{row.icd9} ({'approximate' if row.approximate else 'exact'})"


def _listed(codes: Iterable[tuple[Code, str | None]]) -> str:
    return "; ".join(f"{code} {title}" if title else code.text for code, title in codes)
