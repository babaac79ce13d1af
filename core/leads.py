"""What was found about titles when a release was compiled: where they lead, and what they settle.

``core.title_readings`` finds it, and ``core.documentation`` follows it on a date.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from core.axes import Axis
from core.code import LONGEST

#: The level of a 7th character: below all stems.
LOWEST = LONGEST

#: The axes whose values read alike wherever they stand, so that they can be collected below a heading.
DIVIDING = frozenset(
    {
        Axis.LATERALITY,
        Axis.SPINE_REGION,
        Axis.ENCOUNTER,
        Axis.TRIMESTER,
        Axis.FETUS,
        Axis.STAGE,
        Axis.DEGREE,
        Axis.DISPLACEMENT,
        Axis.INTENT,
        Axis.SEX,
    }
)

TITLE_READING_SCHEMA = """
CREATE TABLE title_reading (       -- where a title leaves something open, settles it, or divides it below
    entry   INTEGER PRIMARY KEY REFERENCES entry,
    reading TEXT NOT NULL          -- JSON: leads, settled, divided
);
"""


class Lead(NamedTuple):
    """Where a value leads, whatever the date: a stem or a complete code, and the codes that agree."""

    level: int
    axis: Axis
    value: str
    name: str
    agreeing: tuple[str, ...] = ()


class Settled(NamedTuple):
    """What a level of the path says, and titles beside it say differently."""

    level: int
    axis: Axis
    value: str


class TitleReading(NamedTuple):
    """What was found about one title. ``divided`` has the values by which a heading's codes differ below."""

    leads: tuple[Lead, ...] = ()
    settled: tuple[Settled, ...] = ()
    divided: Mapping[Axis, tuple[str, ...]] | None = None


_NOTHING = TitleReading()


def write_title_readings(db: sqlite3.Connection, readings: Iterable[tuple[int, TitleReading]]) -> None:
    """Fill the table of ``TITLE_READING_SCHEMA``, by the numbers of the entries."""
    rows = ((number, _written(reading)) for number, reading in readings)
    db.executemany("INSERT INTO title_reading VALUES (?, ?)", rows)


def read_title_reading(db: sqlite3.Connection, number: int) -> TitleReading:
    """What was found about the title of an entry of the catalogue."""
    row = db.execute("SELECT reading FROM title_reading WHERE entry = ?", (number,)).fetchone()
    return _parsed(*json.loads(row[0])) if row else _NOTHING


def _written(reading: TitleReading) -> str:
    leads = [(*lead[:-1], None if lead.agreeing == (lead.name,) else lead.agreeing) for lead in reading.leads]
    return _to_json([leads, reading.settled, reading.divided])


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


_AXES = {str(axis): axis for axis in Axis}  # four times as fast as calling the enumeration


def _parsed(
    leads: list[list[Any]], settled: list[list[Any]], divided: dict[str, list[str]] | None
) -> TitleReading:
    return TitleReading(
        tuple(
            Lead(level, _AXES[axis], value, name, (name,) if agreeing is None else tuple(agreeing))
            for level, axis, value, name, agreeing in leads
        ),
        tuple(Settled(level, _AXES[axis], value) for level, axis, value in settled),
        {_AXES[axis]: tuple(values) for axis, values in divided.items()} if divided else None,
    )
