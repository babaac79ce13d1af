"""``icdlens diff``: what changed from one release to another, as text, JSON, CSV and Markdown."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from core.classification import Level
from core.errors import IcdlensError
from core.release import Release, how_to_install
from core.release_changes import ChangeKind, PrintedNote, ReleaseChange, release_changes
from core.render.markdown import escape
from index.library import Library

_HEADINGS = {
    ChangeKind.NEW: "New",
    ChangeKind.DELETED: "Deleted",
    ChangeKind.DEMOTED: "Headings now, billable before",
    ChangeKind.PROMOTED: "Billable now, headings before",
    ChangeKind.RETITLED: "New titles",
    ChangeKind.NOTES: "Notes",
}
_COLUMNS = [
    "change",
    "level",
    "name",
    "chapter",
    "billable",
    "before",
    "after",
    "replaced_by",
    "note",
    "text",
]
_SCHEMA = 1


class NotInstalled(IcdlensError):
    """A release that is to be compared is not installed."""


def compare(library: Library, before: Release, after: Release, chapter: str | None, form: str) -> None:
    """Print what changed. Raises ``NotInstalled``."""
    old, new = (library.in_force(_installed(library, r).effective) for r in (before, after))
    if chapter is not None and not any(c.catalog.group(Level.CHAPTER, chapter) for c in (old, new)):
        raise click.UsageError("There is no such chapter; chapters are numbered 1 to 22.")
    changes = list(release_changes(old.catalog, new.catalog, chapter))
    match form:
        case "json":
            click.echo(json.dumps(_to_dict(old.release, new.release, changes), ensure_ascii=False, indent=2))
        case "csv":
            click.echo(_to_csv(changes), nl=False)
        case "markdown":
            click.echo("\n".join(_markdown(old.release, new.release, changes)))
        case _:
            click.echo("\n".join(_text(old.release, new.release, changes)))


def _installed(library: Library, wanted: Release) -> Release:
    """The release itself; for a fiscal year, where its October is not there, the year's latest."""
    if wanted in library.releases:
        return wanted
    same_year = [r for r in library.releases if r.fiscal_year == wanted.fiscal_year]
    if wanted.effective.month == 10 and same_year:
        return same_year[-1]
    there = ", ".join(release.name for release in library.releases)
    raise NotInstalled(
        f"{wanted.name} is not installed; install it with: {how_to_install(wanted)} (there are: {there})"
    )


def _text(old: Release, new: Release, changes: Sequence[ReleaseChange]) -> Iterator[str]:
    yield _summary(old, new, changes)
    for kind, found in _by_kind(changes):
        yield ""
        yield f"{_HEADINGS[kind]} ({len(found):,})"
        for change in found:
            yield f"  {_line(change)}"
            yield from (f"    {sign} {_note(note)}" for sign, note in _notes(change))


def _markdown(old: Release, new: Release, changes: Sequence[ReleaseChange]) -> Iterator[str]:
    yield f"# {old.name} to {new.name}"
    yield ""
    yield escape(_summary(old, new, changes))
    for kind, found in _by_kind(changes):
        yield ""
        yield f"## {_HEADINGS[kind]} ({len(found):,})"
        yield ""
        for change in found:
            yield f"- {escape(_line(change))}"
            words = {"+": "added", "-": "removed"}
            yield from (f"  - {words[sign]}: {escape(_note(note))}" for sign, note in _notes(change))


def _summary(old: Release, new: Release, changes: Sequence[ReleaseChange]) -> str:
    counts = ", ".join(f"{len(found):,} {kind.value}" for kind, found in _by_kind(changes))
    return f"From {old.name} to {new.name}: {counts or 'nothing changed'}."


def _by_kind(changes: Iterable[ReleaseChange]) -> list[tuple[ChangeKind, list[ReleaseChange]]]:
    listed = list(changes)
    grouped = ((kind, [c for c in listed if c.kind is kind]) for kind in ChangeKind)
    return [(kind, found) for kind, found in grouped if found]


def _line(change: ReleaseChange) -> str:
    level = f"{change.level.value} " if change.level in (Level.CHAPTER, Level.BLOCK) else ""
    name = f"{level}{change.name}"
    if change.kind is ChangeKind.RETITLED:
        return f"{name}  {change.before} → {change.after}"
    told_by = "derived" if change.is_derived else "conversion table"
    replaced = f" → {', '.join(map(str, change.replaced_by))} ({told_by})" if change.replaced_by else ""
    is_heading = change.kind is ChangeKind.NEW and not change.billable and not level
    return f"{name}  {change.after or change.before}{' (heading)' if is_heading else ''}{replaced}"


def _notes(change: ReleaseChange) -> Iterator[tuple[str, PrintedNote]]:
    yield from (("+", note) for note in change.added)
    yield from (("-", note) for note in change.removed)


def _note(note: PrintedNote) -> str:
    return f"{note.kind.label}: {note.text}"


def _to_dict(old: Release, new: Release, changes: Iterable[ReleaseChange]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "from": {"release": old.name, "effective": str(old.effective)},
        "to": {"release": new.name, "effective": str(new.effective)},
        "changes": [
            {
                "change": change.kind.value,
                "level": change.level.value,
                "name": change.name,
                "chapter": change.chapter,
                "billable": change.billable,
                "before": change.before,
                "after": change.after,
                "replaced_by": [code.text for code in change.replaced_by],
                "derived": change.is_derived,
                "added": [{"kind": n.kind.value, "text": n.text} for n in change.added],
                "removed": [{"kind": n.kind.value, "text": n.text} for n in change.removed],
            }
            for change in changes
        ],
    }


def _to_csv(changes: Iterable[ReleaseChange]) -> str:
    """A row a change; for notes one a line, with ``+`` or ``-`` and the kind in the column ``note``."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for c in changes:
        replaced = " ".join(code.text for code in c.replaced_by)
        row = [c.kind.value, c.level.value, c.name, c.chapter, int(c.billable), c.before, c.after, replaced]
        notes = [(f"{sign}{note.kind.value}", note.text) for sign, note in _notes(c)] or [("", "")]
        table.writerows([*row, *note] for note in notes)
    return out.getvalue()
