"""Properties of the full cards of every code: of the release on a day of its own year, a sample later.

Each pass builds every card once and collects what is wrong by property; the tests look at the lists.
What a card is held against is read here, from the code list, the table of billable periods and the
catalogue's rows, and not with the functions that build the card.
"""

import csv
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import islice

import pytest

from core.card import CardNote
from core.catalog import Catalog
from core.catalog_entries import CatalogEntry
from core.classification import Level
from core.code import Code
from core.full_card import FullCard, build_full_card
from core.lives import Standing
from core.related import Relation
from core.release import FIRST_DATE_OF_SERVICE
from core.render.full_outline import full_outline
from core.render.glance import COLUMNS, LINES, glance
from core.render.json_card import full_card_to_dict
from core.render.markdown import escape, outline_to_markdown
from core.render.outline import Outline, outline
from core.render.text import outline_to_lines
from core.sources.billable_validity import PATH
from core.sources.packaged import PackagedRelease
from tests.conftest import IN_FY2026, IN_FY2027
from tests.core.test_references import UNRESOLVED

ALL = bool(os.environ.get("ICDLENS_TEST_ALL_CARDS"))
pytestmark = pytest.mark.timeout(3600 if ALL else 900)
#: Of all codes, every which one a card is built of on the second date, and rendered on either. Primes, so
#: that the same 7th characters do not come again and again.
STEP_OF_DATE = {IN_FY2026: 1, IN_FY2027: 1 if ALL else 7}
RENDERED = 1 if ALL else 13

#: A code as notes print it. What it must not be part of keeps ICD-9-CM codes and ranges of digits out.
_PRINTED_CODE = re.compile(r"(?<![0-9A-Za-z.])[A-Z][0-9A-Z][0-9A-Z]\.[0-9A-Z]{1,4}(?![0-9A-Za-z.])")
_SHOWN = 5


def bare(code: str) -> str:
    return code.replace(".", "")


@dataclass(frozen=True)
class Expected:
    """What the code list and the table of billable periods say, read without the product's readers."""

    listed: tuple[str, ...]
    periods: dict[str, list[tuple[date, date]]]

    @cached_property
    def above_listed(self) -> frozenset[str]:
        return frozenset(beginnings(self.listed))

    @cached_property
    def known(self) -> frozenset[str]:
        """Every code and heading of any year."""
        return frozenset((*self.listed, *self.periods, *self.above_listed, *beginnings(self.periods)))

    @cached_property
    def unlisted(self) -> tuple[str, ...]:
        """The codes and headings of other years; a stem of placeholders is none."""
        others = self.known - set(self.listed)
        return tuple(sorted(c for c in others if len(c) == 7 or not c.endswith("X")))

    def lives(self, code: str) -> list[tuple[date, date]]:
        always = [(FIRST_DATE_OF_SERVICE, date.max)]
        is_always = code in self._listed_set and code not in self.above_listed
        return self.periods.get(code, always if is_always else [])

    @cached_property
    def _listed_set(self) -> frozenset[str]:
        return frozenset(self.listed)

    def billable_on(self, day: date) -> frozenset[str]:
        return frozenset(c for c in self.known if any(a <= day <= b for a, b in self.lives(c)))

    def changed_between(self, day: date, later: date) -> set[str]:
        """The categories of which a code began or ended between two days."""
        ends = ((code, end) for code, periods in self.periods.items() for p in periods for end in p)
        return {code[:3] for code, end in ends if day < end <= later}

    @cached_property
    def begun(self) -> dict[str, date]:
        """The first day on which a code, or a code below it, was billable."""
        begun: dict[str, date] = {}
        for code in self.known:
            for first, _ in self.lives(code):
                for name in (code, *beginnings([code])):
                    begun[name] = min(first, begun.get(name, date.max))
        return begun


def beginnings(codes: Iterable[str]) -> Iterator[str]:
    return (code[:n] for code in codes for n in range(3, len(code)))


@pytest.fixture(scope="module")
def expected(packaged: PackagedRelease) -> Expected:
    lines = packaged.code_list.read_text(encoding="ascii").split()
    listed = dict.fromkeys(line for line in lines if line[0].isalpha() and "-" not in line)
    periods = defaultdict(list)
    with PATH.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            through = date.fromisoformat(row["billable_through"] or date.max.isoformat())
            periods[bare(row["code"])].append((date.fromisoformat(row["billable_from"]), through))
    return Expected(tuple(listed), periods)


@dataclass(frozen=True)
class Rows:
    """The catalogue's entries and notes, whose chains are followed here."""

    entries: dict[int, CatalogEntry]
    number: dict[str, int]
    notes: dict[int, list[tuple[str, str]]]

    def chain(self, name: str) -> list[CatalogEntry]:
        """From the code's own entry, or the nearest heading of one that the release lacks, upwards."""
        beginning = next((name[:n] for n in range(len(name), 2, -1) if name[:n] in self.number), None)
        number = self.number[beginning] if beginning else None
        chain = []
        while number is not None:
            chain.append(self.entries[number])
            number = self.entries[number].parent
        return chain


@pytest.fixture(scope="module")
def rows(catalog: Catalog) -> Rows:
    codes = list(catalog.codes())
    groups = [*catalog.groups(Level.CHAPTER), *catalog.groups(Level.BLOCK)]
    notes = defaultdict(list)
    for number, kind, _, text in catalog.all_notes():
        notes[number].append((str(kind), text))
    entries = {entry.number: entry for entry in (*groups, *codes)}
    return Rows(entries, {bare(entry.name): entry.number for entry in codes}, notes)


@dataclass(frozen=True)
class Findings:
    """What is wrong, by property; how many cards were built and rendered; what is more specific than what."""

    violations: dict[str, list[str]]
    built: int
    rendered: int
    more_specific: dict[str, list[str]]

    def of(self, name: str) -> list[str]:
        """The first few violations of a property."""
        return self.violations.get(name, [])[:_SHOWN]


@pytest.fixture(scope="module", params=STEP_OF_DATE, ids=str)
def findings(request: pytest.FixtureRequest, catalog: Catalog, expected: Expected, rows: Rows) -> Findings:
    day: date = request.param
    every = (*expected.listed, *expected.unlisted)
    changed = expected.changed_between(IN_FY2026, IN_FY2027)
    names = dict.fromkeys((*every[:: STEP_OF_DATE[day]], *(code for code in every if code[:3] in changed)))
    inspector = Inspector(expected, rows, day)
    violations = defaultdict(list)
    more_specific = {}
    built = rendered = 0
    for position, name in enumerate(names):
        code = Code.parse(name)
        try:
            full = build_full_card(catalog, code, day)
        except Exception as error:  # whatever it is, the other codes are looked at as well
            violations["raises"].append(f"{code}: {error!r}")
            continue
        if full is None:
            violations["missing"].append(code.text)
            continue
        built += 1
        for kind, what in inspector.facts(full):
            violations[kind].append(f"{code}: {what}")
        if specific := [c.name for c in full.related if c.relation is Relation.MORE_SPECIFIC]:
            more_specific[code.text] = specific
        if position % RENDERED:
            continue
        try:
            rendered += 1
            for kind, what in inspector.renderings(full):
                violations[kind].append(f"{code}: {what}")
        except Exception as error:
            violations["rendering raises"].append(f"{code}: {error!r}")
    return Findings(dict(violations), built, rendered, more_specific)


Found = Iterator[tuple[str, str]]  # the property, and what is wrong


class Inspector:
    """Looks at the cards of one date."""

    def __init__(self, expected: Expected, rows: Rows, day: date) -> None:
        self.expected = expected
        self.rows = rows
        self.day = day
        self.billable = expected.billable_on(day)
        self.headings = frozenset(beginnings(self.billable))
        self.groups = {e.name for e in rows.entries.values() if e.level in (Level.CHAPTER, Level.BLOCK)}
        self.excused = {bare(code) for code in UNRESOLVED} | set(UNRESOLVED.values())
        self._unknown: dict[str, tuple[str, ...]] = {}
        in_use = (self.billable | self.headings) & {*expected.listed, *expected.unlisted}
        self.below: dict[str, set[str]] = defaultdict(set)
        for name in in_use:
            above = (name[:n] for n in range(len(name) - 1, 2, -1))
            self.below[next((heading for heading in above if heading in in_use), "")].add(name)

    def standing(self, name: str) -> Standing:
        if name in self.billable:
            return Standing.BILLABLE
        if name in self.headings:
            return Standing.HEADING
        return Standing.RETIRED if self.expected.begun[name] <= self.day else Standing.NOT_YET_VALID

    def facts(self, full: FullCard) -> Found:
        yield from self._standing(full)
        yield from self._notes(full)
        yield from self._names(full)
        yield from self._more_specific(full)
        yield from self._documentation(full)
        yield from self._succession(full)

    def renderings(self, full: FullCard) -> Found:
        whole, short = full_outline(full), glance(full)
        yield from self._whole(full, whole)
        yield from _glance(whole, short)
        yield from _json(full)
        yield from _markdown(whole)

    def _standing(self, full: FullCard) -> Found:
        card = full.card
        name = card.code.undotted
        if card.standing is not self.standing(name):
            yield "standing", f"{card.standing} is {self.standing(name)}"
        entry = self.rows.number.get(name)
        if card.title != (self.rows.entries[entry].title if entry else None):
            yield "standing", f"title {card.title}"
        for other in (*card.children, *card.siblings):
            if other.standing is not self.standing(other.code.undotted):
                yield "standing", f"{other.code} beside or below it is {other.standing}"
        in_use = (Standing.BILLABLE, Standing.HEADING)
        below = {c.code.undotted for c in card.children if c.standing in in_use}
        if below != self.below.get(name, set()):
            yield "children", f"{sorted(below)} are not all codes below it"

    def _notes(self, full: FullCard) -> Found:
        """Notes are the union of the entries' own, from the chapter down."""
        chain = self.rows.chain(full.card.code.undotted)
        own = chain[0].name if chain else None
        # The block T07 has the name of the category below it.
        union = Counter(
            (str(e.level), e.name, kind, text, (e.level, e.name) != (full.card.level, full.card.code.text))
            for e in chain
            for kind, text in self.rows.notes[e.number]
        )
        found = Counter(map(_note, full.card.notes))
        if found != union:
            yield "notes", f"{found - union} too much, {union - found} missing, from {own} up"
        if [(p.level, p.name, p.title) for p in full.card.path] != [
            (e.level, e.name, e.title) for e in reversed(chain)
        ]:
            yield "notes", f"path {[p.name for p in full.card.path]}"

    def _names(self, full: FullCard) -> Found:
        """Every code that a part of the card names was there in some year."""
        card = full.card
        codes = {other.code.text for other in (*card.children, *card.siblings)}
        codes |= {c.code.text for c in card.seventh_characters if c.code}
        change = full.succession
        codes |= {other.code.text for other in (*change.replaced_by, *change.split_from)}
        codes |= {other.name for other in full.related} - self.groups
        codes |= {c.code.text for axis in full.documentation.open_axes for c in axis.choices}
        for code in codes:
            if bare(code) not in self.expected.known:
                yield "names", f"names {code}"
        for note in card.notes:
            for code in self._unknown_in(note.text):
                yield "names", f"{code} in a note of {note.at.name}"

    def _unknown_in(self, text: str) -> tuple[str, ...]:
        """The codes printed in a line that no year knows; most lines stand on many cards."""
        if text not in self._unknown:
            printed = set(map(bare, _PRINTED_CODE.findall(text)))
            self._unknown[text] = tuple(printed - self.expected.known - self.excused)
        return self._unknown[text]

    def _more_specific(self, full: FullCard) -> Found:
        """Billable, and in the tree of the code's category, but neither the code nor above it."""
        own = full.card.code.text
        specific = [c for c in full.related if c.relation is Relation.MORE_SPECIFIC]
        for other in specific:
            if bare(other.name) not in self.billable or other.standing is not Standing.BILLABLE:
                yield "more specific", f"{other.name} is not billable"
            if other.name[:3] != own[:3] or own.startswith(other.name):
                yield "more specific", f"{other.name} is not beside or below it"
            if self._is_left_over_above(other.name, own):
                yield "more specific", f"{other.name} {other.title}"
        if len({c.name for c in specific}) != len(specific):
            yield "more specific", "the same code twice"
        if [Code(c.name) for c in specific] != list(full.documentation.more_specific):
            yield "more specific", "is not what the documentation leads to"

    def _is_left_over_above(self, other: str, own: str) -> bool:
        """Whether a code is the "unspecified" of a heading further up than the code's own (I.A.9.b).

        "Unspecified part of face" is not made more specific by "skin, unspecified".
        """
        entry = self.rows.entries[self.rows.number[bare(other)]] if bare(other) in self.rows.number else None
        if entry is None or entry.parent is None or "nspecified" not in entry.title:
            return False
        heading, *above = self.rows.chain(bare(own))[1:]
        is_above = any(level.number == entry.parent for level in above)
        return is_above and heading.level is Level.SUBCATEGORY and other.endswith("9") and len(other) <= 5

    def _documentation(self, full: FullCard) -> Found:
        own = full.card.code.text
        for axis in full.documentation.open_axes:
            if len({c.code for c in axis.choices}) != len(axis.choices):
                yield "documentation", f"{axis.axis} leads to a code twice"
            for choice in axis.choices:
                code, to = choice.code.text, [c.text for c in choice.codes]
                if own.startswith(code) or own in to:
                    yield "documentation", f"leads to itself or above, {code} {to}"
                if [c for c in to if bare(c) not in self.billable]:
                    yield "documentation", f"{to} are not all billable"
                if self.standing(choice.code.undotted) is not (
                    Standing.BILLABLE if choice.billable else Standing.HEADING
                ):
                    yield "documentation", f"{code} is no {'billable code' if choice.billable else 'heading'}"
                if choice.billable and to != [code]:
                    yield "documentation", f"{code} stands for {to}"
                if [c for c in to if not c.startswith(code)]:
                    yield "documentation", f"{to} are not below {code}"

    def _succession(self, full: FullCard) -> Found:
        """A replacement begins, and what was split ends, on the day that the card gives."""
        change = full.succession
        for other in change.replaced_by:
            if change.replaced_on not in [first for first, _ in self.expected.lives(other.code.undotted)]:
                yield "succession", f"{other.code} does not begin on {change.replaced_on}"
        for other in change.split_from:
            ends = [through for _, through in self.expected.lives(other.code.undotted)]
            if change.split_on is None or not any((change.split_on - end).days == 1 for end in ends):
                yield "succession", f"{other.code} does not end before {change.split_on}"

    def _whole(self, full: FullCard, whole: Outline) -> Found:
        """The full outline holds the card's, fits its width, and names no code that never was."""
        by_heading = [(s.heading, s.lines) for s in whole.sections]
        if any((s.heading, s.lines) not in by_heading for s in outline(full.card).sections):
            yield "depths", "the full outline lacks a section of the card's"
        if any(not s.lines or s.left_out for s in whole.sections):
            yield "depths", "an empty or cut section of the full outline"
        for section in whole.sections:
            for line in section.lines:
                is_icd9 = section.heading.startswith("ICD-9-CM")
                for code in () if is_icd9 else self._unknown_in(line.text):
                    yield "names", f"{code} in section {section.heading}"
        for text in outline_to_lines(whole, width=COLUMNS):
            if len(text.text) > COLUMNS:
                yield "text", f"{len(text.text)} columns: {text.text}"


def _note(note: CardNote) -> tuple[str, str, str, str, bool]:
    return note.at.level.value, note.at.name, note.kind.value, note.text, note.inherited


def _glance(whole: Outline, short: Outline) -> Found:
    lines = [line.text for line in outline_to_lines(short, width=COLUMNS)]
    if len(lines) > LINES or max(map(len, lines)) > COLUMNS:
        yield "glance", f"{len(lines)} lines of up to {max(map(len, lines))} columns"
    if (short.code, short.title, short.billable, short.status, short.cautions) != (
        (whole.code, whole.title, whole.billable, whole.status, whole.cautions)
    ):
        yield "depths", "the glance's head is not the full outline's"
    left = list(whole.sections)
    for section in short.sections:
        length = len(section.lines)
        held = [s for s in left if s.heading == section.heading and s.lines[:length] == section.lines]
        if not held or len(held[0].lines) != length + section.left_out:
            yield "depths", f"the glance's section {section.heading} is not in the full outline"
        else:
            left.remove(held[0])
    if left and not short.footer[-1].startswith(f"{len(left)} more section"):
        yield "depths", f"the glance does not count the {len(left)} sections that it left out"
    steps = short.path[0].split(" › ") if short.path else []
    if len(steps) != len(whole.path) or not all(map(str.startswith, whole.path, steps)):
        yield "depths", f"the glance's path {steps}"


def _json(full: FullCard) -> Found:
    card = full.card
    found = json.loads(json.dumps(full_card_to_dict(full)))
    head = tuple(found[key] for key in ("code", "title", "standing", "billable", "reason", "as_of"))
    if head != (
        (card.code.text, card.title, card.standing, card.billable, card.reason.text, str(card.as_of))
    ):
        yield "json", f"head {head}"
    notes = [
        (n["at"]["level"], n["at"]["name"], n["kind"], n["text"], n["inherited"]) for n in found["notes"]
    ]
    if notes != list(map(_note, card.notes)):
        yield "json", "notes"
    for key, codes in (("children", card.children), ("siblings", card.siblings)):
        if [(c["code"], c["title"], c["standing"]) for c in found[key]] != [
            (c.code.text, c.title, c.standing) for c in codes
        ]:
            yield "json", key
    if [(r["relation"], r["name"]) for r in found["related"]] != [(r.relation, r.name) for r in full.related]:
        yield "json", "related"
    if [(a["axis"], [c["code"] for c in a["choices"]]) for a in found["documentation"]["open"]] != [
        (a.axis, [c.code.text for c in a.choices]) for a in full.documentation.open_axes
    ]:
        yield "json", "documentation"
    if unexplained := set(_source_keys(found)) - found["sources"].keys():
        yield "json", f"sources {unexplained}"


def _source_keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("source"), str):
            yield value["source"]
        for inner in value.values():
            yield from _source_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _source_keys(inner)


def _markdown(whole: Outline) -> Found:
    text = outline_to_markdown(whole)
    if not text.startswith(f"**{whole.code}** {escape(whole.title)}\n"):
        yield "markdown", "title"
    lines = text.splitlines()
    bullets = sum(line.lstrip().startswith("- ") for line in lines)
    if bullets != sum(len(s.lines) for s in whole.sections):
        yield "markdown", f"{bullets} bullets"
    if missing := {f"**{escape(s.heading)}**" for s in whole.sections} - set(lines):
        yield "markdown", f"without {missing}"


def test_every_code_has_a_card_and_none_raises(findings: Findings) -> None:
    assert findings.of("raises") == []
    assert findings.of("missing") == []


def test_rendering_never_raises(findings: Findings) -> None:
    assert findings.of("rendering raises") == []


def test_enough_was_looked_at(findings: Findings, request: pytest.FixtureRequest) -> None:
    step = STEP_OF_DATE[IN_FY2026 if str(IN_FY2026) in request.node.name else IN_FY2027]
    assert findings.built >= 98_186 // step
    assert findings.rendered >= findings.built // RENDERED > 1_000
    assert len(findings.more_specific) > 10_000 // step


def test_standings_follow_from_the_official_files(findings: Findings) -> None:
    assert findings.of("standing") == []


def test_codes_below_are_all_those_in_use(findings: Findings) -> None:
    assert findings.of("children") == []


def test_notes_are_the_union_of_the_notes_from_the_chapter_down(findings: Findings) -> None:
    assert findings.of("notes") == []


def test_no_card_names_a_code_that_never_existed(findings: Findings) -> None:
    assert findings.of("names") == []


def test_more_specific_codes_are_billable_and_beside_or_below(findings: Findings) -> None:
    assert findings.of("more specific") == []


def test_no_two_codes_are_more_specific_than_each_other(findings: Findings) -> None:
    specific = findings.more_specific
    mutual = (
        f"{code} {other}"
        for code, others in specific.items()
        for other in others
        if code < other and code in specific.get(other, ())
    )
    assert list(islice(mutual, _SHOWN)) == []


def test_who_follows_more_specific_codes_never_comes_back(findings: Findings) -> None:
    cycle: list[str] = []
    try:
        TopologicalSorter(findings.more_specific).prepare()
    except CycleError as error:
        cycle = error.args[1]
    assert cycle == []


def test_documentation_leads_to_codes_in_use_and_never_back(findings: Findings) -> None:
    assert findings.of("documentation") == []


def test_codes_follow_each_other_without_a_gap(findings: Findings) -> None:
    assert findings.of("succession") == []


def test_the_glance_fits_one_screen(findings: Findings) -> None:
    assert findings.of("glance") == []


def test_text_fits_the_width(findings: Findings) -> None:
    assert findings.of("text") == []


def test_the_depths_agree(findings: Findings) -> None:
    assert findings.of("depths") == []


def test_json_says_what_the_card_says(findings: Findings) -> None:
    assert findings.of("json") == []


def test_markdown_has_every_section_and_line(findings: Findings) -> None:
    assert findings.of("markdown") == []
