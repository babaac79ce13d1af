"""Reader of the Alphabetic Index in a flat CSV file, such as ``ICD10CM_2025_Index.csv``.

One line of the Index a row, with the columns RowID, Letter, Level, Term, See, SeeAlso, NonEssModif and
Code; the main terms have level 0. The file's own text names no edition, so its name must. Such a copy
has no manifestation codes, and lacks what the Index prints after the nonessential modifiers ("NEC").
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import BinaryIO

from core.alphabetic_index import AlphabeticIndex, IndexTerm, PrintedCode
from core.code import InvalidCode, shown
from core.sources import SourceError

_NAME = re.compile(r"(?:.*[^0-9A-Z])?ICD-?10-?CM[ _-](20[0-9]{2})[ _-]Index\.csv", re.IGNORECASE)
_COLUMNS = ["RowID", "Letter", "Level", "Term", "See", "SeeAlso", "NonEssModif", "Code"]
_LEVEL = re.compile(r"[0-9]")  # of index.xsd: a main term, and terms of level 1 to 9
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# The Index of FY2025 has 81,024 rows in 3.2 MB, the longest of them 420 bytes.
_LARGEST = 32 << 20
_LONGEST_LINE = 8 << 10


def read_alphabetic_index(path: Path) -> AlphabeticIndex:
    """Read one edition, whole or not at all. Raises ``SourceError``."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise SourceError(path, "the name must tell the edition, as in ICD10CM_2025_Index.csv")
    try:
        with path.open("rb") as file:
            return AlphabeticIndex(int(named[1]), tuple(_terms(path, _lines(path, file))))
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error


def split_title(term: str, modifiers: str) -> tuple[str, tuple[str, ...]]:
    """A printed title as the words that decide, and its nonessential modifiers without parentheses.

    Words between modifiers decide too: ``digestive organ`` with ``(s) or tract (complete)`` makes
    ``digestive organ or tract``. Of a title that is all modifiers these are the words, as printed.
    """
    words, groups, at = term, [], 0
    for start, end in [*_parentheses(modifiers), (len(modifiers), len(modifiers))]:
        words = _joined(words, modifiers[at:start], inside=at > 0 and modifiers[at : at + 1].isalpha())
        groups.append(_tidy(modifiers[start + 1 : end - 1]))
        at = end
    words = _tidy(words)
    return (words, tuple(filter(None, groups))) if words else (_tidy(modifiers), ())


def _parentheses(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost parentheses start and end; one that is never closed or opened is text."""
    opened: list[int] = []
    for at, character in enumerate(text):
        if character == "(":
            opened.append(at)
        elif character == ")" and opened:
            start = opened.pop()
            if not opened:
                yield start, at + 1


def _joined(words: str, more: str, *, inside: bool) -> str:
    """``inside``: a modifier stands inside the word, as in Amnes(t)ic."""
    more = more.replace("(", " ").replace(")", " ")
    if inside or more.startswith(","):
        return words + more
    return f"{words} {more.removeprefix('-')}" if more.strip() else words


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _lines(path: Path, file: BinaryIO) -> Iterator[str]:
    size = 0
    for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), start=1):
        size += len(line)
        if size > _LARGEST:
            raise SourceError(path, f"it is larger than {_LARGEST >> 20} MB")
        if len(line) > _LONGEST_LINE:
            raise SourceError(path, f"the line is longer than {_LONGEST_LINE} bytes", number)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise SourceError(path, f"not UTF-8 text ({error.reason})", number) from error


def _terms(path: Path, lines: Iterable[str]) -> Iterator[IndexTerm]:
    rows = csv.reader(lines, strict=True)
    upward: list[IndexTerm] = []  # the line before and those that it is printed under, main term first
    letter = ""
    try:
        if next(rows, []) != _COLUMNS:
            raise SourceError(path, f"the first line must name {', '.join(_COLUMNS)}", 1)
        for number, row in enumerate(filter(None, rows), start=1):
            try:
                _check_whole(row, number, letter)
                term = _term(number, row, upward)
            except (InvalidCode, _Wrong) as error:
                raise SourceError(path, str(error).rstrip("."), rows.line_num) from error
            letter = row[1]
            upward[len(term.path) - 1 :] = [term]
            yield term
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", rows.line_num) from error
    if letter != ascii_uppercase[-1]:
        ends = f"ends with the letter {letter}" if letter else "holds no term"
        raise SourceError(path, f"it {ends}; an Index goes from A to Z, so a part of it is missing")


class _Wrong(Exception):
    """What is wrong with a row."""


def _check_whole(row: list[str], number: int, letter: str) -> None:
    """Check that the row is whole, and that none is missing before it."""
    if len(row) != len(_COLUMNS):
        raise _Wrong(f"{len(row)} columns where {len(_COLUMNS)} belong")
    if any(_CONTROL.search(cell) for cell in row):
        raise _Wrong("a line break or control character inside a cell")
    if row[0] != str(number):
        raise _Wrong(f"RowID {shown(row[0])} where {number} belongs")
    # The same letter as before or, with a main term, the next one.
    may_follow = [letter] if letter else []
    if row[2] == "0" or not letter:
        following = ascii_uppercase.index(letter) + 1 if letter else 0
        may_follow += ascii_uppercase[following : following + 1]
    if row[1] not in may_follow:
        raise _Wrong(f"letter {shown(row[1])} where {' or '.join(may_follow)} belongs")


def _term(number: int, row: list[str], upward: Sequence[IndexTerm]) -> IndexTerm:
    level, written, see, see_also, nonessential, code = map(_tidy, row[2:])
    if not _LEVEL.fullmatch(level) or int(level) > len(upward):
        before = f"level {len(upward) - 1}" if upward else "the first line"
        raise _Wrong(f"level {shown(level)} after {before}")
    term, modifiers = split_title(written, nonessential)
    if not term:
        raise _Wrong("the term is empty")
    above = upward[int(level) - 1] if level != "0" else None
    return IndexTerm(
        number=number,
        parent=above.number if above else None,
        path=(*(above.path if above else ()), term),
        modifiers=(*(above.modifiers if above else ()), modifiers),
        code=PrintedCode.parse(code) if code else None,
        see=see or None,
        see_also=see_also or None,
    )
