"""Answers about ranges: a chapter or block of the Tabular List, or whatever lies between two codes."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from core.card import CodeCard
from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.classification import Level
from core.code import Code
from core.lives import Standing
from index.library import Library
from slack_bot.blocks import context, header, listing, section
from slack_bot.code_lines import code_line, code_lines, footer, opening_menu
from slack_bot.limits import HEADER, Block
from slack_bot.mrkdwn import escape, fitted
from slack_bot.reply import Answer

_SHOWN = 30
_COUNTED = 500
_READ = 500  # entries at once
_ECHOED = 200
_NEAR = 3
_GROUPS = (Level.CHAPTER, Level.BLOCK)

_Titled = tuple[Code, str | None]  # no title where the release does not have the code


def range_answer(library: Library, ends: tuple[Code, Code], on: date, *, billable: bool = False) -> Answer:
    """What a range has: the blocks of a chapter, the categories of a block, else what lies between two codes.

    ``billable`` lists the codes that are billable on the date in place of the headings.
    """
    catalog = library.catalog
    group = _group(catalog, ends)
    if group is None and (missing := _missing(library, ends)):
        return _no_range(library, ends, missing, on)
    if group and group.level is Level.CHAPTER and not billable:
        return _chapter(library, group, on)
    numbers = _numbers(catalog, ends, group)
    found = _billable(catalog, ends, numbers, on) if billable else _headings(catalog, numbers)
    title = _title(catalog, ends, group)
    counted, listed = _listed(library, list(islice(found, _COUNTED)), on, billable=billable)
    return Answer(
        escape(f"{title}: {counted}"), (*_head(catalog, title, group), *listed, footer(library, on))
    )


def billable_below(library: Library, heading: CodeCard, on: date) -> Answer:
    """The billable codes below a heading."""
    title = f"Billable codes below {heading.code} {heading.title or ''}".rstrip()
    ends, catalog = (heading.code, heading.code), library.catalog
    found = _billable(catalog, ends, _numbers(catalog, ends, None), on)
    counted, listed = _listed(library, list(islice(found, _COUNTED)), on, billable=True)
    head = (header(title), section(f"✗ {escape(heading.reason.text)}"))
    return Answer(escape(f"{title}: {counted}"), (*head, *listed, footer(library, on)))


def _listed(
    library: Library, found: Sequence[_Titled], on: date, *, billable: bool
) -> tuple[str, list[Block]]:
    """How many there are, and the first of them with a menu."""
    if not found:
        return "no billable codes", [section(f"None of them is billable on {on}.")]
    one, several = (
        ("billable code", "billable codes") if billable else ("code or heading", "codes and headings")
    )
    at_least = "at least " if len(found) == _COUNTED else ""
    counted = f"{at_least}{len(found)} {several if len(found) > 1 else one}"
    shown = found[:_SHOWN]
    lives = library.catalog.lives([code.text for code, _ in shown])
    lines = [code_line(code, title, lives[code.text].standing(on)) for code, title in shown]
    blocks = [listing(counted[0].upper() + counted[1:], lines, len(found) - len(shown))]
    if len(found) > len(shown):
        blocks.append(context(f"The menu has the first {_SHOWN}. Ask for a part to see the others."))
    return counted, [*blocks, *opening_menu(library, [code for code, _ in shown], on)]


def range_line(library: Library, ends: tuple[Code, Code]) -> str | None:
    """A range in a line, escaped; ``None`` where it has no codes."""
    name = _name(ends)
    if group := _group(library.catalog, ends):
        return f"*{name}* {fitted(group.title, _ECHOED)} – a {group.level}: /icd {name}"
    if _missing(library, ends):
        return None
    titles = [fitted(_title_of(library.catalog, end), _ECHOED) for end in ends]
    return f"*{name}* from {titles[0]} to {titles[1]} – a range: /icd {name}"


def _name(ends: tuple[Code, Code]) -> str:
    return f"{ends[0]}-{ends[1]}"


def _group(catalog: Catalog, ends: tuple[Code, Code]) -> CatalogEntry | None:
    """The block that is named by a range, or the chapter: its range ends its title."""
    name = _name(ends)
    chapters = (c for c in catalog.groups(Level.CHAPTER) if c.title.endswith(f"({name})"))
    return catalog.group(Level.BLOCK, name) or next(chapters, None)


def _title(catalog: Catalog, ends: tuple[Code, Code], group: CatalogEntry | None) -> str:
    if group:
        return f"{_name(ends)} {group.title}"
    return f"{_name(ends)}: from {_title_of(catalog, ends[0])} to {_title_of(catalog, ends[1])}"


def _title_of(catalog: Catalog, code: Code) -> str:
    entry = catalog.entry(code)
    return entry.title if entry else code.text


def _head(catalog: Catalog, title: str, group: CatalogEntry | None) -> Iterator[Block]:
    yield header(title)
    if len(title) > HEADER:
        yield section(fitted(title, _ECHOED * 2))
    if group and group.parent is not None:
        above = " › ".join(f"{entry.name} {entry.title}" for entry in catalog.path(group)[:-1])
        yield context(f"Chapter {above}")


def _chapter(library: Library, chapter: CatalogEntry, on: date) -> Answer:
    title = f"Chapter {chapter.name} {chapter.title}"
    below = library.catalog.children(chapter)
    lines = [f"*{block.name}* {fitted(block.title, _ECHOED)}" for block in below]
    how = context(f"Ask for one of them: /icd {below[0].name}")
    counted = f"{len(below)} {'block' if len(below) == 1 else 'blocks'}"
    blocks = [*_head(library.catalog, title, None), listing(counted, lines), how]
    return Answer(escape(f"{title}: {counted}"), (*blocks, footer(library, on)))


def _no_range(library: Library, ends: tuple[Code, Code], why: str, on: date) -> Answer:
    unknown = [end for end in ends if library.catalog.entry(end) is None]
    near = [code for end in unknown for code in library.near_codes(end.text, on, limit=_NEAR)]
    blocks = [header("No such range"), section(f"✗ {why}")]
    if near:
        blocks.append(listing("Written almost like it", code_lines(library, near, on)))
    menu = opening_menu(library, near, on)
    return Answer(why, (*blocks, *menu, footer(library, on)))


def _missing(library: Library, ends: tuple[Code, Code]) -> str | None:
    """Why there is nothing to show of a range that is no block, escaped."""
    first, last = ends
    entries = [library.catalog.entry(end) for end in ends]
    for end, entry in zip(ends, entries, strict=True):
        if entry is None:
            return escape(f"{end}, an end of the range {_name(ends)}, is not in {library.release.name}.")
    low, high = (entry.number for entry in entries if entry)
    return (
        escape(f"{first} comes after {last}. Write the range the other way: {last}-{first}")
        if low > high
        else None
    )


def _numbers(catalog: Catalog, ends: tuple[Code, Code], group: CatalogEntry | None) -> range:
    """The numbers of the entries of a group, or from the first end to the last and what is below it."""
    if group is None:
        return range(catalog.span(ends[0]).start, catalog.span(ends[1]).stop)
    last = group  # not its name's end: there is no U00 and no U49
    while last.level in _GROUPS:
        last = catalog.children(last)[-1]
    return range(group.number, catalog.span(Code(last.name)).stop)


def _headings(catalog: Catalog, numbers: range) -> Iterator[_Titled]:
    """What stands from end to end, none of it below another, in the Tabular List's order."""
    number = numbers.start
    while number < numbers.stop:
        entry = catalog.entry_numbered(number)
        if entry.level in _GROUPS:
            number += 1
        else:
            yield Code(entry.name), entry.title
            number = catalog.span(Code(entry.name)).stop


def _billable(catalog: Catalog, ends: tuple[Code, Code], numbers: range, on: date) -> Iterator[_Titled]:
    """What is billable on the date from end to end: of the release, then of other years."""
    for start in range(0, len(numbers), _READ):
        some = numbers[start : start + _READ]
        entries = catalog.entries_numbered(some)
        codes = [entries[n] for n in some if n in entries and entries[n].level not in _GROUPS]
        lives = catalog.lives(entry.name for entry in codes)
        billable = (e for e in codes if lives[e.name].standing(on) is Standing.BILLABLE)
        yield from ((Code(entry.name), entry.title) for entry in billable)
    unlisted = catalog.unlisted_between(*ends)
    lives = catalog.lives(code.text for code in unlisted)
    yield from ((code, None) for code in unlisted if lives[code.text].standing(on) is Standing.BILLABLE)
