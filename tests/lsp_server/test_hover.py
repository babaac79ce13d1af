from datetime import date

import pytest

from index.library import Library
from lsp_server.hover import hover_at, hover_without_library
from tests.conftest import IN_FY2026


def test_m53_9_with_the_notes_that_it_inherits(library: Library) -> None:
    found = hover_at(library, "Dx: M53.9 today", 6, IN_FY2026, markdown=True)
    assert found is not None
    assert (found.start, found.end) == (4, 9)
    assert "**M53.9** Dorsopathy, unspecified" in found.text
    # Printed at the block Other dorsopathies (M50-M54), not at the code.
    assert "Excludes1 (block M50-M54)" in found.text
    assert "discitis NOS (M46.4-)" in found.text


def test_plain_text_for_clients_without_markdown(library: Library) -> None:
    found = hover_at(library, "M53.9", 0, IN_FY2026, markdown=False)
    assert found is not None
    assert "M53.9  Dorsopathy, unspecified" in found.text
    assert "**" not in found.text


@pytest.mark.parametrize(
    ("on", "says"),
    [
        (date(2021, 9, 30), "Billable: valid for submission on 2021-09-30."),
        (date(2021, 10, 1), "Heading: not valid for submission"),
    ],
)
def test_the_card_is_for_the_date_of_service(library: Library, on: date, says: str) -> None:
    found = hover_at(library, "m54.5", 5, on, markdown=False)
    assert found is not None
    assert says in found.text


def test_what_is_left_out_is_counted_and_can_be_seen(library: Library) -> None:
    found = hover_at(library, "M53.9", 0, IN_FY2026, markdown=True)
    assert found is not None
    shown = found.text.count("M53.8")  # of the eight regions that M53.8 is divided into
    assert 0 < shown < 8
    assert f"… {8 - shown} more" in found.text
    assert "icdlens lookup M53.9" in found.text


@pytest.mark.parametrize("code", ["M53.9", "T40.2X1A", "O09", "V43.52XA", "T81.4XXA", "QA0.0101"])
def test_a_hover_fits_the_screen(library: Library, code: str) -> None:
    found = hover_at(library, code, 0, IN_FY2026, markdown=False)
    assert found is not None
    lines = found.text.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    "line",
    ["", "back", "E888.9", "QA00.6", "M53.7", "\x00", "\ud800", "שלום", "x" * 1_000_000, "A" * 1_000_000],
)
def test_nothing_where_no_code_is(library: Library, line: str) -> None:
    assert hover_at(library, line, len(line) // 2, IN_FY2026, markdown=True) is None


def test_without_a_library_a_message_stands_at_what_looks_like_a_code() -> None:
    found = hover_without_library("Dx M53.9", 4, "wait")
    assert found is not None
    assert (found.start, found.end, found.text) == (3, 8, "wait")
    assert hover_without_library("lumbago", 4, "wait") is None
    assert hover_without_library("E888.9", 4, "wait") is None


@pytest.mark.parametrize(
    ("line", "index", "title", "caution"),
    [
        ("VS: T98.6 P72 R18 BP 120/80", 15, "Ascites", "This may be no code here. It is a vital sign"),
        ("struck W21.89A", 9, "Striking against", "W21.89A is no code. Probably W21.89XA was meant"),
        ("M50-M54", 1, "Cervical disc disorders", None),
        ("M50-M54", 5, "Dorsalgia", None),
        ("see I95", 5, "Hypotension", None),  # nothing speaks against it
    ],
)
def test_what_a_line_speaks_against_is_shown_with_a_caution(
    library: Library, line: str, index: int, title: str, caution: str | None
) -> None:
    found = hover_at(library, line, index, IN_FY2026, markdown=False)
    assert found is not None
    assert title in found.text
    assert ("⚠ " in found.text.split("\n", 1)[0]) == bool(caution)
    assert (caution or "") in found.text


@pytest.mark.parametrize(
    ("line", "index", "span", "says"),
    [
        ("Dx: M50-M54 today", 5, (4, 11), ("M50-M54: Other dorsopathies. This is the card of M50.", "M50 ")),
        ("Dx: M50-M54 today", 10, (4, 11), ("This is the card of M54.", "M54  Dorsalgia")),
        ("M54.4-M54.6", 0, (0, 11), ("from Lumbago with sciatica to Pain in thoracic spine",)),
        ("Dx: M54.5-", 6, (4, 10), ("M54.5- stands for the codes below M54.5.", "M54.50 Low back pain")),
        ("Dx: S72.00*", 6, (4, 11), ("S72.00* stands for the codes below S72.00.",)),
        (
            "Dx: l10",
            5,
            (4, 7),
            ("I10 was meant, with a small l for I; or it is the heading L10", "I10  Essential"),
        ),
        ("Dx: W21.89A", 8, (4, 11), ("W21.89A is no code. Probably W21.89XA", "W21.89XA  Striking")),
        ("Dx: M54 .50", 5, (4, 11), ("M54 .50 is no code.", "M54.50  Low back pain, unspecified")),
        ("Dx: S72.001XA", 5, (4, 13), ("S72.001XA is no code.", "S72.001A  Fracture")),
        (
            "Dx: M53.7",
            5,
            (4, 9),
            ("M53.7 is no code of ICD-10-CM on 2026-06-01", "- M53.3 Sacrococcygeal"),
        ),
    ],
)
def test_ranges_wildcards_and_mistyped_codes(
    library: Library, line: str, index: int, span: tuple[int, int], says: tuple[str, ...]
) -> None:
    found = hover_at(library, line, index, IN_FY2026, markdown=False)
    assert found is not None
    assert (found.start, found.end) == span
    unwrapped = " ".join(found.text.split())
    for said in says:
        assert " ".join(said.split()) in unwrapped
    lines = found.text.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 100


def test_what_stands_above_a_card_is_escaped_for_markdown(library: Library) -> None:
    found = hover_at(library, "Dx: S72.00*", 6, IN_FY2026, markdown=True)
    assert found is not None
    assert found.text.startswith("S72.00\\* stands for the codes below S72.00.\n\n**S72.00**")
