"""The code page: a full card as headings and lines whose codes are links."""

from typing import Any

from core.code import Code
from core.full_card import FullCard
from core.render.full_outline import full_outline
from core.render.linked import Known, Run, linked_lines
from core.render.outline import Section


def code_page(full: FullCard, known: Known) -> dict[str, Any]:
    """A full card as JSON-ready data for a page; the keys are documented in ``docs/editor.md``."""
    out = full_outline(full)
    return {
        "title": out.title,
        "short_title": out.short_title,
        "status": out.status,
        "cautions": list(out.cautions),
        "sections": [_section(section, full.card.code, known) for section in out.sections],
        "footer": list(out.footer),
    }


def _section(section: Section, own: Code, known: Known) -> dict[str, Any]:
    linked = zip(section.lines, linked_lines(section, own, known), strict=True)
    lines = [{"depth": line.depth, "runs": [_run(run) for run in runs]} for line, runs in linked]
    return {"heading": section.heading, "lines": lines}


def _run(run: Run) -> dict[str, str]:
    """A run without the keys that it does not need: a page has hundreds."""
    found = {"text": run.text}
    if run.code:
        found["code"] = run.code.text
    if run.url:
        found["url"] = run.url
    return found
