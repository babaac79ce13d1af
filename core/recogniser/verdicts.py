"""Verdicts: what is said of a token once it is decided whether it is meant as a code."""

from datetime import date

from core.code import Code, dotted
from core.lives import Life, Standing
from core.recogniser.facts import Facts
from core.recogniser.grammar import Form, Token
from core.recogniser.mention import Evidence, Mention, Reason, Verdict
from core.recogniser.service_dates import StatedDates

NO_YEAR = Reason("existence", "No year's ICD-10-CM has it.")


class Verdicts:
    """Makes the mentions of one text, on the date of service or on the dates that the text states."""

    def __init__(self, facts: Facts, on: date, stated: StatedDates | None) -> None:
        self._facts = facts
        self._on = on
        self._stated = stated

    def as_code(self, token: Token, evidence: Evidence, reasons: tuple[Reason, ...]) -> Mention:
        """The verdict on a token that is meant as an existing code."""
        life = self._facts.lives[token.code.text]
        on = self._date(token)
        match life.standing(on):
            case Standing.BILLABLE:
                if token.written == token.code.text:
                    return self.mention(token, Verdict.CODE, evidence, reasons)
                form = Reason("form", f"The official form is {token.code}.")
                return self.mention(token, Verdict.CODE_NORM, evidence, (*reasons, form))
            case Standing.HEADING:
                heading = Reason("heading", _heading(life, on))
                return self.mention(token, Verdict.CATEGORY, evidence, (*reasons, heading))
            case Standing.RETIRED:
                last = max((p.through for p in life.periods if p.through), default=None)
                retired = Reason(
                    "retired", f"It was valid through {last}." if last else "It is no longer valid."
                )
                return self.mention(token, Verdict.RETIRED, evidence, (*reasons, retired))
            case _:
                first = min(period.first for period in life.periods)
                early = Reason("not yet valid", f"It is valid from {first}, after the date of service {on}.")
                above = self._billable_above(token.code, on)
                return self.mention(token, Verdict.INVALID, evidence, (*reasons, early), suggestion=above)

    def _billable_above(self, code: Code, on: date) -> Code | None:
        """The heading above a code that was billable itself on a date."""
        above = [dotted(code.undotted[:length]) for length in range(len(code.undotted) - 1, 2, -1)]
        lives = self._facts.catalog.lives(above)
        return next((Code(a) for a in above if lives[a].standing(on) is Standing.BILLABLE), None)

    def _date(self, token: Token) -> date:
        return (self._stated.at(token.start) if self._stated else None) or self._on

    def mention(
        self,
        token: Token,
        verdict: Verdict,
        evidence: Evidence,
        reasons: tuple[Reason, ...],
        *,
        suggestion: Code | None = None,
    ) -> Mention:
        """A verdict on a token."""
        code = token.code if self._facts.life(token.code) else None
        if token.form in (Form.SPLIT, Form.LONG, Form.OTHER_DOT):
            code = None  # it is what the token would be, not what it says
        last = token.last if token.form is Form.RANGE else None
        return Mention(
            token.start, token.end, token.written, verdict, evidence, reasons, code, last, suggestion
        )

    def invalid(self, token: Token, evidence: Evidence, reasons: tuple[Reason, ...]) -> Mention:
        """The verdict on a token that is meant as a code and is none, with what was probably meant."""
        obvious = self.obvious(token.code)
        says: tuple[Reason, ...] = (NO_YEAR,)
        suggestion = None
        if obvious:
            suggestion, mistake = obvious
            says += (Reason("mistyped", f"Probably {suggestion} was meant: {mistake}."),)
        return self.mention(token, Verdict.INVALID, evidence, (*says, *reasons), suggestion=suggestion)

    def obvious(self, code: Code) -> tuple[Code, str] | None:
        """The first code that was obviously meant; one with its end cut off must never have been divided."""
        for meant, mistake in self._facts.perhaps_meant(code):
            life = self._facts.lives[meant.text]
            is_cut = code.text.startswith(meant.text)
            if not is_cut or (life.billable and not life.heading):
                return meant, mistake
        return None


def _heading(life: Life, on: date) -> str:
    ended = [period.through for period in life.billable if period.through and period.through < on]
    if ended:
        return f"It is a heading; it was billable itself through {max(ended)}."
    return "It is a heading: the codes below it are billable."
