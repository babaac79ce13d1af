"""Draw the README's picture of the terminal from what the commands print.

With the classification compiled: ``python -P -m tests.icdlens.pictures``.
"""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "terminal.svg"
_COLUMNS = 104
_COMMANDS = (
    ("lookup", "M54.5", "--glance"),
    ("search", "broken left wrist, initial encounter", "--limit", "3"),
)


def draw() -> None:
    """Run the commands with the compiled classification in use, and store the picture."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere, force_terminal=True)
        for command in _COMMANDS:
            console.print(Text(f"$ icdlens {' '.join(command)}", style="bold"))
            console.print(Text.from_ansi(_printed(command)))
    picture = console.export_svg(title="icdlens", code_format=_without_fonts(CONSOLE_SVG_FORMAT))
    PICTURE.write_text(picture, encoding="utf-8")


def _without_fonts(template: str) -> str:
    """A template that has a reader's browser fetch nothing."""
    return re.sub(r"@font-face \{\{.*?\}\}", "", template, flags=re.DOTALL).replace(
        "Fira Code", "ui-monospace"
    )


def _printed(command: tuple[str, ...]) -> str:
    """What a command prints in a terminal, its colours included."""
    ours, its = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "icdlens", *command],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)},
        stdout=its,
    )
    os.close(its)
    found = b""
    with suppress(OSError):  # EIO is how the end is told
        while part := os.read(ours, 65536):
            found += part
    os.close(ours)
    if run.wait():
        raise SystemExit(f"icdlens {command[0]} failed")
    return found.decode().replace("\r\n", "\n")


if __name__ == "__main__":
    draw()
