"""A note's lines as they are read: what leads in is a head, with its entries under it.

The Tabular List prints its lists under lines such as "Code first underlying disease, such as:". Its XML
keeps the lines, in order, but not how far each is set in; what a head introduces is read from the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.card import CardNote
from core.notes import NoteKind

_EXCLUDES = (NoteKind.EXCLUDES1, NoteKind.EXCLUDES2)

#: Printed out of order: I68.2 has it between systemic lupus erythematosus and tuberculosis.
_OUT_OF_ORDER = frozenset({"syphilis (A52.04)"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a section. ``depth`` counts the lines that it stands under.

    ``is_head``: it only introduces the lines under it, and is no entry of the list itself.
    """

    text: str
    depth: int = 0
    is_head: bool = False


def note_lines(notes: Sequence[CardNote]) -> tuple[Line, ...]:
    """The lines of notes of one kind and level. An instruction's words run on into its first line."""
    groups = (list(found) for _, found in groupby(notes, key=lambda note: note.group))
    return tuple(line for group in groups for line in _of_one_note(group))


def introduces(lines: Sequence[Line], position: int) -> bool:
    """Whether other lines stand under the one at a position."""
    after = position + 1
    return after < len(lines) and lines[after].depth > lines[position].depth


def _of_one_note(notes: Sequence[CardNote]) -> Iterator[Line]:
    kind = notes[0].kind
    texts = [note.text for note in notes]
    if kind.is_instruction:
        texts[0] = kind.printed(texts[0])
    head: str | None = None
    depth = 0
    for position, text in enumerate(texts):
        if head is not None and kind in _EXCLUDES and _is_past(head, texts[position - 1], text):
            head, depth = None, 0
        if _leads_in(text) and position + 1 < len(texts):
            # A list that starts with its head needs no sign for it; within a list the head is an entry.
            yield Line(text, depth, is_head=position == 0)
            head, depth = text, depth + 1
        else:
            yield Line(text, depth)


def _leads_in(text: str) -> bool:
    return text.rstrip().endswith(":")


def _is_past(head: str, before: str, text: str) -> bool:
    """Whether an entry of an Excludes note stands beside its head again, and no longer under it.

    Both lists are printed by the alphabet: the entries' order ends, and the head's goes on.
    """
    if before == head or text in _OUT_OF_ORDER or text.split()[:2] == before.split()[:2]:
        return False
    return head.casefold() < text.casefold() < before.casefold()
