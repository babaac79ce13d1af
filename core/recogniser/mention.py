"""Mentions: tokens of a text that are written like codes, each with a verdict and its reasons."""

from dataclasses import dataclass
from enum import StrEnum

from core.code import Code


class Verdict(StrEnum):
    """What a careful coder says of a token."""

    CODE = "CODE"
    """Billable on the date of service, as written."""
    CODE_NORM = "CODE_NORM"
    """Billable on the date of service, but not in official form: case or dot."""
    CATEGORY = "CATEGORY"
    """A heading on the date of service: more characters are needed."""
    RANGE = "RANGE"
    """A range of codes, or a wildcard for the codes under a heading."""
    RETIRED = "RETIRED"
    """Valid once, and no more on the date of service."""
    INVALID = "INVALID"
    """Meant as a code, but no such code is valid on the date of service."""
    OTHER_SYSTEM = "OTHER_SYSTEM"
    """A code of another system, such as HCPCS or ICD-9-CM."""
    WEAK = "WEAK"
    """A code by its characters, but nothing says that it is meant as one, or something says the contrary."""
    IGNORE = "IGNORE"
    """No code."""


#: Verdicts on tokens that are meant as codes of ICD-10-CM.
REPORTABLE = frozenset(
    {Verdict.CODE, Verdict.CODE_NORM, Verdict.CATEGORY, Verdict.RANGE, Verdict.RETIRED, Verdict.INVALID}
)


class Evidence(StrEnum):
    """What says that a token is meant as a code."""

    STRONG = "strong"
    """The token itself (its dot, its 7 characters), or the format that it stands in, such as HL7 or X12."""
    CUE = "cue"
    """The words, the column or the section around it."""
    BARE = "bare"
    """Nothing."""
    CONTRARY = "contrary"
    """Something says that it is not meant as one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke for or against, and what it says in a sentence."""

    rule: str
    says: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.says}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A token of a text: ``text[start:end] == written``, in code points."""

    start: int
    end: int
    written: str
    verdict: Verdict
    evidence: Evidence
    reasons: tuple[Reason, ...]
    #: What the characters stand for, if any year has it; for a range the first, for a wildcard the heading.
    code: Code | None = None
    #: The last code of a range.
    last: Code | None = None
    #: What an invalid token was obviously meant to be.
    suggestion: Code | None = None

    @property
    def is_reportable(self) -> bool:
        """Whether it may be listed or diagnosed unasked. A hover, which is asked for, may show the others."""
        return self.verdict in REPORTABLE

    @property
    def names(self) -> str | None:
        """The code, range or suggestion in official form; ``None`` for what is no code of ICD-10-CM."""
        if self.verdict in (Verdict.OTHER_SYSTEM, Verdict.IGNORE):
            return None
        if self.code and self.last:
            return f"{self.code}-{self.last}"
        found = self.suggestion or self.code
        return found.text if found else None
