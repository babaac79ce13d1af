"""Readers of the official files: one module per format, each yielding typed rows.

A reader raises ``SourceError`` with file and line for whatever it cannot read whole: an unknown
element is an error, because a note that is skipped silently is a wrong answer.
"""

from pathlib import Path

from core.errors import IcdlensError


class SourceError(IcdlensError):
    """An official file is missing, damaged, or not in the format that its reader knows."""

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        where = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{where}: {problem}.")
