"""The Whoosh index: what is written into it is read off it, word by word.

These tests also run with the other packages that provide ``whoosh``, each in its own environment:
``make test-whoosh``.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from core.catalog import Catalog
from index.compiled import CompiledIndex, write_compiled
from index.default_codes import Hierarchy
from index.hit import RowKind
from index.library import Library
from index.postings import Field, IndexUnavailable
from index.rows import Row, rows
from index.searcher import Searcher
from index.synonyms import Synonym, Vocabulary
from index.whoosh_index import read_postings, write_whoosh
from index.words import CHOICES

ROWS = [
    Row(7, RowKind.TITLE, "Gout", ("gout",), (), ("arthropathy",)),
    Row(9, RowKind.INCLUSION_TERM, "Gout attack (acute)", ("gout", "attack"), ("acute",)),
    Row(3, RowKind.TITLE, "Ménière's disease", ("meniere", "disease"), ()),
]

SYNONYMS = [
    Synonym(Vocabulary.SYNONYMS, "podagra", "gout"),
    Synonym(Vocabulary.SYNONYMS, "big toe", "gout attack"),
]
HIERARCHY = Hierarchy(
    [0] * 10, [0, 0, 0, 3, 0, 0, 0, 9, 0, 9], [0] * 10, {choice: {} for choice in CHOICES} | {"left": {3: 9}}
)


def test_postings_are_what_was_written(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    write_whoosh(tmp_path, ROWS, lambda done, total: reports.append((done, total)))
    assert reports[-1] == (3, 3)
    found = {(p.field, p.word): list(p.rows) for p in read_postings(tmp_path)}
    assert found == {
        (Field.WORDS, "gout"): [0, 1],
        (Field.WORDS, "attack"): [1],
        (Field.WORDS, "meniere"): [2],
        (Field.WORDS, "disease"): [2],
        (Field.MODIFIERS, "acute"): [1],
        (Field.CONTEXT, "arthropathy"): [0],
    }


def test_compiled_index_gives_back_rows_and_postings(tmp_path: Path) -> None:
    write_whoosh(tmp_path, ROWS, lambda *_: None)
    write_compiled(tmp_path / "search.bin", ROWS, read_postings(tmp_path), SYNONYMS, HIERARCHY)
    index = CompiledIndex(tmp_path / "search.bin")
    # "podagra" is in no row: the search vocabulary has it.
    assert index.lexicon == [
        "acute",
        "arthropathy",
        "attack",
        "big",
        "disease",
        "gout",
        "meniere",
        "podagra",
        "toe",
    ]
    assert [index.text(row) for row in range(3)] == [row.text for row in ROWS]
    assert list(index.row_entry) == [7, 9, 3]
    assert list(index.row_kind) == [0, 1, 0]
    number = index.word_numbers
    assert index.postings[number["gout"]] == [0, 1]
    assert index.postings[number["acute"]] == [1]
    assert index.postings[number["podagra"]] == []
    assert index.posting_count(number["gout"]) == 2
    # A word in the context of a title is found there, and does not count as one of the text's own.
    assert index.postings[number["arthropathy"]] == []
    assert index.contexts[number["arthropathy"]] == [0]
    assert [index.word_count[number[word]] for word in ("gout", "arthropathy")] == [2, 0]
    assert index.kin.get("podagra") == [number["gout"]]
    assert index.meanings_of("big toe") == ["gout attack"]
    assert index.meanings_of("podagra") == []
    assert list(index.entry_unspecified)[9] == 9
    assert index.chosen("left") == {3: 9}
    assert index.chosen("right") == {}
    index.close()


def test_every_word_of_the_release_is_indexed(catalog: Catalog, tmp_path: Path) -> None:
    release = rows(catalog)
    expected = defaultdict(set)
    for number, row in enumerate(release):
        for word in row.words:
            expected[Field.WORDS, word].add(number)
        for word in row.modifiers:
            expected[Field.MODIFIERS, word].add(number)
        for word in row.context:
            expected[Field.CONTEXT, word].add(number)
    write_whoosh(tmp_path, release, lambda *_: None)
    found = {(p.field, p.word): set(p.rows) for p in read_postings(tmp_path)}
    assert found == expected


def test_every_category_subcategory_and_stem_has_a_title_row(catalog: Catalog) -> None:
    titled = {row.entry for row in rows(catalog) if row.kind is RowKind.TITLE}
    assert len(titled) == 46_881  # the <diag> elements of the Tabular List


def test_a_reference_leads_to_the_code_it_names(catalog: Catalog) -> None:
    by_text = {row.text: row for row in rows(catalog) if row.kind is RowKind.REFERENCE}
    # Excludes1 at M54: "psychogenic dorsalgia (F45.41)"; at M54.5: "low back strain (S39.012)"
    for term, code in (("psychogenic dorsalgia", "F45.41"), ("low back strain", "S39.012")):
        assert catalog.entry_numbered(by_text[term].entry).name == code


def test_an_absent_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="icdlens build --force"):
        list(read_postings(tmp_path))


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 1000, b'{"vocabulary": ["B", 0, 99]}\n', b"[]\n"])
def test_a_damaged_compiled_index_is_named(tmp_path: Path, library: Library, content: bytes) -> None:
    (tmp_path / "search.bin").write_bytes(content)
    with pytest.raises(IndexUnavailable, match="icdlens build --force"):
        Searcher(tmp_path, library.catalog)
