"""Guideline sections, against the FY2026 guidelines' table of contents and the Tabular List."""

import re

import pytest

from core.catalog import Catalog
from core.classification import Level
from core.practice import practice
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_card import card_of


def sections(catalog: Catalog, code: str) -> list[str]:
    return [convention.section for convention in practice(card_of(catalog, code)).conventions]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M53.9", "I.A.9.b I.A.12.a I.A.12.b I.B.18 I.C.20"),
        ("I10", "I.A.7 I.A.10 I.A.12.a I.A.12.b I.A.13 I.B.7"),
        ("E11.22", "I.A.6.b I.A.10 I.A.12.a I.A.13 I.A.15 I.B.7"),
        (
            "S72.001A",
            "I.A.5 I.A.6.b I.A.9.b I.A.11 I.A.12.a I.A.12.b I.A.13 I.B.7 I.B.13 I.B.18 I.C.20",
        ),
        ("F02.80", "I.A.6.b I.A.9.b I.A.10 I.A.11 I.A.12.a I.A.12.b I.A.13 I.A.14 I.B.7 I.B.18"),
        ("R10.9", "I.A.9.b I.A.12.a I.A.12.b I.B.4 I.B.18"),
        ("B20", "I.A.7 I.A.10 I.A.12.a I.A.12.b I.A.13 I.B.7"),
        ("O09.01", "I.A.12.a I.A.12.b I.A.13 I.A.15 I.B.7"),
        ("Z3A.38", "I.A.13 I.B.7"),
        ("U07.1", "I.A.12.b I.A.13 I.B.7 I.C.1.g"),
        ("U07.0", "I.A.11 I.A.13 I.B.7 I.C.10.e"),
        ("QA0.0101", "I.A.12.b I.A.17"),
        ("C4A.0", "I.A.12.a"),
        ("W21.89XA", "I.A.4 I.A.5 I.A.12.a"),
        ("W21.89", "I.A.3 I.A.4 I.A.5 I.A.12.a I.B.2"),
        ("M54.5", "I.A.3 I.A.12.a I.A.12.b I.B.2 I.C.20"),
        ("D69.1", "I.A.11 I.A.12.a I.A.12.b"),
    ],
)
def test_sections_that_apply(catalog: Catalog, code: str, expected: str) -> None:
    assert sections(catalog, code) == expected.split()


@pytest.mark.parametrize(("code", "is_first"), [("T40.2X5A", True), ("T40.2X1A", False)])
def test_code_first_for_adverse_effects_is_not_about_a_poisoning(
    catalog: Catalog, code: str, is_first: bool
) -> None:
    reasons = {c.section: c.reason for c in practice(card_of(catalog, code)).conventions}
    for section in ("I.A.13", "I.B.7"):
        assert ("code first at block T36-T50" in reasons[section]) is is_first
        assert "use additional code at chapter 19, block T36-T50" in reasons[section]


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("M53.8", "I.A.9.a"),  # Other dorsopathies
        ("S72.001S", "I.B.10"),
        ("I69.30", "I.B.10"),
        ("T81.40XA", "I.B.16"),
        ("H54.0X33", "I.A.4"),
        ("D59.6", "I.C.20"),  # use additional code (Chapter 20) to identify external cause
        ("O44.00", "I.A.6.b"),  # NOS in the title
    ],
)
def test_a_section_applies(catalog: Catalog, code: str, section: str) -> None:
    assert section in sections(catalog, code)


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("H54.0X33", "I.A.5"),  # seven characters, none of which is a 7th character
        ("E11.9", "I.A.15"),  # without
        ("F02.80", "I.A.9.a"),  # in other diseases
        ("W21.89XA", "I.C.20"),  # it is an external cause code itself
        ("S72.001A", "I.A.4"),
        ("S72.001A", "I.B.10"),
    ],
)
def test_a_section_does_not_apply(catalog: Catalog, code: str, section: str) -> None:
    assert section not in sections(catalog, code)


def _words(title: str) -> set[str]:
    """A title's words but for number, articles and the range of codes: the writings differ in these."""
    words = re.findall(r"[a-z]+", re.sub(r"\(.*\)", "", title).lower())
    return {word.rstrip("s") for word in words} - {"the"}


def test_each_chapter_has_its_section(catalog: Catalog) -> None:
    chapters = catalog.groups(Level.CHAPTER)
    assert len(chapters) == 22
    first_codes: dict[str, str] = {}
    for entry in catalog.codes():
        if len(first_codes) < len(chapters):
            first_codes.setdefault(catalog.path(entry)[0].name, entry.name)
    for chapter in chapters:
        guideline = practice(card_of(catalog, first_codes[chapter.name])).guideline
        assert guideline is not None
        assert guideline.section == f"I.C.{chapter.name}"
        assert _words(guideline.title) == _words(chapter.title)
        assert guideline.source.edition == "FY2026"


def test_reasons_name_levels(catalog: Catalog) -> None:
    reasons = {c.section: c.reason for c in practice(card_of(catalog, "M53.9")).conventions}
    assert reasons["I.A.12.a"] == "notes at block M50-M54"
    assert reasons["I.A.12.b"] == "notes at chapter 13"


def test_a_heading_of_another_year_has_no_chapter(catalog: Catalog) -> None:
    found = practice(card_of(catalog, "K6A", IN_FY2027))
    assert found.guideline is None
    assert [convention.section for convention in found.conventions] == ["I.A.3", "I.B.2"]


def test_every_50th_code(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::50]:
        for on in (IN_FY2026, IN_FY2027):
            found = practice(card_of(catalog, entry.name, on))
            assert found.guideline is not None
            assert len(found.conventions) == len({c.section for c in found.conventions})
            assert all(c.title and c.reason for c in found.conventions)
