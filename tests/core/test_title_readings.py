"""What is found about titles, and that the catalogue gives back what was written."""

import sqlite3
from contextlib import closing

from core.axes import Axis
from core.catalog import Catalog
from core.classification import Entry
from core.code import Code
from core.leads import (
    LOWEST,
    TITLE_READING_SCHEMA,
    Lead,
    Settled,
    TitleReading,
    read_title_reading,
    write_title_readings,
)
from core.title_readings import read_titles


def entries_of(catalog: Catalog, category: str) -> list[Entry]:
    return [
        Entry(e.number, e.parent, e.level, e.name, e.title, e.billable, e.printed, (), ())
        for e in catalog.codes()
        if e.name.startswith(category)
    ]


def readings_of(catalog: Catalog, category: str) -> dict[str, TitleReading]:
    entries = entries_of(catalog, category)
    names = {entry.number: entry.name for entry in entries}
    return {names[number]: reading for number, reading in read_titles(entries)}


def test_a_side_left_open_leads_to_both_sides(catalog: Catalog) -> None:
    [right, left] = readings_of(catalog, "M25")["M25.519"].leads
    assert right == Lead(right.level, Axis.LATERALITY, "right", "M25.511", ("M25.511",))
    assert left == Lead(left.level, Axis.LATERALITY, "left", "M25.512", ("M25.512",))


def test_a_7th_character_stays_what_it_is_and_is_settled(catalog: Catalog) -> None:
    reading = readings_of(catalog, "S93")["S93.409D"]
    assert {lead.name for lead in reading.leads} >= {"S93.401D", "S93.402D"}
    assert all(lead.name.endswith("D") for lead in reading.leads if len(lead.name) == 8)
    assert Settled(LOWEST, Axis.ENCOUNTER, "subsequent encounter") in reading.settled


def test_a_heading_says_in_what_its_codes_differ_further_below(catalog: Catalog) -> None:
    divided = readings_of(catalog, "M25")["M25.51"].divided
    assert divided == {Axis.LATERALITY: ("right", "left")}


def test_what_says_nothing_is_left_out(catalog: Catalog) -> None:
    assert "I10" not in readings_of(catalog, "I10")


def test_the_catalogue_gives_back_what_was_found(catalog: Catalog) -> None:
    entries = [e for c in ("M53", "S72", "T40", "E11", "O30") for e in entries_of(catalog, c)]
    found = dict(read_titles(entries))
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(TITLE_READING_SCHEMA)
        write_title_readings(db, found.items())
        assert {e.number: read_title_reading(db, e.number) for e in entries} == {
            e.number: found.get(e.number, TitleReading()) for e in entries
        }
    compiled = catalog.entry(Code("M53.9"))
    assert compiled is not None
    assert catalog.read(read_title_reading, compiled.number) == found[compiled.number]
