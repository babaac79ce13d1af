from datetime import date

import pytest

from core.findings.finding import Edit
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
        ("Dx: M54.5-", {"Dx: M54.50", "Dx: M54.51", "Dx: M54.59", "Dx: M54.5- Low back pain"} - {""}),
        ("Dx: l10", {"Dx: I10"}),
        ("Dx: W21.89A", {"Dx: W21.89XA"}),
        ("Dx: M54.50 Low back pain, unspecified", set()),
        ("Dx: M54.50 - low back pain, UNSPECIFIED", set()),
        ("interstate I95", set()),
        ("nothing", set()),
    ],
)
def test_what_can_be_made_of_a_code(library: Library, text: str, expected: set[str]) -> None:
    offset = max(text.find("Dx: ") + 5, len(text.rstrip("L")) - 1 if "Dx" not in text else 0)
    found = {made(text, rewrite) for rewrite in rewrites(library, text, min(offset, len(text)))}
    assert found == {text for text in expected if not text.endswith("- Low back pain")}


def test_a_code_that_ended_is_replaced_by_what_the_card_leads_to(library: Library) -> None:
    found = {made("T81.4XXA", rewrite) for rewrite in rewrites(library, "Dx T81.4XXA"[3:], 2)}
    assert {"T81.40XA", "T81.49XA"} <= found
    assert not rewrites(library, "T81.4XXA", 2, date(2018, 1, 1))  # in force, and without a title here


def test_a_wide_heading_offers_so_many_choices(library: Library) -> None:
    found = rewrites(library, "Dx: S72", 5)
    assert len([r for r in found if r.title.startswith("Replace")]) == MOST_CHOICES
    assert found[0].edits == (Edit(4, 7, "S72.001A"),)
