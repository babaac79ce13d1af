"""The check of a whole note: what a careful coder would remark on, from the first line to the last.

The recogniser says which tokens are meant as codes; only those are looked at. Each rule is a small module
of its own, and the settings have the last word on how severe its findings are.
"""

from collections.abc import Iterator
from datetime import date

from core.catalog import Catalog
from core.findings.code_rules import CodeRules
from core.findings.finding import Finding
from core.findings.ignored import Ignored, ignored, unknown_rules
from core.findings.list_rules import ListRules
from core.findings.note import CatalogOn, Note
from core.findings.note import NamesOf as NamesOf
from core.findings.remark import Remark
from core.findings.settings import DEFAULTS, CheckSettings
from core.findings.titles import TitleRule
from core.findings.together import Lists
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates


def service_date(text: str, default: date) -> date:
    """The first date of service that a note states, in front matter or a ``DOS:`` line; else the default."""
    return stated_dates(text).date_at(0, default)


def check(
    text: str,
    catalog: Catalog,
    on: date,
    settings: CheckSettings = DEFAULTS,
    names: NamesOf | None = None,
    catalog_on: CatalogOn | None = None,
) -> tuple[Finding, ...]:
    """What is to be remarked on in a note, sorted by place.

    ``on`` is the date of service where the note states none. ``names`` gives further names of a code, which
    the words beside it may use; without it only the official texts count. ``catalog_on`` gives the catalogue
    for a date, where a note states several and several releases are installed; without it ``catalog`` answers
    for all of them. Raises ``CatalogUnavailable``.
    """
    stated = stated_dates(text) if settings.reads_dates else None
    mentions = tuple(m for m in recognise(text, catalog, on, stated=stated) if m.is_reportable)
    note = Note(text, mentions, catalog, on, stated, names, catalog_on)
    silent = ignored(text, note.document) if mentions or "icdlens:" in text.lower() else Ignored()
    found = [f for r in _remarks(note, settings) if (f := _finding(r, settings)) is not None]
    found += unknown_rules(silent, settings)
    kept = [f for f in found if not silent.silences(f, note.document)] if silent != Ignored() else found
    return tuple(sorted(kept, key=lambda f: (f.start, f.end, f.rule)))


def _remarks(note: Note, settings: CheckSettings) -> Iterator[Remark]:
    if not note.mentions:
        return
    code_rules, titles, lists = CodeRules(note), TitleRule(note), Lists(note)
    for mention in note.mentions:
        yield from code_rules.remarks(mention)
        # A list to choose from offers the unspecified code beside the specific ones.
        if mention not in lists.to_choose_from:
            yield from code_rules.hints(mention)
        if settings.severity("title-mismatch"):
            yield from titles.remarks(mention)
    yield from ListRules(note, lists).remarks()
    yield from _unread_dates(note)


def _unread_dates(note: Note) -> Iterator[Remark]:
    """Dates of service that a note states and that cannot be read: its codes are judged on another day."""
    for start, end in note.stated.unread if note.stated else ():
        on = note.stated.at(start) if note.stated else None
        message = (
            f"The date of service cannot be read, so the codes are judged as of {on or note.on}. "
            "Write it as 2026-02-11, 02/11/2026 or February 11, 2026."
        )
        yield Remark(start, end, "unread-date-of-service", message)


def _finding(remark: Remark, settings: CheckSettings) -> Finding | None:
    if (severity := settings.severity(remark.rule)) is None:
        return None
    return Finding(
        remark.start,
        remark.end,
        remark.rule,
        severity,
        remark.message,
        remark.code,
        remark.fixes,
        remark.related,
    )
