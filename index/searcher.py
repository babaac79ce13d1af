"""Ranked search and completion over the compiled index."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from heapq import nlargest
from itertools import chain, dropwhile
from pathlib import Path

from core.catalog import Catalog
from core.classification import Level
from core.code import Code, InvalidCode
from core.icd9 import GEM_TABLE, Icd9Code, InvalidIcd9Code, read_icd10_of
from core.lives import Standing
from index.common_names import common_names
from index.compiled import CompiledIndex, said_hash
from index.completion import Completion, Completions
from index.encounters import encounter_in
from index.hit import Hit, RowKind
from index.hits import CERTAIN, Found, Hits
from index.meaning import MEANING_FILE, Meaning
from index.models import Model
from index.query import MOST_CHARACTERS, MOST_WORDS, QueryReader, Reading
from index.ranking import EVERYWHERE, THOROUGH, Effort, Match, Ranking
from index.table_cells import table_cell
from index.words import STOP_WORDS, telling_text, words

COMPILED_FILE = "search.bin"
COMPLETION_FILE = "completion.bin"

_LEAST_RANKED = 40  # entries, from which siblings and codes out of use are dropped
_MOST_BELOW = 5000  # codes below a heading that are looked through for billable ones
_ENOUGH = 12  # completions of the words as they were typed
#: For texts with the words in another order, where some begin as it was typed.
_BESIDE = Effort(gathered=200, compared=30)
_MOST_SPANS = 3  # codes in a query below which its words are looked for first
_ALIKE = 0.01  # by which the recall of texts with the same words may differ
_BEFORE_LEFT_OVER = 8  # answers stand before what a category has for all the rest
_MOST_SIBLINGS = 3  # of one heading that stand before other answers
_UNKNOWN_TRIMESTER = "unspecified trimester"
#: How the texts are read that complete what was typed.
_AS_TYPED = Reading((), 1.0, False, None)
#: The start of a code: a letter and a digit decide that no word is meant; QA0 and the like need three.
_CODE_START = re.compile(r"([A-Za-z](?:[0-9][0-9A-Za-z]?|[A-Za-z][0-9])?)(?:(?<=...)\.?([0-9A-Za-z]{0,4}))?")
#: A code as a word of its own; it needs a digit, so that no plain word is taken for one.
_CODE_TEXT = re.compile(r"(?<![\w.])(?=[\w.]*[0-9])[A-Za-z][0-9A-Za-z]{2}\.?[0-9A-Za-z]{0,4}(?![\w.]*\w)")


class Searcher:
    """Search and completion in one release. Deterministic: same input, same output."""

    def __init__(self, folder: Path, catalog: Catalog, model: Model | None = None) -> None:
        """Open the index in a folder. Raises ``IndexUnavailable``.

        ``model`` is the one that the folder's vectors were made with; without one words alone are searched.
        """
        self._index = CompiledIndex(folder / COMPILED_FILE)
        self._completions = Completions(folder / COMPLETION_FILE, self._index.text)
        self._catalog = catalog
        self._reader = QueryReader(self._index)
        self._ranking = Ranking(self._index)
        self._hits = Hits(self._index, catalog)
        self._meaning = Meaning(folder / MEANING_FILE, model, self._index) if model else None

    def prepare(self) -> None:
        """Load the model, where there is one: the first search need not wait for it then.

        Raises ``IndexUnavailable``, ``ModelUnavailable`` or ``SourceError``.
        """
        if self._meaning:
            self._meaning.prepare()

    def close(self) -> None:
        """Let go of the index. Nothing can be searched any more."""
        if self._meaning:
            self._meaning.close()
        self._index.close()
        self._completions.close()

    def search(
        self,
        query: str,
        on: date,
        *,
        limit: int = 10,
        billable_only: bool = False,
        chapter: str | None = None,
        block: str | None = None,
        by_meaning: bool = True,
    ) -> list[Hit]:
        """Rank codes for a phrase, best first, for a date of service.

        Returns at most ``limit`` hits; ``Hit.score`` is comparable within one call only. An empty or
        blank query returns no hits. A query that is a code comes first itself. ``chapter`` is a
        number such as ``13`` and ``block`` a name such as ``M50-M54``; an unknown one returns no hits.
        ``by_meaning`` compares meanings too, where the searcher has a model; that takes some 20 ms, and about
        a second for the first query. Raises ``ModelUnavailable`` where the model cannot be used.
        """
        span = _within(self._span(chapter), self._block_span(block))
        if not span or limit < 1:
            return []
        query = query[:MOST_CHARACTERS]
        codes = self._codes_in(query)
        rest = _without_codes(query, codes)
        hits = [hit for code in codes if (hit := self._hits.of_code(code, on))]
        readings = self._reader.readings(rest)
        alone = codes[0].text if len(codes) == 1 and not readings else ""
        if begun := alone if codes else _begun_code(query):
            # What is billable below a heading may be behind a thousand stems that are not.
            started = self._code_completions(begun, on, _MOST_BELOW if billable_only else limit)
            hits += started
            if started or codes:  # "dm2" starts no code
                readings, rest = [], ""
        if not codes:
            hits += self._mapped(query, on)
            hits += self._in_tables(rest, on, readings)
        if span != EVERYWHERE:
            hits = [hit for hit in hits if self._is_within(hit.code, span)]
        count = _LEAST_RANKED + limit * (8 if billable_only else 2)
        ranked: list[Found] = []
        if codes and readings:  # "M54 lumbar"
            for code in codes[:_MOST_SPANS]:
                below = _within(self._catalog.span(code), span)
                ranked += self._ranked(readings, below, count, rest, by_meaning=by_meaning)
        ranked += self._ranked(readings, span, count, rest, by_meaning=by_meaning)
        found = self._hits.of(ranked, on, encounter_in(query), billable_only=billable_only)
        return _unique((h for h in chain(hits, found) if h.billable or not billable_only), limit)

    def complete(self, typed: str, on: date, *, limit: int = 50) -> list[Hit]:
        """Codes for what is being typed, the most useful first.

        The last word may be unfinished; the others count as in a search. What looks like the start of
        a code is completed as a code.
        """
        if limit < 1:
            return []
        hits = self._code_completions(typed, on, limit)
        return _unique(chain(hits, self._word_completions(typed[-MOST_CHARACTERS:], on, limit)), limit)

    def unknown_words(self, query: str) -> list[str]:
        """The words of a query that are in no official text, not even misspelt; codes left out."""
        rest = _CODE_TEXT.sub(" ", query[:MOST_CHARACTERS])
        readings = self._reader.readings(rest)
        expansions = (written for reading in readings for written, _ in reading.expanded)
        expanded = {word for written in expansions for word in words(written)}
        written = (term.written for reading in readings for term in reading.terms if not term.variants)
        known = self._index.word_numbers
        unknown = (w for w in written if w not in expanded and w not in known and w not in STOP_WORDS)
        return list(dict.fromkeys(unknown))

    # What the query says

    def _is_within(self, code: Code, span: range) -> bool:
        entry = self._catalog.entry(code)
        return entry is not None and entry.number in span

    def _codes_in(self, query: str) -> list[Code]:
        """The codes that are written in a query and that exist in any year, each once."""
        codes = dict.fromkeys(
            code for text in _CODE_TEXT.findall(query)[:MOST_WORDS] if (code := _code(text))
        )
        known = self._catalog.known_among(set(codes)) if codes else set()
        return [code for code in codes if code in known]

    def _mapped(self, query: str, on: date) -> list[Hit]:
        """The codes that an ICD-9-CM code leads to, where the General Equivalence Mappings are loaded."""
        if not self._catalog.holds(GEM_TABLE):
            return []
        try:
            old = Icd9Code.parse(query.strip())
        except InvalidIcd9Code:
            return []
        targets = [row.icd10 for row in self._catalog.read(read_icd10_of, old) if row.icd10]
        hits = (self._hits.of_code(code, on) for code in dict.fromkeys(targets))
        return [replace(hit, matched=old.text, kind=RowKind.MAPPING) for hit in hits if hit]

    def _in_tables(self, query: str, on: date, readings: Sequence[Reading]) -> list[Hit]:
        """What the tables of neoplasms and of drugs have for a query, where they are loaded."""
        whole = " ".join(words(query))
        meanings = [meaning for r in readings for written, meaning in r.expanded if written == whole]
        cell = table_cell(self._catalog, self._hits.parts, query, meanings)
        entry = self._catalog.entry(cell.code) if cell else None
        if cell is None or entry is None or not entry.printed:
            return []
        match = Match(CERTAIN, 0, 1.0, 1.0, False, Reading((), 1.0, False, cell.side))
        best = (self._defaults(entry.number, match) or [Found(entry.number, match)])[0]
        found = self._hits.of([best], on, encounter_in(query))
        edition = self._hits.edition(cell.kind)
        return [replace(hit, matched=cell.text, kind=cell.kind, edition=edition) for hit in found]

    # What is found

    def _ranked(
        self,
        readings: Sequence[Reading],
        span: range,
        count: int,
        query: str,
        *,
        by_meaning: bool,
        effort: Effort = THOROUGH,
    ) -> list[Found]:
        """The best entries, in the order in which they are shown."""
        matches = self._ranking.matches(readings, span, count, effort)
        if by_meaning and self._meaning:
            matches = self._meaning.join(matches, readings, query, span)
        best = nlargest(count, matches.items(), key=lambda item: (item[1].score, -item[1].row))
        # Stop words do not score: titles that differ in them alone are told apart here.
        asked = telling_text(query)
        hashed = said_hash(query)
        said = self._index.row_said
        verbatim = {e for e, match in best if said[match.row] == hashed and self._is_said(match.row, asked)}
        meant = self._called(asked)
        if meant in matches and all(entry != meant for entry, _ in best):
            best.append((meant, matches[meant]))
        best.sort(key=lambda item: (item[0] != meant, item[0] not in verbatim))
        return self._with_left_over(self._in_order(dict(best), verbatim), matches)

    def _called(self, asked: str) -> int:
        """The entry that people mean by what is asked, of those that coders meet most often; 0 for others.

        Syncope is no heat syncope, and aortic stenosis not the congenital one.
        """
        code = common_names().get(asked)
        entry = self._catalog.entry(code) if code else None
        return entry.number if entry else 0

    def _with_left_over(self, found: Sequence[Found], matches: Mapping[int, Match]) -> list[Found]:
        """What was found; in place of the last few, what the best one's category has for all the rest.

        These are the codes for what has none of its own and for what is not known (I.A.6, I.A.9), which
        have few words to be found by.
        """
        if len(found) <= _BEFORE_LEFT_OVER:
            return list(found)
        before = found[:_BEFORE_LEFT_OVER]
        shown = {answer.entry for answer in before}
        category = self._category(found[0].entry)
        rest = dict.fromkeys((self._index.entry_other[category], self._index.entry_unspecified[category]))
        left_over = [Found(n, matches[n]) for n in rest if n in matches and n not in shown]
        return [*before, *left_over, *found[_BEFORE_LEFT_OVER:]]

    def _category(self, entry: int) -> int:
        """The category of an entry."""
        parents = self._index.entry_parent  # a block has none there
        while parents[parents[entry]]:
            entry = parents[entry]
        return entry

    def _is_said(self, row: int, asked: str) -> bool:
        """Whether a row's text is what was asked; a reference names what it excludes only within its note."""
        return self._index.row_kind[row] != RowKind.REFERENCE and telling_text(self._index.text(row)) == asked

    def _in_order(self, best: Mapping[int, Match], verbatim: Set[int] = frozenset()) -> list[Found]:
        """Entries, best first: for a heading its default codes; more siblings and the headings come last.

        Of headings, those stay that are in ``verbatim``, being named word for word.
        """
        parents = self._index.entry_parent
        shown: dict[int, int] = {}
        first: list[Found] = []
        later: list[Found] = []
        beside = Counter([parents[entry] for entry in best])
        for entry, match in best.items():
            above = parents[entry]
            place = shown[above] = shown.get(above, 0) + 1
            more = beside[above] - place if place == _MOST_SIBLINGS else 0
            own = Found(entry, match, None, more)
            defaults = [self._as_telling(found, best) for found in self._defaults(entry, match)]
            (later if place > _MOST_SIBLINGS else first).extend(defaults or (own,))
            if defaults:
                # Other headings would only repeat their default code.
                (first if entry in verbatim else later).append(own)
        if first:
            place = 2 if len(first) > 1 and first[1].entry == first[0].of else 1
            first[place:place] = self._trimesters(first[0])
        return [*first, *later]

    def _trimesters(self, found: Found) -> list[Found]:
        """The codes for each trimester, where a default code says that it is not known (I.C.15.a.3)."""
        entry = self._catalog.entry_numbered(found.entry) if found.of else None
        if entry is None or entry.parent is None or _UNKNOWN_TRIMESTER not in entry.title:
            return []
        beside = self._catalog.children(self._catalog.entry_numbered(entry.parent))
        return [found._replace(entry=child.number) for child in beside if child.number != found.entry]

    def _as_telling(self, default: Found, best: Mapping[int, Match]) -> Found:
        """A default code; where it leaves open what was asked for, a code beside it that says it.

        The Alphabetic Index has "Ulcer, pressure, stage 3, sacral region" for a heading, whose default code
        is for an unspecified stage; "Subluxation and dislocation of hip" is the title of one, whose default
        code is for the first of both.
        """
        kind, row = self._index.row_kind, default.match.row
        names_two = kind[row] == RowKind.TITLE and " and " in self._index.text(row)
        if kind[row] != RowKind.INDEX_TERM and not names_two:
            return default
        own, asked = best.get(default.entry), default.match.recall - _ALIKE
        if own is None or own.recall >= asked:
            return default
        above = self._index.entry_parent[default.entry]
        beside = (entry for entry in best if self._index.entry_parent[entry] == above)
        telling = next((entry for entry in beside if best[entry].recall >= asked), None)
        return default if telling is None else Found(telling, best[telling])

    def _defaults(self, entry: int, match: Match) -> list[Found]:
        """The codes that an entry stands for where nothing more is known."""
        index, reading = self._index, match.reading
        defaults = [index.entry_unspecified[entry]]
        if reading.asks_for_other:
            defaults.insert(0, index.entry_other[entry])
        if reading.choice:
            defaults.insert(0, index.chosen(reading.choice).get(entry, 0))
        return [Found(default, match, entry) for default in defaults if default and default != entry]

    # What completes what was typed

    def _code_completions(self, typed: str, on: date, limit: int) -> list[Hit]:
        if not (match := _CODE_START.fullmatch(typed.strip())):
            return []
        category, rest = match.groups()
        prefix = f"{category}.{rest}".upper() if rest or "." in typed else category.upper()
        found = self._catalog.starting_with(prefix, limit)
        lives = self._catalog.lives([code.text for code, _ in found])
        return [
            Hit(code, title, standing, CERTAIN, code.text, RowKind.CODE)
            for code, title in found
            if (standing := lives[code.text].standing(on)) in (Standing.BILLABLE, Standing.HEADING)
        ]

    def _word_completions(self, typed: str, on: date, limit: int) -> Iterator[Hit]:
        """Texts with the words as they were typed, then those that hold them in another order."""
        written = words(typed)
        written = list(dropwhile(STOP_WORDS.__contains__, written)) or written
        if not written:
            return
        phrase = " ".join(written) + ("" if typed[-1].isalnum() else " ")
        ranked = self._completed(self._completions.starting_with(phrase, _LEAST_RANKED + limit))
        enough = min(limit, _ENOUGH)
        if len(ranked) < enough and (reading := self._reader.unfinished(typed)):
            count, effort = (enough, _BESIDE) if ranked else (limit, THOROUGH)
            others = self._ranked([reading], EVERYWHERE, count, typed, by_meaning=False, effort=effort)
            ranked += others[:_ENOUGH] if ranked else others
        yield from self._hits.of(ranked, on, None)

    def _completed(self, found: Iterable[Completion]) -> list[Found]:
        matches: dict[int, Match] = {}
        for place, completion in enumerate(found):
            expanded = ((completion.term, completion.meaning),) if completion.meaning else ()
            reading = replace(_AS_TYPED, expanded=expanded) if expanded else _AS_TYPED
            match = Match(1 - place / 1000, completion.row, 1.0, 1.0, False, reading)
            matches.setdefault(self._index.row_entry[completion.row], match)
        return self._in_order(matches)

    def _span(self, chapter: str | None) -> range:
        """The numbers of a chapter's entries; none for a chapter that does not exist."""
        if chapter is None:
            return EVERYWHERE
        chapters = self._catalog.groups(Level.CHAPTER)
        names = [entry.name for entry in chapters]
        if chapter not in names:
            return range(0)
        place = names.index(chapter)
        after = chapters[place + 1].number if place + 1 < len(chapters) else EVERYWHERE.stop
        return range(chapters[place].number, after)

    def _block_span(self, block: str | None) -> range:
        """The numbers of a block's codes; none for a block that does not exist."""
        if block is None:
            return EVERYWHERE
        if self._catalog.group(Level.BLOCK, block) is None:
            return range(0)
        first, _, last = block.partition("-")
        begin, end = self._catalog.span(Code(first)), self._catalog.span(Code(last or first))
        return range(begin.start, end.stop)


def _begun_code(query: str) -> str:
    """The start of a code, as M54. and M54.- are, where a query is nothing else; empty for words."""
    text = query.strip().rstrip("-").rstrip(".")
    is_code = _CODE_START.fullmatch(text) and any(map(str.isdigit, text))
    return text if is_code and len(text) > 1 else ""


def _code(text: str) -> Code | None:
    try:
        return Code.parse(text)
    except InvalidCode:
        return None


def _without_codes(query: str, codes: Sequence[Code]) -> str:
    """The rest of a query: what is a code is not searched as words."""
    return _CODE_TEXT.sub(lambda m: " " if _code(m.group()) in codes else m.group(), query)


def _within(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _unique(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """The first hit of each code, at most ``limit``."""
    found: dict[Code, Hit] = {}
    for hit in hits:
        found.setdefault(hit.code, hit)
        if len(found) == limit:
            break
    return list(found.values())
