"""The glance: a card on one screen. What the code is, what it is not, and what to use instead."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from core.full_card import FullCard
from core.render.full_outline import full_drafts, full_head
from core.render.note_lines import introduces
from core.render.outline import CODES_BELOW, Draft, Outline, as_of, cut
from core.render.text import outline_height, section_height

LINES = 25
COLUMNS = 100
_MOST_LINES = 6  # of one section
_LEAST = 3  # lines of the screen that a section takes: a blank one, its heading, and one of its own
_NEAREST_FIRST = (
    "Replaced",
    CODES_BELOW,
    "Excludes1",
    "Code first",
    "Use additional",
    "Code also",
    "To document",
    "7th characters",
    "Excludes2",
)
_WIDE_LAST = ("Excludes1", "Code first", "Use additional", "Code also")


def glance(full: FullCard, more: str | None = None, *, lines: int = LINES) -> Outline:
    """An outline that fits 25 lines of 100 columns, whatever the card; its footer says what it left out.

    ``more`` is what shows the whole card, where that is not the ``icdlens`` command.
    """
    top, waiting = full_head(full), list(full_drafts(full))
    more = more or f"icdlens lookup {top.code}"
    basis = basis_line(full)
    footer = _footer(basis, len(waiting), more)
    shown = replace(top, path=path_in_a_line(top), footer=footer)
    room = lines - outline_height(shown, width=COLUMNS)
    sections = []
    for draft in sorted(_unrepeated(full, waiting), key=lambda draft: _rank(draft.heading)):
        if room < _LEAST:
            break
        section = draft.write()
        most = min(len(section.lines), _MOST_LINES, room - _LEAST + 1)
        fitting = (cut(section, count) for count in range(most, 0, -1))
        for shortened in fitting:
            height = section_height(shortened, width=COLUMNS)
            if height <= room and not introduces(section.lines, len(shortened.lines) - 1):
                sections.append(shortened)
                room -= height
                break
    left = len(waiting) - len(sections)
    return replace(shown, sections=tuple(sections), footer=_footer(basis, left, more))


def _unrepeated(full: FullCard, found: Sequence[Draft]) -> Iterator[Draft]:
    """The sections without that of the codes below, where what replaced the code is the same."""
    replaced_by = {successor.code for successor in full.succession.replaced_by}
    below = {child.code for child in full.card.children}
    return (draft for draft in found if draft.heading != CODES_BELOW or not below <= replaced_by)


@lru_cache(maxsize=1024)  # most headings are those of many cards
def _rank(heading: str) -> int:
    """What to use instead, what it is not, what goes with it, what to document; then the rest in its order.

    A chapter's notes are alike on many codes, and so is what a block wants added; they come later.
    """
    is_wide = "(chapter" in heading or ("(block" in heading and not heading.startswith("Excludes1"))
    starts = _WIDE_LAST if is_wide else _NEAREST_FIRST
    found = next((i for i, start in enumerate(starts) if heading.startswith(start)), None)
    return len(_NEAREST_FIRST) + len(_WIDE_LAST) if found is None else found + is_wide * len(_NEAREST_FIRST)


def path_in_a_line(whole: Outline) -> tuple[str, ...]:
    """The path as one line, if there is one: the names alone, with the title of the nearest level."""
    if not whole.path:
        return ()
    *above, nearest = whole.path
    names = (
        " ".join(level.split()[: 2 if level.startswith(("Chapter ", "Block ")) else 1]) for level in above
    )
    return (" › ".join([*names, nearest]),)


def basis_line(full: FullCard) -> str:
    """The date, the release, and who publishes what every glance rests on."""
    tabular, validity, *_ = full.card.sources
    return f"{as_of(full.card)} · titles and notes: {tabular.publisher}; dates: {validity.publisher}"


def _footer(basis: str, left_out: int, more: str) -> tuple[str, ...]:
    if not left_out:
        return basis, f"Where each line comes from: {more}"
    sections = "section" if left_out == 1 else "sections"
    return basis, f"{left_out} more {sections}, and where each line comes from: {more}"
