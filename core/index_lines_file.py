"""Writing the printed Index into ``catalog.sqlite``: its lines, where their references lead, its words."""

import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from core.alphabetic_index import AlphabeticIndex
from core.index_editions import IndexParts, PrintedLine, printed_lines
from core.index_parts import IndexPart
from core.index_references import PartReferences, last_below
from core.index_words import RANGES, Range, outermost, telling_words

INDEX_LINES_SCHEMA = """
CREATE TABLE index_part (         -- the parts of the Index that are loaded
    part        INTEGER PRIMARY KEY,
    fiscal_year INTEGER NOT NULL,
    columns     TEXT NOT NULL,    -- a JSON list of a table's headings as printed; empty for an index
    first       INTEGER NOT NULL, -- the number of its first line
    last        INTEGER NOT NULL,
    main_terms  INTEGER NOT NULL
);
CREATE TABLE index_line (         -- all lines as printed, one part after the other
    number        INTEGER PRIMARY KEY,
    parent        INTEGER,
    last          INTEGER NOT NULL,  -- the last line that is printed under it, or itself
    term          TEXT NOT NULL,
    modifiers     TEXT,  -- a JSON list
    codes         TEXT,  -- as printed; of a table, one for each column with blanks between, - for none
    manifestation TEXT,
    see           TEXT,
    see_also      TEXT
);
CREATE TABLE index_target (       -- what see (also 0) and see also (1) lead to
    line     INTEGER NOT NULL,
    also     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    part     INTEGER NOT NULL,
    target   INTEGER,             -- a line; NULL for a whole table
    "column" INTEGER,
    PRIMARY KEY (line, also, position)
) WITHOUT ROWID;
CREATE TABLE index_line_word (    -- where a word holds: in the lines that have it, and under them
    word   TEXT PRIMARY KEY,
    ranges BLOB NOT NULL
) WITHOUT ROWID;
"""

#: To be run after ``write_index_lines``.
INDEX_LINES_INDEXES = "CREATE INDEX index_line_parent ON index_line (parent);"


def write_index_lines(db: sqlite3.Connection, parts: IndexParts) -> None:
    """Fill the tables of ``INDEX_LINES_SCHEMA``, which must be there and empty."""
    printed = {part: list(printed_lines(edition)) for part, edition in parts.editions()}
    references = PartReferences(printed)
    before = dict(zip(printed, _sums(map(len, printed.values())), strict=True))
    words: dict[str, list[Range]] = defaultdict(list)
    for part, edition in parts.editions():
        lines, start = printed[part], before[part]
        last = last_below(lines)
        columns = () if isinstance(edition, AlphabeticIndex) else edition.columns
        db.execute(
            "INSERT INTO index_part VALUES (?, ?, ?, ?, ?, ?)",
            (
                part,
                edition.fiscal_year,
                json.dumps(columns),
                start + 1,
                start + len(lines),
                sum(line.parent is None for line in lines),
            ),
        )
        db.executemany(
            "INSERT INTO index_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(line, start, last[line.number] + start) for line in lines),
        )
        db.executemany(
            "INSERT INTO index_target VALUES (?, ?, ?, ?, ?, ?)", _targets(part, lines, references, before)
        )
        for line in lines:
            for word in dict.fromkeys(telling_words(" ".join((line.term, *line.modifiers)))):
                words[word].append((line.number + start, last[line.number] + start))
    db.executemany(
        "INSERT INTO index_line_word VALUES (?, ?)",
        ((word, _packed(ranges)) for word, ranges in sorted(words.items())),
    )


def _sums(lengths: Iterator[int]) -> Iterator[int]:
    """What comes before each of several parts."""
    before = 0
    for length in lengths:
        yield before
        before += length


def _packed(ranges: Sequence[Range]) -> bytes:
    return array(RANGES, (number for both in outermost(ranges) for number in both)).tobytes()


def _row(line: PrintedLine, start: int, last: int) -> tuple[object, ...]:
    return (
        line.number + start,
        line.parent and line.parent + start,
        last,
        line.term,
        json.dumps(line.modifiers, ensure_ascii=False) if line.modifiers else None,
        " ".join(code.text if code else "-" for code in line.codes) if any(line.codes) else None,
        line.manifestation.text if line.manifestation else None,
        line.see,
        line.see_also,
    )


def _targets(
    part: IndexPart,
    lines: Sequence[PrintedLine],
    references: PartReferences,
    before: Mapping[IndexPart, int],
) -> Iterator[tuple[object, ...]]:
    for line in lines:
        for also, text in enumerate((line.see, line.see_also)):
            found = references.targets(part, text) if text else ()
            for position, target in enumerate(found):
                number = target.line and target.line + before[target.part]
                yield line.number + before[part], also, position, target.part, number, target.column
