"""The recogniser: the tokens of a text that are written like codes, each with its verdict and reasons.

A pure function of the text, the catalogue and the date of service. The set decides what exists; the
format, the words around a token and its own writing decide whether it is meant as a code. Rules speak of
classes of context, and their words are in ``data/recogniser.toml``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from core.catalog import Catalog
from core.code import Code, dotted
from core.lives import Life, Standing
from core.recogniser import formats
from core.recogniser.document import Document
from core.recogniser.facts import Facts, facts_about
from core.recogniser.formats import Formats, Place
from core.recogniser.grammar import REACH, Form, Token, readings
from core.recogniser.mention import Evidence, Mention, Reason, Verdict
from core.recogniser.service_dates import StatedDates
from core.recogniser.surroundings import Cue, Surroundings
from core.recogniser.word_lists import WordLists, word_lists

#: Lines above one in an editor that can say what section and table it is in.
LINES_ABOVE = 120
_CATEGORY = 3  # characters of a category, and of most things that are none
_LINE_REACH = 4000  # characters of a line around a place in it

#: Cues that stand beside codes of other systems just as well.
_NO_PROOF = frozenset(("dash", "numbered", "called"))
_SMALL_L = re.compile(r"l([0-9]{2})")
_WILD = re.compile(r"[-*_?]")
_GLUED = Reason("identifier", "It is a part of a longer identifier or of a path.")
_NO_DOT = Reason("dot", "No code has a dot there.")
_TOO_LONG = Reason("length", "A code has at most seven characters.")
_NO_YEAR = Reason("existence", "No year's ICD-10-CM has it.")


def recognise(
    text: str,
    catalog: Catalog,
    on: date,
    *,
    stated: StatedDates | None = None,
    lists: WordLists | None = None,
    start: int = 0,
    end: int | None = None,
) -> tuple[Mention, ...]:
    """Every token of a text that is written like a code, from left to right; they do not overlap.

    Verdicts are for the date of service ``on``, or for the dates that the text states where they are
    given. ``start`` and ``end`` choose a part whose tokens are wanted; what stands around it still counts.
    """
    groups = list(readings(text, start, len(text) if end is None else end))
    if not groups:
        return ()
    lists = lists or word_lists()
    facts = facts_about(catalog, groups)
    return tuple(_Recogniser(text, facts, on, stated, lists).mentions(groups))


def recognise_line(
    lines: Sequence[str], number: int, catalog: Catalog, on: date, *, lists: WordLists | None = None
) -> tuple[Mention, ...]:
    """The tokens of one line of a document, with offsets in that line.

    The lines above are looked at up to a limit, so a document of any size costs the same.
    """
    above = "".join(f"{line}\n" for line in lines[max(0, number - LINES_ABOVE) : number])
    text = above + lines[number]
    found = recognise(text, catalog, on, lists=lists, start=len(above))
    return tuple(replace(m, start=m.start - len(above), end=m.end - len(above)) for m in found)


def mention_at(
    line: str, index: int, catalog: Catalog, on: date, *, above: Sequence[str] = ()
) -> Mention | None:
    """The mention that holds the character at ``index`` of a line, else the one that ends there.

    Only the neighbourhood's tokens are judged, so a line of any length costs the same. Favours recall: it
    answers what ``is_reportable`` would leave out, and even an existing code that is judged to be of
    another system; never ``IGNORE``.
    """
    before = "".join(f"{text}\n" for text in above[-LINES_ABOVE:])
    cut = max(0, index - _LINE_REACH)
    moved = len(before) - cut
    text = before + line[cut : index + _LINE_REACH]
    start = max(len(before), index + moved - 2 * REACH)
    end = min(len(text), index + moved + 2 * REACH)
    found = None
    for mention in recognise(text, catalog, on, start=start, end=end):
        low, high = mention.start - moved, mention.end - moved
        if low <= index <= high and mention.verdict is not Verdict.IGNORE:
            found = replace(mention, start=low, end=high)
    return found


class _Recogniser:
    """The judge of one text's tokens."""

    def __init__(
        self, text: str, facts: Facts, on: date, stated: StatedDates | None, lists: WordLists
    ) -> None:
        self._facts = facts
        self._on = on
        self._stated = stated
        self._lists = lists
        document = Document(text, lists)
        self._document = document
        self._formats = Formats(document, lists)
        self._around = Surroundings(document, lists)
        self._before: Mention | None = None
        self._shapes: dict[str, Reason | None] = {}

    def mentions(self, groups: Iterable[tuple[Token, ...]]) -> list[Mention]:
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
            if bare and behind.is_reportable and self._is_beside(bare.end, behind.start):
                cue = Reason("list", f"{behind.written} beside it is a code.")
                found[index] = self._as_code(bare, Evidence.CUE, (cue,))
        return found

    def _is_beside(self, first_end: int, second_start: int) -> bool:
        same_line = self._document.line_number(first_end) == self._document.line_number(second_start)
        return same_line and self._around.is_beside(first_end, second_start)

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
            return self._mention(token, Verdict.WEAK, Evidence.CONTRARY, (place.reason,))
        written = (
            _WILD.split(token.written, maxsplit=1)[0]
            if token.form is Form.WILDCARD
            else token.written[: len(token.code.text)]
        )
        if claimed := self._around.other_system(token, written, exists=True):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (claimed[1],))
        as_several = frozenset(("form",))
        if blocked := self._around.blocker(token, written, is_strong=token.is_dotted, outweighs=as_several):
            return self._mention(token, Verdict.WEAK, Evidence.CONTRARY, (blocked[1], reason))
        cue = self._around.label_cue(token)
        is_plain = not token.is_dotted and (token.is_lower_case or self._around.is_joined(token))
        if is_plain and cue is None:
            return None
        reasons = (reason, cue.reason) if cue else (reason,)
        return self._mention(token, Verdict.RANGE, Evidence.CUE if cue else Evidence.STRONG, reasons)

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
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (place.reason,))
        none = (
            None
            if token.form is Form.SPLIT
            else self._mention(
                token, Verdict.IGNORE, Evidence.BARE, (_TOO_LONG if token.form is Form.LONG else _NO_DOT,)
            )
        )
        if place.standing is formats.Standing.NO_CODE:
            return none
        if self._around.blocker(token, written, is_strong=True, outweighs=frozenset()):
            return none
        if self._around.is_glued(token):
            return none
        if token.form is Form.OTHER_DOT:
            if claimed := self._around.other_system(token, written.upper(), exists=False):
                return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (claimed[1],))
            if system := self._system_by_shape(written):
                return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.STRONG, (system,))
        cue = self._around.label_cue(token) or self._around.column_cue(token)[0]
        if token.form is Form.LONG and not token.is_dotted and not (cue and cue.direct):
            return none
        if life is None:
            if (
                token.form is Form.LONG
                and cue
                and token.is_dotted
                and token.code.text[:3] in self._facts.lives
            ):
                return self._mention(token, Verdict.INVALID, Evidence.CUE, (_NO_YEAR, cue.reason))
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
            return self._mention(token, Verdict.INVALID, evidence, reasons, suggestion=token.code)
        return none

    # Single codes

    def _judge_single(self, token: Token) -> Mention:
        place = self._formats.place(token.start, token.end)
        life = self._facts.life(token.code)
        if place.reason and place.standing is formats.Standing.ICD10CM:
            if life is None:
                return self._invalid(token, Evidence.STRONG, (place.reason,))
            return self._as_code(token, Evidence.STRONG, (place.reason,))
        if place.reason and place.standing is formats.Standing.OTHER_SYSTEM:
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (place.reason,))
        if life is None:
            return self._judge_unknown(token, place)
        if place.reason:
            is_hex = token.is_lower_case and not token.is_dotted  # as in the identifiers of C-CDA
            verdict = Verdict.IGNORE if is_hex else Verdict.WEAK
            return self._mention(token, verdict, Evidence.CONTRARY, (place.reason,))
        if self._around.is_glued(token):
            return self._mention(token, Verdict.IGNORE, Evidence.CONTRARY, (_GLUED,))
        return self._judge_known(token)

    def _judge_known(self, token: Token) -> Mention:
        is_strong = token.is_dotted or token.code.is_complete
        label = self._around.label_cue(token)
        joined = not token.is_dotted and self._around.is_joined(token)
        if joined and token.is_lower_case and not (label and label.direct):
            return self._mention(
                token,
                Verdict.IGNORE,
                Evidence.CONTRARY,
                (Reason("joined", "Hyphens join it to another word."),),
            )
        if claimed := self._around.other_system(token, token.written, exists=True):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (claimed[1],))
        if not token.is_dotted and (column := self._around.column_system(token)):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (column,))
        outweighs = frozenset(("label",)) if label else frozenset[str]()
        blocked = self._around.blocker(token, token.written, is_strong=is_strong, outweighs=outweighs)
        if blocked and "title" in blocked[0].unless and self._title_cue(token):
            outweighs |= {"title"}
            blocked = self._around.blocker(token, token.written, is_strong=is_strong, outweighs=outweighs)
        if blocked:
            return self._mention(token, Verdict.WEAK, Evidence.CONTRARY, (blocked[1],))
        if amount := self._around.amount(token, token.written):
            return self._mention(token, Verdict.WEAK, Evidence.CONTRARY, (amount,))
        if is_strong:
            if label is None and (system := self._system_of_heading(token)):
                return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CONTRARY, (system,))
            return self._as_code(token, Evidence.STRONG, (_strength(token), *_reasons(label)))
        by_title = self._title_cue(token)
        cue, against = self._cue(token, label, by_title)
        if against is None and joined and not (label and label.direct) and not by_title:
            against = Reason("joined", "A hyphen joins it to another word.")
        if against:
            return self._mention(token, Verdict.WEAK, Evidence.CONTRARY, (against,))
        if cue is None or (cue.reason.rule in _NO_PROOF and self._system_in_range(token)):
            if system := self._system_in_range(token):
                return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.BARE, (system,))
            bare = Reason("bare", "Nothing on the line says that it is meant as a code.")
            return self._mention(token, Verdict.WEAK, Evidence.BARE, (bare,))
        if not by_title and (suggestion := self._with_a_small_l(token)):
            says = Reason(
                "mistyped",
                f"Probably {suggestion} was meant, with a small l for I; or it is the heading {token.code}.",
            )
            return self._mention(
                token, Verdict.INVALID, Evidence.CUE, (says, cue.reason), suggestion=suggestion
            )
        return self._as_code(token, Evidence.CUE, (cue.reason,))

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
        if called := self._around.named_cue(token):
            return called, None
        if embedding := self._around.embedding(token):
            return None, embedding
        if len(token.written) == _CATEGORY and label and not self._around.is_entry(token, label):
            label = None  # in running text three characters may be anything
        return label or self._around.position_cue(token), None

    def _speaks_for(self, token: Token, label: Cue, by_title: Cue | None) -> bool:
        """Whether a cue makes a code of a heading with words behind it: "A: T20 world cup player"."""
        if label.reason.rule != "topic" or len(token.written) > _CATEGORY or by_title:
            return True
        is_heading = self._facts.lives[token.code.text].heading
        return not (is_heading and self._around.has_words_behind(token))

    def _list_cue(self, token: Token) -> Cue | None:
        """A code directly before it in a list."""
        before = self._before
        if before and before.is_reportable and self._is_beside(before.end, token.start):
            return Cue(Reason("list", f"{before.written} beside it is a code."), direct=True)
        return None

    def _item_cue(self, token: Token, label: Cue | None) -> Cue | None:
        """The label of a list in which the token is an item of its own: Dx: hypertension, I1O."""
        if label and self._around.is_item(token):
            return Cue(label.reason, direct=True)
        return None

    def _judge_unknown(self, token: Token, place: Place) -> Mention:
        written = token.written
        if place.reason or self._around.is_glued(token):
            return self._mention(token, Verdict.IGNORE, Evidence.CONTRARY, (_NO_YEAR, place.reason or _GLUED))
        if claimed := self._around.other_system(token, written, exists=False):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (claimed[1], _NO_YEAR))
        if not token.is_dotted and len(written) > _CATEGORY and (column := self._around.column_system(token)):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (column, _NO_YEAR))
        if blocked := self._around.blocker(token, written, is_strong=token.is_dotted, outweighs=frozenset()):
            blocker, reason = blocked
            if blocker.unknown:
                return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.CUE, (reason, _NO_YEAR))
            return self._mention(token, Verdict.IGNORE, Evidence.CONTRARY, (_NO_YEAR, reason))
        if system := self._system_by_shape(written) or self._system_in_range(token):
            return self._mention(token, Verdict.OTHER_SYSTEM, Evidence.STRONG, (system, _NO_YEAR))
        cue = self._around.label_cue(token) or self._around.column_cue(token)[0]
        if not (cue and cue.direct) and (beside := self._list_cue(token) or self._item_cue(token, cue)):
            cue = beside
        if self._is_meant(token, cue):
            evidence = Evidence.CUE if cue else Evidence.STRONG
            return self._invalid(token, evidence, _reasons(cue))
        return self._mention(token, Verdict.IGNORE, Evidence.BARE, (_NO_YEAR,))

    def _is_meant(self, token: Token, cue: Cue | None) -> bool:
        """Whether a token that no year knows is meant as a code all the same."""
        bare = token.code.undotted
        category_exists = token.code.text[:3] in self._facts.lives
        if token.is_dotted:
            above = dotted(bare[:-1])
            if cue and cue.direct:
                return True
            is_below = (len(bare) > 4 and above in self._facts.lives) or self._ends_in_placeholders(bare)
            if category_exists and (cue or is_below or self._obvious(token.code)):
                return True
            return bool(cue and self._obvious(token.code))
        if cue is None or not cue.direct:
            return False
        if self._obvious(token.code) is not None or (len(bare) > 4 and self._ends_in_placeholders(bare)):
            return True
        return cue.names_icd and len(bare) > 3 and category_exists and bare[1].isdigit()

    def _ends_in_placeholders(self, bare: str) -> bool:
        """Whether a heading is filled up, and its 7th character is left out: W19.XX."""
        heading = dotted(bare.rstrip("X"))
        return bare.endswith("X") and self._facts.catalog.lives([heading])[heading].heading != ()

    def _obvious(self, code: Code) -> tuple[Code, str] | None:
        """The first code that was obviously meant; one with its end cut off must never have been divided."""
        for meant, mistake in self._facts.perhaps_meant(code):
            life = self._facts.lives[meant.text]
            is_cut = code.text.startswith(meant.text)
            if not is_cut or (life.billable and not life.heading):
                return meant, mistake
        return None

    def _invalid(self, token: Token, evidence: Evidence, reasons: tuple[Reason, ...]) -> Mention:
        obvious = self._obvious(token.code)
        says: tuple[Reason, ...] = (_NO_YEAR,)
        suggestion = None
        if obvious:
            suggestion, mistake = obvious
            says += (Reason("mistyped", f"Probably {suggestion} was meant: {mistake}."),)
        return self._mention(token, Verdict.INVALID, evidence, (*says, *reasons), suggestion=suggestion)

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

    # Verdicts

    def _as_code(self, token: Token, evidence: Evidence, reasons: tuple[Reason, ...]) -> Mention:
        """The verdict on a token that is meant as an existing code."""
        life = self._facts.lives[token.code.text]
        on = self._date(token)
        match life.standing(on):
            case Standing.BILLABLE:
                if token.written == token.code.text:
                    return self._mention(token, Verdict.CODE, evidence, reasons)
                form = Reason("form", f"The official form is {token.code}.")
                return self._mention(token, Verdict.CODE_NORM, evidence, (*reasons, form))
            case Standing.HEADING:
                heading = Reason("heading", _heading(life, on))
                return self._mention(token, Verdict.CATEGORY, evidence, (*reasons, heading))
            case Standing.RETIRED:
                last = max((p.through for p in life.periods if p.through), default=None)
                retired = Reason(
                    "retired", f"It was valid through {last}." if last else "It is no longer valid."
                )
                return self._mention(token, Verdict.RETIRED, evidence, (*reasons, retired))
            case _:
                first = min(period.first for period in life.periods)
                early = Reason("not yet valid", f"It is valid from {first}, after the date of service {on}.")
                above = self._billable_above(token.code, on)
                return self._mention(token, Verdict.INVALID, evidence, (*reasons, early), suggestion=above)

    def _billable_above(self, code: Code, on: date) -> Code | None:
        """The heading above a code that was billable itself on a date."""
        above = [dotted(code.undotted[:length]) for length in range(len(code.undotted) - 1, 2, -1)]
        lives = self._facts.catalog.lives(above)
        return next((Code(a) for a in above if lives[a].standing(on) is Standing.BILLABLE), None)

    def _date(self, token: Token) -> date:
        return (self._stated.at(token.start) if self._stated else None) or self._on

    def _mention(
        self,
        token: Token,
        verdict: Verdict,
        evidence: Evidence,
        reasons: tuple[Reason, ...],
        *,
        suggestion: Code | None = None,
    ) -> Mention:
        code = token.code if self._facts.life(token.code) else None
        if token.form in (Form.SPLIT, Form.LONG, Form.OTHER_DOT):
            code = None  # it is what the token would be, not what it says
        last = token.last if token.form is Form.RANGE else None
        return Mention(
            token.start, token.end, token.written, verdict, evidence, reasons, code, last, suggestion
        )


def _strength(token: Token) -> Reason:
    if token.is_dotted:
        return Reason("dot", "It exists, and its dot is in place.")
    return Reason("complete", "It exists, and has seven characters with a valid 7th.")


def _reasons(cue: Cue | None) -> tuple[Reason, ...]:
    return (cue.reason,) if cue else ()


def _heading(life: Life, on: date) -> str:
    ended = [period.through for period in life.billable if period.through and period.through < on]
    if ended:
        return f"It is a heading; it was billable itself through {max(ended)}."
    return "It is a heading: the codes below it are billable."
