import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from core.card import CardNote, LevelNotes
from core.code import Code
from core.crosswalk import Crosswalk, CrosswalkRow, crosswalk_source
from core.full_card import FullCard, OwnFile
from index.library import Library
from slack_bot.card_blocks import card_to_blocks, card_to_line
from slack_bot.limits import Block, check_blocks
from slack_bot.state import CardState, Part
from tests.conftest import IN_FY2026, IN_FY2027
from tests.slack_bot.block_texts import assert_modelled, assert_valid, elements, labels, menu, options, texts

#: The whole release takes many minutes, so by default every 41st code is rendered.
STEP = 1 if os.environ.get("ICDLENS_TEST_ALL_CARDS") else 41
#: Of the codes that are rendered: the parts of a card say again what the whole card says.
PARTS_STEP = 5
#: Those with the most notes: transport accidents, intracranial injuries, complications, neoplasms.
LONGEST = ("V06.99", "V02.99", "V58", "V03.19", "S06.351", "S06.356", "T81.49XA", "C7A.00", "O99.89", "R40.2")


def full_card(library: Library, code: str, on: date = IN_FY2026) -> FullCard:
    found = library.full_card(Code(code), on)
    assert found is not None
    return found


def whole(library: Library, full: FullCard, limit: int = 0) -> list[Block]:
    return card_to_blocks(library.catalog, full, Part.WHOLE, limit=limit)


def with_notes(full: FullCard, notes: Sequence[CardNote]) -> FullCard:
    levels = (LevelNotes(at, tuple(found)) for at, found in groupby(notes, key=lambda note: note.at))
    return replace(full, card=replace(full.card, notes_by_level=tuple(levels)))


def test_m53_9_says_what_the_tabular_list_says(library: Library) -> None:
    blocks = whole(library, full_card(library, "M53.9"))
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
    blocks = card_to_blocks(library.catalog, full_card(library, "M53.9"))
    assert_valid(blocks)
    shown = texts(blocks)
    assert shown[0] == "M53.9 Dorsopathy, unspecified"
    # What M53.9 leaves open: M53.8 is divided by the region of the spine.
    assert any(text.startswith("*To document: region of the spine*") for text in shown)
    assert shown[-1].endswith("where each line comes from: the button More")


def test_a_heading_lists_the_codes_below(library: Library) -> None:
    shown = texts(whole(library, full_card(library, "M54.5")))
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
    blocks = whole(library, full_card(library, code, on))
    assert_valid(blocks)
    assert texts(blocks)[0].startswith(f"{code} (no title in the installed release; its heading {heading}")
    assert f"{sign} " in texts(blocks)[1]
    assert "⚠ The title is not in the installed release" in texts(blocks)[1]


def test_what_a_limit_cuts_is_counted(library: Library) -> None:
    # Chapter 13 prints ten Excludes2 entries.
    shown = texts(whole(library, full_card(library, "M53.9"), limit=4))
    excludes2 = next(text for text in shown if text.startswith("*Excludes2 (chapter 13)*"))
    assert excludes2.count("\n• ") == 4
    assert excludes2.endswith("\n… 6 more")


def test_less_than_signs_are_escaped(library: Library) -> None:
    # The coma scale for small children has "(< 2 years of age)".
    full = full_card(library, "M53.9")
    note = replace(full.card.notes[0], text="Withdraws to touch (< 2 years of age) & more")
    shown = texts(whole(library, with_notes(full, [note])))
    assert any("• Withdraws to touch (&lt; 2 years of age) &amp; more" in text for text in shown)


def test_formatting_characters_are_shown(library: Library) -> None:
    full = full_card(library, "M53.9")
    note = replace(full.card.notes[0], text="a *b* _c_ ~d~ `e`")
    shown = texts(whole(library, with_notes(full, [note])))
    assert any(text.endswith("• a ∗b∗ ˍcˍ ∼d∼ ˋeˋ") for text in shown)


def test_a_long_title_is_whole_in_the_text(library: Library) -> None:
    title = "Title that goes on & on " * 10
    full = full_card(library, "M53.9")
    blocks = whole(library, replace(full, card=replace(full.card, title=title)))
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
    blocks = whole(library, with_notes(full, many))
    assert_valid(blocks)
    assert texts(blocks)[0] == "M53.9 Dorsopathy, unspecified"
    basis, sources, *every_line = texts(blocks[-1:])
    assert basis.startswith("As of 2026-06-01")
    assert sources.startswith("Source of titles, path, notes, codes and 7th characters: CDC/NCHS")
    if notes >= 40:
        assert every_line == ["Every line: icdlens lookup M53.9"]
    if notes > 40:
        [left_out] = texts(blocks[-3:-2])
        assert left_out.startswith("… ")


def test_one_section_beyond_the_limit_counts_what_it_leaves_out(library: Library) -> None:
    full = full_card(library, "M53.9")
    lines = [replace(full.card.notes[0], text=f"{number} {'x' * 900}") for number in range(10)]
    shown = texts(whole(library, with_notes(full, lines)))
    (section,) = (text for text in shown if "x" * 900 in text)
    assert len(section) <= 3000
    assert section.endswith("\n… 7 more")


def test_the_line_for_notifications(library: Library) -> None:
    line = card_to_line(full_card(library, "M53.9").card)
    assert line.startswith("M53.9 Dorsopathy, unspecified. Billable")


def test_the_buttons_lead_to_what_the_card_has(library: Library) -> None:
    blocks = card_to_blocks(library.catalog, full_card(library, "M53.9"))
    assert labels(blocks) == ["More", "More specific", "Excludes", "Related", "Share to channel"]
    carried = [CardState.parse(element["value"]) for element in elements(blocks)]
    assert {(state.code, state.on) for state in carried} == {(Code("M53.9"), IN_FY2026)}
    assert [state.part for state in carried[:-1]] == [Part.WHOLE, Part.SPECIFIC, Part.EXCLUDES, Part.RELATED]


def test_a_part_leads_back_to_the_glance(library: Library) -> None:
    blocks = card_to_blocks(library.catalog, full_card(library, "M53.9"), Part.EXCLUDES)
    assert labels(blocks)[0] == "At a glance"
    assert "Excludes" not in labels(blocks)


def test_a_card_without_excludes_has_no_button_for_them(library: Library) -> None:
    # Chapter 22, its blocks and U07.0's category print no Excludes in FY2026 but Excludes1 at U07.1 and U09.
    full = full_card(library, "U07.0")
    assert not any("Excludes" in note.kind.label for note in full.card.notes)
    assert "Excludes" not in labels(card_to_blocks(library.catalog, full))


@pytest.mark.parametrize(
    ("part", "said", "unsaid"),
    [
        (Part.EXCLUDES, "discitis NOS (M46.4-)", "To document"),
        (Part.SPECIFIC, "M53.82 Other specified dorsopathies, cervical region", "discitis"),
        (Part.RELATED, "M53.1 Cervicobrachial syndrome", "To document"),
    ],
)
def test_a_part_shows_its_sections_alone(library: Library, part: Part, said: str, unsaid: str) -> None:
    blocks = card_to_blocks(library.catalog, full_card(library, "M53.9"), part)
    assert_valid(blocks)
    shown = "\n".join(texts(blocks))
    assert said in shown
    assert unsaid not in shown


def test_the_menu_of_a_part_opens_the_codes_that_it_names(library: Library) -> None:
    blocks = card_to_blocks(library.catalog, full_card(library, "M53.9"), Part.EXCLUDES)
    offered = options(menu(blocks))
    # Chapter 13, Excludes2: arthropathic psoriasis (L40.5-).
    assert offered["L40.5 Arthropathic psoriasis"] == "L40.5 2026-06-01 glance"
    assert "M53.9" not in {value.split()[0] for value in offered.values()}


def test_few_children_are_in_the_overflow(library: Library) -> None:
    blocks = card_to_blocks(library.catalog, full_card(library, "M54.5"))
    overflow = next(e for e in elements(blocks) if e["type"] == "overflow")
    assert [value.split()[0] for value in options(overflow).values()] == ["M54.50", "M54.51", "M54.59"]


def test_many_children_are_one_click_further(library: Library) -> None:
    # Y93, the category with the most subcategories: Y93.0 to Y93.J, Y93.8 and Y93.9.
    full = full_card(library, "Y93")
    blocks = card_to_blocks(library.catalog, full)
    overflow = next(e for e in elements(blocks) if e["type"] == "overflow")
    *_, (label, value) = options(overflow).items()
    assert len(full.card.children) > 20
    assert label == f"All {len(full.card.children)} codes below Y93 …"
    below = card_to_blocks(library.catalog, full, CardState.parse(value).part)
    assert_valid(below)
    assert len(options(menu(below))) == len(full.card.children)


def test_a_users_own_file_cannot_mention_or_format(library: Library) -> None:
    row = CrosswalkRow(2, Code("M53.9"), "99213", "<!channel> *b*", "<@U1>", "<https://x.y|M53.9> `c`")
    own = OwnFile(Crosswalk((row,), ()), crosswalk_source(Path("<!here>*.csv")))
    full = library.full_card(Code("M53.9"), IN_FY2026, own)
    assert full is not None
    blocks = whole(library, full)
    assert_valid(blocks)
    shown = "\n".join(texts(blocks))
    assert "99213 &lt;!channel&gt; ∗b∗ (&lt;@U1&gt;, &lt;https://x.y|M53.9&gt; ˋcˋ)" in shown
    assert "your file &lt;!here&gt;∗.csv" in shown


def test_addresses_of_official_files_can_be_copied(library: Library) -> None:
    shown = "\n".join(texts(whole(library, full_card(library, "M53.9"))))
    assert "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Publications/ICD10CM/" in shown


@pytest.mark.timeout(7200)
def test_every_card_of_the_release_is_valid(library: Library) -> None:
    """At a glance and whole, and of some also every part that the buttons and menus lead to."""
    names = [entry.name for entry in library.catalog.codes()]
    assert len(names) == 98_186
    known: set[str] = set()
    for number, name in enumerate((*LONGEST, *names[::STEP])):
        full = full_card(library, name)
        glance = card_to_blocks(library.catalog, full)
        assert_sound(glance, known, name)
        has_its_parts_shown = number < len(LONGEST) or number % PARTS_STEP == 0
        parts = {CardState.parse(value).part for value in carried(glance)} if has_its_parts_shown else set()
        for part in sorted((parts | {Part.WHOLE}) - {Part.GLANCE}):
            assert_sound(card_to_blocks(library.catalog, full, part), known, f"{name} {part}")


def carried(blocks: Sequence[Block]) -> list[str]:
    """What the buttons and the entries of the menus carry."""
    found = list(elements(blocks))
    return [e["value"] for e in found if "value" in e] + [v for e in found for v in options(e).values()]


def assert_sound(blocks: Sequence[Block], known: set[str], name: str) -> None:
    """``assert_valid``, without a second look at the blocks that stand in many messages."""
    assert check_blocks(blocks) == [], name
    new = {written: block for block in blocks if (written := json.dumps(block)) not in known}
    assert_modelled(list(new.values()))
    known |= new.keys()
