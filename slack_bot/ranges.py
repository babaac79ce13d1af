"""Answers about ranges: a block of the Tabular List, or whatever lies between two codes."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from core.catalog import Catalog, CatalogEntry
from core.classification import Level
from core.code import Code
from index.library import Library
from slack_bot.blocks import context, header, listing, section
from slack_bot.code_lines import code_line, footer, opening_menu
from slack_bot.limits import Block
from slack_bot.mrkdwn import escape, fitted
from slack_bot.reply import Answer

_SHOWN = 30
_COUNTED = 500
_ECHOED = 200


def range_answer(library: Library, ends: tuple[Code, Code], on: date) -> Answer:
    """What a range has: the categories of a block, else the codes of one length from end to end."""
    first, last = ends
    name = f"{first}-{last}"
    catalog = library.catalog
    block = catalog.group(Level.BLOCK, name)
    if block is None and (missing := _missing(library, ends)):
        return Answer(missing, (header("No such range"), section(f"✗ {missing}"), footer(library, on)))
    title = (
        f"{name} {block.title}"
        if block
        else f"{name}: from {_title(catalog, first)} to {_title(catalog, last)}"
    )
    within = _entries(catalog, ends)
    left_out = max(0, len(within) - _SHOWN)
    lives = catalog.lives([entry.name for entry in within[:_SHOWN]])
    lines = [code_line(Code(e.name), e.title, lives[e.name].standing(on)) for e in within[:_SHOWN]]
    blocks: list[Block] = [header(title)]
    if len(title) > 150:
        blocks.append(section(fitted(title, _ECHOED * 2)))
    if block:
        above = " › ".join(f"{entry.name} {entry.title}" for entry in catalog.path(block)[:-1])
        blocks.append(context(f"Chapter {above}"))
    more = "at least " if len(within) == _COUNTED else ""
    counted = f"{more}{len(within)} codes and headings"
    blocks.append(listing(f"{counted[0].upper()}{counted[1:]}", lines, left_out))
    if left_out:
        blocks.append(
            context(f"{_SHOWN} of {counted} are shown. Ask for a part of the range to see the others.")
        )
    menu = opening_menu(library, [Code(entry.name) for entry in within[:_SHOWN]], on)
    return Answer(escape(f"{title}: {counted}"), (*blocks, *menu, footer(library, on)))


def range_line(library: Library, ends: tuple[Code, Code]) -> str | None:
    """A range in a line, escaped; ``None`` where it has no codes."""
    first, last = ends
    name = f"{first}-{last}"
    if block := library.catalog.group(Level.BLOCK, name):
        return f"*{name}* {fitted(block.title, _ECHOED)} – a block: /icd {name}"
    if _missing(library, ends):
        return None
    titles = [fitted(_title(library.catalog, end), _ECHOED) for end in ends]
    return f"*{name}* from {titles[0]} to {titles[1]} – a range: /icd {name}"


def _missing(library: Library, ends: tuple[Code, Code]) -> str | None:
    """Why there is nothing to show of a range that is no block, escaped."""
    first, last = ends
    entries = [library.catalog.entry(end) for end in ends]
    for end, entry in zip(ends, entries, strict=True):
        if entry is None:
            return escape(f"{end}, an end of the range {first}-{last}, is not in {library.release.name}.")
    low, high = (entry.number for entry in entries if entry)
    return (
        escape(f"{first} comes after {last}. Write the range the other way: {last}-{first}")
        if low > high
        else None
    )


def _title(catalog: Catalog, code: Code) -> str:
    entry = catalog.entry(code)
    return entry.title if entry else code.text


def _entries(catalog: Catalog, ends: tuple[Code, Code]) -> list[CatalogEntry]:
    """The entries from end to end, none of them below another, in the Tabular List's order."""
    return list(islice(_walk(catalog, ends), _COUNTED))


def _walk(catalog: Catalog, ends: tuple[Code, Code]) -> Iterator[CatalogEntry]:
    first, last = (catalog.entry(end) for end in ends)
    if first is None or last is None:  # a block is named by categories that it has
        return
    number, stop = first.number, last.number
    while number <= stop:
        try:
            entry = catalog.entry_numbered(number)
        except KeyError:
            return
        if entry.level in (Level.CHAPTER, Level.BLOCK):
            number += 1
        else:
            yield entry
            number = catalog.span(Code(entry.name)).stop
