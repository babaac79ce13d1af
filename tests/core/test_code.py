"""``Code``: the shape of Official Guidelines I.A.2, whatever is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.code import Code, InvalidCode, dotted, heading_of

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

codes = st.builds(
    lambda first, category, rest: dotted(first + category + rest),
    st.sampled_from(CHARACTERS[10:]),
    st.text(CHARACTERS, min_size=2, max_size=2),
    st.text(CHARACTERS, max_size=4),
)


@pytest.mark.parametrize(
    ("written", "official"),
    [
        ("M53.9", "M53.9"),
        ("m53.9", "M53.9"),
        ("M539", "M53.9"),
        ("s72001a", "S72.001A"),
        ("qa00101", "QA0.0101"),
        ("QA0.0101", "QA0.0101"),
        ("F32.A", "F32.A"),
        ("f32a", "F32.A"),
        ("c4a", "C4A"),
        ("Z3A.38", "Z3A.38"),
        ("w19xxxa", "W19.XXXA"),
        ("  I10\r\n", "I10"),
    ],
)
def test_parse_normalises(written: str, official: str) -> None:
    assert Code.parse(written).text == official


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("", "the text is empty"),
        ("   ", "the text is empty"),
        ("M5", "at least three characters"),
        ("M5.", "at least three characters"),
        ("539", "starts with a letter"),
        ("E888.9", "the dot stands after the third character"),
        ("QA00.6", "the dot stands after the third character"),
        ("M53.9.1", "a code has one dot"),
        ("M53..9", "a code has one dot"),
        ("M53.", "nothing follows the dot"),
        ("M53.99999", "at most seven characters"),
        ("M53,9", "',' cannot stand in a code"),
        ("M53 .9", "' ' cannot stand in a code"),
        ("M53\x00.9", "cannot stand in a code"),
        ("M53.9\nM54.5", "cannot stand in a code"),
        ("Μ53.9", "starts with a letter"),  # a Greek Mu
        ("M٥٣.9", "cannot stand in a code"),  # Arabic digits
        ("\ud800", "starts with a letter"),
        ("M53.\ud800", "cannot stand in a code"),
        ("\u202eM53.9", "starts with a letter"),
        ("M" * 1_000_000, "at most seven characters"),
    ],
)
def test_parse_names_the_first_broken_rule(written: str, rule: str) -> None:
    with pytest.raises(InvalidCode, match=rule) as caught:
        Code.parse(written)
    message = str(caught.value)
    assert len(message) < 200
    assert message.isprintable()
    message.encode("utf-8")


@given(codes)
def test_official_form_round_trips(official: str) -> None:
    code = Code.parse(official)
    assert code.text == official
    assert Code.parse(code.undotted) == code
    assert Code.parse(official.lower()) == code
    assert Code(str(code)) == code


@given(st.text())
def test_any_text_is_a_code_or_named_as_invalid(written: str) -> None:
    try:
        code = Code.parse(written)
    except InvalidCode as error:
        str(error).encode("utf-8")
    else:
        assert code.undotted == written.strip(" \t\r\n").replace(".", "").upper()


@pytest.mark.parametrize("written", ["m53.9", "M539", " M53.9", "M53.9 "])
def test_only_official_form_constructs(written: str) -> None:
    with pytest.raises(InvalidCode):
        Code(written)


@given(st.lists(codes))
def test_order_is_that_of_the_characters(texts: list[str]) -> None:
    ordered = [code.undotted for code in sorted(map(Code, texts))]
    assert ordered == sorted(text.replace(".", "") for text in texts)


def test_parts() -> None:
    code = Code("S72.001A")
    assert (code.undotted, code.is_complete) == ("S72001A", True)
    assert (Code("I10").undotted, Code("I10").is_complete) == ("I10", False)


@pytest.mark.parametrize(
    ("written", "heading"),
    [
        ("O09.-", "O09"),
        ("O09-", "O09"),
        ("M54.*", "M54"),
        ("M54.5-", "M54.5"),
        ("m54.x", "m54"),
        ("W21.8X*", "W21.8X"),
        ("M53.9", "M53.9"),
        ("T81.4XX", "T81.4XX"),
        ("M54.--", "M54.-"),
        ("", ""),
    ],
)
def test_what_stands_before_a_wildcard(written: str, heading: str) -> None:
    assert heading_of(written) == heading
