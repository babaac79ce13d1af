import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lsp_server.positions import Encoding, column_of, index_at, split_lines, without_end

ENCODINGS = list(Encoding)
#: What ``str.splitlines`` takes for line ends and the protocol does not.
NO_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
#: One of each width in every encoding, the ends of each range, accents of their own, and loose surrogates.
LETTERS = "aé\x7f\x80\u07ff\u0800\uffffש日\u0301\U00010000\U0001f600\U0010ffff\ud800\udc00" + NO_LINE_ENDS

lines = st.text(alphabet=LETTERS, max_size=30)
texts = st.text(alphabet=LETTERS + "\r\n\r\n", max_size=60)
encodings = st.sampled_from(ENCODINGS)


def width(character: str, encoding: Encoding) -> int:
    """How many units a client counts for a character, told by Python's own codecs."""
    if encoding is Encoding.UTF8:
        return len(character.encode("utf-8", "surrogatepass"))
    if encoding is Encoding.UTF16:
        return len(character.encode("utf-16-le", "surrogatepass")) // 2
    return 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("\n", ["\n", ""]),
        ("a\nb", ["a\n", "b"]),
        ("a\r\nb\rc\n", ["a\r\n", "b\r", "c\n", ""]),
        ("\r\r\n\n", ["\r", "\r\n", "\n", ""]),
        (f"a{NO_LINE_ENDS}b", [f"a{NO_LINE_ENDS}b"]),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, expected: list[str]) -> None:
    assert split_lines(text) == expected


@given(texts)
def test_lines_joined_are_the_text_and_only_the_last_has_no_end(text: str) -> None:
    split = split_lines(text)
    assert "".join(split) == text
    assert all(line != without_end(line) for line in split[:-1])
    assert [without_end(line) for line in split] == re.split("\r\n|\r|\n", text)


@pytest.mark.parametrize(
    ("encoding", "column"),
    [(Encoding.UTF8, 7), (Encoding.UTF16, 4), (Encoding.UTF32, 3)],
)
def test_the_column_behind_an_emoji_and_a_form_feed(encoding: Encoding, column: int) -> None:
    line = "\U0001f600\x0c M53.9"
    assert column_of(line, 3, encoding) == column - 1 + (encoding is not Encoding.UTF8)
    assert index_at(line, column_of(line, 3, encoding), encoding) == 3


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("column", [-1, 0, 5, 6, 99, 2**31 - 1])
def test_columns_outside_the_line_mean_its_ends(encoding: Encoding, column: int) -> None:
    assert index_at("M53.9", column, encoding) == max(0, min(column, 5))
    assert column_of("M53.9", column, encoding) == max(0, min(column, 5))
    assert index_at("", column, encoding) == 0
    assert index_at("é", column, encoding) == (0 if column <= 0 else 1)


@pytest.mark.parametrize(
    ("encoding", "columns"),
    [
        (Encoding.UTF8, [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4]),  # aé日😀 is 1 + 2 + 3 + 4 bytes
        (Encoding.UTF16, [0, 1, 2, 3, 3, 4, 4]),
        (Encoding.UTF32, [0, 1, 2, 3, 4, 4]),
    ],
)
def test_a_column_inside_a_character_means_the_character(encoding: Encoding, columns: list[int]) -> None:
    assert [index_at("aé日\U0001f600", column, encoding) for column in range(len(columns))] == columns


@given(lines, encodings)
@example("\ud83d\ude00", Encoding.UTF16)  # two loose surrogates, which a codec would join
def test_columns_and_indexes_are_each_others_inverse(line: str, encoding: Encoding) -> None:
    column = 0
    for index, character in enumerate(line):
        assert column_of(line, index, encoding) == column
        for inside in range(width(character, encoding)):
            assert index_at(line, column + inside, encoding) == index
        column += width(character, encoding)
    assert column_of(line, len(line), encoding) == column
    assert index_at(line, column, encoding) == len(line)


@given(st.text(max_size=20), encodings, st.integers(-5, 100))
def test_no_column_is_refused(line: str, encoding: Encoding, column: int) -> None:
    assert 0 <= index_at(line, column, encoding) <= len(line)
    assert 0 <= column_of(line, index_at(line, column, encoding), encoding) <= max(0, column)
