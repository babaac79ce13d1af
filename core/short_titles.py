"""Short titles: those of the official order file, at most 60 characters, which claims and lists use.

The packaged release has none. Where an order file is loaded they are compiled into the catalogue.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.card import CodeCard, Source
from core.catalog import Catalog
from core.code import Code
from core.release import Release

if TYPE_CHECKING:
    from core.sources.order_file import OrderFile

SHORT_TITLE_SCHEMA = """
CREATE TABLE order_file (effective TEXT NOT NULL);  -- one row where an order file is loaded
CREATE TABLE short_title (code TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class ShortTitle:
    """A short title as printed, and the release of the order file that it is from."""

    text: str
    release: Release
    source: Source


def write_short_titles(db: sqlite3.Connection, order: "OrderFile") -> None:
    """Fill the tables of ``SHORT_TITLE_SCHEMA``, which must be there and empty. Raises ``SourceError``."""
    db.execute("INSERT INTO order_file VALUES (?)", (order.release.effective.isoformat(),))
    db.executemany(
        "INSERT INTO short_title VALUES (?, ?)", ((row.code.text, row.short_title) for row in order.rows())
    )


def short_title(catalog: Catalog, card: CodeCard) -> ShortTitle | None:
    """The short title of a card's code; ``None`` where it is the title, or where none is loaded.

    Raises ``CatalogUnavailable``.
    """
    found = catalog.read(_read, card.code) if catalog.holds("order_file") else None
    return found if found and found.text != card.title else None


def _read(db: sqlite3.Connection, code: Code) -> ShortTitle | None:
    row = db.execute(
        "SELECT title, effective FROM short_title, order_file WHERE code = ?", (code.text,)
    ).fetchone()
    if row is None:
        return None
    text, effective = row
    release = Release(date.fromisoformat(effective))
    return ShortTitle(text, release, Source("order-file", "ICD-10-CM order file", "CDC/NCHS", release.name))
