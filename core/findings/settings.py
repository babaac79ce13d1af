"""The rules that a note is checked by, and a user's settings of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.findings.finding import Severity

_PAGE = "docs/rules.md"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable name, what it remarks on in one sentence, and how severe that is by default."""

    name: str
    meaning: str
    severity: Severity

    @property
    def anchor(self) -> str:
        """Where the rule is documented, as a path with an anchor: ``docs/rules.md#retired``."""
        return f"{_PAGE}#{self.name}"


_E, _W, _I, _H = Severity.ERROR, Severity.WARNING, Severity.INFORMATION, Severity.HINT

#: Every rule by its name, in the order of the documentation.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("unknown-code", "The code is in no release.", _E),
            Rule("retired", "The code ended before the date of service.", _E),
            Rule("not-yet-valid", "The code begins after the date of service.", _E),
            Rule("seventh-character", "The code needs a 7th character, or has one in the wrong place.", _E),
            Rule("not-billable", "The code is a heading: more characters are needed.", _W),
            Rule("unread-date-of-service", "The date of service that the note states cannot be read.", _W),
            Rule("code-format", "The code is not written in its official form.", _I),
            Rule("excludes1-conflict", "Two codes stand together that an Excludes1 note parts.", _W),
            Rule("manifestation-first", "A manifestation code is listed first.", _W),
            Rule("code-first-missing", "A code that “code first” asks for is not in the list.", _I),
            Rule("title-mismatch", "The words beside the code are not those of its official title.", _I),
            Rule("duplicate", "The same code is listed twice.", _H),
            Rule("laterality-unspecified", "The code leaves the side open, and codes for it exist.", _H),
            Rule("unspecified-with-specific-sibling", "The code is unspecified; specific ones exist.", _H),
            Rule("unknown-rule", "An ignore comment names a rule that does not exist.", _H),
        )
    }
)


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """A user's settings: of each rule its severity, or ``None`` to switch it off; else its default counts.

    ``reads_dates`` says that a date of service which the note states counts before the one asked for.
    """

    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    reads_dates: bool = True

    def severity(self, rule: str) -> Severity | None:
        """How severe findings of a rule are; ``None`` where it is switched off."""
        return self.severities[rule] if rule in self.severities else RULES[rule].severity


#: All rules with their own severities.
DEFAULTS = CheckSettings()
