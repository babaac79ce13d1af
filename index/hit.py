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
    INDEX_TERM = 5  # a term of the Alphabetic Index
    MAPPING = 6  # the query is an ICD-9-CM code, which the General Equivalence Mappings lead here
    SIMILAR_MEANING = 7  # no official tie: a model finds that a text of the code means much the same
    EXTERNAL_CAUSE_TERM = 8  # a term of the External Cause Index
    NEOPLASM_TABLE = 9  # a cell of the Table of Neoplasms
    DRUG_TABLE = 10  # a cell of the Table of Drugs and Chemicals

    @property
    def key(self) -> str:
        """The stable name that JSON uses: ``inclusion_term``."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = (
    "title",
    "inclusion term",
    "includes note",
    "note that refers to it",
    "code",
    "Alphabetic Index term",
    "General Equivalence Mapping of",
    "similar meaning",
    "External Cause Index term",
    "Table of Neoplasms",
    "Table of Drugs",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that answers a query, and why.

    ``score`` is comparable within one answer only. ``matched`` is the official text that matched and
    ``kind`` what that text is. ``of`` is the heading that the text is of, where the code is its default:
    the code below it for the condition, unspecified. ``corrected`` pairs words of the query with the
    words they were read as, ``expanded`` its terms with the official words that they mean. ``parts``
    are the score's, by name. ``more_beside`` counts the codes under the same heading that match too and
    come later. ``title`` is ``None`` for a code that no installed release has. ``edition`` is the fiscal year
    of the Index that ``matched`` is of, which may not be the release's.
    """

    code: Code
    title: str | None
    standing: Standing
    score: float
    matched: str
    kind: RowKind
    corrected: tuple[tuple[str, str], ...] = ()
    expanded: tuple[tuple[str, str], ...] = ()
    of: str | None = None
    parts: tuple[tuple[str, float], ...] = ()
    more_beside: int = 0
    edition: int | None = None

    @property
    def billable(self) -> bool:
        """Whether the code is valid for submission on the date of the search."""
        return self.standing is Standing.BILLABLE

    @property
    def why(self) -> str:
        """``inclusion term "Backache NOS" of M54``, with the corrections and expansions that were made."""
        edition = f" FY{self.edition}" if self.edition else ""
        reason = f'{self.kind.label}{edition} "{self.matched}"'
        if self.of:
            reason += f" of {self.of}"
        read_as = dict.fromkeys((*self.corrected, *self.expanded))
        changes = ", ".join(f"{written} → {read}" for written, read in read_as)
        return f"{reason} ({changes})" if changes else reason
