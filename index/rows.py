"""The rows of the index: every official text that names a code, with what kind of text it is."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from core.alphabetic_index import index_terms
from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.code import Code, InvalidCode
from core.index_lines import lines_of
from core.index_parts import IndexPart
from core.notes import NoteKind
from index.hit import RowKind
from index.words import STOP_WORDS, words

#: "discitis NOS (M46.4-)": a term, and the one code that it is sent to.
_REFERENCE = re.compile(r"(?P<term>[^()]+?)\s*\((?P<code>[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)\.?-?\)")

#: Nonessential modifiers in parentheses and synonyms in brackets (Official Guidelines, I.A.7).
_MODIFIER = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

#: What the Alphabetic Index has in parentheses, and titles have not: hemorrhage, subarachnoid (nontraumatic).
_TAKEN_FOR_GRANTED = frozenset({"nontraumatic", "nonrheumatic"})

_SYNONYM = re.compile(r"\[([^\[\]]*)\]")

#: What a text names beside the unspecified: "chronic or unspecified ", "stage 1 …, or unspecified ".
_OR_UNSPECIFIED = re.compile(
    r"(?:(?<=\bwith )|(?<=\band ))(?:(?!\bwith\b|\band\b)[^,])*, or unspecified |\b[\w-]+ or unspecified ",
    re.IGNORECASE,
)

_RESIDUAL = frozenset({"other", "specified", "elsewhere", "nec"})

_ROW_KINDS = {NoteKind.INCLUSION_TERM: RowKind.INCLUSION_TERM, NoteKind.INCLUDES: RowKind.INCLUDES}
_REFERRING = {NoteKind.EXCLUDES1, NoteKind.EXCLUDES2}


@dataclass(frozen=True, slots=True)
class Row:
    """One text that names an entry, cut into words.

    ``words`` decide; ``modifiers`` stand in parentheses or brackets and may be missing from a query.
    A title's ``context`` are the words of the headings above and of the entry's other texts: "hand" in
    the title of a heading counts for the codes below it.
    """

    entry: int
    kind: RowKind
    text: str
    words: tuple[str, ...]
    modifiers: tuple[str, ...]
    context: tuple[str, ...] = ()

    @property
    def residual(self) -> bool:
        """Whether the text names what is left over: "Other hypertension" (Official Guidelines, I.A.6.a)."""
        return not _RESIDUAL.isdisjoint(words(self.text))


def rows(catalog: Catalog) -> list[Row]:
    """All rows of a release, the most useful first: that order breaks ties and ranks completions.

    The codes that a 7th character makes have no rows of their own: they are their stem's title with
    a few fixed words, and would triple the index.
    """
    entries = {e.number: e for e in catalog.codes() if e.printed}
    notes = list(_note_rows(catalog, entries))
    indexed = (*_external_cause_rows(catalog, entries), *_index_rows(catalog, entries))
    unique = {(row.entry, row.words, row.modifiers): row for row in indexed}
    unique |= {(row.entry, row.words, row.modifiers): row for row in reversed(notes)}
    titles = list(_title_rows(entries, notes))
    for row in (*_unspecified_rows((*notes, *titles)), *_synonym_rows((*notes, *titles)), *titles):
        unique[row.entry, row.words, row.modifiers] = row
    return sorted((r for r in unique.values() if r.words), key=lambda r: _usefulness(r, entries[r.entry]))


def _index_rows(catalog: Catalog, entries: Mapping[int, CatalogEntry]) -> Iterator[Row]:
    """The terms of the Alphabetic Index, where it is loaded."""
    for entry, term in index_terms(catalog):
        if entry in entries:
            main = tuple(word for word in words(term.text) if word not in STOP_WORDS)
            aside = tuple(word for word in words(term.modifier_text) if word not in STOP_WORDS)
            yield Row(entry, RowKind.INDEX_TERM, term.text, main, aside)


def _external_cause_rows(catalog: Catalog, entries: Mapping[int, CatalogEntry]) -> Iterator[Row]:
    """The lines of the External Cause Index that have a code, where it is loaded."""
    for line in lines_of(catalog, IndexPart.EXTERNAL_CAUSES):
        for printed in filter(None, line.codes):
            found = catalog.entry(printed.code)
            if found and found.number in entries:
                row = _row(found.number, RowKind.EXTERNAL_CAUSE_TERM, line.text)
                aside = tuple(w for w in words(" ".join(line.modifiers)) if w not in STOP_WORDS)
                yield replace(row, modifiers=aside)


def _synonym_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The synonyms that stand in brackets (I.A.7), each for itself: "Acute nasopharyngitis [common cold]"."""
    for row in rows:
        for synonym in _SYNONYM.findall(row.text):
            if found := tuple(word for word in words(synonym) if word not in STOP_WORDS):
                yield Row(row.entry, row.kind, row.text, found, row.words)


def _unspecified_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The texts that hold what is unspecified too, without what else they hold.

    "Chronic or unspecified gastric ulcer with hemorrhage" is the gastric ulcer with hemorrhage of a note that
    does not say more.
    """
    for row in rows:
        if _OR_UNSPECIFIED.search(row.text):
            left = _row(row.entry, row.kind, _OR_UNSPECIFIED.sub("", row.text))
            yield replace(left, text=row.text, context=row.context)


def _title_rows(entries: Mapping[int, CatalogEntry], notes: Iterable[Row]) -> Iterator[Row]:
    said: dict[int, dict[str, None]] = defaultdict(dict)
    for note in notes:
        said[note.entry].update(dict.fromkeys((*note.words, *note.modifiers)))
    titles = {entry.number: _row(entry.number, RowKind.TITLE, entry.title) for entry in entries.values()}
    for number, row in titles.items():
        context = dict(said[number])
        above = entries[number].parent
        while above is not None and above in titles:
            context.update(dict.fromkeys(titles[above].words))
            context.update(said[above])
            above = entries[above].parent
        own = {*row.words, *row.modifiers}
        yield replace(row, context=tuple(word for word in context if word not in own))


def _note_rows(catalog: Catalog, entries: Mapping[int, CatalogEntry]) -> Iterator[Row]:
    headed = None  # the group whose last heading, such as "nephritis (in):", its lines go on from
    for number, kind, group, text in catalog.all_notes():
        if text.endswith(":"):
            headed = number, group
        if kind in _ROW_KINDS and number in entries:
            yield _row(number, _ROW_KINDS[kind], text)
        elif kind in _REFERRING and headed != (number, group) and (match := _REFERENCE.fullmatch(text)):
            target = _target(catalog, match["code"])
            if target is not None and target.number in entries:
                yield _row(target.number, RowKind.REFERENCE, match["term"])


def _target(catalog: Catalog, written: str) -> CatalogEntry | None:
    try:
        return catalog.entry(Code(written))
    except InvalidCode:
        return None


def _row(entry: int, kind: RowKind, text: str) -> Row:
    main = tuple(w for w in words(_MODIFIER.sub(" ", text)) if w not in STOP_WORDS | _TAKEN_FOR_GRANTED)
    aside = tuple(w for m in _MODIFIER.findall(text) for w in words(m) if w not in STOP_WORDS)
    aside += tuple(w for w in words(_MODIFIER.sub(" ", text)) if w in _TAKEN_FOR_GRANTED)
    # "(acute)" alone, or a text of stop words only: then all its words decide.
    return Row(entry, kind, text, main or tuple(words(text)), aside if main else ())


def _usefulness(row: Row, entry: CatalogEntry) -> tuple[int, bool, int, bool, int]:
    external = entry.name[0] in "VWXY"  # causes, asked for less often than conditions
    return len(row.words) + 4 * external, row.residual, int(row.kind), not entry.billable, row.entry
