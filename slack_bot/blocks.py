"""Blocks, and a card as Block Kit."""

from collections.abc import Sequence

from core.card import CodeCard
from core.full_card import FullCard
from core.render.full_outline import full_outline
from core.render.glance import glance
from core.render.note_lines import Line
from core.render.outline import Outline, Section, outline
from slack_bot.limits import BLOCKS, ELEMENT, ELEMENTS, HEADER, MESSAGE, SECTION, Block, message_size
from slack_bot.mrkdwn import escape, fitted

LINES = 12  # of a section that are shown, where the message is short enough
_FEWER = (8, 5, 3, 2, 1)
_INDENT = "    "
_LINE = 1000  # characters: even the longest note of a release is shorter


def header(text: str) -> Block:
    """A headline; a long one is cut."""
    # No emoji: a colon in a title is a colon.
    return {"type": "header", "text": {"type": "plain_text", "text": fitted(text, HEADER), "emoji": False}}


def section(markup: str) -> Block:
    """A section of text that is already escaped."""
    return {"type": "section", "text": _markup(markup)}


def context(*lines: str) -> Block:
    """Small print, at most ten lines; long ones are cut."""
    return {"type": "context", "elements": [_markup(fitted(line, ELEMENT)) for line in lines[:ELEMENTS]]}


def listing(heading: str, lines: Sequence[str], left_out: int = 0) -> Block:
    """A headed list of lines that are already escaped; those that do not fit are counted."""
    return _listing(heading, [f"• {line}" for line in lines], left_out)


def _listing(heading: str, lines: Sequence[str], left_out: int) -> Block:
    """A headed list of lines with their signs."""
    shown = list(lines)
    while len(markup := _joined(heading, shown, left_out)) > SECTION:
        shown.pop()
        left_out += 1
    return section(markup)


def glance_to_blocks(full: FullCard) -> list[Block]:
    """Render a card at a glance; its footer says how to ask for the rest."""
    out = glance(full, more=f"/icd {full.card.code} full")
    return [*_head(out), *map(_section, out.sections), context(*out.footer)]


def card_to_blocks(full: FullCard, *, limit: int = LINES) -> list[Block]:
    """Render a card with at most ``limit`` lines in each section; with fewer where Slack takes no more."""
    for lines in (limit, *(n for n in _FEWER if n < limit)):
        out = full_outline(full, limit=lines)
        is_cut = any(part.left_out for part in out.sections)
        basis, *sources = out.footer
        every_line = [f"Every line: icdlens lookup {out.code}"] * is_cut
        head, foot = _head(out), context(basis, "\n".join(sources), *every_line)
        sections = [_section(part) for part in out.sections]
        if _fits(blocks := [*head, *sections, foot]):
            return blocks
    while sections and not _fits(blocks):
        sections.pop()
        missing = context(f"… {len(out.sections) - len(sections)} more sections")
        blocks = [*head, *sections, missing, foot]
    return blocks


def card_to_line(card: CodeCard) -> str:
    """A card in a line, for notifications and for clients that show no blocks."""
    out = outline(card)
    return fitted(f"{out.code} {out.title}. {out.status}", SECTION)


def _head(out: Outline) -> list[Block]:
    """What the code is, what holds on the date, and where it stands."""
    name = f"{out.code} {out.title}"
    lines = [f"Short title: {escape(out.short_title)}"] if out.short_title else []
    lines.append(f"{'✓' if out.billable else '✗'} {escape(out.status)}")
    if len(escape(name)) > HEADER:
        lines.insert(0, f"*{fitted(name, _LINE)}*")
    lines += [f"⚠ {escape(caution)}" for caution in out.cautions]
    blocks = [header(name), section("\n".join(lines))]
    return [*blocks, context(" › ".join(out.path))] if out.path else blocks


def _section(part: Section) -> Block:
    return _listing(escape(part.heading), list(map(_line, part.lines)), part.left_out)


def _line(line: Line) -> str:
    """A line as deep as it stands; a head needs no sign for it."""
    sign = "" if line.is_head else "• "
    return f"{_INDENT * line.depth}{sign}{fitted(line.text, _LINE)}"


def _joined(heading: str, lines: Sequence[str], left_out: int) -> str:
    more = [f"… {left_out} more"] if left_out else []
    return "\n".join([f"*{heading}*", *lines, *more])


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= BLOCKS and message_size(blocks) <= MESSAGE


def _markup(text: str) -> dict[str, object]:
    # verbatim: Slack links and mentions nothing on its own.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
