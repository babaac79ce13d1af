"""What replaced what, for changes that CMS and NCHS announced in their addenda."""

from datetime import date

import pytest

from core.card import build_card
from core.catalog import Catalog
from core.code import Code
from core.succession import Succession, succession
from tests.conftest import IN_FY2027


def of(catalog: Catalog, code: str) -> Succession:
    card = build_card(catalog, Code(code), IN_FY2027)
    assert card is not None
    return succession(catalog, card)


@pytest.mark.parametrize(
    ("code", "day", "replaced_by"),
    [
        ("M54.5", date(2021, 10, 1), {"M54.50", "M54.51", "M54.59"}),
        ("G20", date(2023, 10, 1), {"G20.A1", "G20.A2", "G20.B1", "G20.B2", "G20.C"}),
        ("R51", date(2020, 10, 1), {"R51.0", "R51.9"}),
        ("N18.3", date(2020, 10, 1), {"N18.30", "N18.31", "N18.32"}),
        ("I48.2", date(2019, 10, 1), {"I48.20", "I48.21"}),
        ("D69.1", date(2026, 10, 1), {"D69.11", "D69.19"}),
        # The intent is in the sixth character: 1 accidental, 5 adverse effect.
        ("T40.4X1A", date(2020, 10, 1), {"T40.411A", "T40.421A", "T40.491A"}),
        ("T40.4X5D", date(2020, 10, 1), {"T40.415D", "T40.425D", "T40.495D"}),
        (
            "T81.4XXA",
            date(2018, 10, 1),
            {"T81.40XA", "T81.41XA", "T81.42XA", "T81.43XA", "T81.44XA", "T81.49XA"},
        ),
    ],
)
def test_what_replaced_a_code(catalog: Catalog, code: str, day: date, replaced_by: set[str]) -> None:
    found = of(catalog, code)
    assert {successor.code.text for successor in found.replaced_by} == replaced_by
    assert found.replaced_on == day
    assert all("Derived" in successor.source.name for successor in found.replaced_by)


@pytest.mark.parametrize(
    ("code", "day", "split_from"),
    [
        ("M54.50", date(2021, 10, 1), {"M54.5"}),
        ("G35.A", date(2025, 10, 1), {"G35"}),
        ("T81.40XA", date(2018, 10, 1), {"T81.4XXA"}),
        ("D69.11", date(2026, 10, 1), {"D69.1"}),
        ("T40.712S", date(2021, 10, 1), {"T40.7X2S"}),
    ],
)
def test_what_a_new_code_was_split_from(catalog: Catalog, code: str, day: date, split_from: set[str]) -> None:
    found = of(catalog, code)
    assert {predecessor.code.text for predecessor in found.split_from} == split_from
    assert found.split_on == day


#: Announced for 2018-10-01 and, with a sixth character for the perforation, for 2023-10-01.
K35 = {
    "K35.20": {"K35.200", "K35.201", "K35.209"},
    "K35.21": {"K35.210", "K35.211", "K35.219"},
}


def test_what_replaced_a_code_is_followed_to_the_codes_of_the_date(catalog: Catalog) -> None:
    found = of(catalog, "K35.2")
    assert found.replaced_on == date(2018, 10, 1)
    assert {s.code.text: {after.code.text for after in s.replaced_by} for s in found.replaced_by} == K35
    assert {s.replaced_on for s in found.replaced_by} == {date(2023, 10, 1)}
    assert {code.text for code in found.leads_to} == set().union(*K35.values())


def test_no_further_than_the_date(catalog: Catalog) -> None:
    card = build_card(catalog, Code("K35.2"), date(2023, 9, 30))
    assert card is not None
    found = succession(catalog, card)
    assert [code.text for code in found.leads_to] == ["K35.20", "K35.21"]
    assert not any(s.replaced_by for s in found.replaced_by)


def test_a_chain_keeps_the_intent(catalog: Catalog) -> None:
    """T40.7X1A was replaced by codes for cannabis and for synthetic cannabinoids, both accidental."""
    assert {code.text[-2] for code in of(catalog, "T40.7X1A").leads_to} == {"1"}


@pytest.mark.parametrize("code", ["M53.9", "I10", "M53", "U07.1", "QA0.0101"])
def test_where_nothing_is_known_nothing_is_said(catalog: Catalog, code: str) -> None:
    """U07.1 and the QA0 codes were new, and replaced nothing under their own subcategory."""
    found = of(catalog, code)
    assert (found.replaced_by, found.split_from) == ((), ())


def test_no_code_replaces_itself(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::23]:
        found = of(catalog, entry.name)
        around = {c.code.text for c in (*found.replaced_by, *found.split_from)}
        assert entry.name not in around
