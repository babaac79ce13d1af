"""The search vocabulary: sorted, unique, resolvable, and harmless to official titles."""

from itertools import pairwise
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.classification import Level
from index.common_names import common_names
from index.library import Library
from index.synonyms import (
    FOLDER,
    VERSION,
    Vocabulary,
    VocabularyError,
    common_codes,
    read_vocabulary,
    version_of,
)
from index.words import STOP_WORDS, stem, words
from tests.conftest import IN_FY2026


@pytest.mark.parametrize("vocabulary", list(Vocabulary))
def test_the_lists_are_sorted_and_unique(vocabulary: Vocabulary) -> None:
    lines = (FOLDER / f"{vocabulary}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split("\t")) for line in lines]
    assert all(len(pair) == 2 for pair in pairs)
    # The meanings of one term stand in the order of their likelihood.
    assert all(first[0] <= second[0] for first, second in pairwise(pairs))
    assert len(set(pairs)) == len(pairs)


def test_the_common_codes_are_named_once_and_of_the_release(catalog: Catalog) -> None:
    found = common_codes()
    assert len(common_names()) == len(found)
    first = [common.code for common in found if common.completes]
    assert len(set(first)) == len(first)
    codes = {common.code for common in found}
    assert [code for code in codes if (entry := catalog.entry(code)) is None or not entry.printed] == []


def test_every_meaning_is_in_the_words_of_the_release(library: Library) -> None:
    index = library.searcher._index
    official = {stem(word) for number, word in enumerate(index.lexicon) if index.posting_count(number)}
    unknown = {
        (synonym.term, word)
        for synonym in read_vocabulary()
        for word in words(synonym.meaning)
        if word not in STOP_WORDS and stem(word) not in official
    }
    assert unknown == set()


def test_official_titles_still_find_themselves(library: Library, catalog: Catalog) -> None:
    """No line of the lists leads a title astray that people type word for word.

    Up to three, for T88.5 and T88.59 have the same title, and S61.20 one that says no more than S61.2.
    """
    codes = [e for e in catalog.codes() if e.printed and e.level is Level.CODE]
    astray = [
        entry.name
        for entry in codes[::23]
        if entry.title not in [hit.title for hit in library.search(entry.title, IN_FY2026, limit=3)]
    ]
    assert astray == []


def test_a_change_of_the_lists_makes_snapshots_anew() -> None:
    assert version_of() == VERSION, f'set VERSION in index/synonyms.py to "{version_of()}"'


@pytest.mark.parametrize(
    "line", ["hives", "hives\t", "\turticaria", "hives\turticaria\tx", " hives\turticaria"]
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    for vocabulary in Vocabulary:
        (tmp_path / f"{vocabulary}.tsv").write_text("", encoding="utf-8")
    (tmp_path / "synonyms.tsv").write_text(f"ckd\tchronic kidney disease\n{line}\n", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"synonyms\.tsv, line 2"):
        read_vocabulary(tmp_path)
