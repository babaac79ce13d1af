"""Readers of what a release changes: the order addenda and the codes addenda.

They are ``icd10cm-order-addenda-2023.txt`` and ``icd10cm-codes-addenda-2023.txt``, and so each year. A line
starts with ``Add:``, ``Delete:``, ``Revise from:`` or ``Revise to:``, in 13 columns. In the order addenda it
goes on as the order file does from its flag on: a code that becomes a heading is deleted with flag 1 and
added with flag 0. The codes addenda have the billable codes alone, each with one title. At the end stand
counts, which are checked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.code import Code, InvalidCode, dotted
from core.sources import SourceError
from core.sources.text_lines import read_lines

_CHANGE = r"(?P<change>Add|Delete|Revise from|Revise to): {1,12}"
_ROW = re.compile(
    _CHANGE + r"(?P<flag>[01]) (?P<code>[0-9A-Z ]{7}) (?P<short>.{1,60})(?: (?P<title>.*))?", re.ASCII
)
_CODE_ROW = re.compile(_CHANGE + r"(?P<code>[A-Z][0-9A-Z ]{6}) (?P<title>.+)", re.ASCII)
_COUNT = re.compile(r" *([0-9]+) (additions|deletions)", re.ASCII)
_SECTION = re.compile(r"(Headers|Codes)")


class Change(StrEnum):
    """What a line does to a code."""

    ADD = "Add"
    DELETE = "Delete"
    REVISE_FROM = "Revise from"
    REVISE_TO = "Revise to"


@dataclass(frozen=True, slots=True)
class AddendumRow:
    """One change. ``title`` is empty where the file cuts it off, ``short_title`` in the codes addenda."""

    change: Change
    code: Code
    billable: bool
    short_title: str
    title: str


def read_order_addenda(path: Path) -> tuple[AddendumRow, ...]:
    """Read the changes of codes and headings, whole or not at all. Raises ``SourceError``."""
    return _read(path, _ROW, "order", "change, flag, code, titles")


def read_codes_addenda(path: Path) -> tuple[AddendumRow, ...]:
    """Read the changes of billable codes, whole or not at all. Raises ``SourceError``."""
    return _read(path, _CODE_ROW, "codes", "change, code, title")


def _read(path: Path, pattern: re.Pattern[str], called: str, columns: str) -> tuple[AddendumRow, ...]:
    rows: list[AddendumRow] = []
    counted: dict[tuple[bool, str], int] = {}
    billable: bool | None = None  # in which section of the counts
    for line, text in read_lines(path):
        if row := pattern.fullmatch(text):
            if billable is not None:
                raise SourceError(path, "a change behind the counts", line)
            rows.append(_row(path, line, row.groupdict()))
        elif section := _SECTION.fullmatch(text.strip()):
            billable = section[1] == "Codes"
        elif billable is None and text.strip():
            raise SourceError(path, f"not in the columns of the {called} addenda: {columns}", line)
        elif billable is not None and (count := _COUNT.fullmatch(text)):
            counted[billable, count[2]] = int(count[1])
    if not rows:
        raise SourceError(path, "the file holds no change")
    for problem in _differences(rows, counted):
        raise SourceError(path, problem)
    return tuple(rows)


def _row(path: Path, line: int, fields: Mapping[str, str | None]) -> AddendumRow:
    """The codes addenda have neither flags nor short titles."""
    try:
        code = Code(dotted((fields["code"] or "").strip()))
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    short, title = ((fields.get(name) or "").strip() for name in ("short", "title"))
    return AddendumRow(Change(fields["change"] or ""), code, fields.get("flag", "1") == "1", short, title)


def _differences(rows: list[AddendumRow], counted: Mapping[tuple[bool, str], int]) -> Iterator[str]:
    names = {Change.ADD: "additions", Change.DELETE: "deletions"}
    found = Counter((row.billable, names[row.change]) for row in rows if row.change in names)
    for (billable, name), expected in counted.items():
        if found[billable, name] != expected:
            kind = "codes" if billable else "headings"
            yield f"{found[billable, name]} {name} of {kind} where the file itself counts {expected}"
