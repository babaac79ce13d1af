"""``title-mismatch``: the words written beside a code against its official title and other official texts.

People write in their own words, so words that are not of the title prove nothing. A finding needs proof:
the words say another side, trimester, stage or type of diabetes than the title; or none of them is of the
code, and together they are the title of another code. Abbreviations are never judged, nor what is said of
a condition that somebody had or has not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.axes import Axis, values_in
from core.classification import Level
from core.findings import fixes
from core.findings.code_facts import CodeFacts
from core.findings.finding import Edit, Fix
from core.findings.note import Note, rules_of
from core.findings.remark import Remark
from core.findings.titled import Titled, are_opposite, code_titled, diabetes_types, sides_in, telling
from core.findings.together import TEXT_HEADS, code_table
from core.notes import NoteKind
from core.recogniser.mention import Mention, Verdict

_JUDGED = frozenset({Verdict.CODE, Verdict.CODE_NORM, Verdict.CATEGORY})
_LONGEST_LABEL = 100
_MOST_WORDS = 12
#: What two words must begin with to be forms of one, in letters and as a part of the longer one:
#: hypertension and hypertensive are, hypertension and hyperlipidemia share a prefix only.
_SHORTEST_LIKE = 4
_LIKE = 0.66

_ABBREVIATION = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z0-9]{2,6}\b|\b[a-z]/[a-z]\b|\bw/")
_DOUBTS = re.compile(
    r"\b(?:rather|instead|not|vs|versus|see|excludes?|rule|code[ds]?|due|secondary|or|if|with|without|and|for|use)\b|[/+?=<>{}]",
    re.IGNORECASE,
)
#: What a condition is meant as: a history of asthma is no asthma, and no gallbladder no disease of it.
_MEANT_AS = re.compile(
    r"\b(?:h/?o|hx|history|fh|fhx?|family|screen\w*|exposure|exposed|allerg\w+|aftercare|status|post|s/p|no|not"
    r"|without|denies|negative|absence|absent|risk|suspected|possible|probable|fear|encounter|counsel\w+|carrier)\b",
    re.IGNORECASE,
)
#: Words of so many titles that sharing one is no likeness: "infection", of the lungs or of the urinary tract.
_WEAK = frozenset(
    "pain infection infections infective failure fracture neoplasm malignant benign injury deficiency tract "
    "low high upper lower without symptoms signs abnormal increased decreased acquired congenital".split()
)
_WIDE = (Level.CHAPTER, Level.BLOCK)
_NUMBERED = re.compile(r"stage \d\w?")
_AXES = (Axis.TRIMESTER, Axis.STAGE, Axis.DEGREE)
_DISPLAY = re.compile(r"\bdisplayName\s*=\s*(\"([^\"<>]*)\"|'([^'<>]*)')")
_AFTER = re.compile(r"[)\]*_`]{0,3}(?:\s+[-–—]+\s+|\s*[:=]\s+|[ \t]{1,6})(?=[A-Za-z])")
_STARTS_ENTRY = re.compile(
    r"[\s>#*•·–—_`(\[-]*(?:\[[xX]\]\s*)?(?:[A-Za-z]{1,6}:\s*)?(?:#?\d{1,2}[.):]\s*)?[\s*_`(\[-]*"
)
_ENDS_ENTRY = re.compile(r"[)\]*_`]{0,3}(?:\s*(?:[.;,]\s*)?(?:$|[;|])|\s+[-–—]+\s)")
_BEFORE = re.compile(r"(?:\s*[(\[]\s*|\s+[-–—]+\s+|\s*:\s+|,?\s+)[*_`]*\Z")
_ITEM_START = re.compile(r"(?:^[\s>#*•·–—_`-]*(?:[A-Za-z]{1,12}:\s*)?(?:#?\d{1,2}[.):]\s*)?|[;|]\s*|\.\s+)")
_LABEL_END = re.compile(r"\s*(?:$|;|\||\s[-–—]+\s|\(|\[|\.\s|\.$|\s{3,}|#|//|<!--|\{#)")


@dataclass(frozen=True, slots=True)
class Label:
    """The words beside a code; ``text[start:end]`` of the note."""

    start: int
    end: int
    words: str


class TitleRule:
    """Compares the words beside each code with what official texts and the vocabulary call it."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._labels = Labels(note)

    def remarks(self, mention: Mention) -> Iterator[Remark]:
        facts = self._note.facts(mention)
        if mention.verdict not in _JUDGED or facts is None or not facts.title:
            return
        label = self._labels.beside(mention)
        if label is None or label.words == facts.title:
            return
        if contradiction := _contradiction(label.words, facts):
            yield self._remark(mention, facts, label, contradiction, ())
        elif other := self._title_of_another(label, facts):
            said = f"the words beside it are those of {other.code} ({other.title})"
            yield self._remark(mention, facts, label, said, self._instead(mention, other))

    def _remark(
        self, mention: Mention, facts: CodeFacts, label: Label, said: str, instead: tuple[Fix, ...]
    ) -> Remark:
        message = f"The official title of {facts.code} is “{facts.title}”; {said} (Tabular List)."
        own = Fix(
            "Replace the words by the official title",
            fixes.TITLE,
            (Edit(label.start, label.end, facts.title or ""),),
        )
        related = ((label.start, label.end, "the words beside the code"),)
        return Remark(
            mention.start, mention.end, "title-mismatch", message, facts.code, (own, *instead), related
        )

    def _instead(self, mention: Mention, other: Titled) -> tuple[Fix, ...]:
        """The code to write instead, where the titles leave no choice."""
        if not (other.is_only and self._note.facts_about(other.code, mention).is_billable):
            return ()
        return fixes.replacements(self._note, mention, (other.code,), fixes.NEAR_CODE, prefers_only_one=False)

    def _title_of_another(self, label: Label, facts: CodeFacts) -> Titled | None:
        """The code whose title the words are, where none of them is of this one."""
        words = telling(label.words)
        if not words or _ABBREVIATION.search(_softened(label.words)) or _MEANT_AS.search(label.words):
            return None
        if any(_is_among(word, telling(facts.title or "")) for word in words - _WEAK):
            return None  # most words are of the title, which is at hand
        own = _own_words(facts)
        if any(_is_among(word, own) for word in words - _WEAK) or _are_among(words, own):
            return None
        other = code_titled(facts.catalog, label.words)
        if other is None or other.code.text.startswith(facts.code.text):
            return None
        # A name has to say it all: the vocabulary has words for parts of titles too, such as the low back.
        names = self._note.names(facts.code) if self._note.names is not None else ()
        return None if any(_are_among(words, own | telling(name)) for name in names) else other


class Labels:
    """Finds the words beside a code: in the same element, segment, table row or line."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._text = note.text

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention in self._note.mentions]

    def beside(self, mention: Mention) -> Label | None:
        """The words, where it is plain which they are."""
        rules = rules_of(mention)
        if "code system" in rules:
            return self._in_element(mention)
        if "hl7" in rules:
            return self._in_component(mention)
        if rules & {"x12", "uri", "cell", "url"}:
            return None
        start, end = self._note.line_bounds(mention.start)
        if end - start > 4 * _LONGEST_LABEL:
            return None
        line = self._text[start:end]
        if line.lstrip().startswith("|") or code_table(self._note, mention):
            return self._in_row(mention, start, end)
        return self._on_line(mention, line, start)

    def _in_element(self, mention: Mention) -> Label | None:
        opened = self._text.rfind("<", max(0, mention.start - 1500), mention.start)
        closed = self._text.find(">", mention.end, mention.end + 1500)
        if opened < 0 or closed < 0:
            return None
        found = _DISPLAY.search(self._text, opened, closed)
        if found is None:
            return None
        group = 2 if found[2] is not None else 3
        return self._label(*found.span(group))

    def _in_component(self, mention: Mention) -> Label | None:
        if self._text[mention.end : mention.end + 1] != "^":
            return None
        start = mention.end + 1
        ends = [self._text.find(c, start, start + 2 * _LONGEST_LABEL) for c in "^|~\r\n"]
        found = [end for end in ends if end >= 0]
        return self._label(start, min(found)) if found else None

    def _in_row(self, mention: Mention, start: int, end: int) -> Label | None:
        column = self._note.document.column_at(mention.start)
        line = self._text[start:end]
        delimiter = next((d for d in ("|", "\t", ";", ",") if d in line), None)
        if column is None or delimiter is None or '"' in line:
            return None
        spans, place = [], start
        for cell in line.split(delimiter):
            spans.append((place, place + len(cell)))
            place += len(cell) + 1
        wanted = [
            span
            for span, head in zip(spans, column.heads, strict=False)
            if _without_marks(head) in TEXT_HEADS
        ]
        wanted = [span for span in wanted if not span[0] <= mention.start < span[1]]
        return self._label(*wanted[0]) if len(wanted) == 1 else None

    def _on_line(self, mention: Mention, line: str, offset: int) -> Label | None:
        start, end = mention.start - offset, mention.end - offset
        first_here, behind = (bisect_left(self._starts, p) for p in (offset, offset + len(line)))
        others = [
            (m.start - offset, m.end - offset)
            for m in self._note.mentions[first_here:behind]
            if m is not mention
        ]
        if not others and _STARTS_ENTRY.fullmatch(line, 0, start) and (after := _AFTER.match(line, end)):
            stop = _LABEL_END.search(line, after.end())
            return self._label(offset + after.end(), offset + (stop.start() if stop else len(line)))
        if not (_ENDS_ENTRY.match(line, end) or line[end : end + 1] in (")", "]", ";")):
            return None
        if (joint := _BEFORE.search(line, 0, start)) is None:
            return None
        earliest = max((stop for _, stop in others if stop <= start), default=0)
        begins = [m.end() for m in _ITEM_START.finditer(line, 0, joint.start())]
        first = max((b for b in begins if b <= joint.start()), default=0)
        if earliest > first:
            return None
        return self._label(offset + first, offset + joint.start())

    def _label(self, start: int, end: int) -> Label | None:
        words = self._text[start:end]
        start += len(words) - len(words.lstrip(" \t*_`\"'"))
        end -= len(words) - len(words.rstrip(" \t*_`\"',.:"))
        words = self._text[start:end]
        if not words.strip() or len(words) > _LONGEST_LABEL or len(words.split()) > _MOST_WORDS:
            return None
        return Label(start, end, words)


def _contradiction(label: str, facts: CodeFacts) -> str | None:
    """What the words say otherwise than the title, on something that a title settles with a word."""
    title = facts.title or ""
    said, official = diabetes_types(label), diabetes_types(title)
    if len(said) == 1 == len(official) and said != official:
        return "the words beside it name another type of diabetes"
    if _DOUBTS.search(label):
        return None
    if are_opposite(sides_in(label), sides_in(title)):
        return f"the words beside it name another {Axis.LATERALITY.label}"
    words, titled = values_in(label), values_in(title)
    for axis in _AXES:
        one, two = words.get(axis, "").lower(), titled.get(axis, "").lower()
        if not one or not two or one == two:
            continue
        if axis is Axis.STAGE and not (_NUMBERED.fullmatch(one) and _NUMBERED.fullmatch(two)):
            continue
        if axis is Axis.STAGE and (one.startswith(two) or two.startswith(one)):
            continue  # stage 3 and stage 3a
        return f"the words beside it name another {axis.label}"
    return None


def _softened(words: str) -> str:
    """Words in capitals throughout are no abbreviations."""
    return words.lower() if words.isupper() and " " in words.strip() else words


def _are_among(words: frozenset[str], others: frozenset[str]) -> bool:
    return all(_is_among(word, others) for word in words)


def _is_among(word: str, others: frozenset[str]) -> bool:
    return word in others or any(_is_alike(word, other) for other in others)


def _is_alike(one: str, two: str) -> bool:
    """Whether two words are forms of one, by their beginnings: likeness that keeps quiet."""
    shared = next(
        (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return shared >= _SHORTEST_LIKE and shared >= _LIKE * max(len(one), len(two))


def _own_words(facts: CodeFacts) -> frozenset[str]:
    """The words of official texts that speak of a code: titles from its category on, and what they include.

    Chapters and blocks speak of too much else.
    """
    if facts.card is None:
        return frozenset()
    texts = [level.title for level in facts.card.path if level.level not in _WIDE]
    included = (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES)
    texts += [n.text for n in facts.card.notes if n.kind in included and n.at.level not in _WIDE]
    return frozenset(word for text in texts for word in telling(text))


def _without_marks(head: str) -> str:
    return head.strip(" *_`").lower()
