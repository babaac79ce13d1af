"""What a button carries: the code, the date and the part of its card. Nothing of it is kept here.

So any process can answer any button, however old the message is.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from core.code import Code, InvalidCode
from core.errors import IcdlensError


class BadState(IcdlensError):
    """A button carries what no version known here wrote."""


class Part(StrEnum):
    """What of a card is shown. The values travel in messages, so they stay as they are."""

    GLANCE = "glance"
    WHOLE = "full"
    SPECIFIC = "specific"
    EXCLUDES = "excludes"
    RELATED = "related"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class CardState:
    """A part of the card of a code on a date of service."""

    code: Code
    on: date
    part: Part = Part.GLANCE

    def __str__(self) -> str:
        return f"{self.code} {self.on} {self.part}"

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read what a button carries. Raises ``BadState``."""
        try:
            code, on, part = str(value)[:100].split(" ")
            return cls(Code(code), date.fromisoformat(on), Part(part))
        except (InvalidCode, ValueError):
            raise BadState("This button is of another version of icdlens. Ask again with /icd.") from None
