"""The words that choose a 7th character; the meanings are those of category S82."""

import pytest

from index.encounters import encounter_in, without_encounter

CLOSED, OPEN = "closed fracture", "open fracture type I or II"
MEANINGS = {
    "A": f"initial encounter for {CLOSED}",
    "B": f"initial encounter for {OPEN}",
    "D": f"subsequent encounter for {CLOSED} with routine healing",
    "G": f"subsequent encounter for {CLOSED} with delayed healing",
    "K": f"subsequent encounter for {CLOSED} with nonunion",
    "M": f"subsequent encounter for {OPEN} with nonunion",
    "P": f"subsequent encounter for {CLOSED} with malunion",
    "S": "sequela",
}


@pytest.mark.parametrize(
    ("query", "character"),
    [
        ("tibia fracture, initial encounter", "A"),
        ("open tibia fracture, initial encounter", "B"),
        ("tibia fracture, subsequent encounter", "D"),
        ("tibia fracture with delayed healing", "G"),
        ("tibia fracture nonunion", "K"),
        ("tibia fracture non-union", "K"),
        ("open tibia fracture, nonunion", "M"),
        ("malunion of tibia fracture", "P"),
        ("late effect of tibia fracture", "S"),
        ("sequelae of tibia fracture", "S"),
    ],
)
def test_words_choose_the_7th_character(query: str, character: str) -> None:
    encounter = encounter_in(query)
    assert encounter is not None
    assert encounter.choose(MEANINGS) == character


@pytest.mark.parametrize("query", ["tibia fracture", "myocardial infarction, initial episode of care", ""])
def test_other_words_choose_none(query: str) -> None:
    assert encounter_in(query) is None


def test_a_table_without_the_meaning_has_no_such_character() -> None:
    encounter = encounter_in("malunion of a fracture")
    assert encounter is not None
    assert encounter.choose({"A": "initial encounter"}) is None


def test_the_meaning_is_no_part_of_the_condition() -> None:
    assert without_encounter("burn, subsequent encounter for closed fracture, left").split() == [
        "burn,",
        ",",
        "left",
    ]
