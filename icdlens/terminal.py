"""The terminal: its width, and a card in its colours."""

import shutil
import sys

import click

from core.render.outline import Outline
from core.render.text import WIDTH, Role, TextLine, outline_to_lines


def width() -> int:
    """The columns to fill: the terminal's, at most 100; 100 where stdout is no terminal."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()  # a shell can leave stdout out
    return min(WIDTH, shutil.get_terminal_size().columns) if is_terminal else WIDTH


def print_outline(out: Outline) -> None:
    """Print a card's outline. click leaves the colours out where they are not wanted."""
    for line in outline_to_lines(out, width=width()):
        click.echo(_coloured(line, "green" if out.billable else "yellow"))


def _coloured(line: TextLine, title: str) -> str:
    match line.role:
        case Role.TITLE:
            return click.style(line.text, bold=True, fg=title)
        case Role.CAUTION:
            return click.style(line.text, fg="yellow")
        case Role.HEADING:
            return click.style(line.text, bold=True)
        case Role.PLAIN:
            return line.text
