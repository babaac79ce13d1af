from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.code import Code
from slack_bot.command import BadCommand, Command, Verb, parse, range_of

DAY = date(2023, 5, 2)


@pytest.mark.parametrize(
    "text", ["", "  ", "help", "HELP", "?", "share", "billable", "on 2023-05-02", "share help"]
)
def test_nothing_asked_is_help(text: str) -> None:
    assert parse(text).verb is Verb.HELP


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("M53.9", ("M53.9",)),
        ("m539", ("m539",)),
        ("“M53.9”?", ("M53.9",)),
        ("M54.-", ("M54.-",)),
        ("M53.9 I10", ("M53.9", "I10")),
        ("M53.9,I10;E11.9", ("M53.9", "I10", "E11.9")),
        ("M53.9, I10 and E11.9", ("M53.9", "I10", "E11.9")),
        ("I10 M53.9 m539 I10", ("I10", "M53.9")),
        ("M50-M54", ("M50-M54",)),
        ("M50 - M54", ("M50-M54",)),
        ("M50 – M54", ("M50-M54",)),
        ("M50–M54 I10", ("M50-M54", "I10")),
        ("m50 to m54", ("m50-m54",)),
        ("M50 through M54", ("M50-M54",)),
        ("M54.50/M54.59", ("M54.50", "M54.59")),
        ("what is M54.5?", ("M54.5",)),
        ("is M54.5 billable?", ("M54.5",)),
        ("ICD-10: M53.9", ("M53.9",)),
        ("/icd M53.9", ("M53.9",)),
        ("about M54", ("M54",)),
        ("250.00", ("250.00",)),
        ("is 250.00 billable?", ("250.00",)),
        ("401.9 E11.9", ("401.9", "E11.9")),
    ],
)
def test_codes(text: str, codes: tuple[str, ...]) -> None:
    assert parse(text) == Command(Verb.CODES, codes)


@pytest.mark.parametrize(
    "text",
    [
        "low back pain",
        "allergy to nuts",
        "full thickness burn",
        "M54 lumbar",
        "fever 102.5",
        "compared pain",
        "share of kidney",
        "billable hours lost",
        "about face",
        "pain on Tuesday",
        "seen on 2023-05-02 with pain",
        "covid-19",
        "index finger laceration",
        "index",
        "hives",
        "what is hives",
        "S72 on left side",
        "pain vs spasm",
        "full",
    ],
)
def test_words(text: str) -> None:
    found = parse(text)
    assert found.verb is Verb.WORDS
    assert found.on is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("index pain, low back", Command(Verb.INDEX, words="pain, low back")),
        ("INDEX aspirin on 5/2/2023 share", Command(Verb.INDEX, words="aspirin", on=DAY, share=True)),
        ("M53.9 full", Command(Verb.CODES, ("M53.9",), whole=True)),
        ("M53.9 FULL share", Command(Verb.CODES, ("M53.9",), whole=True, share=True)),
        ("M53.9 share full", Command(Verb.CODES, ("M53.9",), whole=True, share=True)),
        ("share full M53.9 on 2023-05-02", Command(Verb.CODES, ("M53.9",), on=DAY, whole=True, share=True)),
        ("M53.9 on (2023-05-02)?", Command(Verb.CODES, ("M53.9",), on=DAY)),
        ("M54.50 VS M54.59", Command(Verb.COMPARE, ("M54.50", "M54.59"))),
        ("M54.50 versus M54.59 share", Command(Verb.COMPARE, ("M54.50", "M54.59"), share=True)),
        ("M53.9 on 2023-05-02", Command(Verb.CODES, ("M53.9",), on=DAY)),
        ("M53.9 ON 5/2/2023", Command(Verb.CODES, ("M53.9",), on=DAY)),
        ("on 2023-5-2 M53.9", Command(Verb.CODES, ("M53.9",), on=DAY)),
        ("share M53.9", Command(Verb.CODES, ("M53.9",), share=True)),
        ("low back pain billable", Command(Verb.WORDS, words="low back pain", billable=True)),
        ("Billable low back pain", Command(Verb.WORDS, words="low back pain", billable=True)),
        (
            "pain billable on 2023-05-02 share",
            Command(Verb.WORDS, words="pain", on=DAY, billable=True, share=True),
        ),
        ("compare M54.50 M54.59", Command(Verb.COMPARE, ("M54.50", "M54.59"))),
        ("Compare m5450 with m5459 share", Command(Verb.COMPARE, ("m5450", "m5459"), share=True)),
        ("compare M54.50 vs. M54.59", Command(Verb.COMPARE, ("M54.50", "M54.59"))),
        ("about", Command(Verb.ABOUT)),
        ("About on 2023-05-02", Command(Verb.ABOUT, on=DAY)),
    ],
)
def test_options(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "M53.9 on 2023-13-45",
        "M53.9 on 02.05.2023",
        "M53.9 on 31/12/2023",
        "on 0000-01-01 M53.9",
        "M53.9 on May 2, 2023",
        "M53.9 I10 on yesterday",
    ],
)
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadCommand, match="on 2023-05-02"):
        parse(text)


@pytest.mark.parametrize(
    "text", ["compare", "compare M53.9", "compare M53.9 M539", "compare A B", "compare I10 I15 I16"]
)
def test_a_comparison_needs_two_codes(text: str) -> None:
    with pytest.raises(BadCommand, match=r"/icd compare M54\.50 M54\.59"):
        parse(text)


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("M50-M54", ("M50", "M54")),
        ("m54.0-m545", ("M54.0", "M54.5")),
        ("M50.-M54.-", ("M50", "M54")),
        ("L5-S1", None),
        ("M54.-", None),
        ("M54", None),
    ],
)
def test_ranges(written: str, ends: tuple[str, str] | None) -> None:
    assert range_of(written) == (ends and (Code(ends[0]), Code(ends[1])))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=300))
def test_every_text_is_read_or_refused(text: str) -> None:
    with suppress(BadCommand):
        assert parse(text).verb in Verb
