"""Rules about a single code: whether it exists, is billable on the date, is complete, and is specific."""

from collections.abc import Callable, Iterator

from core.axes import Axis
from core.code import Code, InvalidCode, dotted
from core.findings import fixes
from core.findings.code_facts import CodeFacts
from core.findings.finding import Fix
from core.findings.note import Note
from core.findings.remark import Remark, remark_on
from core.lives import Standing
from core.near_codes import near_codes
from core.recogniser.mention import Mention, Verdict

_MOST_NEAR = 5
_NEAR_FOR = 20  # unknown codes of one note; looking for near codes takes some milliseconds each


class CodeRules:
    """The rules that look at one mention at a time."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._near_left = _NEAR_FOR
        self._by_verdict: dict[Verdict, Callable[[Mention], Iterator[Remark]]] = {
            Verdict.CODE_NORM: self._format,
            Verdict.CATEGORY: self._heading,
            Verdict.RETIRED: self._retired,
            Verdict.INVALID: self._invalid,
        }

    def remarks(self, mention: Mention) -> Iterator[Remark]:
        """What is wrong with a code on its date, or with the way that it is written."""
        if rule := self._by_verdict.get(mention.verdict):
            yield from rule(mention)

    def hints(self, mention: Mention) -> Iterator[Remark]:
        """What a billable code leaves open."""
        facts = self._note.facts(mention)
        if facts is None or mention.verdict not in (Verdict.CODE, Verdict.CODE_NORM):
            return
        if facts.sides:
            yield self._side(mention, facts)
        elif options := facts.more_specific:
            shown = ", ".join(code.text for code in options[:3])
            yield remark_on(
                mention,
                "unspecified-with-specific-sibling",
                f"{facts.called} is unspecified; more specific codes stand beside it: {shown} (Official "
                "Guidelines, I.B.2 and I.B.18). Use it where the record does not say more.",
                fixes.replacements(self._note, mention, options, fixes.SPECIFY, prefers_only_one=False),
            )

    def _format(self, mention: Mention) -> Iterator[Remark]:
        code = mention.code
        if code is None or (mention.written == code.undotted and not self._note.wants_dot(mention)):
            return
        official = self._note.written_here(code, mention)
        if official == mention.written:
            return
        fix = fixes.replacement(self._note, mention, code, fixes.OFFICIAL_FORM, is_preferred=True)
        yield remark_on(
            mention,
            "code-format",
            f"The official form of the code is {official} (Official Guidelines, I.A.2).",
            (fix,),
        )

    def _heading(self, mention: Mention) -> Iterator[Remark]:
        facts = self._note.facts(mention)
        if facts is None or facts.card is None:
            return
        says = facts.card.reason.text.removeprefix("Heading: ").replace(": choose a code below", "")
        if complete := facts.complete_codes:
            yield remark_on(
                mention,
                "seventh-character",
                f"{facts.called} lacks its 7th character: {says} (Official Guidelines, I.A.5)",
                tuple(fixes.completions(self._note, mention, complete)),
            )
            return
        yield remark_on(
            mention,
            "not-billable",
            f"{facts.called} is a heading: {says} (Official Guidelines, I.B.2){_replaced(facts)}",
            fixes.replacements(self._note, mention, facts.billable_below, fixes.SPECIFY),
        )

    def _retired(self, mention: Mention) -> Iterator[Remark]:
        facts = self._note.facts(mention)
        if facts is None or facts.card is None:
            return
        says = facts.card.reason.text.removeprefix("Retired: ")
        yield remark_on(
            mention,
            "retired",
            f"{facts.called} is retired: {says} (billable periods, CMS){_replaced(facts)}",
            fixes.replacements(self._note, mention, facts.replaced_by, fixes.SUCCESSOR),
        )

    def _invalid(self, mention: Mention) -> Iterator[Remark]:
        facts = self._note.facts(mention)
        if facts is not None and facts.standing is Standing.NOT_YET_VALID:
            yield self._early(mention, facts)
            return
        if (meant := mention.suggestion) is not None:
            yield self._mistyped(mention, meant) if facts is None else self._ambiguous(mention, facts, meant)
            return
        if _bare(mention).endswith("X") and (stem := self._filled_up(mention)):
            yield self._incomplete(mention, stem)
            return
        yield remark_on(
            mention,
            "unknown-code",
            f"No release of ICD-10-CM has {mention.written}.",
            self._near(mention),
        )

    def _filled_up(self, mention: Mention) -> CodeFacts | None:
        """The heading that a token fills up with placeholders, as W19.XX does W19."""
        stem = _bare(mention).rstrip("X")
        try:
            facts = self._note.facts_about(Code(dotted(stem)), mention)
        except InvalidCode:
            return None
        return facts if facts.standing is Standing.HEADING else None

    def _incomplete(self, mention: Mention, stem: CodeFacts) -> Remark:
        says = f"No release of ICD-10-CM has {mention.written}; "
        if complete := stem.complete_codes:
            says += f"{stem.called} needs a 7th character, and X only fills places before it "
            fix = tuple(fixes.completions(self._note, mention, complete))
            return remark_on(
                mention, "seventh-character", says + "(Official Guidelines, I.A.4 and I.A.5).", fix
            )
        says += f"{stem.called} is a heading, and the X has no place in it (Official Guidelines, I.A.4)."
        below = fixes.replacements(
            self._note, mention, stem.billable_below, fixes.SPECIFY, prefers_only_one=False
        )
        return remark_on(mention, "unknown-code", says, below)

    def _ambiguous(self, mention: Mention, heading: CodeFacts, meant: Code) -> Remark:
        """A heading as written, and a billable code if a small l is read as I: l10."""
        other = self._note.facts_about(meant, mention)
        says = f"It is either {heading.called}, which is a heading, or {other.called}, with a small l for I."
        codes = (meant, *heading.billable_below)
        return remark_on(
            mention,
            "not-billable",
            f"{says} (Official Guidelines, I.B.2)",
            fixes.replacements(self._note, mention, codes, fixes.NEAR_CODE, prefers_only_one=False),
        )

    def _early(self, mention: Mention, facts: CodeFacts) -> Remark:
        says = facts.card.reason.text if facts.card else "Not yet valid."
        before = mention.suggestion
        fix: tuple[Fix, ...] = ()
        if before:
            fix = fixes.replacements(self._note, mention, [before], fixes.SUCCESSOR)
            says += f" On that date {before} was billable."
        return remark_on(mention, "not-yet-valid", f"{facts.called}: {says} (billable periods, CMS)", fix)

    def _mistyped(self, mention: Mention, meant: Code) -> Remark:
        """A code that was obviously meant; where it is a heading itself, the codes below it too."""
        facts = self._note.facts_about(meant, mention)
        fix: tuple[Fix, ...]
        if facts.is_billable:
            kind = fixes.PLACEHOLDER if _is_placeholder(mention, meant) else fixes.NEAR_CODE
            fix = (fixes.replacement(self._note, mention, meant, kind, says=facts.title, is_preferred=True),)
        else:
            fix = fixes.replacements(
                self._note, mention, facts.billable_below, fixes.NEAR_CODE, prefers_only_one=False
            )
        rule = "seventh-character" if _is_about_seventh(mention, meant) else "unknown-code"
        section = " (Official Guidelines, I.A.4 and I.A.5)" if rule == "seventh-character" else ""
        return remark_on(
            mention,
            rule,
            f"No release of ICD-10-CM has {mention.written}; probably {facts.called} is meant{section}.",
            fix,
        )

    def _near(self, mention: Mention) -> tuple[Fix, ...]:
        if not self._near_left:
            return ()
        self._near_left -= 1
        on = self._note.date_of(mention)
        catalog = self._note.catalog_for(mention)
        near = near_codes(catalog, mention.written, on, limit=_MOST_NEAR)
        lives = catalog.lives([code.text for code in near])
        billable = [code for code in near if lives[code.text].standing(on) is Standing.BILLABLE]
        return fixes.replacements(self._note, mention, billable, fixes.NEAR_CODE, prefers_only_one=False)

    def _side(self, mention: Mention, facts: CodeFacts) -> Remark:
        values = ", ".join(f"{choice.code} {choice.value}" for choice in facts.sides)
        return remark_on(
            mention,
            "laterality-unspecified",
            f"{facts.called} leaves the {Axis.LATERALITY.label} open: {values} "
            "(Official Guidelines, I.B.13).",
            fixes.replacements(
                self._note,
                mention,
                (choice.code for choice in facts.sides),
                fixes.LATERALITY,
                prefers_only_one=False,
            ),
        )


def _replaced(facts: CodeFacts) -> str:
    """What a code that ended led to, where that is known, and who says so."""
    if facts.succession is None or not facts.replaced_by:
        return ""
    return f" It was replaced by {_listed(facts.replaced_by)} ({facts.succession.told_by})."


def _listed(codes: tuple[Code, ...]) -> str:
    texts = [code.text for code in codes[:6]]
    left = len(codes) - len(texts)
    return ", ".join(texts) + (f" and {left} more" if left > 0 else "")


def _bare(mention: Mention) -> str:
    return "".join(c for c in mention.written.upper() if c.isalnum())


def _is_placeholder(mention: Mention, meant: Code) -> bool:
    return _bare(mention) != meant.undotted and _bare(mention).replace("X", "") == meant.undotted.replace(
        "X", ""
    )


def _is_about_seventh(mention: Mention, meant: Code) -> bool:
    """Whether what is wrong is a placeholder, or a 7th character on a code that has none."""
    bare = _bare(mention)
    if _is_placeholder(mention, meant):
        return meant.is_complete
    return bare[:-1].rstrip("X") == meant.undotted and bare[-1:].isalpha()
