"""Near codes: what a mistyped code was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.near_codes import near_codes
from tests.conftest import IN_FY2026


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("W21.89A", "W21.89XA"),  # the placeholder X is missing
        ("M54.50A", "M54.50"),  # a 7th character on a code that takes none
        ("M35.9", "M53.9"),  # swapped; M35.9 exists too, so it is only offered
        ("MS3.9", "M53.9"),  # S for 5
        ("I1O", "I10"),  # the letter O
        ("M53.99", "M53.9"),
        ("M53..9", "M53.9"),
        ("M5.39", "M53.9"),
        ("S72.001AA", "S72.001A"),
    ],
)
def test_what_was_meant_is_offered(catalog: Catalog, written: str, meant: str) -> None:
    assert meant in [code.text for code in near_codes(catalog, written, IN_FY2026)]


@pytest.mark.parametrize("written", ["W21.89A", "M54.50A", "MS3.9", "I1O", "M53.99"])
def test_the_likeliest_comes_first(catalog: Catalog, written: str) -> None:
    first = near_codes(catalog, written, IN_FY2026)[0].text
    assert (
        first
        == {
            "W21.89A": "W21.89XA",
            "M54.50A": "M54.50",
            "MS3.9": "M53.9",
            "I1O": "I10",
            "M53.99": "M53.9",
        }[written]
    )


@pytest.mark.parametrize(
    "written", ["98.6", "724.2", "99213", "", " ", "\x00", "\ud800", "‮", "...", "💥" * 100]
)
def test_nothing_like_a_code_has_no_near_code(catalog: Catalog, written: str) -> None:
    assert near_codes(catalog, written, IN_FY2026) == ()


@given(written=st.text() | st.text("MSTW0123456789.xX", max_size=9), limit=st.integers(0, 8))
def test_only_codes_that_exist_and_differ(catalog: Catalog, written: str, limit: int) -> None:
    near = near_codes(catalog, written, IN_FY2026, limit=limit)
    assert len(near) <= limit
    assert len(set(near)) == len(near)
    assert catalog.known_among(set(near)) == set(near)
    assert written.upper() not in {code.text for code in near}
