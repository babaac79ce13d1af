"""Words: folded, cut and stemmed alike for texts and queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crohn's disease, unspecified", ["crohn", "disease", "unspecified"]),
        ("Ménière’s", ["meniere"]),
        ("Me\u0301nie\u0300re", ["meniere"]),
        ("Brown-Séquard", ["brown", "sequard"]),
        ("COVID-19 [U07.1]", ["covid", "19", "u07", "1"]),
        ("1,000-1,249 grams", ["1000", "1249", "grams"]),
        ("C4, 5,6", ["c4", "5", "6"]),
        ("", []),
        ("💥 \x00 \ud800", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_forms_of_a_word_share_a_stem() -> None:
    assert len({stem(word) for word in ("fracture", "fractures", "fractured")}) == 1
    assert stem("hips") == stem("hip") == "hip"


@given(st.text())
def test_words_of_any_text_are_plain(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words(text))
