"""Completion finds exactly the texts in which a phrase stands at the start of a word that counts."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import completion
from index.completion import Completion, Completions, CompletionText, write_completions
from index.words import STOP_WORDS, words

texts = st.lists(st.text("ab of", min_size=1, max_size=12).filter(lambda text: words(text)), max_size=12)


def completed(named: list[str], phrase: str, count: int) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "completion.bin"
        write_completions(path, [CompletionText(text, row) for row, text in enumerate(named)])
        completions = Completions(path, named.__getitem__)
        found = [completion.row for completion in completions.starting_with(phrase, count)]
        completions.close()
    return found


def holds(text: str, phrase: str) -> bool | None:
    """True where the text starts with the phrase, False where another word that counts does."""
    said = words(text)
    if " ".join(said).startswith(phrase):
        return True
    inside = (i for i, word in enumerate(said) if i and word not in STOP_WORDS)
    return False if any(" ".join(said[i:]).startswith(phrase) for i in inside) else None


@given(texts, st.text("abof ", min_size=1, max_size=4).filter(lambda phrase: phrase[0] != " "))
def test_all_texts_with_a_phrase_those_that_start_with_it_first(named: list[str], phrase: str) -> None:
    starting = [row for row, text in enumerate(named) if holds(text, phrase) is True]
    inside = [row for row, text in enumerate(named) if holds(text, phrase) is False]
    assert completed(named, phrase, 100) == [*starting, *inside]


@pytest.mark.parametrize("phrase", ["a", "ab", "b ", "o", "of "])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_what_many_texts_begin_with_is_completed_alike(
    monkeypatch: pytest.MonkeyPatch, phrase: str, count: int
) -> None:
    named = [f"{one} {other}" for one in ("a", "ab", "b", "of", "ob") for other in ("a", "ab", "oa", "b")]
    expected = completed(named, phrase, count)  # nothing here is held by a thousand texts
    monkeypatch.setattr(completion, "_MANY", 2)
    monkeypatch.setattr(completion, "_FIRST", 6)
    assert completed(named, phrase, count) == expected


@given(texts, st.integers(0, 5))
def test_a_count_is_kept_from_the_front(named: list[str], count: int) -> None:
    assert completed(named, "a", count) == completed(named, "a", 100)[:count]


def test_a_term_says_what_it_means(tmp_path: Path) -> None:
    write_completions(tmp_path / "c", [CompletionText("heart attack", 7, "acute myocardial infarction")])
    completions = Completions(tmp_path / "c", str)
    assert completions.starting_with("attack", 5) == [
        Completion(7, "heart attack", "acute myocardial infarction")
    ]
    assert completions.starting_with("attach", 5) == []
    completions.close()
