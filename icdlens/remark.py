"""What ``icdlens doctor`` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """What was looked at, and what was found. ``mend`` says what to do where it is not in order."""

    what: str
    found: str
    mend: str | None = None
