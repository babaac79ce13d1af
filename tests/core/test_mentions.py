from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.code import Code
from core.mentions import Mention, find_mentions, mention_at


def every(codes: set[Code]) -> set[Code]:
    """As if every code existed: what is left is the grammar."""
    return codes


def written(line: str) -> list[str]:
    return [mention.written for mention in find_mentions(line, every)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("M53.9", ["M53.9"]),
        ("m53.9 or S72001A", ["m53.9", "S72001A"]),
        ("S72.001A.", ["S72.001A"]),
        ("I10.", ["I10"]),
        ("I10. So", ["I10"]),
        ("(M54.5)", ["M54.5"]),
        ("M54.50,M54.16;I10", ["M54.50", "M54.16", "I10"]),
        ("M54.50/M54.16", ["M54.50", "M54.16"]),
        ("M50-M54", ["M50", "M54"]),
        ("**M53.9**", ["M53.9"]),
        ("_M53.9_ __M53.9__", ["M53.9", "M53.9"]),
        ("#M5450", ["M5450"]),
        ("QA0.0101 Z3A.38 C4A M1A.00X0 F32.A", ["QA0.0101", "Z3A.38", "C4A", "M1A.00X0", "F32.A"]),
        ("pain.M54.5", ["M54.5"]),
        ("1.M54.5", ["M54.5"]),
        ("M54.5.Next", ["M54.5"]),
        ("M54.- M54.5-", ["M54", "M54.5"]),
        ("\u202bM53.9\u202c שלום", ["M53.9"]),  # right-to-left marks are no letters
        ("\x00M53.9\x00", ["M53.9"]),
        ("\ud800M53.9\udc00", ["M53.9"]),
        ("\U0001f600M53.9\x0cI10", ["M53.9", "I10"]),
    ],
)
def test_finds_codes_as_people_write_them(line: str, found: list[str]) -> None:
    assert written(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "E888.9",  # ICD-9-CM
        "QA00.6",  # ICD-11
        "icd_M53.9",
        "M53.9_x",
        "xM53.9",
        "M53.99999",
        "M53.9x12345",
        "M53.9.1",
        "1.I10",
        "I10.5.1",
        "ñM53.9",
        "M53.9é",
        "дM53.9",
        "M53.9日",
        "M5٣.9",  # an Arabic-Indic digit
        "ſ53.9",  # the long s, which is an s in another case
        "M5",
        "53.9",
        "",
        "\x00",
    ],
)
def test_no_code_inside_a_longer_word_or_another_system_of_codes(line: str) -> None:
    assert written(line) == []


def test_a_mention_knows_its_place_its_writing_and_its_code() -> None:
    assert find_mentions("\U0001f600 m539!", every) == (Mention(2, 6, "m539", Code("M53.9")),)


def test_existence_in_any_year_decides(catalog: Catalog) -> None:
    line = "M53.9 M53.7 M54.5 low T81.4XXA"
    found = [mention.written for mention in find_mentions(line, catalog.known_among)]
    # T81.4XXA was deleted on 2018-10-01; there has never been an M53.7.
    assert found == ["M53.9", "M54.5", "T81.4XXA"]


@pytest.mark.parametrize(
    ("index", "found"),
    [(0, None), (2, "M54.50"), (5, "M54.50"), (8, "M54.50"), (9, "M54.16"), (15, "M54.16"), (16, None)],
)
def test_mention_at_prefers_the_code_that_begins_there(index: int, found: str | None) -> None:
    mention = mention_at("x M54.50/M54.16 y", index, every)
    assert (mention and mention.written) == found


@pytest.mark.parametrize(("index", "found"), [(6, "M54.50"), (7, "M54.16"), (20, None)])
def test_mention_at_takes_any_index(index: int, found: str | None) -> None:
    mention = mention_at("M54.50/M54.16", index, every)
    assert (mention and mention.written) == found


def test_nothing_is_asked_where_nothing_has_the_shape() -> None:
    def never(_: set[Code]) -> set[Code]:
        raise AssertionError

    assert find_mentions("a 53.9 on 2026-04-01", never) == ()
    assert mention_at("53.9", 2, never) is None


_PIECES = st.sampled_from(
    ["M53.9", "m5450", "I10", "E888.9", ".", "-", " ", "_", "x", "é", "9", "\U0001f600"]
)
_LINES = st.lists(_PIECES, max_size=12).map("".join)


@given(_LINES | st.text(max_size=40))
def test_mentions_are_what_the_line_says_in_order_and_apart(line: str) -> None:
    mentions = find_mentions(line, every)
    for mention in mentions:
        assert line[mention.start : mention.end] == mention.written
        assert Code.parse(mention.written) == mention.code
    for before, after in pairwise(mentions):
        assert before.end <= after.start


@given(_LINES, st.data())
def test_mention_at_agrees_with_find_mentions(line: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(line)))
    touching = [m for m in find_mentions(line, every) if m.start <= index <= m.end]
    assert mention_at(line, index, every) == (touching[-1] if touching else None)
