from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.lives import Standing
from index.library import Library
from lsp_server.completion import MOST_ITEMS, Suggestions, suggest
from tests.conftest import IN_FY2026


def typed(library: Library, line: str, on: date = IN_FY2026, *, words: bool = True) -> Suggestions:
    """Suggestions for a cursor at the end of a line."""
    return suggest(library, line, len(line), on, words=words)


def codes(found: Suggestions) -> list[str]:
    return [item.code for item in found.items]


def test_a_heading_and_the_codes_below_it(library: Library) -> None:
    # The Tabular List has exactly these below M54.5, since 2021-10-01.
    found = typed(library, "Dx: M54.5")
    assert found.start == 4
    assert codes(found) == ["M54.5", "M54.50", "M54.51", "M54.59"]
    assert [item.standing for item in found.items] == [Standing.HEADING] + 3 * [Standing.BILLABLE]
    assert found.items[1].title == "Low back pain, unspecified"


@pytest.mark.parametrize(
    ("line", "token", "first"),
    [
        ("M53.", "M53.", "M53.0"),
        ("m53.9", "m53.9", "M53.9"),
        ("m539", "m539", "M53.9"),
        ("(m54", "m54", "M54"),
        ("\U0001f600\x0c M54", "M54", "M54"),
        ("qa0", "qa0", "QA0"),
        ("z3a.", "z3a.", "Z3A.0"),
        ("_M53.", "M53.", "M53.0"),
    ],
)
def test_the_start_of_a_code(library: Library, line: str, token: str, first: str) -> None:
    found = typed(library, line, words=False)
    assert line[found.start :] == token
    assert codes(found)[0] == first


@pytest.mark.parametrize("line", ["M54", "m54", "M54.", "m545", "M54.5", "QA0", "m5"])
def test_an_editors_own_filter_keeps_every_code(library: Library, line: str) -> None:
    found = typed(library, line)
    assert found.items
    for item in found.items:
        assert item.filter_text.startswith(line)
        assert item.filter_text.upper().replace(".", "") == item.code.replace(".", "")


def test_at_most_a_hundred(library: Library) -> None:
    assert len(typed(library, "S7").items) == MOST_ITEMS == 100


@pytest.mark.parametrize(
    ("line", "phrase", "code", "title"),
    [
        ("Dx: low back p", "low back p", "M54.50", "Low back pain, unspecified"),
        ("backache", "backache", "M54.9", "Dorsalgia, unspecified"),  # inclusion term: Backache NOS
        ("- cough; essential hypert", "essential hypert", "I10", "Essential (primary) hypertension"),
        ("assessment: vitamin b12 defic", "vitamin b12 defic", "D51.9", None),
        ("The patient complains of low back pain", "low back pain", "M54.50", "Low back pain, unspecified"),
        ("Patient has a backac", "backac", "M54.9", "Dorsalgia, unspecified"),
        ("M54.50 low back pain ", "low back pain ", "M54.50", "Low back pain, unspecified"),
        ("\ud800low back pain", "low back pain", "M54.50", "Low back pain, unspecified"),
        ("\u202bשלום: low back pain", "low back pain", "M54.50", "Low back pain, unspecified"),
    ],
)
def test_words_since_the_last_cue(
    library: Library, line: str, phrase: str, code: str, title: str | None
) -> None:
    found = typed(library, line)
    assert line[found.start :] == phrase
    assert code in codes(found)
    assert all(item.filter_text.startswith(phrase) for item in found.items)
    if title:
        assert next(item.title for item in found.items if item.code == code) == title


def test_a_misspelt_last_word_is_searched_for(library: Library) -> None:
    assert "I10" in codes(typed(library, "Dx: hypertensoin"))


def test_a_phrase_has_at_most_six_words(library: Library) -> None:
    line = "fracture of the shaft of the femur of the left leg"
    assert 1 <= len(line[typed(library, line).start :].split()) <= 6


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "ab",
        "Dx:",
        "BP 120",
        "2026-04-01",
        "low back pain.",
        "E888.",
        "qa00.",
        "\x00",
        "\ud800",
        "a,b",
    ],
)
def test_nothing_for_too_little(library: Library, line: str) -> None:
    assert typed(library, line).items == ()


def test_words_are_completed_only_when_they_may_be(library: Library) -> None:
    assert typed(library, "low back pain", words=False).items == ()
    assert typed(library, "M54.", words=False).items


def test_what_is_behind_the_cursor_stays(library: Library) -> None:
    found = suggest(library, "M54 and more", 3, IN_FY2026)
    assert found.start == 0
    assert codes(found)[0] == "M54"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(max_size=40) | st.text(alphabet="Mm54.: -,é\U0001f600\ud800 lowbackpain", max_size=40), st.data()
)
def test_any_line_has_an_answer_whose_filter_texts_start_with_its_range(
    library: Library, line: str, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(line)))
    found = suggest(library, line, index, IN_FY2026)
    assert 0 <= found.start <= index
    assert len(found.items) <= MOST_ITEMS
    assert all(item.filter_text.startswith(line[found.start : index]) for item in found.items)


@pytest.mark.parametrize("junk", ["x" * 1_000_000, "a b " * 250_000, "M5." * 333_333, "'-" * 500_000])
def test_a_line_of_a_megabyte_costs_what_its_end_costs(library: Library, junk: str) -> None:
    found = suggest(library, junk, len(junk), IN_FY2026)
    assert found.start > len(junk) - 300
