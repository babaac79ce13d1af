"""The card of single codes, against what the official files and the published history say."""

from datetime import date

import pytest

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.classification import Level
from core.code import Code
from core.lives import Standing
from core.notes import NoteKind
from tests.conftest import IN_FY2026, IN_FY2027


def card_of(catalog: Catalog, code: str, on: date = IN_FY2026) -> CodeCard:
    card = build_card(catalog, Code(code), on)
    assert card is not None
    return card


def notes_of(card: CodeCard, kind: NoteKind) -> list[tuple[str, str]]:
    return [(note.at.name, note.text) for note in card.notes if note.kind is kind]


@pytest.mark.parametrize(
    ("code", "on", "standing"),
    [
        ("M53.9", IN_FY2026, Standing.BILLABLE),
        ("QA0.0101", IN_FY2026, Standing.BILLABLE),
        ("QA0.0101", date(2025, 9, 30), Standing.NOT_YET_VALID),
        ("M54.5", date(2021, 9, 30), Standing.BILLABLE),
        ("M54.5", date(2021, 10, 1), Standing.HEADING),
        ("M54.50", date(2021, 9, 30), Standing.NOT_YET_VALID),
        ("M54.50", date(2021, 10, 1), Standing.BILLABLE),
        ("G35", date(2025, 9, 30), Standing.BILLABLE),
        ("G35", date(2025, 10, 1), Standing.HEADING),
        ("R10.2", date(2025, 10, 1), Standing.HEADING),
        ("M51.36", date(2024, 9, 30), Standing.BILLABLE),
        ("M51.36", date(2024, 10, 1), Standing.HEADING),
        ("G20", date(2023, 10, 1), Standing.HEADING),
        ("N18.3", date(2020, 10, 1), Standing.HEADING),
        ("T81.4XXA", date(2018, 9, 30), Standing.BILLABLE),
        ("T81.4XXA", date(2018, 10, 1), Standing.RETIRED),
        ("T81.40XA", date(2018, 10, 1), Standing.BILLABLE),
        ("C78.31", date(2026, 9, 30), Standing.NOT_YET_VALID),
        ("C78.31", date(2026, 10, 1), Standing.BILLABLE),
        ("D69.1", date(2026, 9, 30), Standing.BILLABLE),
        ("D69.1", date(2026, 10, 1), Standing.HEADING),
        ("S23.420A", date(2026, 10, 1), Standing.RETIRED),
        ("M53", IN_FY2026, Standing.HEADING),
        ("S72.001", IN_FY2026, Standing.HEADING),
        ("W19", IN_FY2026, Standing.HEADING),
        ("W19.XXXA", IN_FY2026, Standing.BILLABLE),
        ("I10", date(2015, 10, 1), Standing.BILLABLE),
        ("I10", date(2015, 9, 30), Standing.NOT_YET_VALID),
        ("I10", date.min, Standing.NOT_YET_VALID),
        ("K6A", IN_FY2026, Standing.NOT_YET_VALID),
        ("K6A", IN_FY2027, Standing.HEADING),
        ("S23.420", IN_FY2027, Standing.RETIRED),
    ],
)
def test_standing_on_a_date(catalog: Catalog, code: str, on: date, standing: Standing) -> None:
    card = card_of(catalog, code, on)
    assert card.standing is standing
    assert card.billable is (standing is Standing.BILLABLE)


@pytest.mark.parametrize("code", ["Z99.999", "M53.99", "W21.89A", "M54.50A", "A00.9XXA"])
def test_a_code_that_no_year_knows_has_no_card(catalog: Catalog, code: str) -> None:
    assert build_card(catalog, Code(code), IN_FY2026) is None


def test_m53_9(catalog: Catalog) -> None:
    card = card_of(catalog, "M53.9")
    assert card.title == "Dorsopathy, unspecified"
    assert [(level.level, level.name) for level in card.path] == [
        (Level.CHAPTER, "13"),
        (Level.BLOCK, "M40-M54"),
        (Level.BLOCK, "M50-M54"),
        (Level.CATEGORY, "M53"),
        (Level.CODE, "M53.9"),
    ]
    assert notes_of(card, NoteKind.EXCLUDES1) == [
        ("M50-M54", "current injury - see injury of spine by body region"),
        ("M50-M54", "discitis NOS (M46.4-)"),
    ]
    excludes2 = notes_of(card, NoteKind.EXCLUDES2)
    assert len(excludes2) == 10
    assert {level for level, _ in excludes2} == {"13"}
    [(level, use)] = notes_of(card, NoteKind.NOTE)
    assert level == "13"
    assert use.startswith("Use an external cause code following the code for the musculoskeletal condition")
    assert all(note.inherited for note in card.notes)
    assert [sibling.code.text for sibling in card.siblings] == ["M53.0", "M53.1", "M53.2", "M53.3", "M53.8"]
    assert (card.billable_from, card.billable_through) == (date(2015, 10, 1), None)
    assert card.release.name == "FY2026 (April 1, 2026)"
    assert card.cautions == ()


def test_a_former_code_comes_with_what_is_below_it(catalog: Catalog) -> None:
    card = card_of(catalog, "M54.5")
    assert [child.code.text for child in card.children] == ["M54.50", "M54.51", "M54.59"]
    assert (card.billable_from, card.billable_through) == (date(2015, 10, 1), date(2021, 9, 30))
    assert "2021-09-30" in card.reason.text


def test_7th_characters_of_a_stem_and_of_a_complete_code(catalog: Catalog) -> None:
    expected = ["W21.89XA", "W21.89XD", "W21.89XS"]
    for code in ("W21.89", "W21.89XA"):
        options = card_of(catalog, code).seventh_characters
        assert [str(option.code) for option in options] == expected
        assert [o.meaning for o in options] == ["initial encounter", "subsequent encounter", "sequela"]
        assert {option.at.name for option in options} == {"W21"}


def test_7th_characters_are_only_those_in_the_set(catalog: Catalog) -> None:
    for code in ("S06.1X7", "S06.1X7A", "S06.1X7D"):
        assert [str(o.code) for o in card_of(catalog, code).seventh_characters] == ["S06.1X7A"]


def test_lines_printed_under_a_7th_character(catalog: Catalog) -> None:
    options = {o.character: o for o in card_of(catalog, "S72.001").seventh_characters}
    assert options["B"].also == ("initial encounter for open fracture NOS",)
    assert options["A"].also == ()


def test_a_higher_heading_shows_the_table_as_printed(catalog: Catalog) -> None:
    options = card_of(catalog, "S72").seventh_characters
    assert [o.character for o in options] == list("ABCDEFGHJKMNPQRS")
    assert {option.code for option in options} == {None}


@pytest.mark.parametrize(
    ("code", "release_with_title", "nearest"),
    [("T81.4XXA", "FY2018", "T81.4"), ("C78.31", "FY2027", "C78.3")],
)
def test_codes_of_other_years_are_found(
    catalog: Catalog, code: str, release_with_title: str, nearest: str
) -> None:
    card = card_of(catalog, code, IN_FY2027)
    assert card.title is None
    assert card.path[-1].name == nearest
    assert any(release_with_title in caution.text for caution in card.cautions)
    assert card.billable_from is not None


def test_a_heading_shows_the_new_codes_below_it(catalog: Catalog) -> None:
    below = {c.code.text: c for c in card_of(catalog, "D69.1", IN_FY2027).children}
    assert below.keys() == {"D69.11", "D69.19"}
    assert all(c.title is None and c.standing is Standing.BILLABLE for c in below.values())
    assert card_of(catalog, "D69.1", IN_FY2026).children == ()


def test_a_superseded_release_says_so(catalog: Catalog) -> None:
    [caution] = card_of(catalog, "M53.9", IN_FY2027).cautions
    assert "superseded by FY2027 on 2026-10-01" in caution.text


def test_what_is_said_of_dates_after_the_last_known_year(catalog: Catalog) -> None:
    """The table of billable periods ends with FY2027; nobody knows what FY2028 brings."""
    for on in (date(2027, 10, 1), date.max):
        card = card_of(catalog, "I10", on)
        assert card.known_through == date(2027, 9, 30)
        assert (
            card.reason.text == "Billable as far as is known: billable periods are known through 2027-09-30."
        )
        assert any("not known for dates after 2027-09-30" in caution.text for caution in card.cautions)
    known = card_of(catalog, "I10", date(2027, 9, 30))
    assert known.reason.text == "Billable: valid for submission on 2027-09-30."


@pytest.mark.parametrize(
    ("heading", "level", "below"),
    [
        # Added on 2026-10-01: the billable codes K6A.01 … and QA1.70 …, so these became headings.
        ("K6A", Level.CATEGORY, "K6A."),
        ("QA1", Level.CATEGORY, "QA1."),
        ("QA1.7", Level.SUBCATEGORY, "QA1.7"),
    ],
)
def test_headings_of_other_years_are_found(catalog: Catalog, heading: str, level: Level, below: str) -> None:
    card = card_of(catalog, heading, IN_FY2027)
    assert (card.standing, card.level, card.title) == (Standing.HEADING, level, None)
    assert card.children
    assert all(child.code.text.startswith(below) for child in card.children)
    assert any("FY2027" in caution.text for caution in card.cautions)


def test_a_retired_heading_is_not_said_to_have_been_billable(catalog: Catalog) -> None:
    card = card_of(catalog, "S23.420", IN_FY2027)
    assert card.billable_from is None
    assert card.reason.text == "Retired: a heading, of which all codes had ended by 2026-09-30."


def test_codes_of_another_year_stand_in_order(catalog: Catalog) -> None:
    assert [child.code.text for child in card_of(catalog, "C78.3", IN_FY2027).children] == [
        "C78.30",
        "C78.31",
        "C78.32",
        "C78.39",
    ]


@pytest.mark.parametrize(
    ("on", "words"),
    [(date(2020, 1, 1), "took effect after this date"), (date(2027, 10, 1), "not known for dates after")],
)
def test_dates_outside_the_release_bring_a_caution(catalog: Catalog, on: date, words: str) -> None:
    assert any(words in caution.text for caution in card_of(catalog, "M53.9", on).cautions)


def test_every_line_names_its_source(catalog: Catalog) -> None:
    card = card_of(catalog, "D69.1", IN_FY2027)
    named = {card.reason.source}
    named |= {level.source for level in card.path}
    named |= {note.source for note in card.notes}
    named |= {child.source for child in card.children}
    named |= {caution.source for caution in card.cautions}
    assert named == set(card.sources)
    assert all(source.publisher and source.edition for source in card.sources)


def test_a_block_and_a_category_of_one_name_are_told_apart(catalog: Catalog) -> None:
    assert [level.level for level in card_of(catalog, "B20").path] == [
        Level.CHAPTER,
        Level.BLOCK,
        Level.CATEGORY,
    ]


def test_the_table_of_visual_impairment(catalog: Catalog) -> None:
    rows = notes_of(card_of(catalog, "H54.8"), NoteKind.VISUAL_IMPAIRMENT)
    assert ("H54.8", "Category of visual impairment 5: No light perception") in rows
    assert len(rows) == 7
