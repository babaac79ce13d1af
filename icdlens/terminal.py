"""The terminal: its width, and a card in its colours."""

import os
import shutil
import sys
import textwrap
from datetime import date
from typing import TYPE_CHECKING

import click

from core.release import Release, caution_about
from core.render.outline import Outline
from core.render.text import WIDTH, Role, outline_to_lines

if TYPE_CHECKING:
    from rich.console import Console

_HANG = 4  # columns by which a line that is too long goes on further right
_STYLES = {Role.CAUTION: "yellow", Role.HEADING: "bold", Role.PLAIN: ""}


def width() -> int:
    """The columns to fill: the terminal's, at most 100; 100 where stdout is no terminal."""
    return min(WIDTH, shutil.get_terminal_size().columns) if _is_terminal() else WIDTH


def fitted(text: str, columns: int) -> str:
    """A line in as many as it needs, each further one below it and further right."""
    hanging = " " * (len(text) - len(text.lstrip()) + _HANG)
    lines = textwrap.wrap(
        text, columns, subsequent_indent=hanging, break_on_hyphens=False, break_long_words=False
    )
    return "\n".join(lines)


def print_basis(release: Release, on: date, marks: str) -> None:
    """The release and the date of an answer, what its marks mean, and a caution where there is one."""
    click.secho(f"ICD-10-CM {release.name}, on {on}: {marks}", dim=True)
    if caution := caution_about(release, on):
        click.secho(fitted(f"! {caution}", width()), fg="yellow")


def print_outline(out: Outline) -> None:
    """Print a card's outline: in colours on a terminal, and elsewhere the text alone."""
    if not _is_terminal():  # a pipe need not wait for rich either
        for line in outline_to_lines(out, width=width()):
            click.echo(line.text)
        return
    from rich.text import Text

    console = _console()
    title = "bold green" if out.billable else "bold yellow"
    for line in outline_to_lines(out, width=width()):
        # A Text is printed as it is: "[any drug]" is no markup, ":x:" no emoji, and the lines fit already.
        text = Text(line.text, style=title if line.role is Role.TITLE else _STYLES[line.role])
        console.print(text, soft_wrap=True)


def _console() -> "Console":
    """The terminal as rich knows it; without any escape code where NO_COLOR is set and not empty."""
    from rich.console import Console

    return Console(color_system=None if os.environ.get("NO_COLOR") else "auto", highlight=False)


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()  # a shell can leave stdout out
