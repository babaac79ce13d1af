"""The outline: a card as headings and lines, in the order in which people read it.

Every human-readable rendering (Markdown, plain text, terminal, Block Kit) goes through it, so a
fact that is added here shows up everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.card import OURS, CardCode, CardLevel, CardNote, CodeCard, Source
from core.classification import Level
from core.lives import Standing
from core.notes import NoteKind

NO_TITLE = "(no title in the installed release)"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines; ``left_out`` counts the lines that a limit cut."""

    heading: str
    lines: tuple[str, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """A card's text, unescaped. ``status`` says what the code is on the date; ``billable`` colours it."""

    code: str
    title: str
    billable: bool
    status: str
    cautions: tuple[str, ...]
    path: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]


def outline(card: CodeCard, *, limit: int | None = None) -> Outline:
    """Outline a card, with at most ``limit`` lines in each section."""
    return Outline(
        code=card.code.text,
        title=card.title or NO_TITLE,
        billable=card.billable,
        status=_status(card),
        cautions=tuple(caution.text for caution in card.cautions),
        path=tuple(_level(level) for level in card.path if level.name != card.code.text or _is_group(level)),
        sections=tuple(cut(section, limit) for section in _sections(card)),
        footer=_footer(card),
    )


def billable_dates(first: date | None, through: date | None) -> str:
    """``billable from 2015-10-01``, with ``through 2021-09-30`` where it ended, or ``never billable``."""
    if first is None:
        return "never billable"
    return f"billable from {first} through {through}" if through else f"billable from {first}"


def _status(card: CodeCard) -> str:
    if card.billable:
        dates = billable_dates(card.billable_from, card.billable_through)
        return f"{card.reason.text} Dates of service: {dates}."
    return card.reason.text


def _is_group(level: CardLevel) -> bool:
    return level.level in (Level.CHAPTER, Level.BLOCK)


def _level(level: CardLevel) -> str:
    name = f"Chapter {level.name}" if level.level is Level.CHAPTER else level.name
    return f"{name} {level.title}"


def _sections(card: CodeCard) -> Iterator[Section]:
    if card.children:
        yield Section("Codes below", tuple(map(_code, card.children)))
    if card.seventh_characters and not card.children:
        yield _seventh_characters(card)
    chapter = [note for note in card.notes if note.at.level is Level.CHAPTER]
    yield from _notes([note for note in card.notes if note.at.level is not Level.CHAPTER])
    if card.seventh_characters and card.children:
        yield _seventh_characters(card)
    if card.siblings and not card.seventh_characters:
        yield Section("Codes beside it", tuple(map(_code, card.siblings)))
    # A chapter's notes are long, and alike on every code of it.
    yield from _notes(chapter)


def _notes(notes: Sequence[CardNote]) -> Iterator[Section]:
    """Notes by level, the code's own first and the chapter's last, each kind under its heading."""
    by_level = [list(lines) for _, lines in groupby(notes, key=lambda n: (n.at.level, n.at.name))]
    for level_notes in reversed(by_level):
        for kind, lines in groupby(level_notes, key=lambda n: n.kind):
            found = list(lines)
            yield Section(_note_heading(kind, found[0]), tuple(_printed_lines(found)))


def _printed_lines(notes: Sequence[CardNote]) -> Iterator[str]:
    """The lines as the Tabular List prints them: an instruction's words run on into its first line."""
    group = None
    for note in notes:
        starts = note.group != group
        group = note.group
        yield note.kind.printed(note.text) if starts and note.kind.is_instruction else note.text


def _note_heading(kind: NoteKind, note: CardNote) -> str:
    return f"{kind.label} ({note.at.level} {note.at.name})" if note.inherited else kind.label


def _seventh_characters(card: CodeCard) -> Section:
    lines = []
    for option in card.seventh_characters:
        code = f"{option.code} " if option.code else ""
        also = f" ({'; '.join(option.also)})" if option.also else ""
        lines.append(f"{option.character}: {code}{option.meaning}{also}")
    at = card.seventh_characters[0].at
    return Section(f"7th characters ({at.level} {at.name})", tuple(lines))


def _code(code: CardCode) -> str:
    note = {Standing.BILLABLE: "", Standing.HEADING: " (heading)", None: " (never billable)"}.get(
        code.standing, f" ({str(code.standing).replace('_', ' ')})"
    )
    return f"{code.code} {code.title or NO_TITLE}{note}"


def cut(section: Section, limit: int | None) -> Section:
    """A section with at most ``limit`` lines, and how many it left out."""
    # Replacing a single line by "1 more" would save nothing.
    if limit is None or len(section.lines) <= limit + 1:
        return section
    return Section(section.heading, section.lines[:limit], len(section.lines) - limit)


def _footer(card: CodeCard) -> tuple[str, ...]:
    return (f"As of {card.as_of} · release {card.release.name}", sources_line(card.sources))


def sources_line(sources: Sequence[Source]) -> str:
    """The official sources in one line; what is derived says so where it stands."""
    official = (source for source in sources if source.publisher != OURS)
    return "Sources: " + "; ".join(f"{s.publisher}: {s.name}, {s.edition}" for s in official)
