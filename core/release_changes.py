"""What changed from one release to another: codes, titles and notes, each as the two releases print them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.card import build_card
from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.classification import Level
from core.code import Code
from core.notes import NoteKind
from core.succession import Succession, succession


class ChangeKind(StrEnum):
    """What happened to an entry; the value is the key that JSON and CSV use."""

    NEW = "new"
    DELETED = "deleted"
    DEMOTED = "demoted"  # billable before, a heading now
    PROMOTED = "promoted"  # a heading before, billable now
    RETITLED = "retitled"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class PrintedNote:
    """A line of a note as it is printed at an entry."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """One change of one entry. ``replaced_by`` is derived, or of the conversion table, as on a card."""

    kind: ChangeKind
    level: Level
    name: str
    chapter: str
    before: str | None  # the title
    after: str | None
    billable: bool  # now, or before where it is deleted
    replaced_by: tuple[Code, ...] = ()
    added: tuple[PrintedNote, ...] = ()
    removed: tuple[PrintedNote, ...] = ()
    #: Whether no official file names ``replaced_by``.
    is_derived: bool = True


_Notes = Mapping[int, Sequence[PrintedNote]]


def release_changes(before: Catalog, after: Catalog, chapter: str | None = None) -> Iterator[ReleaseChange]:
    """The changes, in the Tabular List's order; what was deleted stands where it would have stood.

    An entry with a new title and new notes gives two changes. Raises ``CatalogUnavailable``.
    """
    old, new = _Contents(before), _Contents(after)
    for key in sorted(old.entries.keys() | new.entries.keys(), key=lambda k: _place(k, old, new)):
        was, now = old.entries.get(key), new.entries.get(key)
        within = new.chapters[now.number] if now else old.chapters[was.number] if was else ""
        if chapter is None or within == chapter:
            yield from _changes(was, now, within, old.notes, new.notes, after)


class _Contents:
    """The entries of a catalogue by what they are and are called, their chapters, and their own notes."""

    def __init__(self, catalog: Catalog) -> None:
        entries = [*catalog.groups(Level.CHAPTER), *catalog.groups(Level.BLOCK), *catalog.codes()]
        # 39 blocks have the name of a category.
        self.entries = {(_space(e.level), e.name): e for e in entries}
        self.chapters: dict[int, str] = {}
        for entry in sorted(entries, key=lambda e: e.number):  # parents come first
            self.chapters[entry.number] = entry.name if entry.parent is None else self.chapters[entry.parent]
        notes: dict[int, list[PrintedNote]] = defaultdict(list)
        for number, kind, _, text in catalog.all_notes():
            notes[number].append(PrintedNote(kind, text))
        self.notes: _Notes = notes


def _space(level: Level) -> str:
    return level.value if level in (Level.CHAPTER, Level.BLOCK) else "code"


def _place(key: tuple[str, str], old: _Contents, new: _Contents) -> tuple[int, int, str]:
    """The chapter, then groups before codes, then the name."""
    space, name = key
    entry = new.entries.get(key)
    chapter = new.chapters[entry.number] if entry else old.chapters[old.entries[key].number]
    return int(chapter) if chapter.isdecimal() else 0, ("chapter", "block", "code").index(space), name


def _changes(
    was: CatalogEntry | None,
    now: CatalogEntry | None,
    chapter: str,
    old: _Notes,
    new: _Notes,
    after: Catalog,
) -> Iterator[ReleaseChange]:
    entry = now or was
    assert entry is not None
    titles = was.title if was else None, now.title if now else None

    def change(
        kind: ChangeKind,
        replaced: Succession | None = None,
        added: tuple[PrintedNote, ...] = (),
        removed: tuple[PrintedNote, ...] = (),
    ) -> ReleaseChange:
        codes = replaced.leads_to if replaced else ()
        is_derived = replaced is None or replaced.is_derived
        place = entry.level, entry.name, chapter
        return ReleaseChange(kind, *place, *titles, entry.billable, codes, added, removed, is_derived)

    if was is None:
        yield change(ChangeKind.NEW)
        return
    if now is None:
        yield change(ChangeKind.DELETED, _succession(was, after))
        return
    if was.billable and not now.billable:
        yield change(ChangeKind.DEMOTED, _succession(was, after))
    elif now.billable and not was.billable:
        yield change(ChangeKind.PROMOTED)
    if was.title != now.title:
        yield change(ChangeKind.RETITLED)
    had, has = Counter(old.get(was.number, ())), Counter(new.get(now.number, ()))
    if had != has:
        added, removed = tuple((has - had).elements()), tuple((had - has).elements())
        yield change(ChangeKind.NOTES, None, added, removed)


def _succession(was: CatalogEntry, after: Catalog) -> Succession | None:
    if not was.billable:
        return None
    card = build_card(after, Code(was.name), after.release.effective)
    return succession(after, card) if card else None
