"""Comments that silence rules: ``icdlens: ignore RULE``, for a line, and ``icdlens: ignore-file RULE``."""

import re
from dataclasses import dataclass, field

from core.findings.finding import Finding
from core.findings.settings import RULES, CheckSettings
from core.recogniser.document import Document

_UNKNOWN_RULE = "unknown-rule"

_MARK = "icdlens:"
_COMMENT = re.compile(r"icdlens:[ \t]*(ignore-file|ignore)\b(?![-\w])", re.IGNORECASE)
# Names stand behind, parted by commas or blanks; what closes the comment, or explains it, is neither.
_NAME = re.compile(r"[ \t]*(,?)[ \t]*([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)(?![\w])")
# All that stands on a line of its own: the signs that open and close comments, of whatever language.
_OPENERS = re.compile(r"[\s#/*;%!<{>({-]*")
_CLOSERS = re.compile(r"[\s#*/%}>)-]*")
_ALL = frozenset(RULES)


@dataclass(frozen=True, slots=True)
class Ignored:
    """What the comments of a note silence, and the names in them that no rule has."""

    in_file: frozenset[str] = frozenset()
    on_lines: dict[int, frozenset[str]] = field(default_factory=dict)
    unknown: tuple[tuple[int, int], ...] = ()

    def silences(self, finding: Finding, document: Document) -> bool:
        """Whether a comment silences a finding: at the line where it begins."""
        if finding.rule in self.in_file:
            return True
        return bool(self.on_lines) and finding.rule in self.on_lines.get(
            document.line_number(finding.start), ()
        )


def ignored(text: str, document: Document) -> Ignored:
    """Read the comments of a note."""
    if _MARK not in text.lower():
        return Ignored()
    in_file: set[str] = set()
    on_lines: dict[int, frozenset[str]] = {}
    unknown: list[tuple[int, int]] = []
    for match in _COMMENT.finditer(text):
        number = document.line_number(match.start())
        start, end = document.bounds(number)
        names, after, wrong = _names(text, match.end(), end)
        unknown += wrong
        if not names and wrong:
            continue
        silenced = names or _ALL
        if match[1].lower() == "ignore-file":
            in_file |= silenced
            continue
        is_alone = _OPENERS.fullmatch(text, start, match.start()) and _CLOSERS.match(text, after)
        for line in (number, number + 1) if is_alone else (number,):
            on_lines[line] = on_lines.get(line, frozenset()) | silenced
    return Ignored(frozenset(in_file), on_lines, tuple(unknown))


def unknown_rules(found: Ignored, settings: CheckSettings) -> list[Finding]:
    """A finding for each name in a comment that no rule has."""
    severity = settings.severity(_UNKNOWN_RULE)
    if severity is None:
        return []
    return [
        Finding(
            start,
            end,
            _UNKNOWN_RULE,
            severity,
            f"No rule has this name; the rules are: {', '.join(RULES)}.",
        )
        for start, end in found.unknown
    ]


def _names(text: str, position: int, end: int) -> tuple[frozenset[str], int, list[tuple[int, int]]]:
    """The rules named, where they end, and the places of names that no rule has.

    A word that no rule has is a wrong name where a name must stand: first, or behind a comma. Elsewhere
    it begins an explanation.
    """
    names: set[str] = set()
    wrong: list[tuple[int, int]] = []
    first = True
    while (match := _NAME.match(text, position, end)) is not None:
        name = match[2].lower()
        if name in RULES:
            names.add(name)
        elif first or match[1]:
            wrong.append(match.span(2))
        else:
            break
        first = False
        position = match.end()
    return frozenset(names), position, wrong
