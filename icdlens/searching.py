"""``icdlens search``: ranked hits on the terminal, as JSON, and as the answers of a line protocol."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO

import click

from core.classification import Level
from core.errors import IcdlensError
from core.render.outline import NO_TITLE
from index.hit import Hit
from index.library import Library

_MOST_HITS = 1000


class BadRequest(IcdlensError):
    """A request that cannot be understood."""


def check_chapter(library: Library, chapter: str | None) -> None:
    """Raise ``BadRequest`` for a chapter that the release does not have."""
    if chapter is not None and library.catalog.group(Level.CHAPTER, chapter) is None:
        raise BadRequest("There is no such chapter; chapters are numbered 1 to 22.")


def print_hits(library: Library, query: str, hits: Sequence[Hit], on: date, form: str) -> None:
    """Print hits to stdout; where there is none, say on stderr what to try."""
    if form == "json":
        click.echo(json.dumps([hit_to_dict(library, hit, on) for hit in hits], ensure_ascii=False, indent=2))
    for hit in hits if form == "text" else ():
        _print_hit(hit)
    if not hits:
        near = ", ".join(code.text for code in library.near_codes(query, on))
        instead = f"codes written like it: {near}" if near else "try fewer or other words"
        click.echo(f"icdlens: Nothing found; {instead}.", err=True)


def hit_to_dict(library: Library, hit: Hit, on: date) -> dict[str, Any]:
    """A hit as JSON-ready data, with the keys of a card where they mean the same."""
    period = library.catalog.lives([hit.code.text])[hit.code.text].billable_period(on)
    return {
        "code": hit.code.text,
        "title": hit.title,
        "standing": hit.standing.value,
        "billable": hit.billable,
        "billable_from": str(period.first) if period else None,
        "billable_through": str(period.through) if period and period.through else None,
        "release": library.release.name,
        "as_of": str(on),
        "score": round(hit.score, 4),
        "matched": hit.matched,
        "kind": hit.kind.label,
        "corrected": [{"written": written, "read": read} for written, read in hit.corrected],
    }


def answer_lines(library: Library, requests: BinaryIO, answers: BinaryIO, today: date) -> None:
    """Answer JSON requests, one a line, each with one line that is flushed.

    A request: ``{"id": 17, "q": "low back pain", "k": 10, "mode": "search"}``, mode ``search`` or
    ``complete``. An answer: a list of dotted codes, best first. A line that is no request is answered
    with an object that has ``error``, and the next line is read.
    """
    library.searcher  # noqa: B018 - open it before the first request waits for it
    for line in requests:
        answer: list[str] | dict[str, Any]
        try:
            answer = _answer(library, line, today)
        except BadRequest as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(library: Library, line: bytes, today: date) -> list[str]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("The line is not JSON.") from None
    if not isinstance(request, dict) or not isinstance(query := request.get("q"), str):
        raise BadRequest('A request is an object with "q", a string.')
    count = request.get("k", 10)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MOST_HITS:
        raise BadRequest(f'"k" is a number from 1 to {_MOST_HITS}.')
    match request.get("mode", "search"):
        case "search":
            hits = library.search(query, today, limit=count)
        case "complete":
            hits = library.complete(query, today, limit=count)
        case _:
            raise BadRequest('"mode" is "search" or "complete".')
    return [hit.code.text for hit in hits]


def _print_hit(hit: Hit) -> None:
    mark = click.style("✓", fg="green") if hit.billable else click.style("·", fg="yellow")
    standing = "" if hit.billable else f" ({hit.standing.value.replace('_', ' ')})"
    click.echo(f"{mark} {click.style(f'{hit.code.text:<8}', bold=True)}  {hit.title or NO_TITLE}{standing}")
    if hit.matched != hit.title or hit.corrected:
        click.secho(f"            {hit.why}", dim=True)
