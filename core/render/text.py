"""A card as plain text, for clients that take no Markdown and for pipes."""

import textwrap

from core.card import CodeCard
from core.render.outline import outline

WIDTH = 100


def card_to_text(card: CodeCard, *, limit: int | None = None) -> str:
    """Render a card in lines of at most 100 columns, with at most ``limit`` lines in each section."""
    out = outline(card, limit=limit)
    lines = [*_wrapped(f"{out.code}  {out.title}"), *_wrapped(out.status, "  ")]
    for caution in out.cautions:
        lines += _wrapped(f"! {caution}", "  ", hang="  ")
    for depth, step in enumerate(out.path):
        lines += _wrapped(step, "  " + "  " * depth, hang="  ")
    for section in out.sections:
        lines += ["", *_wrapped(section.heading)]
        for line in section.lines:
            lines += _wrapped(f"- {line}", "  ", hang="  ")
        if section.left_out:
            lines.append(f"  … {section.left_out} more")
    lines.append("")
    for line in out.footer:
        lines += _wrapped(line)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "", hang: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_on_hyphens=False,
    )
