from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.lives import Standing
from index.library import Library
from lsp_server.completion import MOST_ITEMS, Suggestions, Where, suggest, where_is, with_choices
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


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("dx: low b", Where.DIAGNOSIS),
        ("DX low b", Where.DIAGNOSIS),
        ("ICD-10: low b", Where.DIAGNOSIS),
        ("Assessment: cough, low b", Where.DIAGNOSIS),
        ("Impression: cough. The patient slept", Where.PROSE),
        ("{{dx:low b", Where.PLACEHOLDER),
        ("Reason {{ icd-10 : low b", Where.PLACEHOLDER),
        ("{{dx:}} low b", Where.PROSE),
        ("{{name low b", Where.CLOSED),
        ("{{plan:low b", Where.CLOSED),
        ("The patient has low b", Where.PROSE),
        ("Dx", Where.PROSE),
        ("", Where.PROSE),
        ("index: low b", Where.PROSE),
    ],
)
def test_what_a_cursor_stands_in(line: str, where: Where) -> None:
    assert where_is(line, len(line)) is where


@pytest.mark.parametrize(
    ("above", "line", "where"),
    [
        (["Assessment:"], "1. low b", Where.DIAGNOSIS),
        (["Assessment:", "1. cough"], "- [ ] low b", Where.DIAGNOSIS),
        (["Assessment:"], "low b", Where.DIAGNOSIS),
        (["Assessment:", "cough", "Plan:"], "- low b", Where.PROSE),
        (["Medications:"], "- low b", Where.PROSE),
        ([], "- low b", Where.PROSE),
        (["Assessment:"], "He was seen here. We then talked about low b", Where.PROSE),
    ],
)
def test_a_line_of_a_list_of_diagnoses(above: list[str], line: str, where: Where) -> None:
    assert where_is(line, len(line), above) is where


@pytest.mark.parametrize("index", [5, 6])
def test_stars_to_be_filled_in_are_not_cut(index: int) -> None:
    assert where_is("Dx: ***", index) is Where.CLOSED


def test_a_placeholder_is_completed_up_to_its_end(library: Library) -> None:
    line = "Reason: {{dx:low back pain}} and more"
    index = line.index("}}")
    found = suggest(library, line, index, IN_FY2026)
    assert line[found.start : index] == "low back pain"
    assert codes(found)[0] == "M54.50"


def test_a_7th_character_is_chosen(library: Library) -> None:
    found = with_choices(library, typed(library, "S72.001"), IN_FY2026)
    heading, choice, *_ = found.items
    assert (heading.code, heading.choices) == ("S72.001", ())
    assert choice.asks == "7th"
    chosen = [code for code, _ in choice.choices]
    # The table at S72 has sixteen characters.
    assert [code[-1] for code in chosen] == list("ABCDEFGHJKMNPQRS")
    assert {code[:-1] for code in chosen} == {"S72.001"}


def test_a_side_is_chosen(library: Library) -> None:
    found = with_choices(library, typed(library, "H60.31"), IN_FY2026)
    choice = found.items[1]
    assert choice.asks == "side"
    assert [code for code, _ in choice.choices] == ["H60.311", "H60.312", "H60.313", "H60.319"]


@pytest.mark.parametrize("line", ["M54.5", "M54", "S72", "I10"])
def test_other_headings_are_not_a_choice_of_one_thing(library: Library, line: str) -> None:
    found = typed(library, line)
    assert [item for item in with_choices(library, found, IN_FY2026).items if item.choices] == []
