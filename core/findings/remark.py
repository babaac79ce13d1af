"""A remark: a finding before the settings gave it a severity."""

from dataclasses import dataclass

from core.code import Code
from core.findings.finding import Fix
from core.recogniser.mention import Mention


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says of a place; the settings decide how severe that is, or that it is not said."""

    start: int
    end: int
    rule: str
    message: str
    code: Code | None = None
    fixes: tuple[Fix, ...] = ()
    related: tuple[tuple[int, int, str], ...] = ()


def remark_on(
    mention: Mention,
    rule: str,
    message: str,
    fixes: tuple[Fix, ...] = (),
    related: tuple[tuple[int, int, str], ...] = (),
) -> Remark:
    """A remark on the characters of a mention."""
    code = mention.code or mention.suggestion
    return Remark(mention.start, mention.end, rule, message, code, fixes, related)
