"""A card on the terminal: the plain-text rendering, with colours where the terminal has them."""

import click

from core.card import CodeCard
from core.render.text import card_to_text


def print_card(card: CodeCard) -> None:
    """Print a card. Colours are left out when stdout is no terminal or NO_COLOR is set."""
    lines = card_to_text(card).splitlines()
    colour = "green" if card.billable else "yellow"
    for number, line in enumerate(lines):
        if number == 0:
            click.secho(line, bold=True, fg=colour)
        elif line.startswith("  !"):
            click.secho(line, fg="yellow")
        elif line and not line.startswith(" "):
            click.secho(line, bold=True)
        else:
            click.echo(line)
