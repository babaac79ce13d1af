import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from core.card import CardNote
from core.code import Code
from core.full_card import FullCard
from index.library import Library
from slack_bot.blocks import card_to_blocks, card_to_line, glance_to_blocks
from slack_bot.limits import check_blocks
from tests.conftest import IN_FY2026, IN_FY2027
from tests.slack_bot.block_texts import assert_valid, texts

#: The whole release takes more than a minute, so by default every 40th code is rendered.
STEP = 1 if os.environ.get("ICDLENS_TEST_ALL_CARDS") else 40
#: Those with the most notes: transport accidents, intracranial injuries, complications, neoplasms.
LONGEST = ("V06.99", "V02.99", "V58", "V03.19", "S06.351", "S06.356", "T81.49XA", "C7A.00", "O99.89", "R40.2")


def full_card(library: Library, code: str, on: date = IN_FY2026) -> FullCard:
    found = library.full_card(Code(code), on)
    assert found is not None
    return found


def with_notes(full: FullCard, notes: Sequence[CardNote]) -> FullCard:
    return replace(full, card=replace(full.card, notes=tuple(notes)))


def test_m53_9_says_what_the_tabular_list_says(library: Library) -> None:
    blocks = card_to_blocks(full_card(library, "M53.9"))
    assert_valid(blocks)
    headline, status, path, *sections, footer = texts(blocks)[:-1]
    assert headline == "M53.9 Dorsopathy, unspecified"
    assert status.startswith("✓ Billable")
    assert "2015-10-01" in status
    assert path.startswith("Chapter 13 Diseases of the musculoskeletal system and connective tissue")
    assert " › M50-M54 Other dorsopathies › M53 Other and unspecified dorsopathies" in path
    assert (
        "*Excludes1 (block M50-M54)*\n"
        "• current injury - see injury of spine by body region\n"
        "• discitis NOS (M46.4-)"
    ) in sections
    assert footer == "As of 2026-06-01 · release FY2026 (April 1, 2026)"
    assert "ICD-10-CM Tabular List" in texts(blocks)[-1]


def test_a_glance_says_how_to_see_the_rest(library: Library) -> None:
    blocks = glance_to_blocks(full_card(library, "M53.9"))
    assert_valid(blocks)
    shown = texts(blocks)
    assert shown[0] == "M53.9 Dorsopathy, unspecified"
    # What M53.9 leaves open: M53.8 is divided by the region of the spine.
    assert any(text.startswith("*To document: region of the spine*") for text in shown)
    assert shown[-1].endswith("where each line comes from: /icd M53.9 full")


def test_a_heading_lists_the_codes_below(library: Library) -> None:
    shown = texts(card_to_blocks(full_card(library, "M54.5")))
    assert shown[0] == "M54.5 Low back pain"
    assert shown[1].startswith("✗ Heading")
    below = next(text for text in shown if text.startswith("*Codes below*"))
    assert [line.split()[1] for line in below.splitlines()[1:]] == ["M54.50", "M54.51", "M54.59"]


@pytest.mark.parametrize(
    ("code", "heading", "on", "sign"),
    [
        ("C78.31", "C78.3: Secondary malignant neoplasm of other and unspecified", IN_FY2027, "✓"),
        ("C78.31", "C78.3: Secondary malignant neoplasm of other and unspecified", IN_FY2026, "✗"),
        ("T81.4XXA", "T81.4: Infection following a procedure)", IN_FY2026, "✗"),
    ],
)
def test_a_code_without_a_title(library: Library, code: str, heading: str, on: date, sign: str) -> None:
    blocks = card_to_blocks(full_card(library, code, on))
    assert_valid(blocks)
    assert texts(blocks)[0].startswith(f"{code} (no title in the installed release; its heading {heading}")
    assert f"{sign} " in texts(blocks)[1]
    assert "⚠ The title is not in the installed release" in texts(blocks)[1]


def test_what_a_limit_cuts_is_counted(library: Library) -> None:
    # Chapter 13 prints ten Excludes2 entries.
    shown = texts(card_to_blocks(full_card(library, "M53.9"), limit=4))
    excludes2 = next(text for text in shown if text.startswith("*Excludes2 (chapter 13)*"))
    assert excludes2.count("\n• ") == 4
    assert excludes2.endswith("\n… 6 more")


def test_less_than_signs_are_escaped(library: Library) -> None:
    # The coma scale for small children has "(< 2 years of age)".
    full = full_card(library, "M53.9")
    note = replace(full.card.notes[0], text="Withdraws to touch (< 2 years of age) & more")
    shown = texts(card_to_blocks(with_notes(full, [note])))
    assert any("• Withdraws to touch (&lt; 2 years of age) &amp; more" in text for text in shown)


def test_formatting_characters_are_shown(library: Library) -> None:
    full = full_card(library, "M53.9")
    note = replace(full.card.notes[0], text="a *b* _c_ ~d~ `e`")
    shown = texts(card_to_blocks(with_notes(full, [note])))
    assert any(text.endswith("• a ∗b∗ ˍcˍ ∼d∼ ˋeˋ") for text in shown)


def test_a_long_title_is_whole_in_the_text(library: Library) -> None:
    title = "Title that goes on & on " * 10
    full = full_card(library, "M53.9")
    blocks = card_to_blocks(replace(full, card=replace(full.card, title=title)))
    assert_valid(blocks)
    assert texts(blocks)[0].endswith("…")
    assert texts(blocks)[1].startswith("*M53.9 Title")
    assert "on &amp; on *\n✓" in texts(blocks)[1]


@pytest.mark.parametrize(
    ("notes", "length"),
    [(1, 20_000), (5, 2_000), (40, 2_000), (60, 100), (200, 500), (400, 20)],
)
def test_cards_beyond_every_release_keep_within_the_limits(library: Library, notes: int, length: int) -> None:
    full = full_card(library, "M53.9")
    levels = [replace(full.card.notes[0].at, name=str(number)) for number in range(notes)]
    many = [replace(full.card.notes[0], at=level, text="<&> " * (length // 4)) for level in levels]
    blocks = card_to_blocks(with_notes(full, many))
    assert_valid(blocks)
    assert texts(blocks)[0] == "M53.9 Dorsopathy, unspecified"
    basis, sources, *every_line = texts(blocks[-1:])
    assert basis.startswith("As of 2026-06-01")
    assert sources.startswith("Source of titles, path, notes, codes and 7th characters: CDC/NCHS")
    if notes >= 40:
        assert every_line == ["Every line: icdlens lookup M53.9"]
    if notes > 40:
        [left_out] = texts(blocks[-2:-1])
        assert left_out.startswith("… ")


def test_one_section_beyond_the_limit_counts_what_it_leaves_out(library: Library) -> None:
    full = full_card(library, "M53.9")
    lines = [replace(full.card.notes[0], text=f"{number} {'x' * 900}") for number in range(10)]
    shown = texts(card_to_blocks(with_notes(full, lines)))
    (section,) = (text for text in shown if "x" * 900 in text)
    assert len(section) <= 3000
    assert section.endswith("\n… 7 more")


def test_the_line_for_notifications(library: Library) -> None:
    line = card_to_line(full_card(library, "M53.9").card)
    assert line.startswith("M53.9 Dorsopathy, unspecified. Billable")


@pytest.mark.timeout(600)
def test_every_card_of_the_release_is_valid(library: Library) -> None:
    names = [entry.name for entry in library.catalog.codes()]
    assert len(names) == 98_186
    for name in (*names[::STEP], *LONGEST):
        full = full_card(library, name)
        assert check_blocks(card_to_blocks(full)) == [], name
        assert check_blocks(glance_to_blocks(full)) == [], name
