"""What a search answers with."""

from dataclasses import dataclass
from enum import IntEnum

from core.code import Code
from core.lives import Standing


class RowKind(IntEnum):
    """What kind of official text a row of the index is."""

    TITLE = 0
    INCLUSION_TERM = 1
    INCLUDES = 2
    REFERENCE = 3  # an Excludes or other note elsewhere that sends a term to the code
    CODE = 4  # the query is the code itself

    @property
    def key(self) -> str:
        """The stable name that JSON uses: ``inclusion_term``."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """What people read."""
        return ("title", "inclusion term", "includes note", "note that refers to it", "code")[self]


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that answers a query, and why.

    ``score`` is comparable within one answer only. ``matched`` is the official text that matched and
    ``kind`` what that text is; ``corrected`` pairs words of the query with the words they were read as.
    ``title`` is ``None`` for a code that no installed release has.
    """

    code: Code
    title: str | None
    standing: Standing
    score: float
    matched: str
    kind: RowKind
    corrected: tuple[tuple[str, str], ...] = ()

    @property
    def billable(self) -> bool:
        """Whether the code is valid for submission on the date of the search."""
        return self.standing is Standing.BILLABLE

    @property
    def why(self) -> str:
        """``inclusion term "Backache NOS"``, with the corrections that were made."""
        reason = f'{self.kind.label} "{self.matched}"'
        fixes = ", ".join(f"{written} → {read}" for written, read in self.corrected)
        return f"{reason} ({fixes})" if fixes else reason
