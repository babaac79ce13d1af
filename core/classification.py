"""The whole classification as one tree, put together from the Tabular List and the code list.

Three things are not in the Tabular List's XML as such and are settled here:

* the codes that a 7th-character table makes (Official Guidelines, I.A.4 and I.A.5),
* which blocks lie within other blocks (M50-M54 within M40-M54),
* which codes are billable: those under which the code list has no other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.code import CATEGORY_LENGTH, Code, dotted
from core.errors import IcdlensError

if TYPE_CHECKING:  # look-ups need the levels, and no reader
    from core.sources.tabular_xml import SeventhCharacter, TabularList, TabularNode, TabularNote

_STEM_LENGTH = 6  # I.A.4: the placeholder X fills a stem up to the sixth character


class ClassificationError(IcdlensError):
    """The Tabular List and the code list of a release do not describe the same codes."""


class Level(StrEnum):
    """Where an entry stands. Categories, subcategories and codes as in Official Guidelines, I.A.2."""

    CHAPTER = "chapter"
    BLOCK = "block"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    CODE = "code"


class Entry(NamedTuple):
    """A chapter, block, category, subcategory or code with its own notes.

    ``number`` counts from 1 in the Tabular List's order, so parents come before their children.
    ``printed`` is false for the codes that a 7th-character table makes.
    """

    number: int
    parent: int | None
    level: Level
    name: str
    title: str
    billable: bool
    printed: bool
    notes: tuple["TabularNote", ...]
    seventh_characters: tuple["SeventhCharacter", ...]


def classify(tabular: "TabularList", codes: Sequence[Code]) -> list[Entry]:
    """Put the tree together. Raises ``ClassificationError`` unless it holds exactly ``codes``."""
    builder = _Builder({code.undotted for code in codes})
    for chapter in tabular.chapters:
        builder.add_chapter(chapter)
    entries = builder.entries
    found = {e.name for e in entries if e.level not in (Level.CHAPTER, Level.BLOCK)}
    listed = {code.text for code in codes}
    if found != listed:
        odd = sorted(found ^ listed)
        raise ClassificationError(
            f"The Tabular List and the code list differ in {len(odd)} codes, the first is {odd[0]}."
        )
    return entries


class _Builder:
    """Numbers the entries while walking the Tabular List."""

    def __init__(self, listed: set[str]) -> None:
        self.entries: list[Entry] = []
        self._listed = listed
        self._headings: set[str] = set()
        for name in listed:
            while (name := name[:-1]) not in self._headings and len(name) >= CATEGORY_LENGTH:
                self._headings.add(name)

    def add_chapter(self, chapter: "TabularNode") -> None:
        number = self._add(None, Level.CHAPTER, chapter.name, chapter.title, chapter)
        blocks = [_span(block) for block in chapter.children]
        numbers: dict[str, int] = {}
        for block in chapter.children:
            around = _enclosing(_span(block), blocks)
            parent = numbers[around.name] if around else number
            title = block.title.removesuffix(f"({block.name})").rstrip()
            numbers[block.name] = self._add(parent, Level.BLOCK, block.name, title, block)
            for category in block.children:
                self._add_diagnosis(numbers[block.name], category, ())

    def _add_diagnosis(
        self, parent: int, node: "TabularNode", inherited: tuple["SeventhCharacter", ...]
    ) -> None:
        table = node.seventh_characters or inherited
        number = self._add(parent, self._level(node), node.name, node.title, node)
        for child in node.children:
            self._add_diagnosis(number, child, table)
        if not node.children:
            for code, character in self._complete_codes(node.name, table):
                title = f"{node.title}, {character.meaning}"
                self._add(number, Level.CODE, code, title, None)

    def _level(self, node: "TabularNode") -> Level:
        if len(node.name) == 3:
            return Level.CATEGORY
        return Level.SUBCATEGORY if node.children else Level.CODE

    def _complete_codes(
        self, stem: str, table: tuple["SeventhCharacter", ...]
    ) -> Iterator[tuple[str, "SeventhCharacter"]]:
        """The stem's 7-character codes that the code list has: naive expansion makes 76 others."""
        padded = stem.replace(".", "").ljust(_STEM_LENGTH, "X")
        for character in table:
            if len(padded) == _STEM_LENGTH and padded + character.character in self._listed:
                yield dotted(padded + character.character), character

    def _add(
        self, parent: int | None, level: Level, name: str, title: str, node: "TabularNode | None"
    ) -> int:
        number = len(self.entries) + 1
        below_block = level not in (Level.CHAPTER, Level.BLOCK)
        # A stem's own name is listed beside its 7-character codes, so W19 is a prefix of W19.XXXA.
        billable = below_block and name.replace(".", "") not in self._headings
        notes = node.notes if node else ()
        table = node.seventh_characters if node else ()
        self.entries.append(
            Entry(number, parent, level, name, title, billable, node is not None, notes, table)
        )
        return number


@dataclass(frozen=True, slots=True)
class _Span:
    name: str
    first: str
    last: str
    holds_categories: bool

    def covers(self, other: "_Span") -> bool:
        return self.name != other.name and self.first <= other.first and other.last <= self.last


def _span(block: "TabularNode") -> _Span:
    first, _, last = block.name.partition("-")
    return _Span(block.name, first, last or first, bool(block.children))


def _enclosing(block: _Span, blocks: Sequence[_Span]) -> _Span | None:
    """The narrowest block around a block.

    Only a block that holds no category itself is printed as a heading over other blocks; without
    that rule C7A would fall into C76-C80, which it merely sorts into.
    """
    around = [b for b in blocks if not b.holds_categories and b.covers(block)]
    # Of two blocks around this one, the one that lies within the other is the narrower.
    return next((b for b in around if not any(b.covers(other) for other in around)), None)
