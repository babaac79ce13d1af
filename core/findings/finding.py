"""Findings about a note: where, by which rule, how severe, and what would mend it."""

from dataclasses import dataclass
from enum import StrEnum

from core.code import Code


class Severity(StrEnum):
    """How severe a finding is; the names are those of the Language Server Protocol."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement: ``text[start:end]`` becomes ``new``. Offsets are code points of the whole text."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend a finding. ``kind`` names fixes that can be made all over a file at once.

    At most one fix of a finding ``is_preferred``: the one that needs no choice.
    """

    title: str
    kind: str
    edits: tuple[Edit, ...]
    is_preferred: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is remarked on in ``text[start:end]``, in code points.

    ``message`` is for people and names the official source; ``related`` are other places that the finding
    speaks of, such as the second code of a conflict, each with what it is.
    """

    start: int
    end: int
    rule: str
    severity: Severity
    message: str
    code: Code | None = None
    fixes: tuple[Fix, ...] = ()
    related: tuple[tuple[int, int, str], ...] = ()
