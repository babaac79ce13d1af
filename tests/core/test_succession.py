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
