"""Finding lines of the printed Index for words, and what is said of each on a date of service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import reduce

from core.alphabetic_index import PrintedCode
from core.catalog import Catalog
from core.code import Code
from core.index_lines import (
    IndexLine,
    LineTarget,
    LoadedPart,
    index_words,
    lines_below,
    lines_numbered,
    loaded_parts,
    targets_of,
    word_ranges,
)
from core.index_parts import IndexPart
from core.index_words import Range, overlaps, telling_words
from core.lives import Standing

MOST_COMPLETING = 6  # codes below a heading that are listed
_MOST_WORDS = 24  # of a question
_MOST_COMPARED = 4000  # lines that are ranked
_MOST_EXACT = 200
_MOST_CORRECTED = 4  # words: each is compared with a thousand others
_STEM = 4  # letters that forms of one word share
_LIKENESS = 0.8  # of a word with the one that is read instead


@dataclass(frozen=True, slots=True)
class LineCode:
    """A code of a line on a date. ``column`` is a table's heading.

    ``completed_by`` are the codes one step below a heading, at most ``MOST_COMPLETING`` of ``completions``.
    ``code`` is ``None`` where no year known here has what is printed.
    """

    column: str | None
    printed: PrintedCode | None
    title: str | None = None
    standing: Standing | None = None
    completed_by: tuple[Code, ...] = ()
    completions: int = 0

    @property
    def billable(self) -> bool:
        return self.standing is Standing.BILLABLE


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line with its codes on the date, and where its references lead."""

    line: IndexLine
    codes: tuple[LineCode, ...]
    see: tuple[LineTarget, ...]
    see_also: tuple[LineTarget, ...]
    manifestation: LineCode | None


@dataclass(frozen=True, slots=True)
class Detail:
    """A line that answers, followed where it says *see*, and the first lines that are printed under it.

    ``followed`` has the lines that *see* leads to, each with those under it.
    """

    answered: AnsweredLine
    below: tuple[AnsweredLine, ...]
    followed: tuple["Detail", ...] = ()

    @property
    def left_out(self) -> int:
        """How many lines under it are not among ``below``."""
        return self.answered.line.below - len(self.below)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: words, and one column where only a table's will do. ``limit`` bounds the lines below."""

    words: str
    on: date
    limit: int
    part: IndexPart | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """What the Index says to some words.

    ``details`` has the line that is nearest to the words, and of each other part one that is as near;
    ``others`` has the next ones, of ``found`` in all. ``read_as`` pairs words that no line has with those
    that were read instead; ``left_out`` are words without which there is something.
    """

    parts: tuple[LoadedPart, ...]
    details: tuple[Detail, ...] = ()
    others: tuple[AnsweredLine, ...] = ()
    found: int = 0
    read_as: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


def ask_index(catalog: Catalog, question: Question) -> IndexAnswer:
    """Look words up in every part that is loaded, in any order. Raises ``CatalogUnavailable``."""
    parts = loaded_parts(catalog)
    within = [(p.first, p.last) for p in parts if question.part in (None, p.part)]
    words, read_as = _known(catalog, tuple(dict.fromkeys(telling_words(question.words)))[:_MOST_WORDS])
    found, left_out = _found(catalog, words, within)
    if left_out and question.column is None and (cell := _cell(catalog, parts, words)):
        part, column, row = cell
        in_table = replace(question, words=row, part=part, column=column)
        return replace(ask_index(catalog, in_table), read_as=read_as)
    asked = [word for word in words if word not in left_out]
    lines = lines_numbered(catalog, [number for number, _ in found[:_MOST_COMPARED]])
    ranks = {number: _rank(line, asked) for number, line in lines.items()}
    ranked = sorted(lines.values(), key=lambda line: (ranks[line.number], line.number))
    first: dict[IndexPart, IndexLine] = {}
    for line in ranked:
        if ranks[line.number][:2] == ranks[ranked[0].number][:2]:
            first.setdefault(line.part.part, line)
    shown = {line.number for line in first.values()}
    others = [line for line in ranked if line.number not in shown][: max(1, question.limit // 4)]
    return IndexAnswer(
        parts,
        tuple(_detail(catalog, line, question) for line in first.values()),
        tuple(answered_line(catalog, line, question) for line in others),
        len(found),
        read_as,
        left_out,
    )


def _cell(
    catalog: Catalog, parts: Iterable[LoadedPart], words: Sequence[str]
) -> tuple[IndexPart, int, str] | None:
    """A table's column that some of the words name, and the row that the others are: breast, benign."""
    for part in parts:
        for column, name in enumerate(part.part.columns):
            # A word alone may be anything: an unspecified breast is not of unspecified behavior.
            named = telling_words(name if "-" in name else part.columns[column].partition("(")[0])
            row = " ".join(word for word in words if word not in named)
            if set(named) <= set(words) and exact_lines(catalog, part, row):
                return part.part, column, row
    return None


def exact_lines(catalog: Catalog, part: LoadedPart, words: str) -> list[IndexLine]:
    """The lines of a part that say these words and nothing else, but for other forms of them.

    The main term of the Table of Neoplasms need not be said. Raises ``CatalogUnavailable``.
    """
    asked = list(dict.fromkeys(telling_words(words)))[:_MOST_WORDS]
    ranges = [word_ranges(catalog, word) for word in asked]
    if not asked or not all(ranges):
        return []
    found = reduce(overlaps, ranges, [(part.first, part.last)])[:_MOST_EXACT]
    lines = lines_numbered(catalog, [number for number, _ in found]).values()
    unsaid = int(part.part is IndexPart.NEOPLASMS)
    return [line for line in lines if not _beside(line.path[unsaid:], asked)]


def answered_line(catalog: Catalog, line: IndexLine, question: Question) -> AnsweredLine:
    """A line with its codes on the date, and where its references lead."""
    columns: Sequence[str | None] = line.part.columns or (None,)
    printed = line.codes or (None,) * len(columns)
    codes = [_line_code(catalog, *both, question.on) for both in zip(columns, printed, strict=True)]
    if question.column is not None and line.part.columns:
        codes = [codes[question.column]]
    return AnsweredLine(
        line,
        tuple(code for code in codes if code.printed or (line.part.columns and line.codes)),
        targets_of(catalog, line, also=False) if line.see else (),
        targets_of(catalog, line, also=True) if line.see_also else (),
        _line_code(catalog, None, line.manifestation, question.on) if line.manifestation else None,
    )


def _detail(catalog: Catalog, line: IndexLine, question: Question, *, follow: bool = True) -> Detail:
    answered = answered_line(catalog, line, question)
    below = lines_below(catalog, line, question.limit)
    leads = [target for target in answered.see if target.line] if follow else []
    return Detail(
        answered,
        tuple(answered_line(catalog, under, question) for under in below),
        tuple(
            _detail(catalog, target.line, _for_column(question, target.column), follow=False)
            for target in leads
            if target.line
        ),
    )


def _for_column(question: Question, column: int | None) -> Question:
    if column is None:
        return question
    return Question(question.words, question.on, question.limit, question.part, column)


def _line_code(catalog: Catalog, column: str | None, printed: PrintedCode | None, on: date) -> LineCode:
    if printed is None:
        return LineCode(column, None)
    standing = catalog.standing(printed.code, on)
    entry = catalog.entry(printed.code)
    below = catalog.children(entry) if entry and standing is not Standing.BILLABLE else ()
    completing = tuple(Code(child.name) for child in below)
    return LineCode(
        column,
        printed,
        entry.title if entry else None,
        standing,
        completing[:MOST_COMPLETING],
        len(completing),
    )


def _known(catalog: Catalog, words: Sequence[str]) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The words, and for those that no line has the likeliest that one has, with what was read as what."""
    unknown = [word for word in words if word.isalpha() and not word_ranges(catalog, word)][:_MOST_CORRECTED]
    every = index_words(catalog) if unknown else ()
    read_as: dict[str, str] = {}
    for word in unknown:
        if near := get_close_matches(word, (w for w in every if w[0] == word[0]), 1, _LIKENESS):
            read_as[word] = near[0]
    return list(dict.fromkeys(read_as.get(word, word) for word in words)), tuple(read_as.items())


def _found(
    catalog: Catalog, words: Sequence[str], within: Sequence[Range]
) -> tuple[list[Range], tuple[str, ...]]:
    """Where all words hold; where nothing has them all, all but those that must be left out, few first."""
    ranges = {word: word_ranges(catalog, word) for word in words}
    unknown = tuple(word for word in words if not ranges[word])
    known = [word for word in words if ranges[word]]

    def where(chosen: Iterable[str]) -> list[Range]:
        return reduce(overlaps, (ranges[word] for word in chosen), list(within))

    if not known:
        return [], unknown
    if found := where(known):
        return found, unknown
    for without in reversed(known):
        rest = [word for word in known if word != without]
        if rest and (found := where(rest)):
            return found, (*unknown, without)
    # Nothing has all but one: the words from the first on, as far as there is something.
    kept: list[str] = []
    for word in known:
        if where([*kept, word]):
            kept.append(word)
    left = tuple(word for word in words if word not in kept)
    return (where(kept), left) if kept else ([], left)


def _rank(line: IndexLine, asked: Sequence[str]) -> tuple[int, int, int, bool]:
    """How far a line's path is from the words asked for, the nearest first.

    Words that are only among nonessential modifiers, words that it has beside them, how deep it stands, and
    whether its main term begins with another word.
    """
    path = [word for term in line.path for word in telling_words(term)]
    aside = sum(word not in path for word in asked)
    return aside, len(_beside(line.path, asked)), len(line.path), not asked or path[0] != asked[0]


def _beside(path: Iterable[str], asked: Sequence[str]) -> set[str]:
    """The words of a path that are not asked for; of "Fall, falling" one of the forms is enough."""
    stems = {word[:_STEM] for word in asked if len(word) >= _STEM}
    said = {word for term in path for word in telling_words(term)}
    return {word for word in said.difference(asked) if word[:_STEM] not in stems}
