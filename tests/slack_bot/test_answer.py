from datetime import date

import pytest

from index.library import Library
from slack_bot.answer import Answer, answer
from tests.conftest import IN_FY2026, IN_FY2027
from tests.slack_bot.block_texts import assert_valid, texts


def answered(library: Library, text: str, on: date = IN_FY2026) -> tuple[Answer, str]:
    """The answer, and all its texts as one."""
    found = answer(library, text, on)
    assert_valid(found.blocks)
    assert found.text.strip()
    return found, "\n".join(texts(found.blocks))


@pytest.mark.parametrize(
    "written",
    ["M53.9", "m53.9", "M539", " m539\t", "`M53.9`", "*M53.9*", "“M53.9”", "(M53.9)", "M53.9?", "M53.9,"],
)
def test_a_code_however_it_is_written(library: Library, written: str) -> None:
    found, _ = answered(library, written)
    assert texts(found.blocks)[0] == "M53.9 Dorsopathy, unspecified"
    assert found.text.startswith("M53.9 Dorsopathy, unspecified. Billable")


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("QA0.0101", "QA0.0101 "),
        ("c4a", "C4A "),
        ("M54.-", "M54 Dorsalgia"),
        ("m54-", "M54 Dorsalgia"),
        ("T81.4XXA", "T81.4XXA (no title in the installed release; its heading T81.4: Infection"),
    ],
)
def test_unusual_codes(library: Library, written: str, headline: str) -> None:
    found, _ = answered(library, written)
    assert texts(found.blocks)[0].startswith(headline)


def test_qa0_0101_is_billable(library: Library) -> None:
    found, _ = answered(library, "QA00101")
    assert texts(found.blocks)[1].startswith("✓ Billable")


@pytest.mark.parametrize("written", ["", " ", "help", "HELP", "?", "\0", "\ud800", "\u202e"])
def test_help(library: Library, written: str) -> None:
    _, shown = answered(library, written)
    assert "/icd M53.9" in shown
    assert "/icd low back pain" in shown


def test_about(library: Library) -> None:
    _, shown = answered(library, "about")
    for fact in ("FY2026 (April 1, 2026)", "2026-04-01", "2026-06-01", "CDC/NCHS", "CMS"):
        assert fact in shown
    assert "neither logged nor stored" in shown
    assert "later fiscal year" not in shown
    assert "later fiscal year" in answered(library, "About", IN_FY2027)[1]


@pytest.mark.parametrize("written", ["M53.9 full", "m539 FULL", "`M53.9` full"])
def test_the_whole_card_on_request(library: Library, written: str) -> None:
    found, shown = answered(library, written)
    assert texts(found.blocks)[0] == "M53.9 Dorsopathy, unspecified"
    # Chapter 13 excludes psoriatic arthropathy; the codes beside M53.9 are not on its glance.
    assert "Excludes2 (chapter 13)" in shown
    assert "Coding practice" in shown
    assert "Excludes2 (chapter 13)" not in answered(library, "M53.9")[1]


def test_an_unknown_code_gets_near_codes(library: Library) -> None:
    found, shown = answered(library, "m53.99")
    assert "M53.99 is not an ICD-10-CM code" in shown
    assert "• *M53.9* Dorsopathy, unspecified – ✓ billable" in shown
    assert "• *M53* Other and unspecified dorsopathies, not elsewhere classified – ✗ heading" in shown
    assert "M53.9" in found.text


def test_a_dot_in_the_wrong_place_leads_to_the_code(library: Library) -> None:
    _, shown = answered(library, "M5.39")
    assert "the dot stands after the third character" in shown
    assert "*M53.9* Dorsopathy, unspecified" in shown


def test_a_code_that_slid_gets_the_one_with_the_placeholder(library: Library) -> None:
    _, shown = answered(library, "W21.89A")
    assert "*W21.89XA*" in shown


@pytest.mark.parametrize(("written", "rule"), [("E888.9", "dot"), ("QA00.6", "dot"), ("M53.99999", "seven")])
def test_what_is_not_shaped_like_a_code_says_why(library: Library, written: str, rule: str) -> None:
    _, shown = answered(library, written)
    assert written in shown
    assert rule in shown


def test_words_are_ranked_with_the_reason(library: Library) -> None:
    found, shown = answered(library, "cervicobrachial syndrome")
    assert "• *M53.1* Cervicobrachial syndrome – ✓ billable\n      matched title" in shown
    assert "M53.1" in found.text


def test_an_inclusion_term_is_named(library: Library) -> None:
    _, shown = answered(library, "backache NOS")
    assert "*M54.9* Dorsalgia, unspecified – ✓ billable" in shown
    assert 'matched inclusion term "Backache NOS"' in shown


def test_nothing_found_is_said(library: Library) -> None:
    found, shown = answered(library, "qqxzzwvj kkqzx")
    assert "Nothing in FY2026 (April 1, 2026) matches “qqxzzwvj kkqzx”" in shown
    assert "/icd M53.9" in shown
    assert "Nothing in" in found.text


def test_a_mention_does_not_ping(library: Library) -> None:
    found, shown = answered(library, "<!channel> <@U1> <#C1|x> &lt;!here&gt;")
    for text in (found.text, shown):
        assert "<" not in text
        assert "&lt;!channel&gt;" in text


def test_formatting_of_what_is_echoed_is_shown_as_written(library: Library) -> None:
    _, shown = answered(library, "qqxzzwvj *b* _c_ `d` :smile:")
    assert "qqxzzwvj ∗b∗ ˍcˍ ˋdˋ ꞉smile:" in shown


def test_a_long_text_is_read_in_part_and_that_is_said(library: Library) -> None:
    _, shown = answered(library, "qqxzzwvj " * 100)
    assert "Only the first 300 characters were read." in shown
    assert len(shown) < 2000


@pytest.mark.parametrize("junk", ["<", "&", "M53.9", "\0", "\ud800", "\u202e", "🦴", "a b "])
def test_a_megabyte_is_answered(library: Library, junk: str) -> None:
    answered(library, junk * (1_000_000 // len(junk)))


def test_titles_that_differ_by_the_day(library: Library) -> None:
    assert "✗ Not yet valid" in answered(library, "C78.31", IN_FY2026)[1]
    assert "✓ Billable" in answered(library, "C78.31", IN_FY2027)[1]
