"""The renderings that surfaces share: nothing of a card is lost, and nothing is taken for markup."""

import json
import re
from datetime import date

import pytest

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.render.json_card import card_to_dict
from core.render.markdown import escape, outline_to_markdown
from core.render.outline import outline
from core.render.text import WIDTH, outline_to_text
from tests.conftest import IN_FY2026, IN_FY2027

CODES = [
    "M53.9",
    "M54.5",
    "S72.001A",
    "W19",
    "B20",
    "T81.4XXA",
    "C78.31",
    "D69.1",
    "QA0.0101",
    "Z68.1",
    "H54.8",
]


def card_of(catalog: Catalog, code: str, on: date = IN_FY2027) -> CodeCard:
    card = build_card(catalog, Code(code), on)
    assert card is not None
    return card


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("code", CODES)
def test_text_holds_every_line(catalog: Catalog, code: str) -> None:
    card = card_of(catalog, code)
    text = outline_to_text(outline(card))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    shown = flat(text)
    assert (card.title or "(no title in the installed release)") in shown
    for note in card.notes:
        assert note.text in shown
    for level in card.path[:-1]:
        assert level.title in shown
    for child in card.children:
        assert child.code.text in shown
    assert str(card.as_of) in shown
    assert card.release.name in shown
    assert "CDC/NCHS" in shown


@pytest.mark.parametrize("code", CODES)
def test_markdown_holds_every_line_and_no_html_or_table(catalog: Catalog, code: str) -> None:
    card = card_of(catalog, code)
    markdown = outline_to_markdown(outline(card))
    plain = re.sub(r"\\(.)", r"\1", markdown)
    for note in card.notes:
        assert note.text in plain
    assert not re.search(r"(?<!\\)[<>|]", markdown)


def test_markup_in_official_texts_stands_for_itself() -> None:
    assert escape("Human [HIV] *a* _b_ <c> `d` \\") == r"Human \[HIV\] \*a\* \_b\_ \<c\> \`d\` \\"


def test_own_notes_come_before_inherited_ones(catalog: Catalog) -> None:
    headings = [
        s.heading for s in outline(card_of(catalog, "M54.5")).sections if s.heading.startswith("Excl")
    ]
    assert headings == [
        "Excludes1",
        "Excludes1 (category M54)",
        "Excludes1 (block M50-M54)",
        "Excludes2 (chapter 13)",
    ]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        # T81.4, N18 and chapter 1 as the Tabular List prints them
        ("T81.4", "Use additional code to identify infection"),
        ("N18", "Code first any associated:"),
        ("A00", "Use additional code to identify resistance to antimicrobial drugs (Z16.-)"),
    ],
)
def test_instructions_read_as_printed(catalog: Catalog, code: str, printed: str) -> None:
    assert f"- {printed}" in outline_to_text(outline(card_of(catalog, code)))


def test_a_limit_says_what_it_cut(catalog: Catalog) -> None:
    card = card_of(catalog, "M53.9")
    [cut] = [s for s in outline(card, limit=4).sections if s.heading == "Excludes2 (chapter 13)"]
    assert (len(cut.lines), cut.left_out) == (4, 6)
    assert "… 6 more" in outline_to_text(outline(card, limit=4))
    assert "… 6 more" in outline_to_markdown(outline(card, limit=4))


def test_json_of_a_card(catalog: Catalog) -> None:
    found = json.loads(json.dumps(card_to_dict(card_of(catalog, "M54.5", IN_FY2026))))
    expected = {
        "schema": 1,
        "found": True,
        "code": "M54.5",
        "title": "Low back pain",
        "level": "subcategory",
        "standing": "heading",
        "billable": False,
        "billable_from": "2015-10-01",
        "billable_through": "2021-09-30",
        "release": "FY2026 (April 1, 2026)",
        "release_effective": "2026-04-01",
        "as_of": "2026-06-01",
    }
    assert {key: found[key] for key in expected} == expected
    assert [child["code"] for child in found["children"]] == ["M54.50", "M54.51", "M54.59"]
    assert {"kind": "excludes1", "text": "discitis NOS (M46.4-)"}.items() <= next(
        note.items() for note in found["notes"] if note["at"]["name"] == "M50-M54" and "(" in note["text"]
    )
    lines = [*found["notes"], *found["path"], *found["children"], *found["cautions"]]
    assert {line["source"] for line in lines} <= found["sources"].keys()


@pytest.mark.parametrize("code", CODES)
def test_json_has_the_same_keys_for_every_code(catalog: Catalog, code: str) -> None:
    assert card_to_dict(card_of(catalog, code)).keys() == card_to_dict(card_of(catalog, "M53.9")).keys()
