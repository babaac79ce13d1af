"""The judge of one text's tokens: which rule of context decides on each, and how.

The set decides what exists; the format, the words around a token and its own writing decide whether it is
meant as a code. Rules speak of classes of context, and their words are in ``data/recogniser.toml``.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from core.code import CATEGORY_LENGTH, Code, dotted
from core.recogniser import formats
from core.recogniser.blockers import Blockers
from core.recogniser.document import Document
from core.recogniser.facts import Facts
from core.recogniser.formats import Formats, Place
from core.recogniser.grammar import Form, Token
from core.recogniser.mention import Evidence, Mention, Reason, Verdict
from core.recogniser.rows import Row, Rows
from core.recogniser.service_dates import StatedDates
from core.recogniser.surroundings import Cue, Surroundings
from core.recogniser.verdicts import NO_YEAR, Verdicts
from core.recogniser.word_lists import WordLists

#: Cues that stand beside codes of other systems just as well.
_NO_PROOF = frozenset(("dash", "numbered", "called", "parallel", "row"))
#: Categories that a range with its second end cut short can lie in: F10-19 is F10-F19, E11-65 is E11.65.
_NEAR = 10
_LONG_ENOUGH = 7  # J45,909: a number of days, say, has fewer digits
_SHORT_RANGE = re.compile(r"[A-Za-z]([0-9]{2})-([0-9]{2})")
_SMALL_L = re.compile(r"l([0-9]{2})")
_WILD = re.compile(r"[-*_?]")
_GLUED = Reason("identifier", "It is a part of a longer identifier or of a path.")
_NO_DOT = Reason("dot", "No code has a dot there.")
_TOO_LONG = Reason("length", "A code has at most seven characters.")
_LIKE_DIGITS = frozenset("OolIZB")  # letters that are read and typed for 0, 1, 2 and 8
#: Shorthand of notes with such letters: short of breath, date of birth, head of bed, brought in by.
_SHORTHAND = frozenset({"SOB", "DOB", "HOB", "BIB", "DOI", "POB"})


class _Span(Protocol):
    """A part of the text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Judge:
    """The judge of one text's tokens."""

    def __init__(
        self, text: str, facts: Facts, on: date, stated: StatedDates | None, lists: WordLists
    ) -> None:
        self._facts = facts
        self._verdicts = Verdicts(facts, on, stated)
        self._lists = lists
        document = Document(text, lists)
        self._document = document
        self._formats = Formats(document, lists)
        self._around = Surroundings(document, lists)
        self._blockers = Blockers(document, lists)
        self._rows = Rows(document, facts.catalog, lists)
        self._before: Mention | None = None
        self._shapes: dict[str, Reason | None] = {}

    def mentions(self, groups: Iterable[tuple[Token, ...]]) -> list[Mention]:
        """The mentions of a text's tokens; of each group the first reading that holds."""
        found: list[Mention] = []
        waiting: list[Token | None] = []  # of each mention, its token where a later neighbour can lift it
        for tokens in groups:
            if found and tokens[0].start < found[-1].end:
                continue
            for token in tokens:
                if mention := self._judge(token):
                    found.append(mention)
                    lift = mention.verdict is Verdict.WEAK and mention.evidence is Evidence.BARE
                    waiting.append(token if lift else None)
                    self._before = mention
                    break
        for index in range(len(found) - 2, -1, -1):
            bare, behind = waiting[index], found[index + 1]
            if bare and behind.is_reportable and (cue := self._neighbour(bare, behind, written=behind)):
                found[index] = self._verdicts.as_code(bare, Evidence.CUE, (cue,))
        return found

    def _neighbour(self, first: _Span, second: _Span, *, written: Mention) -> Reason | None:
        """What two tokens say of each other that are neighbours in a list on one line."""
        if self._document.line_number(first.end) != self._document.line_number(second.start):
            return None
        if self._around.is_beside(first.end, second.start):
            return Reason("list", f"{written.written} beside it is a code.")
        if self._around.is_parallel((first.start, first.end), (second.start, second.end)):
            return Reason("parallel", f"It ends an item of a list, as the code {written.written} does.")
        return None

    def _judge(self, token: Token) -> Mention | None:
        """The verdict on one reading of a token; ``None`` where a narrower reading has to be tried."""
        match token.form:
            case Form.RANGE | Form.WILDCARD:
                return self._judge_several(token)
            case Form.SPLIT | Form.LONG | Form.OTHER_DOT:
                return self._judge_mistyped(token)
            case _:
                return self._judge_single(token)

    # Ranges and wildcards

    def _judge_several(self, token: Token) -> Mention | None:
        life = self._facts.life(token.code)
        if token.form is Form.RANGE:
            if life is None or token.last is None or self._facts.life(token.last) is None:
                return None
            reason = Reason("range", "Both ends of the range exist.")
        else:
            if life is None or not life.heading:
                return None
            if token.written[-1] in "xX" and self._has_placeholders(token.written):
                return None
            reason = Reason("wildcard", f"{token.code} is a heading: this stands for the codes below it.")
        place = self._formats.place(token.start, token.end)
        if place.reason and place.standing is formats.Standing.NO_CODE:
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.CONTRARY, (place.reason,))
        written = (
            _WILD.split(token.written, maxsplit=1)[0]
            if token.form is Form.WILDCARD
            else token.written[: len(token.code.text)]
        )
        if claimed := self._around.other_system(token, written, exists=True):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (claimed[1],))
        as_several = frozenset(("form",))
        if blocked := self._blockers.first(token, written, is_strong=token.is_dotted, outweighs=as_several):
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.CONTRARY, (blocked[1], reason))
        cue = self._around.label_cue(token)
        is_plain = not token.is_dotted and (token.is_lower_case or self._around.is_joined(token))
        if is_plain and cue is None:
            return None
        reasons = (reason, cue.reason) if cue else (reason,)
        return self._verdicts.mention(token, Verdict.RANGE, Evidence.CUE if cue else Evidence.STRONG, reasons)

    def _has_placeholders(self, written: str) -> bool:
        """Whether the X at a token's end is the placeholder of a code: T36.0X is one, W19.XX is cut off."""
        if Code.parse(written).text in self._facts.lives:
            return True
        return written.endswith("XX") and bool(self._facts.catalog.starting_with(written, 1))

    # Tokens with a dot or a blank in a wrong place

    def _judge_mistyped(self, token: Token) -> Mention | None:
        life = self._facts.life(token.code)
        written = token.written
        place = self._formats.place(token.start, token.end)
        if place.reason and place.standing is formats.Standing.OTHER_SYSTEM:
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (place.reason,))
        none = (
            None
            if token.form is Form.SPLIT
            else self._verdicts.mention(
                token, Verdict.IGNORE, Evidence.BARE, (_TOO_LONG if token.form is Form.LONG else _NO_DOT,)
            )
        )
        if place.standing is formats.Standing.NO_CODE:
            return none
        if self._blockers.first(token, written, is_strong=True, outweighs=frozenset()):
            return none
        if self._around.is_glued(token) or self._is_short_range(token):
            return none
        if token.form is Form.OTHER_DOT:
            if claimed := self._around.other_system(token, written.upper(), exists=False):
                return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (claimed[1],))
            if system := self._system_by_shape(written):
                return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.STRONG, (system,))
        cue = self._around.label_cue(token) or self._column_of_mistyped(token) or self._cue_of_mistyped(token)
        if token.form is Form.LONG and not token.is_dotted and not (cue and cue.direct):
            return none
        if life is None:
            if (
                token.form is Form.LONG
                and cue
                and token.is_dotted
                and token.code.text[:3] in self._facts.lives
            ):
                return self._verdicts.mention(token, Verdict.INVALID, Evidence.CUE, (NO_YEAR, cue.reason))
            return none
        mistake = {
            Form.OTHER_DOT: "The dot stands after the third character of a code.",
            Form.SPLIT: "A code has one dot, after the third character, and no blank or comma.",
            Form.LONG: "A code has at most seven characters: this has more.",
        }[token.form]
        if token.form is Form.LONG or (cue and not self._around.has_unit_behind(token)):
            reasons = (
                Reason("mistyped", f"{mistake} {token.code} was meant."),
                *((cue.reason,) if cue else ()),
            )
            evidence = Evidence.CUE if cue else Evidence.STRONG
            return self._verdicts.mention(token, Verdict.INVALID, evidence, reasons, suggestion=token.code)
        return none

    def _column_of_mistyped(self, token: Token) -> Cue | None:
        """The column's cue, unless the sign in the token parts two columns: "dx,los", "E11,9"."""
        return None if "," in token.written else self._around.column_cue(token)[0]

    def _cue_of_mistyped(self, token: Token) -> Cue | None:
        """Words of the title of what was meant.

        A blank may end a sentence, and a comma may part two cells: CKD N18. 30 minutes; asthma,J45,3.
        """
        is_cell = "," in token.written and len(token.written) < _LONG_ENOUGH
        if token.form is not Form.SPLIT or " " in token.written or is_cell:
            return None
        return self._title_cue(token)

    def _is_short_range(self, token: Token) -> bool:
        """Whether a hyphen makes a range rather than a dot mistyped: F10-19 is F10-F19."""
        ends = _SHORT_RANGE.fullmatch(token.written)
        if ends is None or not 0 < int(ends[2]) - int(ends[1]) <= _NEAR:
            return False
        last = token.written[0].upper() + ends[2]
        return bool(self._facts.catalog.known_among({Code(last)}))

    # Single codes

    def _judge_single(self, token: Token) -> Mention:
        place = self._formats.place(token.start, token.end)
        life = self._facts.life(token.code)
        if place.reason and place.standing is formats.Standing.ICD10CM:
            if life is None:
                return self._verdicts.invalid(token, Evidence.STRONG, (place.reason,))
            return self._verdicts.as_code(token, Evidence.STRONG, (place.reason,))
        if place.reason and place.standing is formats.Standing.OTHER_SYSTEM:
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (place.reason,))
        if life is None:
            return self._judge_unknown(token, place)
        if place.reason:
            is_hex = token.is_lower_case and not token.is_dotted  # as in the identifiers of C-CDA
            verdict = Verdict.IGNORE if is_hex else Verdict.WEAK
            return self._verdicts.mention(token, verdict, Evidence.CONTRARY, (place.reason,))
        if self._around.is_glued(token):
            return self._verdicts.mention(token, Verdict.IGNORE, Evidence.CONTRARY, (_GLUED,))
        return self._judge_known(token)

    def _judge_known(self, token: Token) -> Mention:
        is_strong = token.is_dotted or token.code.is_complete
        label = self._around.label_cue(token)
        joined = not token.is_dotted and self._around.is_joined(token)
        if joined and token.is_lower_case and not (label and label.direct):
            return self._verdicts.mention(
                token,
                Verdict.IGNORE,
                Evidence.CONTRARY,
                (Reason("joined", "Hyphens join it to another word."),),
            )
        if claimed := self._around.other_system(token, token.written, exists=True):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (claimed[1],))
        if not token.is_dotted and (column := self._around.column_system(token)):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (column,))
        outweighs = frozenset(("label",)) if label else frozenset[str]()
        blocked = self._blockers.first(token, token.written, is_strong=is_strong, outweighs=outweighs)
        if blocked and "title" in blocked[0].unless and self._title_cue(token):
            outweighs |= {"title"}
            blocked = self._blockers.first(token, token.written, is_strong=is_strong, outweighs=outweighs)
        if blocked:
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.CONTRARY, (blocked[1],))
        if amount := self._around.amount(token, token.written):
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.CONTRARY, (amount,))
        if is_strong:
            if label is None and (system := self._system_of_heading(token)):
                return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (system,))
            return self._verdicts.as_code(token, Evidence.STRONG, (_strength(token), *_reasons(label)))
        by_title = self._title_cue(token)
        cue, against = self._cue(token, label, by_title)
        if against is None and joined and not (label and label.direct) and not by_title:
            against = Reason("joined", "A hyphen joins it to another word.")
        if against:
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.CONTRARY, (against,))
        is_proof = cue is not None and cue.reason.rule not in _NO_PROOF and not self._breaks_form(token, cue)
        if cue is None or (not is_proof and self._system_in_range(token)):
            if system := self._system_in_range(token):
                return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.BARE, (system,))
            bare = Reason("bare", "Nothing on the line says that it is meant as a code.")
            return self._verdicts.mention(token, Verdict.WEAK, Evidence.BARE, (bare,))
        if not by_title and (suggestion := self._with_a_small_l(token)):
            says = Reason(
                "mistyped",
                f"Probably {suggestion} was meant, with a small l for I; or it is the heading {token.code}.",
            )
            return self._verdicts.mention(
                token, Verdict.INVALID, Evidence.CUE, (says, cue.reason), suggestion=suggestion
            )
        return self._verdicts.as_code(token, Evidence.CUE, (cue.reason,))

    def _breaks_form(self, token: Token, cue: Cue) -> bool:
        """Whether the list that speaks for a token writes its codes with their dots: Dx: Z00.00, G0439."""
        before = self._before
        if before is None or cue.reason.rule not in ("list", "label", "topic"):
            return False
        return (
            before.is_reportable and "." in before.written and self._around.is_beside(before.end, token.start)
        )

    def _with_a_small_l(self, token: Token) -> Code | None:
        """The billable code that l10 was meant to be, where its reading as L10 is a heading."""
        match = _SMALL_L.fullmatch(token.written)
        if match is None or self._facts.lives[token.code.text].billable:
            return None
        code = Code(f"I{match[1]}")
        life = self._facts.catalog.lives([code.text])[code.text]
        return code if life.billable and not life.heading else None

    def _title_cue(self, token: Token) -> Cue | None:
        return self._around.title_cue(token, self._facts.titles.get(token.code, ""))

    def _term_cue(self, token: Token) -> Cue | None:
        """Words of what the code includes by its own notes: vertigo R42, shingles B02."""
        return next(
            filter(None, (self._around.title_cue(token, t) for t in self._facts.included(token.code))), None
        )

    def _cue(self, token: Token, label: Cue | None, by_title: Cue | None) -> tuple[Cue | None, Reason | None]:
        """What speaks for a token without a dot, or what speaks against it all the same."""
        if label and label.direct and self._speaks_for(token, label, by_title):
            return label, None
        column, against = self._around.column_cue(token)
        if column or against:
            return column, against
        if by_title := by_title or self._term_cue(token):
            return by_title, None
        if beside := self._list_cue(token):
            return beside, None
        if row := self._row_cue(token):
            return row, None
        if called := self._around.named_cue(token):
            return called, None
        if embedding := self._around.embedding(token):
            return None, embedding
        if len(token.written) == CATEGORY_LENGTH and label and not self._around.is_entry(token, label):
            label = None  # in running text three characters may be anything
        return label or self._around.position_cue(token), None

    def _speaks_for(self, token: Token, label: Cue, by_title: Cue | None) -> bool:
        """Whether a cue makes a code of a heading with words behind it: "A: T20 world cup player"."""
        if label.reason.rule != "topic" or len(token.written) > CATEGORY_LENGTH or by_title:
            return True
        is_heading = self._facts.lives[token.code.text].heading
        return not (is_heading and self._around.has_words_behind(token))

    def _list_cue(self, token: Token) -> Cue | None:
        """A code directly before it in a list."""
        before = self._before
        if before and before.is_reportable and (reason := self._neighbour(before, token, written=before)):
            return Cue(reason, direct=reason.rule == "list")
        return None

    def _row_cue(self, token: Token) -> Cue | None:
        """A line of codes alone, or of codes beside the numbers of a bill: 99214 25 I10 E11.9."""
        row = self._rows.at(self._document.line_at(token.start))
        is_billable = bool(self._facts.lives[token.code.text].billable)
        if token.is_lower_case or not (row is Row.CODES or (row is Row.BILL and is_billable)):
            return None
        return Cue(Reason("row", "Its line holds nothing but codes."))

    def _item_cue(self, token: Token, label: Cue | None) -> Cue | None:
        """The label of a list in which the token is an item of its own: Dx: hypertension, I1O."""
        if label and self._around.is_item(token):
            return Cue(label.reason, direct=True)
        return None

    def _judge_unknown(self, token: Token, place: Place) -> Mention:
        written = token.written
        if place.reason or self._around.is_glued(token):
            return self._verdicts.mention(
                token, Verdict.IGNORE, Evidence.CONTRARY, (NO_YEAR, place.reason or _GLUED)
            )
        if claimed := self._around.other_system(token, written, exists=False):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (claimed[1], NO_YEAR))
        if (
            not token.is_dotted
            and len(written) > CATEGORY_LENGTH
            and (column := self._around.column_system(token))
        ):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (column, NO_YEAR))
        if blocked := self._blockers.first(token, written, is_strong=token.is_dotted, outweighs=frozenset()):
            blocker, reason = blocked
            if blocker.unknown:
                return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (reason, NO_YEAR))
            return self._verdicts.mention(token, Verdict.IGNORE, Evidence.CONTRARY, (NO_YEAR, reason))
        if system := self._system_by_shape(written) or self._system_in_range(token):
            return self._verdicts.mention(token, Verdict.OTHER_SYSTEM, Evidence.STRONG, (system, NO_YEAR))
        cue = self._around.label_cue(token) or self._around.column_cue(token)[0]
        if not (cue and cue.direct) and (beside := self._list_cue(token) or self._item_cue(token, cue)):
            cue = beside
        cue = cue or self._meant_cue(token)
        if self._is_meant(token, cue):
            evidence = Evidence.CUE if cue else Evidence.STRONG
            return self._verdicts.invalid(token, evidence, _reasons(cue))
        return self._verdicts.mention(token, Verdict.IGNORE, Evidence.BARE, (NO_YEAR,))

    def _meant_cue(self, token: Token) -> Cue | None:
        """Words of the title of the code that was obviously meant: MS4.16 lumbar radiculopathy."""
        if not token.is_dotted or (obvious := self._verdicts.obvious(token.code)) is None:
            return None
        return self._around.title_cue(token, self._facts.catalog.titles((obvious[0],)).get(obvious[0], ""))

    def _is_meant(self, token: Token, cue: Cue | None) -> bool:
        """Whether a token that no year knows is meant as a code all the same."""
        bare = token.code.undotted
        category_exists = token.code.text[:3] in self._facts.lives
        if token.is_dotted:
            if token.written[:3].isalpha():
                return self._is_meant_in_letters(token, cue)
            if cue and cue.direct:
                return True
            above = dotted(bare[:-1])
            is_below = (len(bare) > 4 and above in self._facts.lives) or self._ends_in_placeholders(bare)
            if category_exists and (cue or is_below or self._verdicts.obvious(token.code)):
                return True
            return bool(cue and self._verdicts.obvious(token.code))
        if cue is None or not cue.direct:
            return False
        if self._verdicts.obvious(token.code) is not None or (
            len(bare) > 4 and self._ends_in_placeholders(bare)
        ):
            return True
        return cue.names_icd and len(bare) > 3 and category_exists and bare[1].isdigit()

    def _is_meant_in_letters(self, token: Token, cue: Cue | None) -> bool:
        """Whether letters stand for all digits before the dot: Ell.9; but "felt ill.9 days later"."""
        if cue is None or not (cue.direct or cue.reason.rule == "title") or not token.written[0].isupper():
            return False
        if token.written[:3].upper() in _SHORTHAND or not _LIKE_DIGITS.issuperset(token.written[1:3]):
            return False  # at the end of a sentence: SOB.1 week of cough
        return self._verdicts.obvious(token.code) is not None

    def _ends_in_placeholders(self, bare: str) -> bool:
        """Whether a heading is filled up, and its 7th character is left out: W19.XX."""
        heading = dotted(bare.rstrip("X"))
        return bare.endswith("X") and self._facts.catalog.lives([heading])[heading].heading != ()

    # Other systems by the shape of their codes

    def _system_by_shape(self, written: str) -> Reason | None:
        if written not in self._shapes:
            self._shapes[written] = self._find_system_by_shape(written)
        return self._shapes[written]

    def _find_system_by_shape(self, written: str) -> Reason | None:
        for system in self._lists.systems.values():
            if system.unlabelled and system.unlabelled.fullmatch(written):
                return Reason("other system", f"It has the shape of a code of {system.name}.")
        if "." in written and written[:3] in self._lists.who_only:
            return Reason("other system", f"Only the ICD-10 of the WHO has {written[:3]}.")
        return None

    def _system_of_heading(self, token: Token) -> Reason | None:
        """Another system whose codes look like this heading of ICD-10-CM: V10.3 is rarely a cyclist."""
        for system in self._lists.systems.values():
            if system.headings and system.headings.fullmatch(token.written):
                if self._facts.lives[token.code.text].billable or self._title_cue(token):
                    return None
                says = f"{system.name} has such codes; as a heading of ICD-10-CM it fits no word on the line."
                return Reason("other system", says)
        return None

    def _system_in_range(self, token: Token) -> Reason | None:
        for system in self._lists.systems.values():
            if system.has_in_range(token.written):
                return Reason(
                    "other system", f"It is in a range of {system.name}, and nothing names ICD-10-CM."
                )
        return None


def _strength(token: Token) -> Reason:
    if token.is_dotted:
        return Reason("dot", "It exists, and its dot is in place.")
    return Reason("complete", "It exists, and has seven characters with a valid 7th.")


def _reasons(cue: Cue | None) -> tuple[Reason, ...]:
    return (cue.reason,) if cue else ()
