"""The outline: a card as headings and lines, in the order in which people read it.

Every human-readable rendering (Markdown, plain text, terminal, Block Kit) goes through it, so a
fact that is added here shows up everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.card import CardCode, CardLevel, CardNote, CodeCard
from core.classification import Level
from core.lives import Standing
from core.notes import NoteKind
from core.render.note_lines import Line, introduces, note_lines
from core.render.source_lines import source_lines

NO_TITLE = "(no title in the installed release)"

CODES_BELOW = "Codes below"

_IN_RANGE = (Level.CHAPTER, Level.BLOCK)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines; ``left_out`` counts the lines that a limit cut."""

    heading: str
    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """A card's text, unescaped. ``status`` says what the code is on the date; ``billable`` colours it.

    ``title`` says so where the release has none, and gives the heading's. ``short_title`` is ``None``
    where no order file is loaded, and where it is the title itself.
    """

    code: str
    title: str
    short_title: str | None
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
        title=title_of(card),
        short_title=None,
        billable=card.billable,
        status=status_of(card),
        cautions=tuple(caution.text for caution in card.cautions),
        path=_path(card),
        sections=tuple(cut(section, limit) for section in _sections(card)),
        footer=(as_of(card), *source_lines(card.sources)),
    )


def plain(heading: str, texts: Iterable[str]) -> Section:
    """A section whose lines all stand beside each other."""
    return Section(heading, tuple(map(Line, texts)))


def billable_dates(first: date | None, through: date | None) -> str:
    """``billable from 2015-10-01``, with ``through 2021-09-30`` where it ended, or ``never billable``."""
    if first is None:
        return "never billable"
    return f"billable from {first} through {through}" if through else f"billable from {first}"


def title_of(card: CodeCard) -> str:
    """The title of a code, or what stands in its place."""
    return card.title or _title_of_heading(card)


def status_of(card: CodeCard) -> str:
    """What a code is on the date, with its dates of service where it is billable."""
    if card.billable:
        dates = billable_dates(card.billable_from, card.billable_through)
        return f"{card.reason.text} Dates of service: {dates}."
    return card.reason.text


def _title_of_heading(card: CodeCard) -> str:
    """What stands in the place of a title that the release does not have: that of the nearest heading."""
    if not card.path or _is_group(card.path[-1]):
        return NO_TITLE
    heading = card.path[-1]
    return f"{NO_TITLE[:-1]}; its heading {heading.name}: {heading.title})"


def _is_group(level: CardLevel) -> bool:
    return level.level in _IN_RANGE


def _path(card: CodeCard) -> tuple[str, ...]:
    if not card.path:
        levels = map(level_name, card.within)
        return (*levels, f"{card.release.name} has no category {card.code.text[:3]}")
    return tuple(level_name(p) for p in card.path if p.name != card.code.text or _is_group(p))


def level_name(level: CardLevel) -> str:
    """A level with its title. ``Block C50`` tells the block of a single category from the category."""
    prefix = ""
    if level.level is Level.CHAPTER:
        prefix = "Chapter "
    elif level.level is Level.BLOCK and "-" not in level.name:
        prefix = "Block "
    return f"{prefix}{level.name} {level.title}"


def _sections(card: CodeCard) -> Iterator[Section]:
    if card.children:
        yield plain(CODES_BELOW, map(_code, card.children))
    table = _seventh_characters(card) if card.seventh_characters else None
    if table and not card.children:
        yield table
    notes = [note for note in card.notes if not (table and _introduces_table(card, note))]
    chapter = [note for note in notes if note.at.level is Level.CHAPTER]
    yield from _notes([note for note in notes if note.at.level is not Level.CHAPTER])
    if table and card.children:
        yield table
    if card.siblings and not table:
        yield plain("Codes beside it", map(_code, card.siblings))
    # A chapter's notes are long, and alike on every code of it.
    yield from _notes(chapter)


def _notes(notes: Sequence[CardNote]) -> Iterator[Section]:
    """Notes by level, the code's own first and the chapter's last, each kind under its heading."""
    by_level = [list(lines) for _, lines in groupby(notes, key=lambda n: (n.at.level, n.at.name))]
    for level_notes in reversed(by_level):
        by_kind: dict[NoteKind, list[CardNote]] = {}
        for note in level_notes:
            by_kind.setdefault(note.kind, []).append(note)
        for kind, found in by_kind.items():
            yield Section(note_heading(kind, found[0]), note_lines(found))


def note_heading(kind: NoteKind, note: CardNote) -> str:
    """The heading of the section that a note stands in."""
    return f"{kind.label} ({note.at.level} {note.at.name})" if note.inherited else kind.label


def _introduces_table(card: CodeCard, note: CardNote) -> bool:
    return note.kind is NoteKind.SEVENTH_CHARACTER and note.at == card.seventh_characters[0].at


def _seventh_characters(card: CodeCard) -> Section:
    """The table under the note that it is printed with."""
    heads = [Line(note.text, is_head=True) for note in card.notes if _introduces_table(card, note)]
    lines = []
    for option in card.seventh_characters:
        code = f"{option.code} " if option.code else ""
        also = f" ({'; '.join(option.also)})" if option.also else ""
        lines.append(Line(f"{option.character}: {code}{option.meaning}{also}", depth=min(len(heads), 1)))
    at = card.seventh_characters[0].at
    return Section(f"7th characters ({at.level} {at.name})", (*heads, *lines))


def _code(code: CardCode) -> str:
    return f"{code.code} {code.title or NO_TITLE}{standing_note(code.standing)}"


def standing_note(standing: Standing | None) -> str:
    """What is said after a code that is not billable on the date; empty for one that is."""
    if standing is Standing.BILLABLE:
        return ""
    return " (never billable)" if standing is None else f" ({standing.replace('_', ' ')})"


def cut(section: Section, limit: int | None) -> Section:
    """A section with at most ``limit`` lines, and how many it left out. A head is not left alone."""
    # Replacing a single line by "1 more" would save nothing.
    if limit is None or len(section.lines) <= limit + 1:
        return section
    while limit > 1 and introduces(section.lines, limit - 1):
        limit -= 1
    return Section(section.heading, section.lines[:limit], len(section.lines) - limit)


def as_of(card: CodeCard) -> str:
    """The date that the card is for, and the release that it is made of."""
    return f"As of {card.as_of} · release {card.release.name}"
