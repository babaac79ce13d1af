"""The outline: a card as headings and lines, in the order in which people read it.

Every human-readable rendering (Markdown, plain text, terminal, Block Kit) goes through it, so a
fact that is added here shows up everywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from core.card import CardCode, CardLevel, CardNote, CodeCard, LevelNotes
from core.classification import Level
from core.lives import Standing
from core.notes import NoteKind
from core.render.note_lines import Line, introduces, note_lines
from core.render.source_lines import source_lines

NO_TITLE = "(no title in the installed release)"

CODES_BELOW = "Codes below"
_CODES_BESIDE = "Codes beside it"

_IN_RANGE = (Level.CHAPTER, Level.BLOCK)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines; ``left_out`` counts the lines that a limit cut."""

    heading: str
    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A section that a card has, and that is written when somebody reads it.

    ``heading`` is what its heading starts with: enough to tell which section it is. A section has a line at
    least, so drafts are counted as sections are.
    """

    heading: str
    write: Callable[[], Section]


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
    sections = tuple(cut(draft.write(), limit) for draft in drafts(card))
    return replace(head(card), sections=sections, footer=(as_of(card), *source_lines(card.sources)))


def head(card: CodeCard) -> Outline:
    """An outline without sections and without a footer: what the code is, and where it stands."""
    return Outline(
        code=card.code.text,
        title=title_of(card),
        short_title=None,
        billable=card.billable,
        status=status_of(card),
        cautions=tuple(caution.text for caution in card.cautions),
        path=_path(card),
        sections=(),
        footer=(),
    )


def drafts(card: CodeCard) -> Iterator[Draft]:
    """The sections of a card, in the order in which people read them."""
    table = _table_of(card) if card.seventh_characters else None
    if card.children:
        yield Draft(CODES_BELOW, partial(_codes, CODES_BELOW, card.children))
    elif table:
        yield table
    yield from _notes(card, lambda level: level is not Level.CHAPTER)
    if table and card.children:
        yield table
    if card.siblings and not table:
        yield Draft(_CODES_BESIDE, partial(_codes, _CODES_BESIDE, card.siblings))
    # A chapter's notes are long, and alike on every code of it.
    yield from _notes(card, lambda level: level is Level.CHAPTER)


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


def _notes(card: CodeCard, is_at: Callable[[Level], bool]) -> Iterator[Draft]:
    """Notes by level, the code's own first and the widest last, each kind under its heading."""
    for level in reversed(card.notes_by_level):
        if is_at(level.at.level):
            for kind, notes in level.by_kind.items():
                if not _introduces_table(card, level, kind):
                    heading = note_heading(kind, notes[0])
                    yield Draft(heading, partial(_note, heading, notes))


def _note(heading: str, notes: Sequence[CardNote]) -> Section:
    return Section(heading, note_lines(notes))


def note_heading(kind: NoteKind, note: CardNote) -> str:
    """The heading of the section that a note stands in."""
    return f"{kind.label} ({note.at.level} {note.at.name})" if note.inherited else kind.label


def _introduces_table(card: CodeCard, level: LevelNotes, kind: NoteKind) -> bool:
    """Whether notes are shown with the 7th characters, whose table they are printed with."""
    table = card.seventh_characters
    return bool(table) and kind is NoteKind.SEVENTH_CHARACTER and level.at == table[0].at


def _table_of(card: CodeCard) -> Draft:
    at = card.seventh_characters[0].at
    heading = f"7th characters ({at.level} {at.name})"
    return Draft(heading, partial(_seventh_characters, heading, card))


def _seventh_characters(heading: str, card: CodeCard) -> Section:
    """The table under the note that it is printed with."""
    kind = NoteKind.SEVENTH_CHARACTER
    levels = [level for level in card.notes_by_level if _introduces_table(card, level, kind)]
    heads = [Line(note.text, is_head=True) for level in levels for note in level.by_kind.get(kind, ())]
    lines = []
    for option in card.seventh_characters:
        code = f"{option.code} " if option.code else ""
        also = f" ({'; '.join(option.also)})" if option.also else ""
        lines.append(Line(f"{option.character}: {code}{option.meaning}{also}", depth=min(len(heads), 1)))
    return Section(heading, (*heads, *lines))


def _codes(heading: str, codes: Sequence[CardCode]) -> Section:
    return plain(heading, map(_code, codes))


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
