"""``icdlens explain``: the code-shaped tokens of a text, each with its verdict and the reasons for it."""

import codecs
import json
import re
import textwrap
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click

from core.catalog import Catalog
from core.code import Code
from core.errors import IcdlensError
from core.findings.check import service_date
from core.recogniser.document import line_starts
from core.recogniser.mention import Evidence, Mention, Reason, Verdict
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import StatedDates, stated_dates
from icdlens.terminal import width
from index.library import Library

_INDENT = " " * 4
_NEVER_IN_PATH = re.compile(r"[\s\"<>|*?{}]")
#: A separator of folders, or a suffix as text files have; but I10/E11.9, and m54.xx, are texts.
_PATH = re.compile(r"[/\\]|\w\.[A-Za-z]{2,5}\Z")
_CODE_IN_PATH = re.compile(r"(?<![0-9A-Za-z])[A-Za-z][0-9][0-9A-Za-z](?:\.?[0-9A-Za-z]{1,4})?(?:[/\\.,-]|\Z)")
_NEAR_CODES = 3
_NEAR_CODES_FOR = 20  # tokens of one text; each takes some milliseconds

_COLOURS = {
    Verdict.CODE: "green",
    Verdict.CODE_NORM: "green",
    Verdict.RANGE: "cyan",
    Verdict.CATEGORY: "yellow",
    Verdict.RETIRED: "yellow",
    Verdict.INVALID: "red",
}


class UnreadableText(IcdlensError):
    """A file whose text is to be explained cannot be read."""


class BadRequest(IcdlensError):
    """A request that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name of where it comes from; an argument has none."""

    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What holds for every text of one command. Without a date, dates of service in the texts count."""

    on: date
    is_given: bool
    with_ignored: bool

    def mentions(self, library: Library, text: str, on: date | None = None) -> tuple[Mention, ...]:
        """The tokens of a text. A date of service that is asked for outweighs what the text states."""
        stated = None if self.is_given or on else stated_dates(text)
        found = recognise(text, self._catalog(library, text, on), on or self.on, stated=stated)
        return tuple(m for m in found if self.with_ignored or m.verdict is not Verdict.IGNORE)

    def days(self, text: str, mentions: Sequence[Mention]) -> list[date]:
        """The date of service of each token of a text."""
        stated = StatedDates((), ()) if self.is_given else stated_dates(text)
        return [stated.date_at(mention.start, self.on) for mention in mentions]

    def _catalog(self, library: Library, text: str, on: date | None = None) -> Catalog:
        default = on or self.on
        return library.in_force(default if self.is_given or on else service_date(text, default)).catalog


def sources(arguments: Sequence[str], stdin: BinaryIO | None) -> list[Source]:
    """The texts of a command's arguments: files where all name files, ``-`` for stdin, else the words."""
    if not arguments or list(arguments) == ["-"]:
        if stdin is None:
            raise UnreadableText("There is no stdin to read.")
        return [Source(None, decoded(stdin.read()))]
    paths = [Path(argument) for argument in arguments]
    if all(_is_file(path) or _is_meant_as_path(str(path)) for path in paths):
        return [Source(str(path), _read(path)) for path in paths]
    return [Source(None, " ".join(arguments))]


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 where its first bytes say so. What is neither is replaced."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def print_explained(library: Library, texts: Sequence[Source], asked: Explained) -> None:
    """Print every token with its place, verdict and reasons; on stderr where there is none."""
    count = 0
    for source in texts:
        found = asked.mentions(library, source.text)
        days = asked.days(source.text, found)
        titles = _titles(library, found, days)
        places = _places(source.text, found)
        near_left = _NEAR_CODES_FOR
        for mention, on, place, title in zip(found, days, places, titles, strict=True):
            near: tuple[Code, ...] = ()
            if mention.verdict is Verdict.INVALID and mention.suggestion is None and near_left:
                near_left -= 1
                near = library.near_codes(mention.written, on)[:_NEAR_CODES]
            _print_mention(mention, f"{source.name}:{place}" if source.name else place, title, near)
        count += len(found)
        if not asked.is_given and (dates := stated_dates(source.text).dates):
            click.secho(
                f"For the date of service that the text states: {', '.join(map(str, dict.fromkeys(dates)))}.",
                dim=True,
            )
    if not count:
        click.echo("icdlens: Nothing in the text is written like a code.", err=True)


def _titles(library: Library, mentions: Sequence[Mention], days: Sequence[date]) -> list[str | None]:
    """The title of what each token stands for, in the release of its date of service."""
    meant = [(mention.suggestion or mention.code, on) for mention, on in zip(mentions, days, strict=True)]
    titles = library.titles_on((code, on) for code, on in meant if code)
    return [titles.get((code, on)) if code else None for code, on in meant]


def print_json(library: Library, texts: Sequence[Source], asked: Explained) -> None:
    """Print the tokens of all texts as one JSON list; with ``file`` where there are several files."""
    answers = []
    for source in texts:
        found = [mention_to_dict(m) for m in asked.mentions(library, source.text)]
        answers += [{"file": source.name, **answer} for answer in found] if source.name else found
    click.echo(json.dumps(answers, ensure_ascii=False, indent=2))


def mention_to_dict(mention: Mention) -> dict[str, Any]:
    """A token as JSON-ready data; offsets are in code points, the end is exclusive."""
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.written,
        "code": mention.names,
        "verdict": mention.verdict.value,
        "reasons": [str(reason) for reason in mention.reasons],
    }


def answer_lines(library: Library, requests: BinaryIO, answers: BinaryIO, asked: Explained) -> None:
    """Answer JSON requests, one a line, each with one line that is flushed.

    A request: ``{"id": 1, "text": "Dx M53.9", "on": "2026-10-01"}``, where ``on`` can be left out. An
    answer: a list of tokens. A line that is no request is answered with an object that has ``error``, and
    the next line is read.
    """
    for line in requests:
        answer: list[dict[str, Any]] | dict[str, Any]
        try:
            answer = _answer(library, line, asked)
        except BadRequest as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(library: Library, line: bytes, asked: Explained) -> list[dict[str, Any]]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("The line is not JSON.") from None
    if not isinstance(request, dict) or not isinstance(text := request.get("text"), str):
        raise BadRequest('A request is an object with "text", a string.')
    on = None
    if (written := request.get("on")) is not None:
        try:
            on = date.fromisoformat(written)
        except (TypeError, ValueError):
            raise BadRequest('"on" is a date, as 2026-10-01.') from None
    return [mention_to_dict(mention) for mention in asked.mentions(library, text, on)]


def _print_mention(mention: Mention, place: str, title: str | None, near: tuple[Code, ...]) -> None:
    colour = _COLOURS.get(mention.verdict)
    is_silent = mention.verdict is Verdict.IGNORE
    written = click.style(mention.written, bold=not is_silent, dim=is_silent)
    verdict = click.style(mention.verdict.value, fg=colour, dim=colour is None)
    click.echo(f"{place}  {written}  {verdict}{_meaning(mention, title)}")
    for reason in mention.reasons:
        click.secho(_wrapped(reason), dim=mention.evidence is Evidence.BARE)
    if near:
        click.echo(f"{_INDENT}Codes written like it: {', '.join(code.text for code in near)}")


def _meaning(mention: Mention, title: str | None) -> str:
    """The code that the token stands for, where that says more than the token itself."""
    if (names := mention.names) is None:
        return ""
    said = "" if names == mention.written else f"{'→ ' if mention.suggestion else ''}{names}"
    return "".join(f"  {part}" for part in (said, None if mention.last else title) if part)


def _wrapped(reason: Reason) -> str:
    # A reason can quote a column's head or the name of a system: nothing of a text may steer the terminal.
    readable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(reason))
    return textwrap.fill(readable, max(width(), 40), initial_indent=_INDENT, subsequent_indent=_INDENT * 2)


def _places(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Line and column of each mention, from 1, in code points."""
    starts = line_starts(text)
    places = []
    for mention in mentions:
        line = bisect_right(starts, mention.start)
        places.append(f"{line}:{mention.start - starts[line - 1] + 1}")
    return places


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


def _is_meant_as_path(argument: str) -> bool:
    """Whether an argument is no text but a path: of a folder, or mistyped, as nosuch/notes.txt."""
    if _NEVER_IN_PATH.search(argument) or _CODE_IN_PATH.search(argument):
        return False
    try:
        if Path(argument).is_dir():
            return True
    except (OSError, ValueError):
        return False
    return _PATH.search(argument) is not None


def _read(path: Path) -> str:
    """The text of a file. Raises ``UnreadableText`` for what is none, and says what to do."""
    try:
        if path.is_dir():
            raise UnreadableText(f"{path} is a folder; name a file in it, or use: icdlens check {path}")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableText(
            f"{path} cannot be read ({error.strerror}). Check the path. "
            "A text of that form is read from stdin: icdlens explain -"
        ) from error
    if b"\0" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableText(f"{path} is binary; save it as text first.")
    return decoded(data)
