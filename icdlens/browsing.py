"""``icdlens index``: the printed Alphabetic Index and its tables on the terminal and as JSON."""

import json
import shlex
import textwrap
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from core.catalog import Catalog
from core.errors import IcdlensError
from core.index_answer import IndexAnswer, Question, ask_index
from core.index_lines import LoadedPart, loaded_parts, main_terms
from core.index_parts import IndexPart
from core.render.index_text import IndexRole, index_text, named
from core.render.json_index import answer_to_dict
from icdlens.terminal import fitted, print_basis, width
from index.library import Library

_INDENT = "  "
_STYLES: Mapping[IndexRole, Mapping[str, Any]] = {
    IndexRole.PART: {"bold": True},
    IndexRole.TERM: {"fg": "green", "bold": True},
    IndexRole.PLAIN: {},
    IndexRole.ASIDE: {"dim": True},
}


class IndexNotLoaded(IcdlensError):
    """The part of the Index that is asked for is not loaded."""


def browse(library: Library, question: Question, form: str) -> bool:
    """Print what the Index says to some words. True if anything was found. Raises ``IndexNotLoaded``."""
    library = library.in_force(question.on)
    absent = _absent(library, question.part)
    answer = ask_index(library.catalog, question)
    if form == "json":
        found = answer_to_dict(answer, question, library.release)
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif answer.details:
        _print(answer)
        print_basis(library.release, question.on, "✓ billable, · more characters")
        if _is_cut(answer):
            click.secho(f"For more: --limit {question.limit * 3}", dim=True)
    if not answer.details:
        words = shlex.join(question.words.split())
        click.echo(f"icdlens: Nothing in the Index; in all texts: icdlens search {words}", err=True)
    if absent and form == "text":
        click.echo(f"icdlens: {absent}", err=True)
    return bool(answer.details)


def overview(library: Library, on: date) -> None:
    """Print which parts are loaded, with their main terms by letter. Raises ``IndexNotLoaded``."""
    library = library.in_force(on)
    absent = _absent(library, None)
    for part, letters in _letters(library.catalog).items():
        count = f"{part.main_terms:,} main terms" if part.main_terms > 1 else "one main term"
        click.secho(f"{named(part)}: {part.lines:,} lines, {count}", bold=True)
        counts = "  ".join(f"{letter}\xa0{n:,}" for letter, n in letters.items())
        lines = textwrap.wrap(counts, width(), initial_indent=_INDENT, subsequent_indent=_INDENT)
        click.echo("\n".join(lines).replace("\xa0", " "))
    click.echo()
    click.echo('Look a line up by its words: icdlens index "pain, low back"')
    click.echo(
        "A cell of a table: icdlens index breast --behavior benign; icdlens index aspirin --intent accidental"
    )
    if absent:
        click.echo(f"icdlens: {absent}", err=True)


def _print(answer: IndexAnswer) -> None:
    for line in index_text(answer):
        click.secho(fitted(line.text, width()), **_STYLES[line.role])


def _is_cut(answer: IndexAnswer) -> bool:
    shown = len(answer.details) + len(answer.others)
    details = [part for detail in answer.details for part in (detail, *detail.followed)]
    return answer.found > shown or any(detail.left_out for detail in details)


def _absent(library: Library, part: IndexPart | None) -> str | None:
    """What is not loaded, and what loads it. Raises ``IndexNotLoaded`` where nothing that is asked for is."""
    loaded = {found.part for found in loaded_parts(library.catalog)}
    missing = [p for p in IndexPart if p not in loaded]
    if not missing:
        return None
    names = ", ".join(p.title for p in missing)
    message = (
        f"{library.release.name} has no {names} here; load what you have of the official files with: "
        "icdlens build --index FILE (the XML of that part, or the zip), or install a whole release with: "
        "icdlens update"
    )
    if not loaded or (part is not None and part not in loaded):
        raise IndexNotLoaded(message)
    return message


def _letters(catalog: Catalog) -> dict[LoadedPart, Counter[str]]:
    """How many main terms each part has by letter; those that begin with none are under #."""
    found: dict[LoadedPart, Counter[str]] = {}
    for part, term in main_terms(catalog):
        letter = term[0].upper() if term[0].isascii() and term[0].isalpha() else "#"
        found.setdefault(part, Counter())[letter] += 1
    return {part: Counter(dict(sorted(letters.items()))) for part, letters in found.items()}
