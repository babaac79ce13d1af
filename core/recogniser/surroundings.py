"""What the words around a token say: cues for a code, and labels of other systems."""

import re
from dataclasses import dataclass

from core.recogniser.document import Document, Line, Signal
from core.recogniser.grammar import Form, Token
from core.recogniser.mention import Reason
from core.recogniser.word_lists import Relation, System, WordLists

_CUE_BEFORE = 120
_CUE_BEHIND = 40
_TITLE_REACH = 100
#: Characters of a label's list before a token.
GAP = 60

_AT_START = re.compile(
    r"[\s>|#*•·–—_`\"'(\[-]*(?:\[[ xX]\]\s*)?(?:[A-Za-z]{1,12}:\s*)?(?:#?\d{1,2}[.):]?\s*|[a-z][.)]\s+)?"
    r"[\s*_`\"'(\[|-]*"
)
_NUMBERED = re.compile(r"\s*(?:#?\d{1,2}[.)]|[a-z][.)]|[•*·-])\s+[*_`]*")
_AT_END = re.compile(r"[\s.,;)\]*_`\"'|]*")
_OPENED_AFTER_WORDS = re.compile(r"[A-Za-z]{2,}[^\w()\[\]]{0,3}[(\[]\s*\Z")
_LABEL_BEHIND = re.compile(r"[\"'*_`)\]]*(?:\s+[-–—]\s+|\s*:\s+)[A-Za-z]{3}")
_LABEL_BEFORE = re.compile(r"[A-Za-z)][*_`\"]*\s+[-–—]{1,2}\s*[*_`\"]*\Z")
_BETWEEN_ITEMS = re.compile(
    r"[*_`\"')\]]{0,4}\s*(?:,|;|/|&|\+|\||and\b|or\b|, ?and\b)\s*[*_`\"'(\[]{0,4}|[)\]]\s*[(\[]"
)
# From one item of a list to the code that ends the next, behind a few words.
_ITEM_WITH_WORDS = re.compile(
    r"[*_`\"')\]]{0,4}\s?[,;]\s{1,3}((?:[A-Za-z][A-Za-z'’/-]{0,19}[ ]){1,5})[*_`\"'(\[]{0,3}"
)
_PLAIN = re.compile(r"[a-z][0-9a-z]{2,5}")
_WORD_OF_LIST = re.compile(r"[a-z]{4}")
_WORD_OF_ITEM = re.compile(r"[A-Za-z]{2}[ (\[*_`\"'-]{1,4}\Z")
_WORDS = re.compile(r"[a-z]+")
_SAYS_NOTHING = frozenset(("unspecified", "other", "not", "elsewhere", "classified"))
_JOINED_BEFORE = re.compile(r"[0-9A-Za-z]-\Z")
_JOINED_BEHIND = re.compile(r"-[0-9A-Za-z]{2}")
_WORD_BEFORE = re.compile(r"([A-Za-z]+)[ ]\Z")
_WORD_BEHIND = re.compile(r" ([a-z]+)(?![^\W_])")
_QUANTITY = re.compile(r"\s*[0-9][0-9.,]*\s*")
_ICD_WORD = "icd"
# What makes a token an item of its own, on its left and on its right.
_ITEM_BEFORE = re.compile(r"(?:^|[,;:|/(\[&+#>]|\s[-–—=]|\b(?:and|or)|[0-9][.)]|[*•·-])[\s*_`\"']*\Z")
_ITEM_BEHIND = re.compile(r"[*_`\"']*\s*(?:[.,;|/)\]&+]|\s[-–—]\s|and\b|or\b|$)")
_WORDS_BEHIND = re.compile(r"[*_`\"']*\s+[A-Za-z]{2}")
# A numbered or bulleted line, or one word: what stands behind it is an entry of a list of diagnoses.
_LISTED = re.compile(r"\s*(?:(?:#?\d{1,2}[.)]|[•*-])\s+[^.!?]*|[A-Za-z]{4,} )")
_COLON = re.compile(r"\s*(?:codes?|\(s\))?\s*[:=]")
_CODES_LABEL = re.compile(
    r"[\s>#*•_`-]*(?:billing |claim )?codes?(?:\*\*)?\s*[:=][\s*_`\"'(\[]*", re.IGNORECASE
)
# What ends a token and is no part of it: a control word of RTF, E11.9\par; an escape, "HTN I10\nDM E11.9".
# Before small letters an escape ends only what begins as a word does: visit-E11.9\notes is a path.
_CONTROL_WORD = re.compile(
    r"\\(?:pard?|line|tab|cell|row|plain|ulnone|ul|cf|fs|f|b|i)-?[0-9]{0,4}(?![0-9A-Za-z.])|\\[nrt](?![a-z.])"
)
_ESCAPE = re.compile(r"\\[nrt](?!\.)")
# A token that begins the name of a file: E11.9.pdf.
_SUFFIX = re.compile(
    r"\.(?:pdf|docx?|xlsx?|txt|md|rtf|csv|tsv|json|xml|html?|png|jpe?g|gif|tiff?|dcm|zip|log)\b",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(r"[0-9A-Za-z]{1,20}-\Z")
_PART_BEHIND = re.compile(r"-[0-9A-Za-z]{1,20}")
_CODE_PART = re.compile(r"-?[A-Za-z][0-9][0-9A-Za-z](?:\.?[0-9A-Za-z]{1,4})?-?")


@dataclass(frozen=True, slots=True)
class Cue:
    """What speaks for a code, and whether it stands directly before the token, as in ``Dx: I10``."""

    reason: Reason
    direct: bool = False
    #: Whether a colon stands behind it, as behind the label of a list.
    is_label: bool = False
    #: Whether the classification itself is named directly before it.
    names_icd: bool = False


class Surroundings:
    """The words around the tokens of one document."""

    def __init__(self, document: Document, lists: WordLists) -> None:
        self._document = document
        self._lists = lists
        self._stems_of_titles: dict[str, frozenset[str]] = {}

    def label_cue(self, token: Token) -> Cue | None:
        """A word of the line that announces a diagnosis or a code, the nearest before the token first."""
        line = self._document.line_at(token.start)
        start, end = token.start - line.offset, token.end - line.offset
        found = None
        for signal, name in line.cues:
            if signal.end < start - _CUE_BEFORE or signal.start > end + _CUE_BEHIND:
                continue
            if signal.word == _ICD_WORD and _is_device(line, signal):
                continue
            if signal.end <= start:
                gap = start - signal.end
                direct = gap <= GAP and self._lists.gap.fullmatch(line.lower, signal.end, start) is not None
                if direct or gap <= _CUE_BEFORE:
                    found = self._cue(signal, name, direct, line)
            elif found is None and signal.start >= end and signal.start - end <= _CUE_BEHIND:
                return self._cue(signal, name, False, line)
        return found

    def _cue(self, signal: Signal, name: str, direct: bool, line: Line) -> Cue:
        says = self._lists.cues[name].format(word=line.text[signal.start : signal.end])
        names_icd = signal.word.startswith(_ICD_WORD) and direct
        is_label = _COLON.match(line.text, signal.end) is not None
        return Cue(Reason(name, says), direct, is_label, names_icd)

    def other_system(self, token: Token, written: str, *, exists: bool) -> tuple[System, Reason] | None:
        """The other system of codes that a label claims the token for."""
        line = self._document.line_at(token.start)
        if not line.labels:
            return None
        start, end = token.start - line.offset, token.end - line.offset
        claimed: tuple[System, Signal] | None = None
        for signal, name in line.labels:
            system = self._lists.systems[name]
            if (exists and system.unknown_only) or not system.tokens.fullmatch(written):
                continue
            is_behind = signal.start >= end
            if not (claimed and is_behind) and self._claims(system, signal, line, start, end):
                claimed = (system, signal)
        if claimed is None:
            return None
        system, signal = claimed
        if not system.anywhere and any(signal.end <= cue.start < start for cue, _ in line.cues):
            return None  # another label stands between: HCPCS J3301; dx M1711
        return system, Reason(
            "other system", f"“{line.text[signal.start : signal.end]}” on the line names {system.name}."
        )

    def _claims(self, system: System, signal: Signal, line: Line, start: int, end: int) -> bool:
        if system.anywhere:
            return True
        if signal.start >= end:
            behind = line.text[end : signal.start]
            reach = 3 if system.direct else _CUE_BEHIND
            return len(behind) <= reach and not _has_code(behind)
        if signal.end > start:
            return False
        gap = start - signal.end
        if gap <= GAP and self._lists.gap.fullmatch(_digits_out(line.lower[signal.end : start])):
            return True
        return not system.direct and gap <= _CUE_BEFORE

    def amount(self, token: Token, written: str) -> Reason | None:
        """Whether a unit makes the token an amount or a substance: K20 mEq, B12 1000 mcg."""
        text = self._document.text
        units = self._lists.units
        if token.is_dotted:
            return (
                Reason("unit", "A degree sign follows it.")
                if text[token.end : token.end + 2].strip()[:1] == "°"
                else None
            )
        if len(written) != 3:
            return None
        gap = token.end + (text[token.end : token.end + 1] == " ")
        if match := units.match(text, gap, token.end + 12):
            return Reason("unit", f"The unit {match.group()} follows it.")
        quantity = _QUANTITY.match(text, token.end, token.end + 16)
        is_substance = quantity and self._lists.substances.fullmatch(written)
        if quantity and is_substance and units.match(text, quantity.end(), quantity.end() + 10):
            return Reason("unit", "A quantity follows it, as after a substance.")
        return None

    def is_item(self, token: Token) -> bool:
        """Whether it is all of an item: between separators, brackets, dashes or ends of the line."""
        line = self._document.line_at(token.start)
        start, end = token.start - line.offset, token.end - line.offset
        is_begun = _ITEM_BEFORE.search(line.text, max(0, start - 12), start) is not None
        return is_begun and _ITEM_BEHIND.match(line.text, end) is not None

    def is_entry(self, token: Token, label: Cue) -> bool:
        """Whether three characters stand where a list has its codes: at the start of an item, or at its end.

        At the end of an item, behind words, only under the label of a list of diagnoses, as "Dx:".
        """
        line = self._document.line_at(token.start)
        start, end = token.start - line.offset, token.end - line.offset
        if label.reason.rule == "label" and (label.is_label or label.direct):
            return (
                self.has_item_end(token)
                or _ITEM_BEFORE.search(line.text, max(0, start - 12), start) is not None
            )
        return self.is_item(token) or _LABEL_BEHIND.match(line.text, end) is not None

    def has_item_end(self, token: Token) -> bool:
        """Whether an item ends behind it."""
        line = self._document.line_at(token.start)
        return _ITEM_BEHIND.match(line.text, token.end - line.offset) is not None

    def has_words_behind(self, token: Token) -> bool:
        """Whether words follow it without a separator."""
        return _WORDS_BEHIND.match(self._document.text, token.end) is not None

    def is_glued(self, token: Token) -> bool:
        """Whether it is a part of an identifier or a path: INV-M54.5-2026, C:\\M54.5, E11.9.pdf."""
        text, start, end = self._document.text, token.start, token.end
        if _SUFFIX.match(text, end):
            return True
        if start and text[start - 1] == "\\":
            return True
        if text[end : end + 1] == "\\":
            ended = _ESCAPE if start and text[start - 1] in " \"'([" else _CONTROL_WORD
            return ended.match(text, end) is None and _CONTROL_WORD.match(text, end) is None
        if text[start - 1 : start] != "-" or text[end : end + 1] != "-":
            return False
        before = _PART_BEFORE.search(text, max(0, start - 21), start)
        behind = _PART_BEHIND.match(text, end, end + 21)
        if not (before and behind):
            return False
        return not (_CODE_PART.fullmatch(before.group()) or _CODE_PART.fullmatch(behind.group()))

    def is_joined(self, token: Token) -> bool:
        """Whether a hyphen joins the token to another word: HLA-B27, F18-FDG."""
        text = self._document.text
        before = text[max(0, token.start - 2) : token.start]
        return bool(_JOINED_BEFORE.search(before) or _JOINED_BEHIND.match(text, token.end))

    def embedding(self, token: Token) -> Reason | None:
        """A word directly before the token that makes it a thing in a sentence: an N95, on I95."""
        left = self._document.text[max(0, token.start - 12) : token.start]
        word = _WORD_BEFORE.search(left)
        if word and word[1].lower() in self._lists.embedding:
            return Reason("in a sentence", f"“{word[1]}” before it makes it a thing in a sentence.")
        behind = _WORD_BEHIND.match(self._document.text, token.end)
        if not (word and word[1].islower() and behind) or behind[1] in self._lists.continuing:
            return None
        if len(token.written) == 3:
            says = f"It stands in a sentence, between “{word[1]}” and “{behind[1]}”."
            return Reason("in a sentence", says)
        return None

    def column_cue(self, token: Token) -> tuple[Cue | None, Reason | None]:
        """A cue where the token's column of a table is one of codes; a reason against it where another is."""
        column = self._document.column_at(token.start)
        if column is None:
            return None, None
        if self._is_code_head(column.head):
            return Cue(Reason("column", f"Its column is “{column.head}”."), direct=True, names_icd=True), None
        others = any(self._is_code_head(head) for head in column.heads)
        if _without_number(column.head) in self._lists.maybe_code_columns:
            under = self._document.is_under_diagnoses(self._document.line_number(token.start))
            if others or under:
                return Cue(
                    Reason("column", f"Its column is “{column.head}”, in a table of diagnoses."), direct=True
                ), None
        elif others:
            return None, Reason("column", f"Its column is “{column.head}”; another one holds the codes.")
        return None, None

    def column_system(self, token: Token) -> Reason | None:
        """A reason where the token's column of a table is one of procedures."""
        column = self._document.column_at(token.start)
        if column is None or _without_number(column.head) not in self._lists.hcpcs_columns:
            return None
        return Reason("other system", f"Its column is “{column.head}”, which holds HCPCS and CPT codes.")

    def _is_code_head(self, head: str) -> bool:
        return head in self._lists.code_columns or _without_number(head) in self._lists.code_columns

    def named_cue(self, token: Token) -> Cue | None:
        """The word "code" before the token, as the label of its line."""
        line = self._document.line_at(token.start)
        start = token.start - line.offset
        if start < 80 and _CODES_LABEL.fullmatch(line.text, 0, start):
            return Cue(Reason("called", "The label of its line says “code”."))
        return None

    def position_cue(self, token: Token) -> Cue | None:
        """A place on the line where codes stand: behind words in brackets, before or behind a dash, numbered.

        Under a heading of diagnoses, the start and the end of a line are such places too.
        """
        line = self._document.line_at(token.start)
        start, end = token.start - line.offset, token.end - line.offset
        left, right = line.text[max(0, start - 80) : start], line.text[end : end + 80]
        opens_line = start < 80 and _AT_START.fullmatch(left) is not None
        ends_line = len(right) < 80 and _AT_END.fullmatch(right) is not None
        is_plain = token.is_lower_case and not token.is_dotted  # x509, f90 and p50 stand in such places too
        if not is_plain and (cue := _cue_of_place(token, left, right, opens_line, ends_line)):
            return cue
        if len(token.written) == 3 and not token.is_dotted:
            opens_line = opens_line and not _WORDS_BEHIND.match(right)
            ends_line = ends_line and (self.is_item(token) or _LISTED.fullmatch(left) is not None)
        if (opens_line or ends_line) and self._document.is_under_diagnoses(line.number):
            return Cue(Reason("section", "It stands under a heading about diagnoses."))
        return None

    def title_cue(self, token: Token, title: str) -> Cue | None:
        """Words of the code's own title beside it."""
        if (stems := self._stems_of_titles.get(title)) is None:
            stems = self._stems_of_titles[title] = self._lists.stems(title.lower())
        if not stems:
            return self._whole_title_cue(token, title)
        line = self._document.line_at(token.start)
        near = line.stems_near(token.start - line.offset, token.end - line.offset, _TITLE_REACH)
        if not stems & near:
            return None
        return Cue(Reason("title", f"Words beside it are of its title, “{title}”."))

    def _whole_title_cue(self, token: Token, title: str) -> Cue | None:
        """The word before the token, where it is all that the title says: "fall W19", "Unspecified fall".

        Such a word is too common to prove anything elsewhere on the line.
        """
        word = _WORD_BEFORE.search(self._document.text, max(0, token.start - 24), token.start)
        if word is None or [w for w in _WORDS.findall(title.lower()) if w not in _SAYS_NOTHING] != [
            word[1].lower()
        ]:
            return None
        return Cue(Reason("title", f"The word before it is its title, “{title}”."))

    def is_parallel(self, first: tuple[int, int], second: tuple[int, int]) -> bool:
        """Whether two tokens end items of one list, each behind words: "obesity E66.9, gallstones K80"."""
        text = self._document.text
        if any(_PLAIN.fullmatch(text, *span) for span in (first, second)):
            return False  # small letters without a dot: "coded m545; hip fracture S72.001A"
        between = _ITEM_WITH_WORDS.fullmatch(text, first[1], second[0])
        if between is None or not self._lists.embedding.isdisjoint(between[1].lower().split()):
            return False
        if not _WORD_OF_LIST.search(between[1]):
            return False  # an abbreviation may be a test, and the token its result: anemia D64.9, PSA P50
        return (
            _WORD_OF_ITEM.search(text, max(0, first[0] - 30), first[0]) is not None
            and _ITEM_BEHIND.match(text, second[1]) is not None
        )

    def is_beside(self, first_end: int, second_start: int) -> bool:
        """Whether two tokens are neighbours in a list: E11.9, I10 and Z79.4."""
        return (
            second_start - first_end <= 12
            and _BETWEEN_ITEMS.fullmatch(self._document.text, first_end, second_start) is not None
        )

    def has_unit_behind(self, token: Token) -> bool:
        """Whether a unit follows: a split "I10. 50 mg" is a code and an amount."""
        text = self._document.text
        return self._lists.units.match(text, token.end + (text[token.end : token.end + 1] == " ")) is not None


def _cue_of_place(token: Token, left: str, right: str, opens_line: bool, ends_line: bool) -> Cue | None:
    """A place on a line where codes stand; ``left`` and ``right`` are at most 80 characters around."""
    if opens_line and not left.strip() and ends_line and not right.strip(" \t.,;"):
        return Cue(Reason("alone", "It is all that the line says."))
    if _OPENED_AFTER_WORDS.search(left) and right[:1] in (")", "]"):
        return Cue(Reason("brackets", "It stands in brackets behind words."))
    if _LABEL_BEHIND.match(right) and opens_line:
        return Cue(Reason("dash", "It stands before a dash and words."))
    if _LABEL_BEFORE.search(left) and ends_line:
        return Cue(Reason("dash", "It ends the line, behind words and a dash."))
    if opens_line and _NUMBERED.fullmatch(left) and token.form is Form.SINGLE:
        return Cue(Reason("numbered", "It begins a numbered or bulleted line."))
    if left.endswith("#") and not left[-2:-1].isalnum():
        return Cue(Reason("hashtag", "It is written as a hashtag."))
    return None


def _is_device(line: Line, signal: Signal) -> bool:
    """Whether "ICD" is the implanted device, or a part of another classification's name."""
    rest = line.lower[signal.end : signal.end + 8]
    if re.match(r"[-_ ]?(?:9|11|o\b|10[- ]?pcs)", rest):
        return True
    return any(
        (0 <= signal.start - other.end <= 2 and _means(other, Relation.DEVICE_BEFORE))
        or (0 <= other.start - signal.end <= 2 and _means(other, Relation.DEVICE_AFTER))
        for other in line.signals_between(signal.start - 40, signal.end + 2)
    )


def _means(signal: Signal, relation: Relation) -> bool:
    return any(meaning.relation is relation for meaning in signal.meanings)


def _has_code(text: str) -> bool:
    return re.search(r"[A-Za-z][0-9][0-9A-Za-z]", text) is not None


def _digits_out(gap: str) -> str:
    """A label's own edition: "ICPC-2 K86", "MDS 3.0 Z0400"."""
    return re.sub(r"(?<![a-z0-9])[0-9](?:\.[0-9])?(?=[^\w.])", "", gap)


def _without_number(head: str) -> str:
    return re.sub(r"[ _#-]*[0-9]{1,2}\Z", "", head)
