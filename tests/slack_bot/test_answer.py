from datetime import date

import pytest

from core.code import Code
from core.icd9 import Icd9Code
from core.icd9_asked import AskedIcd9
from index.library import Library
from slack_bot import codes_answer
from slack_bot.answer import answer
from slack_bot.explanation import explanation
from slack_bot.home_view import Place, home
from slack_bot.reply import Answer
from slack_bot.settings import Settings
from tests.conftest import IN_FY2026, IN_FY2027
from tests.slack_bot.block_texts import assert_valid, elements, labels, menu, options, texts
from tests.slack_bot.conftest import served_workspace
from tests.slack_bot.workspace import running_receiver


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
    assert "superseded" not in shown


@pytest.mark.parametrize(
    "asked", ["about", "help", "M53.9", "M53.9 I10", "M50-M54", "M54.5 billable", "copd", "compare M53.9 I10"]
)
def test_a_superseded_release_says_so_and_how_to_mend_it(library: Library, asked: str) -> None:
    caution = "superseded by FY2027 on 2026-10-01. To install FY2027: icdlens update --release FY2027"
    assert caution in answered(library, asked, IN_FY2027)[1]
    assert "superseded" not in answered(library, asked)[1]
    # An older day than the release's: April 1, 2026.
    assert "which took effect after this date" in answered(library, f"{asked} on 2026-03-31")[1]


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


def test_words_are_ranked_with_the_reason_and_a_button(library: Library) -> None:
    found, shown = answered(library, "copd")
    # J44.0's own note and J44.9's title say it alike, so neither wins.
    assert "Codes for “copd”, best first" in shown
    assert (
        "*J44.9* Chronic obstructive pulmonary disease, unspecified – ✓ billable\n      matched title"
        in shown
    )
    assert found.code is None
    cards = [e["value"] for e in elements(found.blocks)]
    assert "J44.9 2026-06-01 glance" in cards
    assert len(cards) == shown.count("matched ")


def test_a_clear_winner_is_shown_as_its_card(library: Library) -> None:
    found, shown = answered(library, "low back pain")
    assert texts(found.blocks)[:2] == [
        "*Best match for “low back pain”: M54.50*\nmatched title",
        "M54.50 Low back pain, unspecified",
    ]
    assert found.code == Code("M54.50")
    # Excludes1 of M54.5 in the Tabular List.
    assert "• low back strain (S39.012)" in shown
    others = options(menu(found.blocks))
    assert others["M54.59 Other low back pain"] == "M54.59 2026-06-01 glance"
    assert "M54.50 Low back pain, unspecified" not in others


def test_what_was_misspelt_is_said(library: Library) -> None:
    _, shown = answered(library, "sciatca")
    assert "sciatca → sciatica" in shown
    assert "*M54.3" in shown


def test_words_of_no_official_text_are_named(library: Library) -> None:
    _, shown = answered(library, "qqxzzwvj copd")
    assert "Left out, for it is in no official text: qqxzzwvj" in shown


def test_only_billable_codes(library: Library) -> None:
    _, shown = answered(library, "copd billable")
    assert "✗ heading" not in shown
    assert "✓ billable" in shown


def test_an_inclusion_term_is_named(library: Library) -> None:
    _, shown = answered(library, "backache NOS")
    assert "M54.9 Dorsalgia, unspecified" in shown
    assert 'matched inclusion term "Backache NOS"' in shown


@pytest.mark.parametrize(("written", "meant"), [("dm2", "E11.9"), ("DM2", "E11.9")])
def test_an_abbreviation_like_a_code_is_looked_up_as_words(
    library: Library, written: str, meant: str
) -> None:
    _, shown = answered(library, written)
    assert f"*{meant}*" in shown
    assert shown.index("Found by words") < shown.index("Written almost like it")


def test_several_codes(library: Library) -> None:
    found, shown = answered(library, "M53.9, m5450 and M51.26")
    assert texts(found.blocks)[0] == "3 codes"
    for line in (
        "*M53.9* Dorsopathy, unspecified",
        "*M54.50* Low back pain",
        "*M51.26* Other intervertebral",
    ):
        assert line in shown
    # The Tabular List, Excludes1 at M54.5: lumbago due to intervertebral disc displacement (M51.2-).
    assert "⚠ M51.26" in shown
    assert "“lumbago due to intervertebral disc displacement (M51.2-)”" in shown
    assert "No Excludes1 note parts them." in answered(library, "M53.9 I10")[1]


def test_a_wrong_code_among_several_gets_near_ones(library: Library) -> None:
    _, shown = answered(library, "M53.9 M53.99 M50-M54 Z99-A00")
    assert "✗ M53.99 is not an ICD-10-CM code of any year. Written almost like it: M53.9" in shown
    assert "*M50-M54* Other dorsopathies" in shown
    assert "✗ 'Z99-A00' is not" in shown


def test_an_icd9_code_says_that_the_mappings_are_not_loaded(library: Library) -> None:
    for asked in ("250.00", "is 250.00 billable?", "M53.9 250.00", "compare M53.9 250.00"):
        _, shown = answered(library, asked)
        assert (
            "It looks like the ICD-9-CM code 250.00; load the General Equivalence Mappings of 2018" in shown
        )


# 2018_I9gem.txt: 25000 E119 10000.
def test_an_icd9_code_says_where_it_leads(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    leads = AskedIcd9(Icd9Code("250.00"), (Code("E11.9"),))
    monkeypatch.setattr(codes_answer, "asked_icd9", lambda _, text: leads if text == "250.00" else None)
    found, shown = answered(library, "250.00")
    assert "which leads to E11.9 in the General Equivalence Mappings of 2018" in found.text
    assert (
        "*Where the ICD-9-CM code leads*\n• *E11.9* Type 2 diabetes mellitus without complications" in shown
    )
    assert list(options(menu(found.blocks))) == ["E11.9 Type 2 diabetes mellitus without complications"]
    assert "which leads to E11.9" in answered(library, "M53.9 250.00")[1]


def test_too_many_codes_says_how_many_are_shown(library: Library) -> None:
    codes = [f"M{n}" for n in range(10, 26)]
    found, shown = answered(library, " ".join(codes))
    assert "The first 10 of 16 codes are shown, and compared with each other." in shown
    assert len(list(elements(found.blocks))) == 10


@pytest.mark.parametrize(
    ("written", "title", "codes"),
    [
        ("M50-M54", "M50-M54 Other dorsopathies", ["M50", "M51", "M53", "M54"]),
        ("m50 to m54", "M50-M54 Other dorsopathies", ["M50", "M51", "M53", "M54"]),
        ("C7A", "C7A Malignant neuroendocrine tumors", ["C7A.0", "C7A.1", "C7A.8"]),
        ("M54.0-M54.2", "M54.0-M54.2: from Panniculitis", ["M54.0", "M54.1", "M54.2"]),
    ],
)
def test_ranges_and_headings(library: Library, written: str, title: str, codes: list[str]) -> None:
    found, shown = answered(library, written)
    assert texts(found.blocks)[0].startswith(title)
    for code in codes:
        assert code in shown


def test_a_long_range_says_how_many_there_are(library: Library) -> None:
    # Of chapter 1 (A00-B99) all but the last two blocks.
    found, shown = answered(library, "A00-B94")
    headings = [c for c in library.catalog.codes() if len(c.name) == 3 and "A00" <= c.name <= "B94"]
    assert f"*{len(headings)} codes and headings*" in shown
    assert shown.count("\n• ") + int(shown.partition("\n… ")[2].split()[0]) == len(headings)
    assert len(options(menu(found.blocks))) == 30


def test_a_block_whose_ends_are_no_codes(library: Library) -> None:
    # Chapter 22 has the block U00-U49, of which the release has U07 and U09.
    _, shown = answered(library, "U00-U49")
    assert "*2 codes and headings*" in shown
    assert "*U07* Emergency use of U07" in shown
    assert (
        "*U09.9* Post COVID-19 condition, unspecified – ✓ billable"
        in answered(library, "U00-U49 billable")[1]
    )


def test_the_range_of_a_chapter_is_its_blocks(library: Library) -> None:
    found, shown = answered(library, "M00-M99")
    assert texts(found.blocks)[0].startswith("Chapter 13 Diseases of the musculoskeletal system")
    assert "*10 blocks*" in shown
    assert "• *M60-M79* Soft tissue disorders" in shown


def test_the_billable_codes_of_a_range(library: Library) -> None:
    _, shown = answered(library, "m54.4 - m54.6 billable")
    listed = [line.split("*")[1] for line in shown.splitlines() if line.startswith("• ")]
    assert listed == ["M54.40", "M54.41", "M54.42", "M54.50", "M54.51", "M54.59", "M54.6"]
    # CMS: M54.5 was billable until 2021-09-30, and M54.50 is since.
    assert (
        "• *M54.5* Low back pain – ✓ billable" in answered(library, "M54.4-M54.6 billable on 2021-09-30")[1]
    )


def test_billable_codes_of_other_years_are_not_forgotten(library: Library) -> None:
    # CMS: C78.31 and C78.32 are new in FY2027.
    for asked in ("C78.3 billable", "C78.30-C78.39 billable"):
        assert (
            "*C78.31* (no title in the installed release) – ✓ billable"
            in answered(library, asked, IN_FY2027)[1]
        )
        assert "C78.31" not in answered(library, asked)[1]


@pytest.mark.parametrize(
    ("written", "why"),
    [("M54-M50", "Write the range the other way: M50-M54"), ("M50-M52", "M52, an end of the range M50-M52")],
)
def test_a_wrong_range_says_why(library: Library, written: str, why: str) -> None:
    assert why in answered(library, written)[1]


def test_billable_codes_below_a_heading(library: Library) -> None:
    found, shown = answered(library, "M54.5 billable")
    assert list(options(menu(found.blocks)).values()) == [
        f"{code} 2026-06-01 glance" for code in ("M54.50", "M54.51", "M54.59")
    ]
    assert "✗ Heading" in shown


def test_another_date_of_service(library: Library) -> None:
    # CMS: M54.5 was billable until 2021-09-30; M54.50 is from 2021-10-01.
    found, shown = answered(library, "M54.5 on 2021-09-30")
    assert "✓ Billable: valid for submission on 2021-09-30" in shown
    assert "As of 2021-09-30" in shown
    assert {e["value"].split()[1] for e in elements(found.blocks) if "value" in e} == {"2021-09-30"}
    assert "✗ Not yet valid" in answered(library, "M54.50 on 9/30/2021")[1]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time(library: Library, day: str) -> None:
    for asked in (
        "M53.9",
        "M53.9 full",
        "low back pain",
        "compare M53.9 I10",
        "M50-M54",
        "about",
        "M53.9 I10",
    ):
        answered(library, f"{asked} on {day}")


@pytest.mark.parametrize(
    ("written", "instead"),
    [("M53.9 on 2023-13-45", "on 2023-05-02"), ("compare M53.9", "/icd compare M54.50 M54.59")],
)
def test_a_bad_command_says_what_to_write(library: Library, written: str, instead: str) -> None:
    assert instead in answered(library, written)[1]


def test_sharing_answers_the_channel_and_takes_the_button_away(library: Library) -> None:
    alone, shared = answered(library, "M53.9")[0], answered(library, "M53.9 share")[0]
    assert not alone.in_channel
    assert shared.in_channel
    assert "Share to channel" in labels(alone.blocks)
    assert "Share to channel" not in labels(shared.blocks)
    assert not answered(library, "help share")[0].in_channel


def test_a_comparison(library: Library) -> None:
    found, shown = answered(library, "compare M54.50 M51.26")
    assert texts(found.blocks)[0] == "M54.50 and M51.26"
    assert "Both under M50-M54 Other dorsopathies" in shown
    assert "⚠ M51.26" in shown
    only = next(text for text in texts(found.blocks) if text.startswith("*Only on the card of M54.50*"))
    assert "low back strain (S39.012)" in only
    assert "discitis NOS" not in only  # at block M50-M54, which has both


def test_a_comparison_with_a_heading_says_which_is_above(library: Library) -> None:
    assert "M54 is a heading above M54.5." in answered(library, "compare M54.5 M54")[1]


def test_a_comparison_of_strangers(library: Library) -> None:
    _, shown = answered(library, "compare I10 M54.50")
    assert "They are in different chapters." in shown
    assert "No Excludes1 note parts them." in shown


def test_a_comparison_with_what_is_no_code_names_it(library: Library) -> None:
    assert "M53.99 is not an ICD-10-CM code" in answered(library, "compare M53.9 M53.99")[1]


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


@pytest.mark.parametrize(("on", "release"), [("2021-09-30", "FY2021"), ("2021-10-01", "FY2022")])
def test_a_date_is_answered_from_the_release_in_force(dated_library: Library, on: str, release: str) -> None:
    for asked in ("M54.5", "M54.5 I10", "low back pain"):
        shown = "\n".join(texts(answer(dated_library, f"{asked} on {on}", IN_FY2026).blocks))
        assert f"release {release}" in shown


def test_every_surface_goes_by_the_release_in_force(dated_library: Library) -> None:
    day = date(2021, 9, 30)
    explained = explanation(dated_library, "Dx: M54.5", day)
    stated = explanation(dated_library, "Date of service: 2021-09-30\nDx: M54.5", IN_FY2026)
    top = home(dated_library, Place(), day, None)
    for blocks in (explained.blocks, stated.blocks, top["blocks"]):
        assert "release FY2021" in "\n".join(texts(blocks))
    _, shown = answered(dated_library, "about on 2021-09-30")
    assert "Release: FY2021" in shown
    assert "Releases installed: FY2021, FY2022, FY2025, 2025-04-01, FY2026, 2026-04-01;" in shown


@pytest.mark.asyncio
async def test_a_button_keeps_to_the_release_of_its_date(settings: Settings, dated_library: Library) -> None:
    async with running_receiver() as slack, served_workspace(settings, dated_library, slack) as workspace:
        card = (await workspace.command("M54.5 on 2021-09-30"))["blocks"]
        for label in ("More", "Share to channel"):
            sent = await workspace.press(card, label)
            assert any("release FY2021" in text for text in texts(sent.blocks))


def test_the_index_of_the_release_in_force(dated_library: Library) -> None:
    """As tests/small_releases.py prints it for FY2022."""
    found, shown = answered(dated_library, "index back low pain on 2022-01-01")
    assert "Alphabetic Index, FY2022\nPain, low back\n  · M54.5-  Low back pain  (add 0, 1 or 9)" in shown
    assert list(options(menu(found.blocks))) == ["M54.5 Low back pain"]
    _, shown = answered(dated_library, "index pain lumbar region on 2022-01-01")
    assert "see Pain, low back\n→ Alphabetic Index, FY2022" in shown
    _, shown = answered(dated_library, "index qqqq on 2022-01-01")
    assert "Nothing in the Index has “qqqq”" in shown


def test_without_an_index_it_is_said_who_can_load_one(library: Library) -> None:
    _, shown = answered(library, "index pain")
    assert "The Alphabetic Index of FY2026 (April 1, 2026) is not installed" in shown
    assert "icdlens build --index" in shown
