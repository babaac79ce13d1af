"""Rules that compare the codes of one list: Excludes1, etiology before manifestation, duplicates."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from core.card import CardNote
from core.classification import Level
from core.code import Code
from core.complexity import GUIDELINES, code_first
from core.findings import fixes
from core.findings.code_facts import CodeFacts, followed
from core.findings.finding import Edit, Fix
from core.findings.note import Note, rules_of
from core.findings.remark import Remark, remark_on
from core.findings.together import Lists, Together
from core.notes import NoteKind
from core.recogniser.mention import Mention
from core.references import Reference

_LIFTING = frozenset(
    {NoteKind.EXCLUDES2, NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL_CODE, NoteKind.CODE_ALSO}
)
# "Code first" that is always meant. "If applicable" and "any" leave it open, and a list of conditions alone
# (A41: "postprocedural sepsis") is about those patients who have them.
_CONDITIONAL = re.compile(r"\bif\b|\bany\b|\bwhen\b|\bknown\b", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\bunderlying\b|\bto identify\b|\bcondition resulting from\b"
    r"|\bthe (?:type of|neoplasm|associated physical|infection)\b"
    r"|\bnature of the adverse effect\b|\bunderdosing of\b",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(r"\bsuch as\b", re.IGNORECASE)


class ListRules:
    """The rules that look at codes which are reported together."""

    def __init__(self, note: Note, lists: Lists) -> None:
        self._note = note
        self._lists = lists

    def remarks(self) -> Iterator[Remark]:
        everywhere = [mention.code for mention in self._note.mentions if mention.code]
        for listed in self._lists.together():
            yield from self._excludes1(listed)
            yield from self._order(listed, everywhere)
            yield from self._duplicates(listed)

    # Excludes1

    def _excludes1(self, listed: Together) -> Iterator[Remark]:
        first_of: dict[Code, Mention] = {}
        for mention in listed.mentions:
            if mention.code:
                first_of.setdefault(mention.code, mention)
        for one, two in combinations(first_of.values(), 2):
            if found := self._conflict(one, two):
                yield self._conflict_remark(one, two, *found)

    def _conflict(self, one: Mention, two: Mention) -> tuple[CodeFacts, CodeFacts, CardNote] | None:
        """The Excludes1 note that parts two codes: whose it is, whom it names, and the note."""
        facts = self._note.facts(one), self._note.facts(two)
        for by, named in (facts, facts[::-1]):
            if by is None or named is None or by.code.text.startswith(named.code.text):
                continue
            if named.code.text.startswith(by.code.text):
                continue
            note = _excluding(by, named.code)
            if note and not _is_lifted(by, named.code, note) and not _is_lifted(named, by.code, None):
                return by, named, note
        return None

    def _conflict_remark(
        self, one: Mention, two: Mention, by: CodeFacts, named: CodeFacts, note: CardNote
    ) -> Remark:
        release = note.source.edition
        message = (
            f"{named.called} and {by.called} are not coded together: Excludes1 at {note.at.level} "
            f"{note.at.name}: “{note.text}” ({note.source.name}, {release}). They may be only where the two "
            "conditions are unrelated (Official Guidelines, I.A.12.a)."
        )
        other = self._note.facts(one)
        related = ((one.start, one.end, other.called if other else one.written),)
        return remark_on(two, "excludes1-conflict", message, related=related)

    # Etiology and manifestation

    def _order(self, listed: Together, everywhere: list[Code]) -> Iterator[Remark]:
        seen: set[Code] = set()
        for place, mention in enumerate(listed.mentions):
            facts = self._note.facts(mention)
            if facts is None or facts.code in seen:
                continue
            seen.add(facts.code)
            before = [m.code for m in listed.mentions[:place] if m.code and m.code != facts.code]
            behind = [m for m in listed.mentions[place + 1 :] if m.code and m.code != facts.code]
            remark = self._manifestation_first(mention, facts, before, behind)
            if remark := remark or self._code_first_missing(mention, facts, before, everywhere):
                yield remark

    def _manifestation_first(
        self, mention: Mention, facts: CodeFacts, before: list[Code], behind: list[Mention]
    ) -> Remark | None:
        if not facts.is_manifestation:
            return None
        named = [r for note in _code_first_notes(facts) for r in followed(note.text)]
        etiology = next((m for m in behind if m.code and _covers(named, m.code)), None)
        if before and (etiology is None or any(_covers(named, code) for code in before)):
            return None
        if etiology:
            where = f"stands before {etiology.code}, which is coded first"
        else:
            where = "is listed first" if behind else "stands alone"
        related = ((etiology.start, etiology.end, "the etiology"),) if etiology else ()
        return remark_on(
            mention,
            "manifestation-first",
            f"{facts.called} is a manifestation and {where}: the underlying condition is sequenced first "
            f"({GUIDELINES.name}, {GUIDELINES.edition}, I.A.13).",
            related=related,
        )

    def _code_first_missing(
        self, mention: Mention, facts: CodeFacts, before: list[Code], everywhere: list[Code]
    ) -> Remark | None:
        notes = _code_first_notes(facts)
        for _, lines in groupby(notes, key=lambda n: (n.at.name, n.group)):
            group = list(lines)
            whole = " ".join(line.text for line in group)
            if _CONDITIONAL.search(whole) or not _ALWAYS.search(whole):
                continue
            references = [r for line in group for r in followed(line.text)]
            if any(_covers(references, code) for code in everywhere):
                continue
            # Where the codes named are examples only, whatever stands before can be the underlying condition.
            if before and (_EXAMPLES.search(whole) or not references):
                continue
            note = group[0]
            says = NoteKind.CODE_FIRST.printed(whole)
            return remark_on(
                mention,
                "code-first-missing",
                f"{facts.called} asks for another code before it: “{_shortened(says)}” (at {note.at.level} "
                f"{note.at.name}, {note.source.name}, {note.source.edition}; I.A.13).",
            )
        return None

    # Duplicates

    def _duplicates(self, listed: Together) -> Iterator[Remark]:
        first_of: dict[tuple[Code, object], Mention] = {}
        times = Counter(mention.code for mention in listed.mentions)
        for mention in listed.mentions:
            if mention.code is None or times[mention.code] == 1:
                continue
            is_text = not rules_of(mention) & {"x12", "hl7"}
            key = mention.code, self._lists.block(mention) if is_text else None
            first = first_of.setdefault(key, mention)
            if first is mention:
                continue
            if is_text and self._is_same_item(first, mention):
                continue
            facts = self._note.facts(mention)
            yield remark_on(
                mention,
                "duplicate",
                f"{facts.called if facts else mention.code} is in the list already: a code is reported once "
                f"for an encounter ({GUIDELINES.name}, I.B.12).",
                self._removal(mention),
                ((first.start, first.end, "listed here first"),),
            )

    def _is_same_item(self, first: Mention, second: Mention) -> bool:
        """Whether two mentions on one line are one entry: "I10 hypertension (I10)"."""
        document = self._note.document
        if document.line_number(first.start) != document.line_number(second.start):
            return False
        between = self._note.text[first.end : second.start]
        return re.search(r"[,;/]", between) is None

    def _removal(self, mention: Mention) -> tuple[Fix, ...]:
        """Remove the line, where it is nothing but the entry."""
        if not self._lists.is_bare_entry(mention):
            return ()
        start, end = self._note.line_bounds(mention.start)
        text = self._note.text
        if end < len(text):
            end += 2 if text.startswith("\r\n", end) else 1
        elif start:
            start -= 2 if text.startswith("\r\n", start - 2) else 1
        return (Fix("Remove the line", fixes.REMOVE, (Edit(start, end, ""),)),)


def _covers(references: list[Reference] | tuple[Reference, ...], code: Code) -> bool:
    return any(reference.covers(code) for reference in references)


def _excluding(by: CodeFacts, named: Code) -> CardNote | None:
    """The narrowest Excludes1 note, own or inherited, that names a code."""
    if not by.may_exclude(named):
        return None
    for note, references in by.excludes1:
        if _covers(references, named):
            is_own_family = note.at.level not in (Level.CHAPTER, Level.BLOCK) and named.text.startswith(
                note.at.name
            )
            if not is_own_family:
                return note
    return None


def _is_lifted(by: CodeFacts, named: Code, parting: CardNote | None) -> bool:
    """Whether a note that is as narrow as the Excludes1, or narrower, lets a code stand beside another."""
    if by.card is None:
        return False
    depths = {level.name: depth for depth, level in enumerate(by.card.path)}
    lowest = depths[parting.at.name] if parting else 0
    return any(
        note.kind in _LIFTING
        and depths[note.at.name] >= lowest
        and note.at.level is not Level.CHAPTER
        and any(r.covers(named) for r in followed(note.text))
        for note in by.card.notes
    )


def _code_first_notes(facts: CodeFacts) -> Sequence[CardNote]:
    return code_first(facts.card) if facts.card else ()


def _shortened(text: str, longest: int = 160) -> str:
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"
