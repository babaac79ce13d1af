"""The command ``icdlens index``: its options."""

import sys
from datetime import date
from pathlib import Path

import click

from icdlens.options import FOUND, NOT_FOUND, on_option


def _column(context: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """The place of a table's column; its name may be written with blanks."""
    from core.index_parts import IndexPart

    if value is None:
        return None
    part = IndexPart.NEOPLASMS if option.name == "behavior" else IndexPart.DRUGS
    name = "-".join(value.lower().split())
    return part.columns.index(click.Choice(part.columns).convert(name, option, context))


@click.command(short_help="Browse the Alphabetic Index and its tables.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@click.option(
    "--behavior",
    callback=_column,
    metavar="BEHAVIOR",
    help="Of the Table of Neoplasms: malignant-primary, malignant-secondary, in-situ, benign, uncertain, "
    "unspecified.",
)
@click.option(
    "--intent",
    callback=_column,
    metavar="INTENT",
    help="Of the Table of Drugs: accidental, self-harm, assault, undetermined, adverse-effect, underdosing.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@on_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def index(
    data: Path | None,
    words: tuple[str, ...],
    behavior: int | None,
    intent: int | None,
    limit: int,
    on: date,
    form: str,
) -> None:
    """Browse the Alphabetic Index, the External Cause Index, and the tables of neoplasms and drugs.

    \b
    icdlens index                           what is loaded
    icdlens index pain                      a main term and what is under it
    icdlens index "pain, low back"          in any order: low back pain
    icdlens index fall from ladder
    icdlens index breast --behavior malignant-primary
    icdlens index aspirin --intent underdosing

    "See" is followed, and said; what "see also" leads to can be pasted. --limit bounds the lines under a
    line. Verify a code in the Tabular List: icdlens lookup CODE.

    Exit status: 0 something found, 1 nothing found, 2 usage, 3 failed, or nothing of the Index is loaded.
    """
    from core.index_answer import Question
    from core.index_parts import IndexPart
    from icdlens.browsing import browse, overview
    from icdlens.opening import open_library

    if behavior is not None and intent is not None:
        raise click.UsageError(
            "--behavior is of the Table of Neoplasms, --intent of the Table of Drugs; give one."
        )
    column = behavior if intent is None else intent
    asked = " ".join(words).strip()
    if not asked and (column is not None or form == "json"):
        raise click.UsageError("Give words to look up.")
    part = None if column is None else IndexPart.NEOPLASMS if intent is None else IndexPart.DRUGS
    with open_library(data) as library:
        if not asked:
            overview(library, on)
            return
        found = browse(library, Question(asked, on, limit, part, column), form)
    sys.exit(FOUND if found else NOT_FOUND)
