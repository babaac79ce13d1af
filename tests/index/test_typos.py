"""The deletion dictionary finds exactly the words that are one edit away."""

from hypothesis import given
from hypothesis import strategies as st

from index.typos import hashed_variants, neighbours

letters = st.text("abc", min_size=4, max_size=7)


def one_edit(word: str, alphabet: str) -> set[str]:
    """All words one edit away, by trying every edit."""
    places = range(len(word) + 1)
    inserted = {word[:i] + c + word[i:] for i in places for c in alphabet}
    deleted = {word[:i] + word[i + 1 :] for i in range(len(word))}
    replaced = {word[:i] + c + word[i + 1 :] for i in range(len(word)) for c in alphabet}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    return (inserted | deleted | replaced | swapped) - {word}


@given(letters, st.sets(st.text("abc", min_size=3, max_size=8), max_size=30))
def test_neighbours_are_the_words_one_edit_away(word: str, known: set[str]) -> None:
    vocabulary = sorted(known)
    table = hashed_variants(vocabulary)
    hashes, numbers = [h for h, _ in table], [n for _, n in table]
    found = {vocabulary[n] for n in neighbours(word, vocabulary, hashes, numbers)}
    # A short word with another first letter only rhymes: hives and lives.
    rhyming = {c + word[1:] for c in "abc"} if len(word) <= 6 else set()
    assert found == (one_edit(word, "abc") & known) - rhyming


def test_short_words_and_words_with_digits_are_left_alone() -> None:
    vocabulary = ["abc", "a1b2c3"]
    table = hashed_variants(vocabulary)
    columns = [h for h, _ in table], [n for _, n in table]
    assert neighbours("abd", vocabulary, *columns) == []
    assert neighbours("a1b2c4", vocabulary, *columns) == []
