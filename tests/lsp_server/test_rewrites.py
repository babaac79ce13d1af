from datetime import date

import pytest

from index.library import Library
from lsp_server.documents import Document
from lsp_server.positions import Encoding
from lsp_server.rewrites import MOST_CHOICES, Rewrite, rewrites_at
from tests.conftest import IN_FY2026


def rewrites(library: Library, text: str, offset: int, on: date = IN_FY2026) -> tuple[Rewrite, ...]:
    return tuple(rewrites_at(library, Document(text).revision("u", Encoding.UTF16), offset, on))


def made(text: str, rewrite: Rewrite) -> str:
    (edit,) = rewrite.edits
    return text[: edit.start] + edit.new + text[edit.end :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x\r\nDx: m5450", {"x\r\nDx: M54.50", "x\r\nDx: m5450 Low back pain, unspecified"}),
        ("Dx: M54.5-", {"Dx: M54.50", "Dx: M54.51", "Dx: M54.59"}),
        ("Dx: l10", {"Dx: I10"}),
        ("Dx: W21.89A", {"Dx: W21.89XA"}),
        ("Dx: M54.50 Low back pain, unspecified", set()),
        ("Dx: M54.50 - low back pain, UNSPECIFIED", set()),
        ("nothing at all", set()),
    ],
)
def test_what_can_be_made_of_a_code(library: Library, text: str, expected: set[str]) -> None:
    offset = text.find("Dx: ") + 5
    assert {made(text, rewrite) for rewrite in rewrites(library, text, offset)} == expected


def test_a_code_that_ended_is_replaced_by_what_the_card_leads_to(library: Library) -> None:
    found = {made("T81.4XXA", rewrite) for rewrite in rewrites(library, "T81.4XXA", 2)}
    assert {"T81.40XA", "T81.49XA"} <= found
    assert not rewrites(library, "T81.4XXA", 2, date(2018, 1, 1))  # in force, and without a title here


def test_a_wide_heading_offers_the_level_below(library: Library) -> None:
    # The Tabular List divides S72 into S72.0 to S72.4, S72.8 and S72.9.
    found = [made("Dx: S72", rewrite) for rewrite in rewrites(library, "Dx: S72", 5)]
    below = [f"Dx: S72.{last}" for last in "0123489"]
    assert found == [*below, "Dx: S72 Fracture of femur"]
    assert len(below) <= MOST_CHOICES
