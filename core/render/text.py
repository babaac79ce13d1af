"""A card as plain text: for terminals, for clients that take no Markdown, and for pipes."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

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
    for text in _texts(out):
        yield from (TextLine(text.role, line) for line in _wrapped(text, width))


def outline_height(out: Outline, *, width: int = WIDTH) -> int:
    """How many lines ``outline_to_lines`` renders."""
    width = max(width, _NARROWEST)
    return sum(len(_wrapped(text, width)) for text in _texts(out))


def section_height(section: Section, *, width: int = WIDTH) -> int:
    """How many of them a section takes, with the blank line before it."""
    width = max(width, _NARROWEST)
    return sum(len(_wrapped(text, width)) for text in _texts_of_section(section))


class _Text(NamedTuple):
    """A text before it is wrapped: how far it is set in, and how much further where it goes on."""

    text: str
    indent: int = 0
    hang: int = 0
    role: Role = Role.PLAIN


_BLANK = _Text("")


def _texts(out: Outline) -> Iterator[_Text]:
    yield _Text(f"{out.code}  {out.title}", hang=2, role=Role.TITLE)
    if out.short_title:
        yield _Text(f"Short title: {out.short_title}", 2, 2)
    yield _Text(out.status, 2)
    for caution in out.cautions:
        yield _Text(f"! {caution}", 2, 2, Role.CAUTION)
    for depth, step in enumerate(out.path, start=1):
        yield _Text(step, 2 * depth, 2)
    for section in out.sections:
        yield from _texts_of_section(section)
    yield _BLANK
    for line in out.footer:
        yield _Text(line, hang=2)


def _texts_of_section(section: Section) -> Iterator[_Text]:
    yield _BLANK
    yield _Text(section.heading, role=Role.HEADING)
    for line in section.lines:
        sign = "" if line.is_head else "- "
        yield _Text(sign + line.text, 2 + 2 * line.depth, 2)
    if section.left_out:
        yield _Text(f"… {section.left_out} more", 2)


def _wrapped(text: _Text, width: int) -> Sequence[str]:
    if text.indent + len(text.text) <= width:  # most lines fit, and textwrap takes its time
        return (" " * text.indent + text.text,)
    return _split(text.text, width, text.indent, text.hang)


@lru_cache(maxsize=1024)  # long notes are those of a category, a block or a chapter
def _split(text: str, width: int, indent: int, hang: int) -> Sequence[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
