"""Lines without words: rows of codes, and of codes beside the numbers that bills have, 99214 25 I10 E11.9."""

import re
from collections.abc import Iterable
from enum import Enum, auto

from core.catalog import Catalog
from core.code import CATEGORY_LENGTH, Code
from core.recogniser.document import Document, Line
from core.recogniser.word_lists import WordLists

_BETWEEN = re.compile(r"[\s,;/|+&-]+")
# A code; a code of CPT; a modifier or a count.
_ITEM = re.compile(
    r"[A-Za-z][0-9][0-9A-Za-z](?:\.[0-9A-Za-z]{1,4}|[0-9A-Za-z]{0,4})|[0-9]{5}|[0-9]{4}[FTU]|[0-9]{1,2}|[xX][0-9]"
)
_CPT = re.compile(r"[0-9]{4}[0-9FTU]")
_ENOUGH = 3  # codes without a dot that prove each other


class Row(Enum):
    """What a line is a row of."""

    CODES = auto()
    BILL = auto()  #: codes of CPT or HCPCS, and what may be codes of ICD-10-CM
    OTHER = auto()


class Rows:
    """The rows of one document."""

    def __init__(self, document: Document, catalog: Catalog, lists: WordLists) -> None:
        self._document = document
        self._catalog = catalog
        self._lists = lists
        self._last = (-1, Row.OTHER)  # of the line that was asked about last

    def at(self, line: Line) -> Row:
        """What a line is a row of; one that is seen through windows is none."""
        if self._last[0] != line.number:
            is_whole = (line.offset, line.end) == self._document.bounds(line.number)
            self._last = (line.number, self._row_of(line.text) if is_whole else Row.OTHER)
        return self._last[1]

    def _row_of(self, text: str) -> Row:
        text = text.strip(" \t.,;|")
        if _ITEM.match(text) is None:
            return Row.OTHER
        items = _BETWEEN.split(text)
        if len(items) == 1 or not all(map(_ITEM.fullmatch, items)):
            return Row.OTHER
        billed = {item for item in items if self._is_billed(item)}
        codes = {Code.parse(item).text for item in items if _is_like_code(item) and item not in billed}
        if not all(life.periods for life in self._catalog.lives(codes).values()):
            return Row.OTHER
        if any("." in item for item in items) or _are_various(codes):
            return Row.CODES
        return Row.BILL if billed else Row.OTHER

    def _is_billed(self, item: str) -> bool:
        """Whether it is a code of CPT or HCPCS."""
        return _CPT.fullmatch(item) is not None or any(
            system.has_in_range(item) for system in self._lists.systems.values()
        )


def _is_like_code(item: str) -> bool:
    return item[0].isalpha() and len(item) >= CATEGORY_LENGTH


def _are_various(codes: Iterable[str]) -> bool:
    """Whether codes prove each other: shelves are W100, W101, W102 or A15, B20, C34."""
    codes = list(codes)
    return (
        len(codes) >= _ENOUGH
        and len({code[0] for code in codes}) > 1
        and any(len(code) > CATEGORY_LENGTH for code in codes)
    )
