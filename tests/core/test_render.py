"""The renderings that surfaces share: nothing of a card is lost, and nothing is taken for markup."""

import json
import re
from datetime import date

import pytest

from core.card import OURS, CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.render.full_outline import full_outline
from core.render.glance import glance
from core.render.json_card import card_to_dict
from core.render.markdown import escape, outline_to_markdown
from core.render.outline import Section, outline
from core.render.text import WIDTH, outline_to_text
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_full_card import full_of

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
    assert (card.title or "(no title in the installed release; its heading ") in shown
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
        ("T81.4", "  - Use additional code to identify infection"),
        ("N18", "  Code first any associated:\n    - diabetic chronic kidney disease (E08.22, "),
        ("A00", "  - Use additional code to identify resistance to antimicrobial drugs (Z16.-)"),
    ],
)
def test_instructions_read_as_printed(catalog: Catalog, code: str, printed: str) -> None:
    assert f"\n{printed}" in outline_to_text(outline(card_of(catalog, code)))


def section_of(catalog: Catalog, code: str, heading: str) -> Section:
    [section] = [s for s in outline(card_of(catalog, code)).sections if s.heading == heading]
    return section


@pytest.mark.parametrize(
    ("code", "heading", "head", "under", "beside"),
    [
        # Each as the printed Tabular List sets its lines in.
        (
            "C41.0",
            "Excludes2",
            "carcinoma, any type except intraosseous or odontogenic of:",
            ["maxillary sinus (C31.0)", "upper jaw (C03.0)"],
            ["malignant neoplasm of jaw bone (lower) (C41.1)"],
        ),
        (
            "E72",
            "Excludes1",
            "disorders of:",
            [
                "aromatic amino-acid metabolism (E70.-)",
                "branched-chain amino-acid metabolism (E71.0-E71.2)",
                "fatty-acid metabolism (E71.3)",
                "purine and pyrimidine metabolism (E79.-)",
            ],
            ["gout (M1A.-, M10.-)"],
        ),
        (
            "N39.0",
            "Excludes1",
            "urinary tract infection of specified site, such as:",
            ["cystitis (N30.-)", "pyonephrosis (N13.6)", "urethritis (N34.-)"],
            [
                "candidiasis of urinary tract (B37.4-)",
                "neonatal urinary tract infection (P39.3)",
                "pyuria (R82.81)",
            ],
        ),
        (
            "I68.2",
            "Excludes1",
            "cerebral arteritis (in):",
            [
                "listerosis (A32.89)",
                "systemic lupus erythematosus (M32.19)",
                "syphilis (A52.04)",
                "tuberculosis (A18.89)",
            ],
            [],
        ),
        (
            "Z03.82",
            "Excludes2",
            "confirmed foreign body ingestion or aspiration including:",
            [
                "foreign body in alimentary tract (T18)",
                "foreign body in ear (T16)",
                "foreign body on external eye (T15)",
                "foreign body in respiratory tract (T17)",
            ],
            [],
        ),
        (
            "D59.39",
            "Code first",
            "Code first, if applicable, any associated:",
            [
                "COVID-19 (U07.1)",
                "complications of kidney transplant (T86.1-)",
                "complications of heart transplant (T86.2-)",
                "complications of liver transplant (T86.4-)",
            ],
            [],
        ),
    ],
)
def test_a_list_stands_under_its_head(
    catalog: Catalog, code: str, heading: str, head: str, under: list[str], beside: list[str]
) -> None:
    lines = section_of(catalog, code, heading).lines
    [at] = [position for position, line in enumerate(lines) if line.text == head]
    assert [line.text for line in lines if line.depth == 1] == under
    assert [line.text for line in lines[at + 1 : at + 1 + len(under)]] == under
    assert [line.text for line in lines if line.depth == 0 and line.text != head] == beside
    assert lines[at].is_head is (at == 0)


def test_two_heads_of_one_note(catalog: Catalog) -> None:
    """T80-T88 excludes encounters without complications, such as three, and burns, which is none of them."""
    lines = section_of(catalog, "T81", "Excludes2 (block T80-T88)").lines
    depth = {line.text: line.depth for line in lines}
    assert depth["closure of external stoma (Z43.-)"] == 1
    assert depth["burns and corrosions from local applications and irradiation (T20-T32)"] == 0
    assert depth["specified complications classified elsewhere, such as:"] == 0
    assert depth["ventilator associated pneumonia (J95.851)"] == 1


def test_lists_are_set_in(catalog: Catalog) -> None:
    whole = outline(card_of(catalog, "N39.0"))
    text, markdown = outline_to_text(whole), outline_to_markdown(whole)
    head = "- urinary tract infection of specified site, such as:"
    assert f"\n  {head}\n    - cystitis (N30.-)" in text
    assert f"\n{head}\n  - cystitis (N30.-)" in markdown


def test_no_card_ends_a_section_with_a_head(catalog: Catalog) -> None:
    for code in ("N18", "E11", "D59.39", "N39.0", "R65.2"):
        for limit in range(1, 12):
            for section in outline(card_of(catalog, code), limit=limit).sections:
                if len(section.lines) > 1:
                    assert not section.lines[-1].is_head


def test_a_seventh_characters_note_leads_its_table(catalog: Catalog) -> None:
    section = section_of(catalog, "E11.3213", "7th characters (subcategory E11.32)")
    head, *table = section.lines
    assert head.text == (
        "One of the following 7th characters is to be assigned to codes in subcategory E11.32 to designate "
        "laterality of the disease:"
    )
    assert head.is_head
    assert [line.text for line in table] == [
        "1: E11.3211 right eye",
        "2: E11.3212 left eye",
        "3: E11.3213 bilateral",
        "9: E11.3219 unspecified eye",
    ]


def test_a_note_is_not_said_twice(catalog: Catalog) -> None:
    whole = full_outline(full_of(catalog, "M53.9"))
    [named] = [s for s in whole.sections if s.heading == "Named in its notes"]
    assert [line.text for line in named.lines] == [
        "L40.5 Arthropathic psoriasis (Excludes2, chapter 13)",
        "T79.A Traumatic compartment syndrome (Excludes2, chapter 13)",
        "M46.4 Discitis, unspecified (Excludes1, block M50-M54)",
    ]


def test_each_heading_stands_once(catalog: Catalog) -> None:
    """Chapter 19 prints a note, what to add, what is excluded, and another note."""
    headings = [s.heading for s in full_outline(full_of(catalog, "S72.001A")).sections]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("C50.911", ["Block C50 Malignant neoplasms of breast", "C50 Malignant neoplasm of breast"]),
        ("B20", ["Block B20 Human immunodeficiency virus [HIV] disease"]),
    ],
)
def test_a_block_of_one_category_is_told_from_it(catalog: Catalog, code: str, path: list[str]) -> None:
    full = full_of(catalog, code)
    shown = full_outline(full).path
    assert [level for level in shown if level.removeprefix("Block ").split()[0] in (code[:3],)] == path
    assert f"Block {code[:3]}" in glance(full).path[0]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        (
            "K6A.8",
            [
                "Chapter 11 Diseases of the digestive system (K00-K95)",
                "FY2026 (April 1, 2026) has no category K6A",
            ],
        ),
        (
            "J4B",
            [
                "Chapter 10 Diseases of the respiratory system (J00-J99)",
                "FY2026 (April 1, 2026) has no category J4B",
            ],
        ),
        # Chapter 17 of FY2026 ends with QA0.
        ("QA1.71", ["FY2026 (April 1, 2026) has no category QA1"]),
    ],
)
def test_the_path_of_a_category_that_the_release_lacks(catalog: Catalog, code: str, path: list[str]) -> None:
    full = full_of(catalog, code)
    assert list(full_outline(full).path) == path
    assert full.card.notes == ()
    assert [level.name for level in full.card.within] == [step.split()[1] for step in path[:-1]]


def test_a_title_of_a_heading_is_marked_as_such(catalog: Catalog) -> None:
    title = full_outline(full_of(catalog, "C78.31")).title
    assert title == (
        "(no title in the installed release; its heading C78.3: "
        "Secondary malignant neoplasm of other and unspecified respiratory organs)"
    )
    assert full_outline(full_of(catalog, "J4B")).title == "(no title in the installed release)"


def test_a_chain_of_replacements_is_set_in(catalog: Catalog) -> None:
    text = outline_to_text(full_outline(full_of(catalog, "K35.2")))
    assert (
        "Replaced on 2018-10-01 by (derived)\n"
        "  - K35.20 Acute appendicitis with generalized peritonitis, without abscess; itself replaced on\n"
        "    2023-10-01 by:\n"
        "    - K35.200 Acute appendicitis with generalized peritonitis, without perforation or abscess\n"
    ) in text


@pytest.mark.parametrize("code", ["M53.9", "K35.2", "T40.2X1A", "Z68.41"])
def test_the_closing_lines_name_every_official_source(catalog: Catalog, code: str) -> None:
    full = full_of(catalog, code)
    basis, *sources = full_outline(full).footer
    assert basis == "As of 2026-11-22 · release FY2026 (April 1, 2026)"
    official = [source for source in full.sources if source.publisher != OURS]
    assert len([line for line in sources if line.startswith("Source of ")]) == len(official)
    for source in official:
        where = f": {source.publisher}, {source.name}, {source.edition}"
        assert any(line.endswith(where) for line in sources)


def test_the_glance_says_where_to_see_each_lines_source(catalog: Catalog) -> None:
    basis, more = glance(full_of(catalog, "M53.9")).footer
    assert basis.endswith("titles and notes: CDC/NCHS; dates: CMS")
    assert more.endswith("more sections, and where each line comes from: icdlens lookup M53.9")


def test_the_glance_gives_what_replaced_a_code_once(catalog: Catalog) -> None:
    """M54.50, M54.51 and M54.59 are what replaced M54.5, and all that is below it."""
    text = outline_to_text(glance(full_of(catalog, "M54.5")))
    assert text.count("M54.50") == 1
    assert "Codes below" in [s.heading for s in full_outline(full_of(catalog, "M54.5")).sections]


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
