"""Lines and columns as the Language Server Protocol counts them (specification 3.17, "Text Documents").

Lines end at ``\\n``, ``\\r\\n`` and ``\\r`` only; ``str.splitlines`` also ends them at form feeds, U+2028 and
others, which puts every later position off by a line. Columns count the units of the negotiated encoding;
inside the program they are indexes of code points.
"""

import re
from enum import StrEnum

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
#: Runs of characters that have the same width in every encoding; see ``_WIDTHS``.
_RUN = re.compile("([\x00-\x7f]+)|([\x80-\u07ff]+)|([\u0800-\uffff]+)|([\U00010000-\U0010ffff]+)")


class Encoding(StrEnum):
    """What a client counts columns in."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


# An unpaired surrogate has the width of its range: clients that meet one write three bytes, or one unit.
_WIDTHS = {Encoding.UTF8: (1, 2, 3, 4), Encoding.UTF16: (1, 1, 1, 2), Encoding.UTF32: (1, 1, 1, 1)}


def split_lines(text: str) -> list[str]:
    """The lines of a text with their ends; the last one, perhaps empty, has none.

    Joined they are the text again.
    """
    lines = _LINE.findall(text)
    if text and text[-1] not in "\r\n":
        lines.pop()  # the empty match behind the last line
    return lines


def without_end(line: str) -> str:
    """A line of ``split_lines`` without its end."""
    return line.rstrip("\r\n")


def index_at(line: str, column: int, encoding: Encoding) -> int:
    """The index of the character at a client's column.

    A column inside a character gives that character's index, one past the end of the line its length.
    """
    if encoding is Encoding.UTF32 or line.isascii():
        return max(0, min(column, len(line)))
    before = 0
    for run in _RUN.finditer(line):
        width = _width(run, encoding)
        if column < before + width * len(run.group()):
            return run.start() + max(0, column - before) // width
        before += width * len(run.group())
    return len(line)


def column_of(line: str, index: int, encoding: Encoding) -> int:
    """The client's column of an index; the inverse of ``index_at``. Clamps to the line."""
    index = max(0, min(index, len(line)))
    if encoding is Encoding.UTF32 or line.isascii():
        return index
    return sum(_width(run, encoding) * len(run.group()) for run in _RUN.finditer(line, 0, index))


def _width(run: re.Match[str], encoding: Encoding) -> int:
    assert run.lastindex is not None, "every run is one of the four groups"
    return _WIDTHS[encoding][run.lastindex - 1]
