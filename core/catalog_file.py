"""Writing ``catalog.sqlite``: the facts of one release, compiled once and read many times."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from core.alphabetic_index import INDEX_INDEXES, INDEX_SCHEMA, write_index_terms
from core.classification import Entry, Level
from core.conversion import CONVERSION_SCHEMA, write_conversions
from core.icd9 import GEM_INDEXES, GEM_SCHEMA, write_equivalences
from core.index_lines_file import INDEX_LINES_INDEXES, INDEX_LINES_SCHEMA, write_index_lines
from core.leads import TITLE_READING_SCHEMA, write_title_readings
from core.listed import LISTED_SCHEMA, write_ccsr, write_hcc_mappings, write_mce_definitions
from core.lives import Lives
from core.notes import NoteKind
from core.references import find_references
from core.reimbursement import REIMBURSEMENT_SCHEMA, write_poa_exempt, write_reimbursement
from core.release import Release
from core.short_titles import SHORT_TITLE_SCHEMA, write_short_titles
from core.supplements import Supplements
from core.title_readings import read_titles

_SCHEMA = """
CREATE TABLE release (effective TEXT NOT NULL);
CREATE TABLE entry (
    number   INTEGER PRIMARY KEY,  -- the Tabular List's order
    parent   INTEGER REFERENCES entry,
    level    TEXT NOT NULL,
    name     TEXT NOT NULL,        -- 13, M50-M54, M53.9
    title    TEXT NOT NULL,
    billable INTEGER NOT NULL,     -- in this release
    printed  INTEGER NOT NULL,     -- 0: a 7th-character table makes the code
    always   INTEGER NOT NULL      -- 1: "billable" held on every date of service; 0: see period
);
CREATE TABLE note (
    entry    INTEGER NOT NULL REFERENCES entry,
    position INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    "group"  INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (entry, position)
) WITHOUT ROWID;
CREATE TABLE reference (          -- a code that a note names: first alone, or a range
    first    TEXT NOT NULL,
    last     TEXT,
    entry    INTEGER NOT NULL REFERENCES entry,
    position INTEGER NOT NULL         -- of the note
);
CREATE TABLE seventh_character (
    entry     INTEGER NOT NULL REFERENCES entry,
    position  INTEGER NOT NULL,
    character TEXT NOT NULL,
    meaning   TEXT NOT NULL,
    also      TEXT NOT NULL,       -- a JSON list of the lines printed under the meaning
    PRIMARY KEY (entry, position)
) WITHOUT ROWID;
CREATE TABLE unlisted (           -- codes and headings of other years that the release does not have
    code    TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE period (             -- dates of service; NULL is open; nothing for what always was the same
    code    TEXT NOT NULL,
    heading INTEGER NOT NULL,     -- 0: the code itself is billable; 1: a code below it is
    first   TEXT NOT NULL,
    through TEXT,
    PRIMARY KEY (code, heading, first)
) WITHOUT ROWID;
"""

# 39 blocks have the name of a category, so the names of codes are a space of their own.
_INDEXES = """
CREATE UNIQUE INDEX entry_code ON entry (name) WHERE level IN ('category', 'subcategory', 'code');
CREATE INDEX entry_category ON entry (name) WHERE level = 'category';
CREATE UNIQUE INDEX entry_group ON entry (level, name) WHERE level IN ('chapter', 'block');
CREATE INDEX entry_parent ON entry (parent);
CREATE INDEX reference_first ON reference (first);
"""

# SQLite takes plain strings and numbers as they are; of anything else it asks each time how to write it.
_LEVELS = {level: level.value for level in Level}
_KINDS = {kind: kind.value for kind in NoteKind}


def write_catalog(
    path: Path,
    release: Release,
    entries: Sequence[Entry],
    lives: Lives,
    supplements: Supplements,
) -> None:
    """Write a new catalogue. The file must not exist; a snapshot makes it visible only when whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # A half-written file is never read (see core.snapshot), so nothing is lost by not journalling.
        db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            + _SCHEMA
            + TITLE_READING_SCHEMA
            + REIMBURSEMENT_SCHEMA
            + GEM_SCHEMA
            + INDEX_SCHEMA
            + INDEX_LINES_SCHEMA
            + SHORT_TITLE_SCHEMA
            + CONVERSION_SCHEMA
            + LISTED_SCHEMA
        )
        db.execute("BEGIN")
        db.execute("INSERT INTO release VALUES (?)", (release.effective.isoformat(),))
        names = {entry.name for entry in entries}
        always = {code.text for code in lives.always()} & names
        db.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    e.number,
                    e.parent,
                    _LEVELS[e.level],
                    e.name,
                    e.title,
                    int(e.billable),
                    int(e.printed),
                    int(e.name in always),
                )
                for e in entries
            ),
        )
        db.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?)", _note_rows(entries))
        db.executemany("INSERT INTO reference VALUES (?, ?, ?, ?)", _reference_rows(entries))
        db.executemany("INSERT INTO seventh_character VALUES (?, ?, ?, ?, ?)", _seventh_rows(entries))
        write_title_readings(db, read_titles(entries))
        known = {code.text for code in (*lives.billable, *lives.heading)}
        db.executemany("INSERT INTO unlisted VALUES (?)", ((code,) for code in sorted(known - names)))
        periods = (row for row in _period_rows(lives) if row[0] not in always)
        db.executemany("INSERT INTO period VALUES (?, ?, ?, ?)", periods)
        write_reimbursement(db, supplements.reimbursement)
        if supplements.poa_exempt:
            write_poa_exempt(db, supplements.poa_exempt)
        if supplements.equivalences:
            write_equivalences(db, supplements.equivalences)
        if supplements.index:
            write_index_terms(db, supplements.index)
        write_index_lines(db, supplements.parts)
        if supplements.order:
            write_short_titles(db, supplements.order)
        if supplements.conversion:
            write_conversions(db, supplements.conversion, lives.billable)
        if supplements.ccsr:
            write_ccsr(db, supplements.ccsr)
        if supplements.hcc_mappings:
            write_hcc_mappings(db, supplements.hcc_mappings)
        if supplements.mce_definitions:
            write_mce_definitions(db, supplements.mce_definitions)
        db.execute("COMMIT")
        db.executescript(_INDEXES + GEM_INDEXES + INDEX_INDEXES + INDEX_LINES_INDEXES + "ANALYZE;")


def _period_rows(lives: Lives) -> Iterator[tuple[str, int, str, str | None]]:
    for heading, listed in enumerate((lives.billable, lives.heading)):
        for code, periods in listed.items():
            for period in periods:
                through = period.through.isoformat() if period.through else None
                yield code.text, heading, period.first.isoformat(), through


def _note_rows(entries: Iterable[Entry]) -> Iterator[tuple[int, int, str, int, str]]:
    for entry in entries:
        for position, note in enumerate(entry.notes):
            yield entry.number, position, _KINDS[note.kind], note.group, note.text


def _reference_rows(entries: Iterable[Entry]) -> Iterator[tuple[str, str | None, int, int]]:
    for entry in entries:
        for position, note in enumerate(entry.notes):
            for reference in find_references(note.text):
                last = reference.last.text if reference.last else None
                yield reference.first.text, last, entry.number, position


def _seventh_rows(entries: Iterable[Entry]) -> Iterator[tuple[int, int, str, str, str]]:
    for entry in entries:
        for position, c in enumerate(entry.seventh_characters):
            yield entry.number, position, c.character, c.meaning, json.dumps(c.also, ensure_ascii=False)
