"""What is read off a full-text index: the words of its fields and the rows that have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import IcdlensError


class IndexUnavailable(IcdlensError):
    """The index is missing or damaged."""


class Field(StrEnum):
    """The indexed fields. A document's number is its row's position in ``index.rows.rows``."""

    WORDS = "words"
    MODIFIERS = "modifiers"
    CONTEXT = "context"  # of titles: the words of the headings above and of the entry's other texts


@dataclass(frozen=True, slots=True)
class Postings:
    """A word of a field's lexicon and the numbers of the rows that have it, ascending."""

    field: Field
    word: str
    rows: Sequence[int]
