"""Reading ``catalog.sqlite``: exact look-ups, the hierarchy, notes, and validity on a date.

Every answer comes from one read-only file, so any number of processes share it. Nothing is parsed
at opening; a look-up takes microseconds.
"""

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from core.catalog_entries import COLUMNS, CatalogEntry, CatalogNote, Named, entry_of
from core.catalog_rows import PeriodRow, keep, life_of, marks, padded
from core.classification import Level
from core.code import CATEGORY_LENGTH, Code
from core.errors import IcdlensError
from core.lives import BILLABLE_ALWAYS, HEADING_ALWAYS, Life, Standing
from core.notes import NoteKind
from core.release import Release

if TYPE_CHECKING:
    from core.sources.tabular_xml import SeventhCharacter

_K = TypeVar("_K")
_T = TypeVar("_T")

_IS_CODE = "level IN ('category', 'subcategory', 'code')"  # the words of the partial index
_KINDS = {str(kind): kind for kind in NoteKind}  # four times as fast as calling the enumeration
_GROUPS = (Level.CHAPTER, Level.BLOCK)
_AFTER_ANY_CODE = "~"  # sorts behind every character of a code


class CatalogUnavailable(IcdlensError):
    """The catalogue's file is missing or damaged."""


class Catalog:
    """One release's facts, read-only. Close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a catalogue. Raises ``CatalogUnavailable``."""
        self._path = path
        # Most paths go through the same few headings.
        self._numbered = lru_cache(maxsize=4096)(self._read_numbered)
        self._entry_of = lru_cache(maxsize=256)(self._read_entry)
        self._children = lru_cache(maxsize=256)(self._read_children)
        self._filled = lru_cache(maxsize=16)(self._is_filled)
        self._table = lru_cache(maxsize=256)(self._read_table)
        # Notes name headings most, and a heading's are those of each of its codes.
        self._naming = lru_cache(maxsize=1024)(self._read_naming)
        # The notes of a chapter, and the codes that they name, are asked for on each of its cards.
        self._notes: dict[int, tuple[CatalogNote, ...]] = {}
        self._entries: dict[int, CatalogEntry] = {}
        self._known: dict[str, Named] = {}
        self._exists: dict[Code, bool] = {}
        self._made: dict[tuple[object, int], Any] = {}
        try:
            # immutable: a snapshot never changes after it became visible, so no lock is needed.
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        try:
            [[effective]] = self._rows("SELECT effective FROM release")
            self.release = Release(date.fromisoformat(effective))
        except (CatalogUnavailable, TypeError, ValueError) as error:
            self.close()
            raise error if isinstance(error, CatalogUnavailable) else self._unavailable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def entry(self, code: Code) -> CatalogEntry | None:
        """The release's entry of a code or heading, or ``None``."""
        return self._entry_of(code.text)

    def _read_entry(self, name: str) -> CatalogEntry | None:
        rows = self._rows(f"SELECT {COLUMNS}, always FROM entry WHERE name = ? AND {_IS_CODE}", name)
        return self._remembered(rows)[0] if rows else None

    def group(self, level: Level, name: str) -> CatalogEntry | None:
        """A chapter (``13``) or a block (``M50-M54``), or ``None``."""
        return self._one("name = ? AND level = ? AND level IN ('chapter', 'block')", name, level)

    def entry_numbered(self, number: int) -> CatalogEntry:
        """The entry with a number of this catalogue; ``KeyError`` where there is none."""
        return self._numbered(number)

    def _read_numbered(self, number: int) -> CatalogEntry:
        if (entry := self._one("number = ?", number)) is None:
            raise KeyError(number)
        return entry

    def entries_numbered(self, numbers: Collection[int]) -> dict[int, CatalogEntry]:
        """Several entries by their numbers; numbers that do not exist are left out.

        What is asked for next is mostly what they are on a date, so their lives are read with them.
        """
        kept = self._entries
        found = {number: kept[number] for number in numbers if number in kept}
        if len(found) < len(numbers):
            asked = padded([number for number in numbers if number not in found])
            rows = self._rows(
                f"SELECT {COLUMNS}, always FROM entry WHERE number IN ({marks(asked)}) ORDER BY number",
                *asked,
            )
            read = self._remembered(rows)
            found.update((entry.number, entry) for entry in read)
            keep(kept, {entry.number: entry for entry in read})
        return found

    def path(self, entry: CatalogEntry) -> tuple[CatalogEntry, ...]:
        """The entries from the chapter down to ``entry``, which is the last."""
        # A recursive query is 20 times slower here: SQLite builds a Bloom filter over all entries.
        up = [entry]
        while (parent := up[-1].parent) is not None:
            up.append(self.entry_numbered(parent))
        return tuple(reversed(up))

    def children(self, entry: CatalogEntry) -> tuple[CatalogEntry, ...]:
        """The entries one level below, in the Tabular List's order."""
        return () if entry.billable else self._children(entry.number)

    def _read_children(self, number: int) -> tuple[CatalogEntry, ...]:
        rows = self._rows(f"SELECT {COLUMNS}, always FROM entry WHERE parent = ? ORDER BY number", number)
        return self._remembered(rows)

    def _remembered(self, rows: Iterable[Sequence[Any]]) -> tuple[CatalogEntry, ...]:
        """Entries whose titles and lives are asked for next: a card names those of the codes beside it."""
        entries = []
        always: dict[str, Named] = {}
        changed: dict[str, str] = {}
        for *columns, is_always in rows:
            entry = entry_of(columns)
            entries.append(entry)
            if is_always:
                always[entry.name] = Named(entry.title, BILLABLE_ALWAYS if entry.billable else HEADING_ALWAYS)
            elif entry.level not in _GROUPS:
                changed[entry.name] = entry.title
        keep(self._known, always)
        if changed:
            lives = self._read_lives(changed)
            keep(self._known, {name: Named(title, lives[name]) for name, title in changed.items()})
        return tuple(entries)

    def codes(self) -> Iterator[CatalogEntry]:
        """Every category, subcategory and code, in the Tabular List's order."""
        return iter(self._many(f"{_IS_CODE} ORDER BY number"))

    def groups(self, level: Level) -> tuple[CatalogEntry, ...]:
        """Every chapter or every block, in the Tabular List's order."""
        return self._many("level = ? ORDER BY number", level)

    def notes(self, path: Sequence[CatalogEntry]) -> tuple[CatalogNote, ...]:
        """All notes of the entries of a path: first the chapter's, last the entry's own."""
        return tuple(note for notes in self._notes_at(path).values() for note in notes)

    def noted(self, path: Sequence[CatalogEntry]) -> list[CatalogEntry]:
        """Those entries of a path that have notes."""
        notes = self._notes_at(path)
        return [entry for entry in path if notes[entry.number]]

    def _notes_at(self, path: Sequence[CatalogEntry]) -> dict[int, tuple[CatalogNote, ...]]:
        """The notes of each entry of a path, by its number."""
        kept = self._notes
        if missing := [entry for entry in path if entry.number not in kept]:
            by_number = {entry.number: entry for entry in missing}
            read: dict[int, list[CatalogNote]] = {number: [] for number in by_number}
            numbers = padded(read)
            rows = self._rows(
                f'SELECT entry, kind, "group", text FROM note WHERE entry IN ({marks(numbers)}) '
                "ORDER BY entry, position",
                *numbers,
            )
            for number, kind, group, text in rows:
                read[number].append(CatalogNote(by_number[number], _KINDS[kind], group, text))
            found = {number: tuple(listed) for number, listed in read.items()}
            known = {entry.number: kept[entry.number] for entry in path if entry.number in kept}
            keep(kept, found)
            kept = known | found
        return {entry.number: kept[entry.number] for entry in path}

    def all_notes(self) -> Iterator[tuple[int, NoteKind, int, str]]:
        """Every note of the release as entry number, kind, group and text."""
        rows = self._rows('SELECT entry, kind, "group", text FROM note ORDER BY entry, position')
        return ((entry, _KINDS[kind], group, text) for entry, kind, group, text in rows)

    def notes_naming(self, names: Iterable[str]) -> tuple[CatalogNote, ...]:
        """The notes that name one of some codes or headings itself, not merely a range around it."""
        found = {
            place: note
            for name in names
            if name in self._named_in_notes
            for place, note in self._naming(name)
        }
        return tuple(found[place] for place in sorted(found))

    def _read_naming(self, name: str) -> list[tuple[tuple[int, int], CatalogNote]]:
        rows = self._rows(
            f'SELECT {COLUMNS}, n.position, n.kind, n."group", n.text '
            "FROM reference r JOIN note n ON n.entry = r.entry AND n.position = r.position "
            "JOIN entry e ON e.number = n.entry WHERE r.last IS NULL AND r.first = ?",
            name,
        )
        return [
            ((entry[0], position), CatalogNote(entry_of(entry), _KINDS[kind], group, text))
            for *entry, position, kind, group, text in rows
        ]

    @cached_property
    def _named_in_notes(self) -> frozenset[str]:
        """The codes and headings that notes name themselves; most codes are named nowhere."""
        return frozenset(name for (name,) in self._rows("SELECT first FROM reference WHERE last IS NULL"))

    def titles(self, codes: Collection[Code]) -> dict[Code, str]:
        """The titles of those of some codes that the release has."""
        named = self.named(code.text for code in codes)
        return {code: title for code in codes if (title := named[code.text].title)}

    def seventh_characters(
        self, path: tuple[CatalogEntry, ...]
    ) -> tuple[CatalogEntry, tuple["SeventhCharacter", ...]] | None:
        """The 7th-character table that governs the last entry of a path, and where it is printed.

        The nearest table counts (Official Guidelines, I.A.5: the notes in the Tabular List
        instruct).
        """
        nearest = max((e for e in path if e.number in self._tables), key=lambda e: e.number, default=None)
        return (nearest, self._table(nearest.number)) if nearest else None

    @cached_property
    def _tables(self) -> frozenset[int]:
        """The entries that have a 7th-character table; most paths have none."""
        return frozenset(number for (number,) in self._rows("SELECT DISTINCT entry FROM seventh_character"))

    def _read_table(self, number: int) -> tuple["SeventhCharacter", ...]:
        from core.sources.tabular_xml import SeventhCharacter  # most codes have none, and need no reader

        rows = self._rows(
            "SELECT character, meaning, also FROM seventh_character WHERE entry = ? ORDER BY position", number
        )
        return tuple(SeventhCharacter(c, meaning, tuple(json.loads(also))) for c, meaning, also in rows)

    def seventh_character_meanings(self) -> tuple[str, ...]:
        """What 7th characters mean, each text once."""
        rows = self._rows("SELECT DISTINCT meaning FROM seventh_character ORDER BY meaning")
        return tuple(meaning for (meaning,) in rows)

    def lives(self, names: Iterable[str]) -> dict[str, Life]:
        """When each of some codes was billable or a heading."""
        return {name: found.life for name, found in self.named(names).items()}

    def named(self, names: Iterable[str]) -> Mapping[str, Named]:
        """The title and the life of each of some codes, in few queries; what was read is kept."""
        names = list(names)
        found = self._known
        missing = [name for name in names if name not in found]
        if not missing:
            return {name: found[name] for name in names}
        asked = padded(missing)
        rows = self._rows(
            f"SELECT name, title, billable, always FROM entry WHERE name IN ({marks(asked)}) AND {_IS_CODE}",
            *asked,
        )
        titles = {name: title for name, title, _, _ in rows}
        read = {
            name: Named(title, BILLABLE_ALWAYS if billable else HEADING_ALWAYS)
            for name, title, billable, always in rows
            if always
        }
        if others := [name for name in missing if name not in read]:
            lives = self._read_lives(others)
            read |= {name: Named(titles.get(name, ""), lives[name]) for name in others}
        known = {name: found[name] for name in names if name in found}
        keep(found, read)
        return known | read

    def _read_lives(self, names: Collection[str]) -> dict[str, Life]:
        """The lives of codes that were not always the same, or are not in the release."""
        asked = padded(names)
        periods: dict[str, tuple[PeriodRow, ...]] = dict.fromkeys(names, ())
        rows = self._rows(
            f"SELECT code, heading, first, through FROM period WHERE code IN ({marks(asked)}) "
            "ORDER BY code, heading, first",
            *asked,
        )
        for name, *period in rows:
            periods[name] += (tuple(period),)
        return {name: life_of(listed) for name, listed in periods.items()}

    def standing(self, code: Code, on: date) -> Standing | None:
        """What a code is on a date of service; ``None`` for a code that no year knows."""
        return self.lives([code.text])[code.text].standing(on)

    def billable_from(self, prefix: str, day: date) -> tuple[Code, ...]:
        """Codes whose dotted text starts so and that became billable on a day, sorted."""
        return self._codes_of_periods("first", prefix, day)

    def billable_through(self, prefix: str, day: date) -> tuple[Code, ...]:
        """Codes whose dotted text starts so and that were billable for the last time on a day, sorted."""
        return self._codes_of_periods("through", prefix, day)

    def _codes_of_periods(self, end: str, prefix: str, day: date) -> tuple[Code, ...]:
        rows = self._rows(
            f"SELECT code FROM period WHERE code >= ? AND code < ? AND NOT heading AND {end} = ? "
            "ORDER BY code",
            prefix,
            prefix + _AFTER_ANY_CODE,
            day.isoformat(),
        )
        return tuple(Code(text) for (text,) in rows)

    def unlisted_below(self, code: Code) -> tuple[Code, ...]:
        """Codes and headings of other years one level below ``code``, which the release does not have."""
        below = [c for c in self._unlisted_starting_with(code.text) if c != code]
        return tuple(c for c in below if not any(_is_above(other, c) for other in below))

    def unlisted_between(self, first: Code, last: Code) -> tuple[Code, ...]:
        """Codes and headings of other years from ``first`` to ``last`` and what is below it, sorted."""
        return tuple(self._unlisted_from(first.text, last.text))

    def holds(self, table: str) -> bool:
        """Whether a table of what not every installation has is filled: ``gem``, ``poa_list``."""
        return self._filled(table)

    def _is_filled(self, table: str) -> bool:
        return bool(self._rows(f"SELECT 1 FROM {table} LIMIT 1"))

    def once(self, make: Callable[[Self, CatalogEntry], _T], entry: CatalogEntry) -> _T:
        """What another module makes of an entry, kept: most paths go through the same few headings."""
        key: tuple[object, int] = make, entry.number
        if (found := self._made.get(key)) is None:
            found = make(self, entry)
            keep(self._made, {key: found})
        made: _T = found
        return made

    def read(self, reader: Callable[[sqlite3.Connection, _K], _T], key: _K) -> _T:
        """What another module's reader finds under a key in its own tables. Raises ``CatalogUnavailable``."""
        try:
            return reader(self._db, key)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def starting_with(self, prefix: str, limit: int) -> list[tuple[Code, str | None]]:
        """Codes and headings of any year whose dotted text starts so, shorter ones first.

        Each with its title, or ``None`` where the release does not have it. At most ``limit`` of the
        release, and all of other years.
        """
        entries: tuple[CatalogEntry, ...] = ()
        # A letter starts up to 45,000 codes; categories are the shortest, and mostly enough.
        levels = ("level = 'category'", _IS_CODE) if len(prefix) < CATEGORY_LENGTH else (_IS_CODE,)
        for level in levels:
            if len(entries) < limit:
                entries = self._many(
                    f"name >= ? AND name < ? AND {level} ORDER BY length(name), number LIMIT ?",
                    prefix,
                    prefix + _AFTER_ANY_CODE,
                    limit,
                )
        listed = [(Code(entry.name), entry.title) for entry in entries]
        unlisted = [(code, None) for code in self._unlisted_starting_with(prefix)]
        # Sorting is stable, so codes of the release keep the Tabular List's order.
        return sorted([*listed, *unlisted], key=lambda found: len(found[0].text))

    def span(self, code: Code) -> range:
        """The numbers of a code's entry and of those below it; empty where the release has none."""
        [[first, last]] = self._rows(
            f"SELECT min(number), max(number) FROM entry WHERE name >= ? AND name < ? AND {_IS_CODE}",
            code.text,
            code.text + _AFTER_ANY_CODE,
        )
        return range(0) if first is None else range(first, last + 1)

    def known_among(self, codes: set[Code]) -> set[Code]:
        """Those of a set of codes that ``knows`` is true for, in few queries; answers are kept."""
        kept = {code: self._exists[code] for code in codes if code in self._exists}
        found = {code for code, exists in kept.items() if exists}
        if asked := [code for code in codes if code not in kept]:
            read = self._read_known(asked)
            keep(self._exists, {code: code in read for code in asked})
            found |= read
        return found

    def _read_known(self, codes: list[Code]) -> set[Code]:
        texts = json.dumps([code.text for code in codes])
        rows = self._rows(
            f"SELECT name FROM entry WHERE {_IS_CODE} AND name IN (SELECT value FROM json_each(?1)) "
            "UNION SELECT code FROM period WHERE code IN (SELECT value FROM json_each(?1))",
            texts,
        )
        return {Code(text) for (text,) in rows}

    def _unlisted_starting_with(self, prefix: str) -> list[Code]:
        return self._unlisted_from(prefix, prefix)

    def _unlisted_from(self, first: str, last: str) -> list[Code]:
        unlisted = self._unlisted
        start, stop = (bisect_left(unlisted, text) for text in (first, last + _AFTER_ANY_CODE))
        return [Code(text) for text in unlisted[start:stop]]

    @cached_property
    def _unlisted(self) -> list[str]:
        """The codes and headings of other years, some 2,500, sorted."""
        return [text for (text,) in self._rows("SELECT code FROM unlisted ORDER BY code")]

    def _one(self, condition: str, *values: object) -> CatalogEntry | None:
        rows = self._many(condition, *values)
        return rows[0] if rows else None

    def _many(self, condition: str, *values: object) -> tuple[CatalogEntry, ...]:
        return tuple(map(entry_of, self._rows(f"SELECT {COLUMNS} FROM entry WHERE {condition}", *values)))

    def _rows(self, query: str, *values: object) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> CatalogUnavailable:
        return CatalogUnavailable(
            f"The catalogue {self._path} cannot be read ({error}); mend it with: icdlens build --force"
        )


def _is_above(heading: Code, code: Code) -> bool:
    return code != heading and code.undotted.startswith(heading.undotted)
