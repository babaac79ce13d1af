"""A card as Markdown for editors: no HTML and no tables, which some editors show raw."""

import re

from core.render.outline import Outline

#: Everything that CommonMark may take for markup inside a line; official texts hold [HIV] and the like.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def escape(text: str) -> str:
    """Make a text stand for itself in Markdown."""
    return _MARKUP.sub(r"\\\1", text)


def outline_to_markdown(out: Outline) -> str:
    """Render an outline."""
    sign = "✓" if out.billable else "✗"
    parts = [f"**{out.code}** {escape(out.title)}"]
    if out.short_title:
        parts.append(f"Short title: {escape(out.short_title)}")
    parts.append(f"{sign} {escape(out.status)}")
    parts += [f"⚠ {escape(caution)}" for caution in out.cautions]
    if out.path:
        parts.append(" › ".join(map(escape, out.path)))
    for section in out.sections:
        lines = [f"**{escape(section.heading)}**", ""]
        lines += [f"{'  ' * line.depth}- {escape(line.text)}" for line in section.lines]
        if section.left_out:
            lines.append(f"- … {section.left_out} more")
        parts.append("\n".join(lines))
    parts += [escape(line) for line in out.footer]
    return "\n\n".join(parts) + "\n"
