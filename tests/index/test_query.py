"""Reading queries: what words stand for, what phrases mean, and what is denied."""

import random

import pytest

from index.library import Library
from index.query import MOST_WORDS, QueryReader, Reading


@pytest.fixture(scope="module")
def reader(library: Library) -> QueryReader:
    return QueryReader(library.searcher._index)


def written(reading: Reading) -> list[str]:
    return [term.written for term in reading.terms]


def meanings(reader: QueryReader, query: str) -> set[str]:
    return {meaning for reading in reader.readings(query) for _, meaning in reading.expanded}


def stands_for(library: Library, reader: QueryReader, word: str) -> set[str]:
    return {library.searcher._index.lexicon[number] for number, _ in reader.terms.term(word).variants}


def test_the_first_reading_is_as_written(reader: QueryReader) -> None:
    first, *others = reader.readings("heart attack in the morning")
    assert written(first) == ["heart", "attack", "morning"]
    assert any("infarction" in written(other) for other in others)
    assert all(other.weight < first.weight for other in others)


def test_the_longest_term_counts(reader: QueryReader) -> None:
    *_, reading = reader.readings("family history of heart attack")
    [(term, _)] = reading.expanded
    assert term.startswith("family history")


@pytest.mark.parametrize(
    ("word", "official"),
    [
        ("fractures", "fracture"),
        ("hives", "urticaria"),  # the same meaning
        ("sclerotic", "sclerosis"),  # the same root
        ("oedema", "edema"),  # another spelling
        ("astmha", "asthma"),  # a slip
        ("obstruc", "obstruction"),  # cut short
        ("hmrrhge", "hemorrhage"),  # letters left out
    ],
)
def test_a_word_stands_for_official_words(
    library: Library, reader: QueryReader, word: str, official: str
) -> None:
    assert official in stands_for(library, reader, word)


def test_related_words_of_other_meaning_count_less(library: Library, reader: QueryReader) -> None:
    lexicon = library.searcher._index.lexicon
    quality = {lexicon[number]: found for number, found in reader.terms.term("hepatic").variants}
    assert quality["hepatic"] == 1.0
    assert quality["liver"] > quality.get("hepatitis", 0.0)


@pytest.mark.parametrize("term", ["no bowel sounds", "a fib"])
def test_a_term_needs_its_small_words(reader: QueryReader, term: str) -> None:
    """Without "no", bowel sounds are not absent; "fib" is no fibrillation."""
    meant = meanings(reader, term)
    assert meant
    assert not meant & meanings(reader, " ".join(term.split()[1:]))


def test_what_is_denied_is_known(reader: QueryReader) -> None:
    [first, *_] = reader.readings("ulcer with bleeding, without perforation or obstruction, chronic")
    denied = {term.written for term in first.terms if term.denied}
    assert denied == {"perforation", "obstruction"}


def test_dates_and_fillers_are_left_out(reader: QueryReader) -> None:
    [first, *_] = reader.readings("sprain of ankle 2023-05-02, 5/2/23, site unspecified")
    assert written(first) == ["sprain", "ankle"]


@pytest.mark.parametrize("query", ["", "724.9", "12 34", "...", "💥"])
def test_nothing_to_search_for(reader: QueryReader, query: str) -> None:
    assert reader.readings(query) == []


def test_a_long_query_is_read_in_part(reader: QueryReader) -> None:
    readings = reader.readings("fracture of the femur and asthma " * 1000)
    assert 1 <= len(readings) <= 4
    assert all(len(reading.terms) <= MOST_WORDS for reading in readings)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("anemia, antepartum condition or complication", ["anemia", "pregnancy"]),
        ("anemia, delivered, with mention of postpartum complication", ["anemia", "puerperium"]),
        ("rule out appendicitis", ["appendicitis"]),
        ("myocardial infarction, initial episode of care", ["myocardial", "infarction"]),
    ],
)
def test_phrases_of_bills_and_notes_are_written_out(
    reader: QueryReader, query: str, terms: list[str]
) -> None:
    [first, *_] = reader.readings(query)
    assert written(first) == terms


def test_what_was_not_found_is_denied(reader: QueryReader) -> None:
    [first, *_] = reader.readings("cough, negative for pneumonia")
    assert {term.written: term.denied for term in first.terms} == {"cough": False, "pneumonia": True}


@pytest.mark.parametrize(
    ("query", "spaced"),
    [("under weight child", "underweight"), ("hemo thorax", "hemothorax"), ("kidneystone", "kidney stone")],
)
def test_words_that_were_parted_or_joined(reader: QueryReader, query: str, spaced: str) -> None:
    assert any(meaning == spaced for reading in reader.readings(query) for _, meaning in reading.expanded)


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ("fracture of left wrist", "left"),
        ("anemia, second trimester", "second"),
        ("anemia complicating childbirth", "childbirth"),
        ("anemia in pregnancy, childbirth and the puerperium", None),
        ("anemia in pregnancy or childbirth, postpartum condition or complication", "puerperium"),
        ("anemia in pregnancy", None),
    ],
)
def test_one_word_chooses(reader: QueryReader, query: str, choice: str | None) -> None:
    assert reader.readings(query)[0].choice == choice


@pytest.mark.parametrize(("word", "official"), [("haemorhage", "hemorrhage"), ("oedma", "edema")])
def test_a_slip_in_another_spelling_leads_to_the_official_word(
    library: Library, reader: QueryReader, word: str, official: str
) -> None:
    term = reader.terms.term(word)
    lexicon = library.searcher._index.lexicon
    assert official in {lexicon[number] for number, _ in term.variants}
    assert term.read_as is not None


def test_a_word_that_lacks_its_last_letter_is_still_found(library: Library, reader: QueryReader) -> None:
    """Its stem or root may be another word's: the commoner word counts too."""
    index = library.searcher._index
    common = [
        word
        for number, word in enumerate(index.lexicon)
        if len(word) > 7 and word.isalpha() and index.posting_count(number) > 20
    ]
    chosen = random.Random(20261122).sample(common, 400)
    found = [
        word
        for word in chosen
        if index.word_numbers[word] in {number for number, _ in reader.terms.term(word[:-1]).variants}
    ]
    assert len(found) >= 0.97 * len(chosen), sorted(set(chosen) - set(found))
