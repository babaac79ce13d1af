"""The whole packaged release, code by code, against an independent reading of the official files."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.classification import Level
from core.code import Code
from core.notes import NoteKind
from core.sources.packaged import PackagedRelease
from tests.conftest import IN_FY2026

#: The blocks that the Tabular List prints as headings over other blocks, read off its pages.
BLOCKS_WITHIN = {
    "C00-C96": "C00-C75 C7A C7B C76-C80 C81-C96",
    "C00-C75": "C00-C14 C15-C26 C30-C39 C40-C41 C43-C44 C45-C49 C50 C51-C58 C60-C63 C64-C68 C69-C72 C73-C75",
    "M00-M25": "M00-M02 M04 M05-M14 M15-M19 M20-M25",
    "M40-M54": "M40-M43 M45-M49 M50-M54",
    "M60-M79": "M60-M63 M65-M67 M70-M79",
    "M80-M94": "M80-M85 M86-M90 M91-M94",
    "T07-T88": "T07 T14 T15-T19 T20-T32 T33-T34 T36-T50 T51-T65 T66-T78 T79 T80-T88",
    "T20-T32": "T20-T25 T26-T28 T30-T32",
    "V00-X58": "V00-V99 W00-X58",
    "V00-V99": "V00-V09 V10-V19 V20-V29 V30-V39 V40-V49 V50-V59 V60-V69 V70-V79 V80-V89 V90-V94 V95-V97 "
    "V98-V99",
    "W00-X58": "W00-W19 W20-W49 W50-W64 W65-W74 W85-W99 X00-X08 X10-X19 X30-X39 X50 X52-X58",
    "Y62-Y84": "Y62-Y69 Y70-Y82 Y83-Y84",
}

ELEMENTS = {
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

Notes = Counter[tuple[str, str, str]]  # kind, text, name of the level


@dataclass
class IndependentReading:
    """The release read with ElementTree and parent links, not with the product's readers."""

    root: ET.Element
    listed: list[str]

    @cached_property
    def parent(self) -> dict[ET.Element, ET.Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def blocks(self) -> dict[str, ET.Element]:
        return {element.attrib["id"]: element for element in self.root.iter("section")}

    @cached_property
    def diagnoses(self) -> dict[str, ET.Element]:
        return {(e.findtext("name") or "").replace(".", ""): e for e in self.root.iter("diag")}

    @cached_property
    def around(self) -> dict[str, str]:
        return {inner: outer for outer, names in BLOCKS_WITHIN.items() for inner in names.split()}

    def path(self, code: str) -> list[ET.Element]:
        """The elements above an undotted code and its own, the nearest first."""
        stem = next(code[:n].rstrip("X" if n == 6 else "") for n in range(7, 2, -1) if self._stem(code, n))
        element = self.diagnoses[self._stem(code, len(code)) or stem]
        path = [element]
        while element.tag != "chapter":
            outer = self.around.get(element.attrib.get("id", ""))
            element = self.blocks[outer] if outer else self.parent[element]
            path.append(element)
        return path

    def _stem(self, code: str, length: int) -> str | None:
        """The XML's element of a code: itself, or what is left without 7th character and placeholders."""
        if code in self.diagnoses:
            return code
        bare = code[: min(length, 6)]
        while bare not in self.diagnoses and bare.endswith("X"):
            bare = bare[:-1]
        return bare if bare in self.diagnoses else None

    def notes(self, element: ET.Element) -> Iterator[tuple[str, str, str]]:
        name = element.attrib.get("id") or element.findtext("name") or ""
        for group in element:
            for note in group if group.tag in ELEMENTS else ():
                yield ELEMENTS[group.tag], " ".join((note.text or "").split()), name


@pytest.fixture(scope="module")
def reading(packaged: PackagedRelease) -> IndependentReading:
    lines = packaged.code_list.read_text(encoding="ascii").split()
    codes = dict.fromkeys(line for line in lines if line[0].isalpha() and "-" not in line)
    return IndependentReading(ET.parse(packaged.tabular).getroot(), list(codes))


@pytest.fixture(scope="module")
def cards(catalog: Catalog, reading: IndependentReading) -> dict[str, CodeCard]:
    found = {name: build_card(catalog, Code.parse(name), IN_FY2026) for name in reading.listed}
    assert None not in found.values()
    return {name: card for name, card in found.items() if card}


@pytest.mark.timeout(600)
def test_every_listed_code_round_trips(cards: dict[str, CodeCard], reading: IndependentReading) -> None:
    assert len(cards) == len(reading.listed) == 98_186
    for name, card in cards.items():
        assert card.code.undotted == name
        assert Code.parse(str(card.code)) == card.code
        assert card.title


@pytest.mark.timeout(600)
def test_billable_is_what_has_nothing_below_it(cards: dict[str, CodeCard]) -> None:
    above = {name[:n] for name in cards for n in range(3, len(name))}
    billable = {name for name, card in cards.items() if card.billable}
    assert len(billable) == 74_719
    # A stem such as W19 is a prefix of its own complete codes, W19XXXA.
    assert billable == cards.keys() - above


@pytest.mark.timeout(600)
def test_notes_of_every_code_own_and_inherited(
    cards: dict[str, CodeCard], reading: IndependentReading
) -> None:
    differing = []
    for name, card in cards.items():
        expected: Notes = Counter(note for e in reading.path(name) for note in reading.notes(e))
        found: Notes = Counter(
            (n.kind, n.text, n.at.name) for n in card.notes if n.kind != NoteKind.VISUAL_IMPAIRMENT
        )
        if found != expected:
            differing.append(name)
    assert differing == []


@pytest.mark.timeout(600)
def test_own_notes_are_those_of_the_codes_element(
    cards: dict[str, CodeCard], reading: IndependentReading
) -> None:
    for name, card in cards.items():
        element = reading.diagnoses.get(name)
        expected = [text for _, text, _ in reading.notes(element)] if element is not None else []
        own = [n.text for n in card.notes if not n.inherited and n.kind != NoteKind.VISUAL_IMPAIRMENT]
        assert own == expected


@pytest.mark.timeout(600)
def test_titles_are_the_official_words(cards: dict[str, CodeCard], reading: IndependentReading) -> None:
    for name, card in cards.items():
        own = reading.path(name)[0]
        official = own.findtext("desc") or ""
        if (own.findtext("name") or "").replace(".", "") == name:
            assert card.title == official
        else:
            tables = ([*level.iterfind("sevenChrDef/extension")] for level in reading.path(name))
            nearest = next(table for table in tables if table)
            [meaning] = [e.text for e in nearest if e.attrib["char"] == name[-1]]
            assert card.title == f"{official}, {meaning}"


def test_counts_of_the_release(catalog: Catalog) -> None:
    assert len(catalog.groups(Level.CHAPTER)) == 22
    assert len(catalog.groups(Level.BLOCK)) == 297
    kinds = Counter(kind for _, kind, _, _ in catalog.all_notes())
    assert kinds[NoteKind.EXCLUDES1] == 5_407
    assert kinds[NoteKind.EXCLUDES2] == 2_520


def test_none_of_the_76_phantoms_exists(catalog: Catalog, reading: IndependentReading) -> None:
    """Naive expansion of the 7th-character tables makes 76 codes that the list does not have."""
    naive = set()
    for name, element in reading.diagnoses.items():
        tables = (level.findall("sevenChrDef/extension") for level in reading.path(name))
        table = next((t for t in tables if t), [])
        if not element.findall("diag") and len(name) < 7:
            naive |= {name.ljust(6, "X") + e.attrib["char"] for e in table}
    phantoms = naive - set(reading.listed)
    assert len(phantoms) == 76
    assert "S061X7D" in phantoms
    assert [p for p in phantoms if catalog.entry(Code.parse(p))] == []
