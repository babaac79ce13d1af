"""Reader of the order addenda (``icd10cm-order-addenda-2023.txt``): what a release changes in the order file.

A line starts with ``Add:``, ``Delete:``, ``Revise from:`` or ``Revise to:``, in 13 columns, and goes on as
the order file does from its flag on. A code that becomes a heading is deleted with flag 1 and added with
flag 0. At the end stand counts, which are checked.
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

_ROW = re.compile(
    r"(Add|Delete|Revise from|Revise to): {1,12}([01]) ([0-9A-Z ]{7}) (.{1,60})(?: (.*))?", re.ASCII
)
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
    """One change. ``title`` is empty where the file cuts it off."""

    change: Change
    code: Code
    billable: bool
    short_title: str
    title: str


def read_order_addenda(path: Path) -> tuple[AddendumRow, ...]:
    """Read the changes of a release, whole or not at all. Raises ``SourceError``."""
    rows: list[AddendumRow] = []
    counted: dict[tuple[bool, str], int] = {}
    billable: bool | None = None  # in which section of the counts
    for line, text in read_lines(path):
        if row := _ROW.fullmatch(text):
            if billable is not None:
                raise SourceError(path, "a change behind the counts", line)
            rows.append(_row(path, line, row))
        elif section := _SECTION.fullmatch(text.strip()):
            billable = section[1] == "Codes"
        elif billable is None and text.strip():
            raise SourceError(
                path, "not in the columns of an order addendum: change, flag, code, titles", line
            )
        elif billable is not None and (count := _COUNT.fullmatch(text)):
            counted[billable, count[2]] = int(count[1])
    if not rows:
        raise SourceError(path, "the file holds no change")
    for problem in _differences(rows, counted):
        raise SourceError(path, problem)
    return tuple(rows)


def _row(path: Path, line: int, fields: re.Match[str]) -> AddendumRow:
    change, flag, code, short, title = fields.groups()
    try:
        parsed = Code(dotted(code.strip()))
    except InvalidCode as error:
        raise SourceError(path, str(error).rstrip("."), line) from error
    return AddendumRow(Change(change), parsed, flag == "1", short.strip(), (title or "").strip())


def _differences(rows: list[AddendumRow], counted: Mapping[tuple[bool, str], int]) -> Iterator[str]:
    names = {Change.ADD: "additions", Change.DELETE: "deletions"}
    found = Counter((row.billable, names[row.change]) for row in rows if row.change in names)
    for (billable, name), expected in counted.items():
        if found[billable, name] != expected:
            kind = "codes" if billable else "headings"
            yield f"{found[billable, name]} {name} of {kind} where the file itself counts {expected}"
