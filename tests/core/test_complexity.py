"""Complexity points, against what the Tabular List prints for each code."""

import pytest

from core.card import CardLine
from core.catalog import Catalog
from core.complexity import (
    GUIDELINES,
    Complexity,
    Rating,
    complexity,
    is_manifestation,
    laterality,
    more_specific,
    principal_restriction,
)
from core.documentation import documentation
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_card import card_of


@pytest.mark.parametrize(
    ("code", "reasons", "level"),
    [
        # Two inherited Excludes1 are fewer than three, and the external cause note is a note.
        ("M53.9", ["M53.0, M53.1, M53.2 and 2 more"], Rating.LOW),
        ("I10", ["Use additional code, at block I10-I1A", "3 Excludes1"], Rating.MEDIUM),
        ("E11.22", ["Use additional code, at category E11, code E11.22", "9 Excludes1"], Rating.MEDIUM),
        ("S72.001A", ["names the side", "category S72", "Use additional code, at chapter 19"], Rating.MEDIUM),
        # A manifestation with its code first note is one point; its siblings leave the severity open too.
        ("F02.80", ["Code first, at category F02"], Rating.LOW),
        ("R10.9", ["R10.0, R10.1, R10.2 and 3 more"], Rating.LOW),
        (
            "B20",
            ["Code first", "Use additional code, at chapter 1, category B20", "4 Excludes1"],
            Rating.MEDIUM,
        ),
        ("O09.01", ["Use additional code, at chapter 15"], Rating.LOW),
        ("O09.00", ["O09.01, O09.02, O09.03", "Use additional code"], Rating.MEDIUM),
        ("Z3A.38", ["Code first, at category Z3A"], Rating.LOW),
        ("U07.1", ["Use additional code, at code U07.1"], Rating.LOW),
        ("QA0.0101", ["Code also, at category QA0"], Rating.LOW),
        ("C4A.0", [], Rating.LOW),
        ("W21.89XA", ["category W21", "6 Excludes1", "I.C.20.a.6"], Rating.MEDIUM),
        ("M54.5", ["8 Excludes1"], Rating.LOW),
        ("D69.1", ["8 Excludes1"], Rating.LOW),
    ],
)
def test_points(catalog: Catalog, code: str, reasons: list[str], level: Rating) -> None:
    found = complexity(card_of(catalog, code))
    assert len(found.points) == len(reasons)
    assert all(reason in point.reason for reason, point in zip(reasons, found.points, strict=True))
    assert found.level is level


@pytest.mark.parametrize(
    ("code", "shown_by"),
    [
        ("S72.001A", "the title names the side"),
        ("S72.009A", "the title leaves the side open"),
        ("M17.9", "the title leaves the side open"),
        ("H66.90", "the title leaves the side open"),
        ("S86.029A", "the title leaves the side open"),
        ("S72.00", "the codes below name the side"),
        ("K40.90", "the title names the side"),
        ("R10.13", None),  # epigastric
        ("I50.1", None),  # left ventricular
        ("I45.10", None),  # right bundle-branch
        ("I21.02", None),  # left anterior descending
        ("T81.500A", None),  # left in body
        ("S36.500A", None),  # ascending [right] colon
        ("K51.50", None),  # left sided colitis
        ("G44.051", None),  # unilateral neuralgiform headache
        ("M53.9", None),
        ("O09.00", None),
    ],
)
def test_laterality(catalog: Catalog, code: str, shown_by: str | None) -> None:
    assert laterality(card_of(catalog, code)) == shown_by


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("F02.80", True),
        ("D63.8", True),
        ("G73.1", False),  # Lambert-Eaton syndrome in neoplastic disease: code first, but not by its title
        ("G73.3", True),
        ("G99.0", True),
        ("H42", True),
        ("M01.X0", True),
        ("N08", True),
        ("B95.0", False),  # as the cause of diseases classified elsewhere
        ("M53", False),  # not elsewhere classified
        ("Z3A.38", False),
    ],
)
def test_manifestations_are_told_by_their_titles(catalog: Catalog, code: str, is_one: bool) -> None:
    assert is_manifestation(card_of(catalog, code)) is is_one


def test_fewer_things_left_open_is_more_specific(catalog: Catalog) -> None:
    """H66.90 leaves ear and kind open; H66.91 only the kind."""
    assert [s.code.text for s in more_specific(card_of(catalog, "H66.90"))] == ["H66.91", "H66.92", "H66.93"]
    assert more_specific(card_of(catalog, "H66.91")) == ()
    assert more_specific(card_of(catalog, "S72.001A")) == ()  # the siblings have other 7th characters only


@pytest.mark.parametrize(
    ("code", "beside"),
    [
        ("M53.9", "M53.0 M53.1 M53.2 M53.3 M53.8"),
        ("P07.30", "P07.31 P07.32 P07.33 P07.34 P07.35 P07.36 P07.37 P07.38 P07.39"),
        ("J42", "J41"),  # chronic bronchitis, not emphysema or asthma
        ("K40.00", "K40.01"),
        ("M24.476", "M24.474 M24.475"),  # the foot's sides, not those of the ankle and the toes
        ("I13.0", ""),  # with heart failure: I13.1 is without, I13.2 with another stage
        ("N39.0", ""),  # a urinary tract infection is no incontinence (N39.3, N39.4)
        ("R11.2", ""),  # nausea with vomiting: the other two are one without the other
        ("C49.6", ""),  # the trunk is no other part of the body
        ("F14.13", ""),
    ],
)
def test_what_stands_beside_an_unspecified_code_must_not_contradict_it(
    catalog: Catalog, code: str, beside: str
) -> None:
    card = card_of(catalog, code)
    found = more_specific(card, documentation(catalog, card))
    assert [other.code.text for other in found] == beside.split()
    assert bool(beside) == any("more specific" in p.reason for p in _documented(catalog, code).points)


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("S72.001A", "S72.011A"),  # intracapsular, of the same side, at the same encounter
        ("F02.80", "F02.A0"),  # mild
    ],
)
def test_more_specific_codes_found_elsewhere_make_an_unspecified_code_harder(
    catalog: Catalog, code: str, named: str
) -> None:
    found = _documented(catalog, code).points
    assert len(found) == len(complexity(card_of(catalog, code)).points) + 1
    assert found[0].reason.startswith(f"Unspecified, and more specific codes exist: {named}")


def test_a_code_that_leaves_nothing_open_is_not_harder_for_it(catalog: Catalog) -> None:
    assert _documented(catalog, "C4A.0").points == ()


def _documented(catalog: Catalog, code: str) -> Complexity:
    card = card_of(catalog, code)
    return complexity(card, documentation(catalog, card))


def test_an_edit_of_the_principal_diagnosis_counts_once(catalog: Catalog) -> None:
    edit = CardLine("Unacceptable principal diagnosis.", GUIDELINES)
    for code, more in (("Z3A.38", 1), ("W21.89XA", 0)):
        card = card_of(catalog, code)
        points = complexity(card, principal_edit=edit).points
        assert len(points) == len(complexity(card).points) + more
        assert points[-1].reason == edit.text


def test_four_points_are_high(catalog: Catalog) -> None:
    found = complexity(card_of(catalog, "M1A.3190"))  # due to renal impairment, unspecified shoulder
    begins = ("Laterality", "7th character", "Code first, at subcategory M1A.3", "Use additional code")
    assert all(p.reason.startswith(begin) for p, begin in zip(found.points, begins, strict=True))
    assert found.level is Rating.HIGH


@pytest.mark.parametrize(
    ("code", "restriction"),
    [
        ("W21.89XA", "An external cause code is never a principal diagnosis (I.C.20.a.6)."),
        ("B95.0", "Provided for use as an additional code, by the note at block B95-B97."),
        ("Z16.11", "Provided for use as an additional code, by the note at category Z16."),
        ("F02.80", None),  # a manifestation: counted as such
        ("C4A.0", None),  # the note of chapter 2 speaks of additional codes from another chapter
        ("S72.001A", None),
    ],
)
def test_restrictions_of_the_principal_diagnosis(
    catalog: Catalog, code: str, restriction: str | None
) -> None:
    found = principal_restriction(card_of(catalog, code))
    assert (found.text if found else None) == restriction


def test_codes_of_other_years(catalog: Catalog) -> None:
    for code in ("K6A", "C78.31", "T81.4XXA", "QA1.7"):
        assert all(point.reason for point in complexity(card_of(catalog, code, IN_FY2027)).points)


def test_every_50th_code(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::50]:
        for on in (IN_FY2026, IN_FY2027):
            points = complexity(card_of(catalog, entry.name, on)).points
            assert len(points) == len({point.reason for point in points}) <= 7
            assert all(point.source.edition for point in points)
