"""Reader of the Tabular List in CDC's XML (``icd10c-tabular-*.xml``; schema ``icd-10-cm-tabular-*.xsd``).

Only own notes stand on each element; what is inherited is the catalogue's business. Titles and
notes are kept letter for letter, but for blanks at the ends and tabs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from core.notes import NoteKind
from core.sources import SourceError
from core.sources.xml_elements import Element, read_root, tidy

_NOTE_KINDS = {
    "notes": NoteKind.NOTE,
    "includes": NoteKind.INCLUDES,
    "inclusionTerm": NoteKind.INCLUSION_TERM,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "codeFirst": NoteKind.CODE_FIRST,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL_CODE,
    "codeAlso": NoteKind.CODE_ALSO,
    "sevenChrNote": NoteKind.SEVENTH_CHARACTER,
}
_SKIPPED = {
    "sectionIndex",
    "introduction",
    "version",
    "title",
    "deactivated",
}  # front matter and codes that ended, no fact about a code of the release


class TabularKind(StrEnum):
    """The three elements that the file nests: chapter, section (a block), diag (category or below)."""

    CHAPTER = "chapter"
    BLOCK = "section"
    DIAGNOSIS = "diag"


@dataclass(frozen=True, slots=True)
class TabularNote:
    """One line of a note. Lines of one printed note share ``group``, counted within the element."""

    kind: NoteKind
    group: int
    text: str


@dataclass(frozen=True, slots=True)
class SeventhCharacter:
    """A 7th character, its meaning, and the lines printed under the meaning."""

    character: str
    meaning: str
    also: tuple[str, ...] = ()


class TabularNode(NamedTuple):
    """An element of the file with its own notes and its children, in the file's order."""

    kind: TabularKind
    name: str
    title: str
    line: int
    notes: tuple[TabularNote, ...]
    seventh_characters: tuple[SeventhCharacter, ...]
    children: tuple["TabularNode", ...]


@dataclass(frozen=True, slots=True)
class TabularList:
    """The whole file: the year it says it is for, and its chapters."""

    version: str
    chapters: tuple[TabularNode, ...]


def read_tabular(path: Path) -> TabularList:
    """Read the Tabular List. Raises ``SourceError`` with the line of what cannot be understood."""
    root = read_root(path)
    if root.tag != "ICD10CM.tabular":
        raise SourceError(path, f"this is not a Tabular List but <{root.tag}>", root.line)
    version = next((e.text.strip() for e in root.children if e.tag == "version"), "")
    chapters = tuple(_node(path, e) for e in root.children if e.tag == TabularKind.CHAPTER)
    if not chapters:
        raise SourceError(path, "the Tabular List has no chapter", root.line)
    return TabularList(version, chapters)


def _node(path: Path, element: Element) -> TabularNode:
    name = element.attributes.get("id", "")
    title = ""
    notes: list[TabularNote] = []
    seventh: tuple[SeventhCharacter, ...] = ()
    children: list[TabularNode] = []
    for group, child in enumerate(element.children):
        match child.tag:
            case "name":
                name = child.text.strip()
            case "desc":
                title = tidy(child.text)
            case "section" | "diag":
                children.append(_node(path, child))
            case "sevenChrDef":
                seventh = tuple(_seventh_characters(path, child))
            case "visualImpairment":
                rows = _visual_impairment(child)
                notes.extend(TabularNote(NoteKind.VISUAL_IMPAIRMENT, group, row) for row in rows)
            case tag if tag in _NOTE_KINDS:
                notes.extend(_notes(path, child, _NOTE_KINDS[tag], group))
            case tag if tag not in _SKIPPED:
                raise SourceError(path, f"unknown element <{tag}>", child.line)
    if not name or not title:
        missing = "title" if name else "name"
        raise SourceError(path, f"<{element.tag}> without a {missing}", element.line)
    return TabularNode(
        TabularKind(element.tag), name, title, element.line, tuple(notes), seventh, tuple(children)
    )


def _notes(path: Path, element: Element, kind: NoteKind, group: int) -> Iterator[TabularNote]:
    for child in element.children:
        if child.tag != "note" or child.children:
            raise SourceError(path, f"unknown element in <{element.tag}>", child.line)
        if text := tidy(child.text):
            yield TabularNote(kind, group, text)


def _seventh_characters(path: Path, element: Element) -> Iterator[SeventhCharacter]:
    """The characters of a ``sevenChrDef``. A stray ``<note>`` is printed under the character before it."""
    character = meaning = ""
    also: list[str] = []
    for child in element.children:
        if child.tag == "extension":
            if character:
                yield SeventhCharacter(character, meaning, tuple(also))
            character, meaning, also = child.attributes.get("char", ""), tidy(child.text), []
            if len(character) != 1 or not meaning:
                raise SourceError(path, "a 7th character without its meaning", child.line)
        elif child.tag == "note" and character:
            also.append(tidy(child.text))
        else:
            raise SourceError(path, f"unexpected <{child.tag}> in <{element.tag}>", child.line)
    if character:
        yield SeventhCharacter(character, meaning, tuple(also))


def _visual_impairment(element: Element) -> Iterator[str]:
    """The table under H54 as lines, in the words of its own headings."""
    head, *rows = element.children
    labels = list(_texts(head, "heading"))
    limits = dict(zip(("visMax", "visMin"), labels[-2:], strict=True))
    yield f"{labels[1]}:"
    for row in rows:
        category, *values = _texts(row, "value")
        # A single value, as "No light perception", is a description and not a limit.
        parts = (
            values
            if len(values) == 1
            else [
                f"{label} {', '.join(cells)}" for tag, label in limits.items() if (cells := _cells(row, tag))
            ]
        )
        yield f"{labels[0]} {category}: {'; '.join(parts)}"


def _cells(row: Element, tag: str) -> list[str]:
    ranges = (child for child in row.children if child.tag == "visRange")
    return [value for r in ranges for c in r.children if c.tag == tag for value in _texts(c, "value")]


def _texts(element: Element, tag: str) -> Iterator[str]:
    for child in element.children:
        if child.tag == tag:
            yield tidy(child.text)
        yield from _texts(child, tag)
