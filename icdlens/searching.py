"""``icdlens search``: ranked hits on the terminal, as JSON, and as the answers of a line protocol."""

import json
import textwrap
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

import click

from core.errors import IcdlensError
from core.render.outline import NO_TITLE
from icdlens.terminal import print_basis, width
from index.hit import Hit
from index.json_hit import hit_to_dict
from index.library import Library

_MOST_HITS = 1000
_TITLES_AT = 12  # columns


class BadRequest(IcdlensError):
    """A request that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for every query of one command."""

    on: date
    limit: int
    billable_only: bool
    chapter: str | None
    block: str | None = None
    explain: bool = False
    by_meaning: bool = True

    def search(self, library: Library, query: str, limit: int) -> list[Hit]:
        return library.search(
            query,
            self.on,
            limit=limit,
            billable_only=self.billable_only,
            chapter=self.chapter,
            block=self.block,
            by_meaning=self.by_meaning,
        )


def print_hits(library: Library, query: str, asked: Asked, form: str) -> bool:
    """Print hits to stdout, and on stderr what was not understood. True if anything was found."""
    library = library.in_force(asked.on)
    hits = asked.search(library, query, asked.limit)
    if form == "json":
        answers = [hit_to_dict(library, hit, asked.on) for hit in hits]
        click.echo(json.dumps(answers, ensure_ascii=False, indent=2))
    for hit in hits if form == "text" else ():
        _print_hit(hit, explain=asked.explain)
    if form == "text" and hits:
        print_basis(library.release, asked.on, "✓ billable, · not")
    unknown = ", ".join(library.searcher.unknown_words(query))
    if form == "text" and len(hits) == asked.limit < _MOST_HITS:
        click.secho(
            f"The first {asked.limit}; for more: --limit {min(asked.limit * 3, _MOST_HITS)}", dim=True
        )
    if not hits:
        near = ", ".join(code.text for code in library.near_codes(query, asked.on))
        instead = f"codes written like it: {near}" if near else "try fewer or other words"
        click.echo(f"icdlens: Nothing found; {instead}.", err=True)
    elif unknown and asked.by_meaning and library.compares_meanings:
        click.echo(f"icdlens: In no official text, so compared by meaning only: {unknown}", err=True)
    elif unknown:
        click.echo(f"icdlens: Left out, for it is in no official text: {unknown}", err=True)
    return bool(hits)


def answer_lines(library: Library, requests: BinaryIO, answers: BinaryIO, asked: Asked) -> None:
    """Answer JSON requests, one a line, each with one line that is flushed.

    A request: ``{"id": 17, "q": "low back pain", "k": 10, "mode": "search"}``, mode ``search`` or
    ``complete``. An answer: a list of dotted codes, best first. A line that is no request is answered
    with an object that has ``error``, and the next line is read.
    """
    library = library.in_force(asked.on)
    library.searcher  # noqa: B018 - open it before the first request waits for it
    for line in requests:
        answer: list[str] | dict[str, Any]
        try:
            answer = _answer(library, line, asked)
        except BadRequest as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(library: Library, line: bytes, asked: Asked) -> list[str]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("The line is not JSON.") from None
    if not isinstance(request, dict) or not isinstance(query := request.get("q"), str):
        raise BadRequest('A request is an object with "q", a string.')
    count = request.get("k", asked.limit)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MOST_HITS:
        raise BadRequest(f'"k" is a number from 1 to {_MOST_HITS}.')
    match request.get("mode", "search"):
        case "search":
            hits = asked.search(library, query, count)
        case "complete":
            hits = library.complete(query, asked.on, limit=count)
        case _:
            raise BadRequest('"mode" is "search" or "complete".')
    return [hit.code.text for hit in hits]


def _print_hit(hit: Hit, *, explain: bool) -> None:
    mark = click.style("✓", fg="green") if hit.billable else click.style("·", fg="yellow")
    standing = "" if hit.billable else f" ({hit.standing.value.replace('_', ' ')})"
    title = _indented(f"{hit.title or NO_TITLE}{standing}").lstrip()
    click.echo(f"{mark} {click.style(f'{hit.code.text:<8}', bold=True)}  {title}")
    if hit.matched != hit.title or hit.corrected or hit.expanded:
        click.secho(_indented(hit.why), dim=True)
    if hit.more_beside:
        click.secho(_indented(f"… {hit.more_beside} more beside it match, and come later"), dim=True)
    if explain:
        parts = "".join(f", {name} {value:.2f}" for name, value in hit.parts)
        click.secho(_indented(f"score {hit.score:.3f}{parts}"), dim=True)


def _indented(text: str) -> str:
    space = " " * _TITLES_AT
    return textwrap.fill(text, max(width(), 40), initial_indent=space, subsequent_indent=space)
