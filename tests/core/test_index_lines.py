"""The printed Index: lines, references, and words, of a small Index and of the official files."""

import re
import shutil
import sqlite3
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.index_answer import Question, ask_index
from core.index_editions import IndexParts, printed_lines
from core.index_lines import LoadedPart, lines_numbered, loaded_parts, main_terms, targets_of
from core.index_lines_file import write_index_lines
from core.index_parts import IndexPart
from core.index_references import PartReferences
from core.index_words import outermost, overlaps, telling_words
from core.render.index_text import index_text
from core.render.json_index import answer_to_dict
from core.sources.index_files import read_index_files
from index.identity import CATALOG_FILE
from index.library import Library
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.printed_index import small_parts
from tests.core.test_alphabetic_index import OFFICIAL as OFFICIAL_INDEX
from tests.core.test_index_xml import OFFICIAL

needs_official = pytest.mark.skipif(
    not (OFFICIAL.is_dir() and OFFICIAL_INDEX.is_file()),
    reason="needs the official files in ../shared/official/fy2026-april and fy2025-oct",
)
OFFICIAL_FILES = {
    IndexPart.DISEASES: OFFICIAL_INDEX,
    IndexPart.EXTERNAL_CAUSES: OFFICIAL / "icd10cm-eindex-April-1-2026-XML.xml",
    IndexPart.NEOPLASMS: OFFICIAL / "icd10cm-neoplasm-April-1-2026-XML.xml",
    IndexPart.DRUGS: OFFICIAL / "icd10cm-drug-April-1-2026-XML.xml",
}


def compiled(library: Library, folder: Path, parts: IndexParts) -> Catalog:
    path = folder / CATALOG_FILE
    shutil.copyfile(library.snapshot.folder / CATALOG_FILE, path)
    with closing(sqlite3.connect(path)) as db, db:
        write_index_lines(db, parts)
    return Catalog(path)


@pytest.fixture(scope="module")
def indexed(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("index")
    with compiled(library, folder, small_parts(folder / "files", year=2025, tables_year=2026)) as opened:
        yield opened


def asked(
    catalog: Catalog,
    words: str,
    on: date = IN_FY2026,
    *,
    limit: int = 20,
    part: IndexPart | None = None,
    column: int | None = None,
) -> list[str]:
    return [line.text for line in index_text(ask_index(catalog, Question(words, on, limit, part, column)))]


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pain, low back", ("pain", "low", "back")),
        ("Legg-Calvé-Perthes disease", ("legg", "calve", "perthe", "disease")),
        ("arthropathies", ("arthropathy",)),
        ("Crohn's disease", ("crohn", "disease")),
        ("due to", ("due", "to")),  # nothing else is left
        ("diabetes with amyotrophy", ("diabete", "amyotrophy")),
        ("without obstruction", ("without", "obstruction")),
    ],
)
def test_words_that_tell(text: str, words: tuple[str, ...]) -> None:
    assert telling_words(text) == words


def test_ranges_that_overlap_against_sets_of_numbers() -> None:
    one = outermost([(1, 9), (2, 3), (12, 12), (20, 30)])
    other = outermost([(3, 5), (8, 8), (12, 14), (21, 21), (29, 30)])
    assert one == [(1, 9), (12, 12), (20, 30)]

    def numbers(ranges: list[tuple[int, int]]) -> set[int]:
        return {n for first, last in ranges for n in range(first, last + 1)}

    assert numbers(overlaps(one, other)) == numbers(one) & numbers(other)
    assert overlaps(one, []) == []


# What is kept


def test_nothing_is_loaded_at_first(catalog: Catalog) -> None:
    assert loaded_parts(catalog) == ()
    assert list(main_terms(catalog)) == []
    assert ask_index(catalog, Question("pain", IN_FY2026, 20)).details == ()


def test_each_part_knows_its_edition(indexed: Catalog) -> None:
    assert [(p.part.title, p.fiscal_year, p.lines, p.main_terms) for p in loaded_parts(indexed)] == [
        ("Alphabetic Index", 2025, 21, 10),
        ("External Cause Index", 2025, 6, 2),
        ("Table of Neoplasms", 2026, 3, 1),
        ("Table of Drugs and Chemicals", 2026, 3, 2),
    ]
    assert Counter(part.part for part, _ in main_terms(indexed)) == {0: 10, 1: 2, 2: 1, 3: 2}


# What is answered: the lines of tests/core/printed_index.py, with the official titles of their codes


@pytest.mark.parametrize("words", ["pain, low back", "Low Back Pain", "back low pains", "pain (s) low-back"])
def test_words_are_found_in_any_order(indexed: Catalog, words: str) -> None:
    assert asked(indexed, words) == [
        "Alphabetic Index, FY2025",
        "Pain, low back",
        "  · M54.5-  Low back pain  (add 0, 1 or 9)",
    ]


def test_a_main_term_with_what_is_under_it(indexed: Catalog) -> None:
    assert asked(indexed, "pain", limit=2) == [
        "Alphabetic Index, FY2025",
        "Pain(s)",
        "  ✓ R52  Pain, unspecified",
        "  see also Painful",
        "    abdominal  ✓ R10.9",
        "      generalized  ✓ R10.84",
        "  … 2 more lines under it",
    ]


def test_a_nonessential_modifier_is_shown_and_found(indexed: Catalog) -> None:
    found = asked(indexed, "sugar diabetes", limit=1)
    assert found[1:3] == [
        "Diabetes, diabetic (mellitus) (sugar)",
        "  ✓ E11.9  Type 2 diabetes mellitus without complications",
    ]
    assert asked(indexed, "diabetic amyotrophy")[1] == "Diabetes, diabetic, with, amyotrophy"


def test_see_is_followed_and_said(indexed: Catalog) -> None:
    assert asked(indexed, "abdominalgia") == [
        "Alphabetic Index, FY2025",
        "Abdominalgia",
        "  see Pain, abdominal",
        "→ Alphabetic Index, FY2025",
        "Pain, abdominal",
        "  ✓ R10.9  Unspecified abdominal pain",
        "    generalized  ✓ R10.84",
    ]
    assert asked(indexed, "landing badly")[-2:] == [
        "Fall, falling, down",
        "    ladder  · W11 add .XXXA, .XXXD or .XXXS",
    ]


def test_see_leads_to_the_lines_of_its_own_main_term_first(indexed: Catalog) -> None:
    """A vertebra broken by a disease is no broken back."""
    assert asked(indexed, "fracture traumatic")[2] == (
        "    back  see Fracture, vertebra → Fracture, traumatic, vertebra, vertebral"
    )
    answer = asked(indexed, "fracture traumatic back")
    assert answer[1:4] == [
        "Fracture, traumatic, back",
        "  see Fracture, vertebra",
        "    → Fracture, traumatic, vertebra, vertebral",
    ]
    assert not any("pathological" in line for line in answer)


def test_see_condition_leads_nowhere(indexed: Catalog) -> None:
    assert asked(indexed, "bladder") == ["Alphabetic Index, FY2025", "Bladder", "  see condition"]


def test_a_reference_to_a_table_names_its_column(indexed: Catalog) -> None:
    assert asked(indexed, "adenocarcinoma")[2:5] == [
        "  see also Neoplasm, malignant, by site",
        "    → Table of Neoplasms, FY2026: Neoplasm, neoplastic (Malignant Primary)",
        "    benign one  see Neoplasm, breast, benign → Table of Neoplasms, FY2026: "
        "Neoplasm, neoplastic, breast (Benign)",
    ]
    followed = asked(indexed, "adenocarcinoma benign one")
    assert followed[-3:] == [
        "Neoplasm, neoplastic, breast (soft parts)",
        "  Benign  · D24.-  Benign neoplasm of breast  (add .1, .2 or .9)",
        "    skin  –",
    ]
    assert asked(indexed, "poisoning drug")[-1] == "    → Table of Drugs and Chemicals (Adverse effect)"


def test_a_manifestation_stands_in_brackets(indexed: Catalog) -> None:
    [*_, last] = asked(indexed, "malaria")
    assert last == ("  [✓ N08  Glomerular disorders in diseases classified elsewhere]")


def test_a_code_is_what_it_is_on_the_date(indexed: Catalog) -> None:
    """G35 became a heading on 2025-10-01."""
    assert "✓ G35" in asked(indexed, "pain retired one", date(2025, 9, 30))[2]
    assert (
        asked(indexed, "pain retired one", date(2025, 10, 1))[2]
        == "  · G35  Multiple sclerosis  (add .A, .B, .C or .D)"
    )


def test_a_row_of_the_neoplasm_table(indexed: Catalog) -> None:
    assert asked(indexed, "neoplasm breast") == [
        "Table of Neoplasms, FY2026",
        "Neoplasm, neoplastic, breast (soft parts)",
        "  Malignant Primary     · C50.9-  Malignant neoplasm of breast of unspecified site  (add 1 or 2)",
        "  Malignant Secondary   ✓ C79.81  Secondary malignant neoplasm of breast",
        "  Ca in situ            · D05.-  Carcinoma in situ of breast  (add .0, .1, .8 or .9)",
        "  Benign                · D24.-  Benign neoplasm of breast  (add .1, .2 or .9)",
        "  Uncertain Behavior    · D48.6-  Neoplasm of uncertain behavior of breast  (add 0, 1 or 2)",
        "  Unspecified Behavior  ✓ D49.3  Neoplasm of unspecified behavior of breast",
        "    skin  C44.501  –  –  –  –  –",
    ]
    assert asked(indexed, "breast", part=IndexPart.NEOPLASMS, column=1)[2:] == [
        "  Malignant Secondary  ✓ C79.81  Secondary malignant neoplasm of breast",
        "    skin  –",
    ]


def test_a_row_of_the_drug_table(indexed: Catalog) -> None:
    found = asked(indexed, "aspirin")
    assert found[1] == "Aspirin (soluble)"
    assert [code for line in found for code in re.findall(r"T39\.01\d", line)] == [
        f"T39.01{intent}" for intent in range(1, 7)
    ]
    assert asked(indexed, "aspirin", part=IndexPart.DRUGS, column=5)[2:] == [
        "  Underdosing  · T39.016  Underdosing of aspirin  (add A, D or S)"
    ]


@pytest.mark.parametrize(
    ("words", "first", "line"),
    [
        ("asprin", "asprin → aspirin", "Aspirin (soluble)"),
        ("ladder qqqq fall", "Without: qqqq", "Fall, falling, down, ladder"),
        ("malaria of the back", "Without: back", "Malaria"),
    ],
)
def test_what_was_read_otherwise_is_said(indexed: Catalog, words: str, first: str, line: str) -> None:
    found = asked(indexed, words)
    assert found[0] == first
    assert line in found


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("Neoplasm, breast, benign", "  Benign  · D24.-  Benign neoplasm of breast  (add .1, .2 or .9)"),
        ("aspirin underdosing", "  Underdosing  · T39.016  Underdosing of aspirin  (add A, D or S)"),
        (
            "adverse effect of aspirin",
            "  Adverse effect  · T39.015  Adverse effect of aspirin  (add A, D or S)",
        ),
    ],
)
def test_words_that_name_a_column(indexed: Catalog, words: str, cell: str) -> None:
    assert asked(indexed, words)[2] == cell


def test_a_word_that_may_be_anything_names_no_column(indexed: Catalog) -> None:
    assert asked(indexed, "breast, unspecified")[0] == "Without: unspecified"


@pytest.mark.parametrize("words", ["", "   ", "qqqq", "?!", "١٢"])
def test_nothing_is_found(indexed: Catalog, words: str) -> None:
    assert asked(indexed, words) == []


def test_other_lines_with_the_words(indexed: Catalog) -> None:
    assert asked(indexed, "fall from ladder")[-2:] == [
        "Elsewhere",
        "Fall, falling, from, off, out of, ladder  · W11 add .XXXA, .XXXD or .XXXS",
    ]


def test_json_says_the_same(indexed: Catalog) -> None:
    question = Question("abdominalgia", IN_FY2027, 20)
    found = answer_to_dict(ask_index(indexed, question), question, indexed.release)
    assert (found["schema"], found["found"], found["missing"]) == (1, True, [])
    [line] = found["lines"]
    assert line["path"] == ["Abdominalgia"]
    assert (line["part"], line["fiscal_year"], line["source"]) == ("diseases", 2025, "alphabetic-index")
    assert line["see_leads_to"] == [{"part": "diseases", "path": ["Pain", "abdominal"], "column": None}]
    [followed] = line["followed"]
    assert followed["codes"][0]["code"] == "R10.9"
    assert followed["codes"][0]["billable"] is True
    assert [below["path"][-1] for below in followed["below"]] == ["generalized"]


# The official files, read by another reader


@pytest.fixture(scope="module")
def official_parts() -> IndexParts:
    return read_index_files(OFFICIAL_FILES)


@pytest.fixture(scope="module")
def official(
    official_parts: IndexParts, library: Library, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    with compiled(library, tmp_path_factory.mktemp("official"), official_parts) as opened:
        yield opened


@needs_official
def test_the_official_counts(official: Catalog) -> None:
    """As they were given with the files."""
    assert [(p.part, p.fiscal_year, p.lines) for p in loaded_parts(official)] == [
        (IndexPart.DISEASES, 2025, 81_024),
        (IndexPart.EXTERNAL_CAUSES, 2026, 314 + 7_776),
        (IndexPart.NEOPLASMS, 2026, 1_940),
        (IndexPart.DRUGS, 2026, 5_179 + 2_251),
    ]
    assert [p.main_terms for p in loaded_parts(official)][1:] == [314, 1, 5_179]


def _text(element: ET.Element | None) -> str | None:
    return " ".join("".join(element.itertext()).split()) or None if element is not None else None


def _codes(element: ET.Element, *, is_table: bool) -> tuple[str | None, ...]:
    if not is_table:
        more = _text(element.find("subcat"))  # printed with a dash
        return (_text(element.find("code")) or (f"{more}-" if more else None),)
    cells = {cell.get("col"): (cell.text or "").strip() for cell in element.findall("cell")}
    return tuple(None if cells.get(str(n), "-") in ("-", "--") else cells[str(n)] for n in range(2, 8))


@needs_official
@pytest.mark.parametrize("part", [IndexPart.EXTERNAL_CAUSES, IndexPart.NEOPLASMS, IndexPart.DRUGS])
def test_every_line_of_the_official_xml_is_kept(official: Catalog, part: IndexPart) -> None:
    """Against ElementTree: depth, first words, codes, see and see also of each line, in order."""
    printed: list[tuple[int, str, tuple[str | None, ...], str | None, str | None]] = []

    def walk(element: ET.Element, depth: int) -> None:
        title = element.find("title")
        assert title is not None
        first = " ".join((title.text or "").split())
        codes = _codes(element, is_table=part is not IndexPart.EXTERNAL_CAUSES)
        category = _text(element.find("seecat"))
        see = _text(element.find("see")) or (f"category {category}" if category else None)
        printed.append((depth, first, codes, see, _text(element.find("seeAlso"))))
        for below in element.findall("term"):
            walk(below, depth + 1)

    for main in ET.parse(OFFICIAL_FILES[part]).iter("mainTerm"):
        walk(main, 1)
    loaded: LoadedPart = next(p for p in loaded_parts(official) if p.part is part)
    lines = lines_numbered(official, range(loaded.first, loaded.last + 1)).values()
    assert len(lines) == len(printed)
    for line, (depth, first, codes, see, also) in zip(lines, printed, strict=True):
        assert len(line.path) == depth
        assert line.path[-1].startswith(first)
        kept = tuple(code.text if code else None for code in line.codes) or (None,) * len(codes)
        assert kept == codes
        assert (line.see, line.see_also) == (see, also)


@needs_official
def test_references_of_the_official_files_are_followed(official_parts: IndexParts) -> None:
    """How many lead to a line or a table; what is left names categories, conditions, or other wording."""
    printed = {part: list(printed_lines(edition)) for part, edition in official_parts.editions()}
    references = PartReferences(printed)
    rates = {}
    for part, lines in printed.items():
        texts = [text for line in lines for text in (line.see, line.see_also) if text and text != "condition"]
        rates[part] = sum(bool(references.targets(part, text)) for text in texts) / len(texts)
    assert rates[IndexPart.DISEASES] >= 0.95
    assert rates[IndexPart.EXTERNAL_CAUSES] >= 0.92
    assert rates[IndexPart.NEOPLASMS] >= 0.83  # "Neoplasm, skin, ear" is no line of the table
    assert rates[IndexPart.DRUGS] >= 0.91


@needs_official
def test_what_references_lead_to_has_their_words(official: Catalog) -> None:
    """Within one part, every word of a reference is in the path that it leads to, but for "by site"."""
    [diseases, causes, *_] = loaded_parts(official)
    differing = []
    for part in (diseases, causes):
        numbers = range(part.first, part.last + 1)
        for line in lines_numbered(official, numbers).values():
            if not line.see:
                continue
            words = set(telling_words(re.sub(r"\([^()]*\)|\bby .*", "", line.see)))
            for target in targets_of(official, line, also=False):
                if target.line and target.part == part:
                    path = " ".join(word for term in target.line.path for word in telling_words(term))
                    differing += [(line.see, path) for word in words if word[:4] not in path]
    assert differing == []
