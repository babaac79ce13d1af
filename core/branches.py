"""The classification as a tree to browse: chapters, blocks, categories, subcategories and codes."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from core.card import build_card
from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.classification import Level
from core.code import Code
from core.lives import Standing

_GROUPS = (Level.CHAPTER, Level.BLOCK)
_CATEGORY = 3  # characters of its name

#: Entries are numbered in the Tabular List's order, so what lies below one follows it directly, up to the
#: first entry whose parent comes before it.
_COUNT_BELOW = """
SELECT count(*) FROM entry WHERE billable AND number > ?1 AND number < coalesce(
  (SELECT min(number) FROM entry WHERE number > ?1 AND coalesce(parent, 0) < ?1), 9223372036854775807)
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A chapter, block, heading or code with what a reader of the tree sees of it.

    ``title`` is ``None`` where no installed release has it. ``standing`` is that on the date of service;
    ``None`` for a chapter or a block. ``codes`` counts what lies below it and is billable in the release.
    """

    level: Level
    name: str
    title: str | None
    standing: Standing | None
    codes: int
    has_children: bool


def chapters(catalog: Catalog) -> tuple[Branch, ...]:
    """The chapters, in the Tabular List's order."""
    return tuple(_group(catalog, chapter) for chapter in catalog.groups(Level.CHAPTER))


def branches_of_group(catalog: Catalog, level: Level, name: str, on: date) -> tuple[Branch, ...] | None:
    """What is directly below a chapter or a block; ``None`` where the release does not have it."""
    group = catalog.group(level, name)
    if group is None:
        return None
    children = catalog.children(group)
    lives = catalog.lives(child.name for child in children if child.level not in _GROUPS)
    return tuple(
        _group(catalog, child)
        if child.level in _GROUPS
        else _code(catalog, Code(child.name), child.title, lives[child.name].standing(on))
        for child in children
    )


def branches_of_code(catalog: Catalog, code: Code, on: date) -> tuple[Branch, ...] | None:
    """What is directly below a code or heading; ``None`` where no year knows it.

    As on its card, codes that came or went with another year are among them where the date has them.
    """
    card = build_card(catalog, code, on)
    if card is None:
        return None
    return tuple(_code(catalog, child.code, child.title, child.standing) for child in card.children)


def _group(catalog: Catalog, entry: CatalogEntry) -> Branch:
    return Branch(entry.level, entry.name, entry.title, None, catalog.read(_count_below, entry.number), True)


def _code(catalog: Catalog, code: Code, title: str | None, standing: Standing | None) -> Branch:
    entry = catalog.entry(code)
    if entry is None:
        is_heading = standing is Standing.HEADING
        level = _unlisted_level(code, is_heading=is_heading)
        return Branch(level, code.text, title, standing, 0, is_heading)
    below = bool(catalog.children(entry)) or standing is Standing.HEADING
    count = catalog.read(_count_below, entry.number) if below else 0
    return Branch(entry.level, code.text, title, standing, count, below)


def _unlisted_level(code: Code, *, is_heading: bool) -> Level:
    """The level of a code that the release does not have (Official Guidelines, I.A.2)."""
    if len(code.text) == _CATEGORY:
        return Level.CATEGORY
    return Level.SUBCATEGORY if is_heading else Level.CODE


def _count_below(database: sqlite3.Connection, number: int) -> int:
    [[count]] = database.execute(_COUNT_BELOW, (number,))
    return int(count)
