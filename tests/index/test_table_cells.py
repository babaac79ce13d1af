"""Searches that the tables of neoplasms and drugs answer, and the terms of the External Cause Index."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from core.catalog import Catalog
from core.code import Code
from core.index_lines import loaded_parts
from index.hit import RowKind
from index.identity import INDEX_FOLDER
from index.library import Library
from index.rows import rows
from index.searcher import Searcher
from index.table_cells import table_cell
from tests.conftest import IN_FY2026
from tests.core.printed_index import small_parts
from tests.core.test_index_lines import compiled


@pytest.fixture(scope="module")
def indexed(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("tables")
    with compiled(library, folder, small_parts(folder / "files")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "code"),
    [
        # The codes as the tables print them, and what the Official Guidelines, I.C.19.e.5, say of intents.
        ("secondary malignant neoplasm of breast", "C79.81"),
        ("Breast metastases", "C79.81"),
        ("carcinoma in situ of the breast", "D05"),
        ("benign neoplasm of left breast", "D24"),
        ("neoplasm of uncertain behavior of breast", "D48.6"),
        ("malignant neoplasm of skin of breast", "C44.501"),
        ("poisoning by aspirin", "T39.011"),
        ("accidental aspirin overdose", "T39.011"),
        ("poisoning by aspirin, intentional self-harm, initial encounter", "T39.012"),
        ("aspirin overdose, suicide attempt", "T39.012"),
        ("poisoning by aspirin, undetermined", "T39.014"),
        ("adverse effect of aspirin", "T39.015"),
        ("underdosing of aspirin", "T39.016"),
        ("toxic effect of nonmedicinal ether", "T52.8X1"),
        # Not one line of a table, or no behaviour and no intent.
        ("neoplasm of breast", None),
        ("aspirin", None),
        ("benign neoplasm of elbow", None),
        ("benign neoplasm", None),
        ("poisoning", None),
        ("history of benign neoplasm of breast", None),
        ("adverse effect of nonmedicinal ether", None),
        ("unintentional underdosing of aspirin tablets", None),
    ],
)
def test_the_cell_of_a_table(indexed: Catalog, query: str, code: str | None) -> None:
    parts = {loaded.part: loaded for loaded in loaded_parts(indexed)}
    cell = table_cell(indexed, parts, query)
    assert (cell and cell.code.text) == code


@pytest.mark.parametrize(
    ("meanings", "code"),
    [
        (["poisoning by aspirin"], "T39.011"),
        (["toxic effect of salicylates", "adverse effect of aspirin"], "T39.011"),
        (["sepsis, unspecified organism"], None),
    ],
)
def test_what_is_called_a_poisoning_and_is_none(
    indexed: Catalog, meanings: list[str], code: str | None
) -> None:
    parts = {loaded.part: loaded for loaded in loaded_parts(indexed)}
    cell = table_cell(indexed, parts, "aspirin poisoning", meanings)
    assert (cell and cell.code.text) == code


def test_without_tables_there_is_no_cell(catalog: Catalog) -> None:
    assert table_cell(catalog, {}, "benign neoplasm of breast") is None
    assert table_cell(catalog, {}, "poisoning by aspirin") is None


def test_a_cell_says_where_it_stands(indexed: Catalog) -> None:
    parts = {loaded.part: loaded for loaded in loaded_parts(indexed)}
    cell = table_cell(indexed, parts, "benign tumor of right breast")
    assert cell is not None
    assert (cell.text, cell.kind, cell.side) == (
        "Neoplasm, neoplastic, breast: Benign",
        RowKind.NEOPLASM_TABLE,
        "right",
    )


@pytest.mark.parametrize(
    ("query", "code", "why"),
    [
        # D24.1 is the right breast, D24.9 the unspecified one; T39.011 takes a 7th character.
        (
            "benign tumor of right breast",
            "D24.1",
            'Table of Neoplasms FY2026 "Neoplasm, neoplastic, breast: Benign" of D24',
        ),
        (
            "benign neoplasm of breast",
            "D24.9",
            'Table of Neoplasms FY2026 "Neoplasm, neoplastic, breast: Benign" of D24',
        ),
        (
            "aspirin overdose, subsequent encounter",
            "T39.011D",
            'Table of Drugs FY2026 "Aspirin: Poisoning Accidental (unintentional)"',
        ),
        ("underdosing of aspirin", "T39.016", 'Table of Drugs FY2026 "Aspirin: Underdosing"'),
    ],
)
def test_a_search_answers_from_the_tables(
    library: Library, indexed: Catalog, query: str, code: str, why: str
) -> None:
    with closing(Searcher(library.snapshot.folder / INDEX_FOLDER, indexed)) as searcher:
        hits = searcher.search(query, IN_FY2026)
    assert (hits[0].code.text, hits[0].why) == (code, why)
    assert [hit.code for hit in hits[1:] if hit.kind is hits[0].kind] in ([], [Code(code[:7])])


def test_a_search_within_a_chapter_leaves_others_out(library: Library, indexed: Catalog) -> None:
    with closing(Searcher(library.snapshot.folder / INDEX_FOLDER, indexed)) as searcher:
        hits = searcher.search("benign neoplasm of breast", IN_FY2026, chapter="19")
    assert [hit for hit in hits if hit.kind is RowKind.NEOPLASM_TABLE] == []


def test_external_causes_are_rows_of_their_kind(indexed: Catalog) -> None:
    found = [row for row in rows(indexed) if row.kind is RowKind.EXTERNAL_CAUSE_TERM]
    assert {(row.text, row.modifiers) for row in found} == {
        ("Fall, falling", ("accidental",)),
        ("Fall, falling, down, ladder", ()),
        ("Fall, falling, from, off, out of, ladder", ()),
    }
