"""The Alphabetic Index: the official terms that lead to codes, where the user has loaded it.

A coder starts here and verifies in the Tabular List (Official Guidelines, I.B.1). The Index comes in
editions of its own: FY2025 terms beside FY2026 codes are shown with their edition, and a term whose code
the release does not have is left out and counted.
"""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from core.card import Source
from core.catalog import Catalog
from core.code import LONGEST, Code, InvalidCode, dotted, shown

if TYPE_CHECKING:
    from core.see_references import IndexTarget

#: ``M54.50``, and with a dash for "more characters follow": ``M54.5-``, ``M54.-``, ``M54-`` (I.A.1 and I.B.1
#: of the Official Guidelines).
_PRINTED = re.compile(r"([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)(\.?-)?")

_LARGEST_GROUP = 20  # direct sub-terms of a main term that still are a group
MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code as the Index prints it, and the code or heading that it names."""

    text: str
    code: Code

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``M54.50``, ``M54.5-``, ``M54.-`` or ``M54-``. Raises ``InvalidCode``."""
        match = _PRINTED.fullmatch(text)
        if match and (not match[2] or _may_have_more(match[1], match[2])):
            return cls(text, Code(match[1]))
        raise InvalidCode(
            f"{shown(text)} is not a code as the Index prints it; they look like M54.50, M54.5- or M54.-."
        )


def _may_have_more(code: str, dash: str) -> bool:
    characters = len(code.replace(".", ""))
    return characters < LONGEST and (dash == "-" or characters == 3)


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """One line of the Index, whatever file it was read from.

    ``path`` goes from the main term down to the line's own term, and ``modifiers`` holds for each of them
    its nonessential modifiers, without parentheses. ``see`` and ``see_also`` are as printed. A line with a
    code and ``see`` leads to the code.
    """

    number: int  # in the Index's order, from 1
    parent: int | None  # the number of the line that it is printed under
    path: tuple[str, ...]
    modifiers: tuple[tuple[str, ...], ...]
    code: PrintedCode | None = None
    manifestation: PrintedCode | None = None  # the second code, printed in brackets
    see: str | None = None
    see_also: str | None = None


@dataclass(frozen=True, slots=True)
class AlphabeticIndex:
    """One edition of the Index, its lines in the printed order."""

    fiscal_year: int
    terms: tuple[IndexTerm, ...]


@dataclass(frozen=True, slots=True)
class LeadingTerm:
    """A term that leads to a code of the release, itself or through the line that *see* names."""

    number: int
    parent: int | None
    path: tuple[str, ...]
    modifiers: tuple[tuple[str, ...], ...]
    code: Code
    printed: str  # M54.5- for M54.5
    manifestation: str | None
    via_see: str | None  # what the line printed after "see", where it led to the code
    see_also: str | None

    @property
    def text(self) -> str:
        """``Pain, low back``: the terms that decide, without nonessential modifiers."""
        return ", ".join(self.path)

    @property
    def modifier_text(self) -> str:
        """The nonessential modifiers of the whole path, whose words may be missing from a diagnosis."""
        return " ".join(modifier for level in self.modifiers for modifier in level)

    @property
    def line(self) -> str:
        """As people read it: ``Abasia (-astasia) (hysterical): F44.4``."""
        own = "".join("(s)" if m == "s" else f" ({m})" for m in self.modifiers[-1])
        see = f", see {self.via_see}" if self.via_see else ""
        second = f" [{self.manifestation}]" if self.manifestation else ""
        also = f"; see also {self.see_also}" if self.see_also else ""
        return f"{self.text}{own}{see}: {self.printed}{second}{also}"


@dataclass(frozen=True, slots=True)
class TermsOfCode:
    """The terms that lead to a code; where none does, those of the nearest heading above it.

    S72.001A is found that way: the Index prints S72.00- and leaves the rest to the Tabular List.
    """

    fiscal_year: int
    terms: tuple[LeadingTerm, ...]

    @property
    def source(self) -> Source:
        return index_source(self.fiscal_year)


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What was compiled of an edition. ``see`` counts the lines that have a *see* and no code."""

    fiscal_year: int
    terms: int
    with_code: int
    see: int
    see_resolved: int
    not_in_release: int


def index_source(fiscal_year: int) -> Source:
    """The source of every line that the Index gives."""
    return Source("alphabetic-index", "ICD-10-CM Alphabetic Index", "CDC/NCHS", f"FY{fiscal_year}")


INDEX_SCHEMA = """
CREATE TABLE alphabetic_index (   -- one row where an Index is loaded
    fiscal_year    INTEGER NOT NULL,
    terms          INTEGER NOT NULL,
    with_code      INTEGER NOT NULL,
    see            INTEGER NOT NULL,
    see_resolved   INTEGER NOT NULL,
    not_in_release INTEGER NOT NULL
);
CREATE TABLE index_term (         -- the terms that lead to codes of the release
    number        INTEGER PRIMARY KEY,  -- the Index's order
    parent        INTEGER,
    path          TEXT NOT NULL,  -- a JSON list, the main term first
    modifiers     TEXT NOT NULL,  -- a JSON list of lists, one for each of the path
    code          TEXT NOT NULL,
    printed       TEXT NOT NULL,
    manifestation TEXT,
    via_see       TEXT,
    see_also      TEXT
);
"""

#: To be run after ``write_index_terms``.
INDEX_INDEXES = """
CREATE INDEX index_term_code ON index_term (code);
CREATE INDEX index_term_parent ON index_term (parent);
"""

_IS_CODE = "level IN ('category', 'subcategory', 'code')"
_COLUMNS = (
    "t.number, t.parent, t.path, t.modifiers, t.code, t.printed, t.manifestation, t.via_see, t.see_also"
)


def write_index_terms(db: sqlite3.Connection, index: AlphabeticIndex) -> None:
    """Fill the tables of ``INDEX_SCHEMA``, which must be there and empty; the entries are written already."""
    release = {name for (name,) in db.execute(f"SELECT name FROM entry WHERE {_IS_CODE}")}
    from core.see_references import resolve_see  # only compiling an Index needs it

    by_number = {term.number: term for term in index.terms}
    led = resolve_see(_target(term) for term in index.terms)
    rows = list(
        _leading(index.terms, {n: by_number[found] for n, found in led.items() if isinstance(found, int)})
    )
    kept = [row for row in rows if row[4] in release]
    db.executemany("INSERT INTO index_term VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", kept)
    db.execute(
        "INSERT INTO alphabetic_index VALUES (?, ?, ?, ?, ?, ?)",
        (
            index.fiscal_year,
            len(index.terms),
            sum(term.code is not None for term in index.terms),
            len(led),
            sum(isinstance(found, int) for found in led.values()),
            len(rows) - len(kept),
        ),
    )


def _target(term: IndexTerm) -> "IndexTarget":
    from core.see_references import IndexTarget

    plural = term.modifiers[-1][:1] == ("s",)
    code = term.code.text if term.code else None
    return IndexTarget(term.number, term.parent, term.path[-1], plural, code, term.see)


def _leading(terms: Iterable[IndexTerm], led: Mapping[int, IndexTerm]) -> Iterator[tuple[Any, ...]]:
    for term in terms:
        leads = term if term.code else led.get(term.number)
        if leads is None or leads.code is None:
            continue
        yield (
            term.number,
            term.parent,
            json.dumps(term.path, ensure_ascii=False),
            json.dumps(term.modifiers, ensure_ascii=False),
            leads.code.code.text,
            leads.code.text,
            leads.manifestation and leads.manifestation.text,
            None if leads is term else term.see,
            term.see_also,
        )


def index_summary(catalog: Catalog) -> IndexSummary | None:
    """What is compiled of the Index; ``None`` where none is loaded. Raises ``CatalogUnavailable``."""
    return catalog.read(_read_summary, None)


def index_terms(catalog: Catalog) -> Iterator[tuple[int, LeadingTerm]]:
    """Every term that leads to a code, in the Index's order, with the catalogue's number of that code.

    Nothing where no Index is loaded. Raises ``CatalogUnavailable``.
    """
    rows = catalog.read(_read_all, None)
    return ((entry, _term(row)) for entry, *row in rows)


def index_terms_of(catalog: Catalog, code: Code) -> TermsOfCode | None:
    """The terms that lead to a code; ``None`` where no Index is loaded. Raises ``CatalogUnavailable``."""
    return catalog.read(_read_terms_of, code) if catalog.holds("alphabetic_index") else None


def terms_beside(catalog: Catalog, found: TermsOfCode, left_out: Collection[Code]) -> tuple[LeadingTerm, ...]:
    """Terms near a code's own that lead to other codes, each code once, at most 20.

    Near a term are its own direct sub-terms, the line that it is printed under, and what else stands
    directly there. That line must lead to a code itself: "Low" is only a word, and "Low, back syndrome"
    no relative of "Low, income". Nor is a main term with more than 20 sub-terms a group (Pain). The most
    specific groups count first, in them the lines nearest in the Index. Terms that came through *see*
    relate nothing. Raises ``CatalogUnavailable``.
    """
    numbers = tuple(islice(_numbers_beside(catalog, found, {code.text for code in left_out}), MOST_BESIDE))
    return catalog.read(_read_terms, numbers)


def _numbers_beside(catalog: Catalog, found: TermsOfCode, seen: set[str]) -> Iterator[int]:
    """The numbers of the terms near a code's own, the nearest first, of each code that is not seen yet."""
    for group, depth, term in _groups(found):
        lines = catalog.read(_read_group, group)
        names_something = any(number == group for number, _ in lines)
        if not names_something or (depth == 1 and len(lines) > _LARGEST_GROUP + 1):
            continue
        for number, code in sorted(lines, key=lambda line: abs(line[0] - term.number)):
            if code not in seen:
                seen.add(code)
                yield number


def _groups(found: TermsOfCode) -> list[tuple[int, int, LeadingTerm]]:
    """The lines whose direct sub-terms are near a code's: number, depth, and the first term that is near."""
    groups: dict[int, tuple[int, int, LeadingTerm]] = {}
    for term in found.terms:
        if term.via_see is None:
            groups[term.number] = (term.number, len(term.path), term)
    for term in found.terms:
        if term.via_see is None and term.parent is not None:
            groups.setdefault(term.parent, (term.parent, len(term.path) - 1, term))
    return sorted(groups.values(), key=lambda group: -group[1])


def _read_summary(db: sqlite3.Connection, _key: None) -> IndexSummary | None:
    row = db.execute(
        "SELECT fiscal_year, terms, with_code, see, see_resolved, not_in_release FROM alphabetic_index"
    ).fetchone()
    return IndexSummary(*row) if row else None


def _read_all(db: sqlite3.Connection, _key: None) -> list[Any]:
    return db.execute(
        f"SELECT e.number, {_COLUMNS} FROM index_term t JOIN entry e ON e.name = t.code AND e.{_IS_CODE} "
        "ORDER BY t.number"
    ).fetchall()


def _read_terms_of(db: sqlite3.Connection, code: Code) -> TermsOfCode | None:
    loaded = db.execute("SELECT fiscal_year FROM alphabetic_index").fetchone()
    if loaded is None:
        return None
    bare = code.undotted
    for length in range(len(bare), 2, -1):
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM index_term t WHERE t.code = ? ORDER BY t.number",
            (dotted(bare[:length]),),
        ).fetchall()
        if rows:
            return TermsOfCode(loaded[0], tuple(map(_term, rows)))
    return TermsOfCode(loaded[0], ())


def _read_group(db: sqlite3.Connection, number: int) -> list[tuple[int, str]]:
    """A line and its direct sub-terms: the number and the code of each."""
    return db.execute(
        "SELECT number, code FROM index_term WHERE parent = ?1 OR number = ?1 ORDER BY number", (number,)
    ).fetchall()


def _read_terms(db: sqlite3.Connection, numbers: Sequence[int]) -> tuple[LeadingTerm, ...]:
    """Terms by their numbers, in the order asked."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM index_term t WHERE t.number IN ({', '.join('?' * len(numbers))})", numbers
    )
    by_number = {term.number: term for term in map(_term, rows)}
    return tuple(by_number[number] for number in numbers)


def _term(row: Iterable[Any]) -> LeadingTerm:
    number, parent, path, modifiers, code, printed, manifestation, via_see, see_also = row
    return LeadingTerm(
        number=number,
        parent=parent,
        path=tuple(json.loads(path)),
        modifiers=tuple(map(tuple, json.loads(modifiers))),
        code=Code(code),
        printed=printed,
        manifestation=manifestation,
        via_see=via_see,
        see_also=see_also,
    )
