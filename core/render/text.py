"""A card as plain text: for terminals, for clients that take no Markdown, and for pipes."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from core.render.note_lines import Line
from core.render.outline import Outline, Section

WIDTH = 100
_NARROWEST = 40


class Role(Enum):
    """What a line of text is, for those who colour it."""

    TITLE = auto()
    CAUTION = auto()
    HEADING = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that fits the width."""

    role: Role
    text: str


def outline_to_text(out: Outline, *, width: int = WIDTH) -> str:
    """Render an outline in lines of at most ``width`` columns."""
    return "".join(f"{line.text}\n" for line in outline_to_lines(out, width=width))


def outline_to_lines(out: Outline, *, width: int = WIDTH) -> Iterator[TextLine]:
    """Render an outline as lines with their roles. A width under 40 columns counts as 40."""
    width = max(width, _NARROWEST)
    yield from _wrapped(f"{out.code}  {out.title}", width, hang=2, role=Role.TITLE)
    if out.short_title:
        yield from _wrapped(f"Short title: {out.short_title}", width, 2, 2)
    yield from _wrapped(out.status, width, 2)
    for caution in out.cautions:
        yield from _wrapped(f"! {caution}", width, 2, 2, Role.CAUTION)
    for depth, step in enumerate(out.path, start=1):
        yield from _wrapped(step, width, 2 * depth, 2)
    for section in out.sections:
        yield from section_to_lines(section, width=width)
    yield TextLine(Role.PLAIN, "")
    for line in out.footer:
        yield from _wrapped(line, width, hang=2)


def section_to_lines(section: Section, *, width: int = WIDTH) -> Iterator[TextLine]:
    """Render one section, with the blank line before it."""
    yield TextLine(Role.PLAIN, "")
    yield from _wrapped(section.heading, width, role=Role.HEADING)
    for line in section.lines:
        yield from _of_line(line, width)
    if section.left_out:
        yield TextLine(Role.PLAIN, f"  … {section.left_out} more")


def height_of(line: Line, width: int) -> int:
    """How many lines of the text one line of a section takes."""
    return sum(1 for _ in _of_line(line, width))


def _of_line(line: Line, width: int) -> Iterator[TextLine]:
    sign = "" if line.is_head else "- "
    return _wrapped(sign + line.text, width, 2 + 2 * line.depth, 2)


def _wrapped(
    text: str, width: int, indent: int = 0, hang: int = 0, role: Role = Role.PLAIN
) -> Iterator[TextLine]:
    if indent + len(text) <= width:  # most lines fit, and textwrap takes its time
        yield TextLine(role, " " * indent + text)
        return
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
    yield from (TextLine(role, line) for line in lines)
