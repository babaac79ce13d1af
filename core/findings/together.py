"""Which codes of a note are reported together: rules that compare codes look at nothing else.

Precision comes first: where it is not plain that codes belong to one encounter, they are not compared.

- X12: the codes of one claim, which begins at CLM or ST, or at a principal diagnosis (ABK). The admitting
  diagnosis (ABJ) and the patient's reason (APR) repeat others, so they are left out.
- HL7 v2: the DG1 segments that follow each other without others between, of one type (DG1-6).
- XML, JSON, and codes in quotation marks: nothing. Such a document holds many encounters or none, and says
  a code twice, for people and for programs.
- Tables with a head: one row, or the whole table where it is written with bars and no column names a
  patient, a claim or a date.
- Other text: the entries of one visit. A visit ends at another date of service, another patient, a form
  feed. An entry is under a heading about diagnoses, is announced by a word such as Dx, or is a line that
  begins or ends with its code. Boxes that are not ticked, and lines that weigh codes against each other
  ("rather than", "rule out", "vs"), are no entries.
- A list to choose from, such as a cheat sheet, reports nothing: more codes than a claim can have, an
  unspecified code beside several others of its subcategory, or words above it that say so.
"""

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

from core.code import dotted
from core.complexity import times_unspecified
from core.findings.note import Note, rules_of
from core.recogniser.document import Column
from core.recogniser.mention import Mention, Verdict
from core.recogniser.word_lists import word_lists

#: The most codes that a claim carries: a principal diagnosis and 24 others (837I), 12 external causes, and
#: the reasons for the visit.
_MOST_IN_CLAIM = 40
_BESIDE_UNSPECIFIED = 2  # further codes of one subcategory that make a list one of choices
_LONGEST_LINE = 400
_ABOVE = 600  # characters above a list in which words say that it is one to choose from

_COMPARED = frozenset({Verdict.CODE, Verdict.CODE_NORM, Verdict.CATEGORY})

_CLAIM_START = re.compile(r"(?:^|[~\r\n])\s*(?:CLM|ST|ISA)\*|[*~:]ABK:", re.MULTILINE)
_NOT_IN_LIST = ("ABJ:", "APR:")
_BOX = re.compile(r"\[ \]|☐")
_WEIGHS = re.compile(
    r"\b(?:rather than|instead of|versus|vs|rule[sd]? out|ruling out|r/o|differential|ddx|not|never"
    r"|no longer|previously|formerly|was coded|resolved|excludes?[12]?|consider|or|either|if|unless"
    r"|changed? to|replaces?d?|see also|code first|use additional|family history|fhx?|denies|mother"
    r"|father)\b",
    re.IGNORECASE,
)
_CHOICES = re.compile(
    r"\b(?:common(?:ly used)? (?:icd[-\w]*|dx|diagnos[ei]s)? ?codes?|cheat ?sheets?|quick[- ]reference"
    r"|superbill|pick ?list|favou?rites?|choose|select|options|code list|list of codes|crosswalk"
    r"|examples?)\b",
    re.IGNORECASE,
)
_PATIENT = re.compile(r"^[\s#*]*(?:patient(?: name)?|name|mrn)\b\s*[:#]", re.IGNORECASE | re.MULTILINE)
_BEFORE_FIRST = re.compile(
    r"[\s>|#*•·–—_`\"'(\[-]*(?:\[[xX]\]\s*|☒\s*|☑\s*)?(?:[A-Za-z][A-Za-z /&]{0,20}:\s*)?"
    r"(?:#?\d{1,2}[.):]?\s*)?[\s*_`(\[|-]*"
)
_BEHIND_LAST = re.compile(r"[\s.,;:)\]*_`|]*")
_ROW_HEADS = re.compile(r"\b(?:patient|mrn|member|claim|encounter|visit|date|dos|account|acct|name|pt)\b")
#: Heads of columns that hold what a code is called.
TEXT_HEADS = frozenset(
    "text title description desc diagnosis name condition problem label term display long_title short_title "
    "official_title meaning".split()
) | {"diagnosis description", "code description", "long title", "short title", "official title"}
_NUMBER = re.compile(r"[ _#-]*[0-9]{1,2}\Z")  # dx1, dx2
_CODE_LIST = "a table of codes and titles"
_HEADING_LIKE = re.compile(r"\s*$|\s*#{1,6}\s|.{0,80}:\s*$|\s*(?:[-=_*]\s?){3,}$")


@dataclass(frozen=True, slots=True)
class Together:
    """Codes that are reported together, in their order."""

    mentions: tuple[Mention, ...]


def code_table(note: Note, mention: Mention) -> Column | None:
    """The column of a mention, where it stands in a table that has a head for codes."""
    column = note.document.column_at(mention.start)
    lists = word_lists()
    heads = lists.code_columns | lists.maybe_code_columns
    if column is None or not any(_NUMBER.sub("", head) in heads for head in column.heads):
        return None
    return column


def _is_of_codes(heads: tuple[str, ...]) -> bool:
    """Whether a table has codes and what they are called, and nothing of a patient or a claim."""
    others = [head for head in heads if head not in TEXT_HEADS]
    lists = word_lists()
    return len(others) == 1 < len(heads) and others[0] in lists.code_columns | lists.maybe_code_columns


class Lists:
    """Finds what is reported together in one note."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._text = note.text
        self._is_markup = note.text.lstrip("\ufeff \t\r\n")[:1] in ("<", "{", "[")

    def together(self) -> Iterator[Together]:
        """The lists of the note, from its beginning; those to choose from are left out."""
        for listed, is_of_choices in self._lists:
            if not is_of_choices:
                yield Together(listed)

    @cached_property
    def to_choose_from(self) -> frozenset[Mention]:
        """The mentions in lists to choose from."""
        return frozenset(m for listed, is_of_choices in self._lists if is_of_choices for m in listed)

    @cached_property
    def _lists(self) -> list[tuple[tuple[Mention, ...], bool]]:
        by_key: dict[Hashable, list[Mention]] = {}
        for mention in self._note.mentions:
            if mention.verdict in _COMPARED and (key := self._key(mention)) is not None:
                by_key.setdefault(key, []).append(mention)
        return [
            (tuple(listed), key == _CODE_LIST or self._is_of_choices(listed))
            for key, listed in by_key.items()
        ]

    def block(self, mention: Mention) -> int:
        """The first line of the lines around a mention that no blank line and no heading parts."""
        number = self._note.document.line_number(mention.start)
        lowest = max(-1, number - 60)
        for above in range(number - 1, lowest, -1):
            start, end = self._note.document.bounds(above)
            if end - start > _LONGEST_LINE or _HEADING_LIKE.match(self._text[start:end]):
                return above
        return lowest

    def is_bare_entry(self, mention: Mention) -> bool:
        """Whether a line holds nothing that anybody would miss but the code itself, a title or a bullet."""
        start, end = self._note.line_bounds(mention.start)
        left, right = self._text[start : mention.start], self._text[mention.end : end]
        return bool(_BARE_BEFORE.fullmatch(left) and _BARE_BEHIND.fullmatch(right))

    def _key(self, mention: Mention) -> Hashable:
        rules = rules_of(mention)
        if "x12" in rules:
            return self._claim(mention)
        if "hl7" in rules:
            return self._dg1_run(mention)
        if self._is_markup or rules & {"code system", "cell", "uri"} or self._is_quoted(mention):
            return None
        start, end = self._note.line_bounds(mention.start)
        if (column := code_table(self._note, mention)) is not None:
            is_barred = self._text[start:end].lstrip().startswith("|")
            if not is_barred and _is_of_codes(column.heads):
                return _CODE_LIST
            if not is_barred or any(_ROW_HEADS.search(head) for head in column.heads):
                return ("row", start)
            return ("visit", self._visit(mention.start))
        return ("visit", self._visit(mention.start)) if self._is_entry(mention, start, end) else None

    # Claims and messages

    def _claim(self, mention: Mention) -> Hashable:
        if self._text[mention.start - 4 : mention.start] in _NOT_IN_LIST:
            return None
        return ("claim", bisect_right(self._claim_starts, mention.start))

    @cached_property
    def _claim_starts(self) -> list[int]:
        return [match.end() for match in _CLAIM_START.finditer(self._text)]

    def _dg1_run(self, mention: Mention) -> Hashable:
        document = self._note.document
        number = document.line_number(mention.start)
        start, end = document.bounds(number)
        if not self._text.startswith("DG1|", start):
            return None
        fields = self._text[start : min(end, start + 4000)].split("|")
        while number and self._text.startswith("DG1|", document.bounds(number - 1)[0]):
            number -= 1
        return ("dg1", number, fields[6] if len(fields) > 6 else "")

    # Text

    def _is_quoted(self, mention: Mention) -> bool:
        before, behind = (
            self._text[mention.start - 1 : mention.start],
            self._text[mention.end : mention.end + 1],
        )
        return before == behind and before in ("'", '"')

    def _visit(self, position: int) -> int:
        return bisect_right(self._visit_starts, position)

    @cached_property
    def _visit_starts(self) -> list[int]:
        found = [match.start() for match in _PATIENT.finditer(self._text)]
        found += [i for i, c in enumerate(self._text) if c == "\f"] if "\f" in self._text else []
        if (stated := self._note.stated) is not None:
            pairs = zip(stated.dates, stated.dates[1:], stated.places[1:], strict=False)
            found += [place for before, now, place in pairs if before != now]
        return sorted(found)

    def _is_entry(self, mention: Mention, start: int, end: int) -> bool:
        if end - start > _LONGEST_LINE:
            return False
        line = self._text[start:end]
        if _BOX.search(line) or _WEIGHS.search(line):
            return False
        if rules_of(mention) & {"label", "brackets", "numbered"}:
            return True
        if _BEFORE_FIRST.fullmatch(line, 0, mention.start - start):
            return True
        if _BEHIND_LAST.fullmatch(line, mention.end - start):
            return True
        return self._note.document.is_under_diagnoses(self._note.document.line_number(mention.start))

    def _is_of_choices(self, listed: list[Mention]) -> bool:
        if len(listed) == 1:
            return False
        codes = list(dict.fromkeys(mention.code for mention in listed if mention.code))
        if len(codes) > _MOST_IN_CLAIM:
            return True
        if rules_of(listed[0]) & {"x12", "hl7"}:
            return False
        start = listed[0].start
        if _CHOICES.search(self._text, max(0, start - _ABOVE), start):
            return True
        families: dict[str, list[bool]] = {}
        titles = self._note.catalog_for(listed[0]).titles(codes)
        for code in codes:
            # Injuries at several sites of one region are reported together as a matter of course.
            if code.text[0] not in "ST" and len(code.undotted) > 3:
                family = families.setdefault(dotted(code.undotted[: max(3, len(code.undotted) - 1)]), [])
                family.append(times_unspecified(titles.get(code)) > 0)
        return any(any(family) and len(family) > _BESIDE_UNSPECIFIED for family in families.values())


_BARE_BEFORE = re.compile(r"\s*(?:[-*•·]\s*|#?\d{1,2}[.):]\s*)?")
_BARE_BEHIND = re.compile(r"[\s,;.]*")
