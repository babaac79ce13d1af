"""ICD-9-CM codes, and the equivalences in the catalogue's file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.code import Code
from core.errors import IcdlensError
from core.icd9 import (
    FROZEN,
    GEM_INDEXES,
    GEM_SCHEMA,
    GEM_SOURCE,
    Direction,
    Equivalence,
    Icd9Code,
    InvalidIcd9Code,
    read_icd9_history,
    read_icd10_of,
    write_equivalences,
)


@pytest.mark.parametrize(
    ("written", "official"),
    [
        ("7249", "724.9"),
        ("724.9", "724.9"),
        (" 724.9\n", "724.9"),
        ("724", "724"),
        ("00845", "008.45"),
        ("001.0", "001.0"),
        ("V5869", "V58.69"),
        ("v58.69", "V58.69"),
        ("V58", "V58"),
        ("V5", None),
        ("E8889", "E888.9"),
        ("e888.9", "E888.9"),
        ("E888", "E888"),
        ("E88", None),
        ("E888.99", None),
        ("724.", None),
        ("724.999", None),
        ("72.49", None),
        ("7249.", None),
        ("M53.9", None),
        ("", None),
        ("724.9\x00", None),
        ("٧٢٤.٩", None),
    ],
)
def test_codes(written: str, official: str | None) -> None:
    if official is None:
        with pytest.raises(InvalidIcd9Code, match=r"is not an ICD-9-CM diagnosis code"):
            Icd9Code.parse(written)
    else:
        assert Icd9Code.parse(written).text == official
        assert str(Icd9Code(official)) == official


@pytest.mark.parametrize("written", ["7249", "v58.69", "724.9\n"])
def test_only_the_dotted_form_makes_a_value(written: str) -> None:
    with pytest.raises(InvalidIcd9Code):
        Icd9Code(written)


def test_an_invalid_code_is_a_users_error() -> None:
    assert issubclass(InvalidIcd9Code, IcdlensError)
    assert issubclass(InvalidIcd9Code, ValueError)


def test_the_mappings_say_that_they_are_frozen() -> None:
    assert FROZEN.startswith("Frozen 2018")
    assert "2018" in GEM_SOURCE.edition


def row(
    way: Direction,
    icd9: str | None,
    icd10: str | None,
    flags: tuple[bool, bool, int, int] = (True, False, 0, 0),
) -> Equivalence:
    return Equivalence(way, Icd9Code(icd9) if icd9 else None, Code(icd10) if icd10 else None, *flags)


BACK = row(Direction.TO_ICD9, "724.9", "M53.9")
NOTHING_BACK = row(Direction.TO_ICD9, None, "R29.700")
THERE = [row(Direction.TO_ICD10, "724.9", "M43.8X9"), row(Direction.TO_ICD10, "724.9", "M53.9")]
NOTHING_THERE = row(Direction.TO_ICD10, "365.70", None)
TOGETHER = [
    row(Direction.TO_ICD10, "249.41", "E08.21", (True, True, 1, 1)),
    row(Direction.TO_ICD10, "249.41", "E08.65", (True, True, 1, 2)),
    row(Direction.TO_ICD10, "249.41", "E09.21", (False, True, 2, 1)),
]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(GEM_SCHEMA)
        write_equivalences(opened, [BACK, NOTHING_BACK, *THERE, NOTHING_THERE, *TOGETHER])
        opened.executescript(GEM_INDEXES)
        yield opened


def test_both_ways_of_a_code(db: sqlite3.Connection) -> None:
    history = read_icd9_history(db, Code("M53.9"))
    assert history.to_icd9 == (BACK,)
    assert history.from_icd9 == (THERE[1],)
    assert history.other_targets == {Icd9Code("724.9"): (Code("M43.8X9"),)}
    together = read_icd9_history(db, Code("E08.65")).other_targets
    assert together == {Icd9Code("249.41"): (Code("E08.21"), Code("E09.21"))}


def test_all_targets_and_flags_are_kept(db: sqlite3.Connection) -> None:
    assert read_icd10_of(db, Icd9Code("724.9")) == tuple(THERE)
    assert read_icd10_of(db, Icd9Code("249.41")) == tuple(TOGETHER)
    assert read_icd10_of(db, Icd9Code("365.70")) == (NOTHING_THERE,)
    assert read_icd9_history(db, Code("R29.700")).to_icd9 == (NOTHING_BACK,)


def test_unknown_codes_have_none(db: sqlite3.Connection) -> None:
    assert read_icd9_history(db, Code("M53")).to_icd9 == ()
    assert read_icd9_history(db, Code("M53")).from_icd9 == ()
    assert read_icd10_of(db, Icd9Code("724")) == ()


@pytest.mark.parametrize("column", ["icd9", "icd10"])
def test_look_ups_use_an_index_and_no_sort(db: sqlite3.Connection, column: str) -> None:
    plan = db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM gem WHERE {column} = ? ORDER BY rowid", ("x",))
    steps = [step[3] for step in plan]
    assert steps == [f"SEARCH gem USING INDEX gem_{column} ({column}=?)"]
