"""The command ``icdlens build``: its options, and the files that it loads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from icdlens.options import ManyFiles

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _file_option(name: str, what: str) -> Callable[[_Command], _Command]:
    """An option that names a file to load."""
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(name, type=path, metavar="FILE", help=f"Load {what}")


@click.command(cls=ManyFiles, short_help="Compile the packaged release; load files for the card.")
@click.option("--force", is_flag=True, help="Compile again even if nothing changed.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.option(
    "--gem",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Load the ICD-9-CM mappings of 2018: a folder with 2018_I9gem.txt and 2018_I10gem.txt.",
)
@_file_option("--poa", "a POA exempt list of CMS: its zip, or the text file inside.")
@click.option(
    "--index",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Load parts of the Alphabetic Index: the XML of the Index, the External Cause Index, the Table of "
    "Neoplasms or of Drugs, a flat CSV such as ICD10CM_2025_Index.csv, or their folder or zip; "
    "several, too.",
)
@_file_option(
    "--order", "the short titles of an order file, whose name tells the release: icd10cm-order-2026.txt."
)
@_file_option(
    "--conversion", "the official conversion table, which says what replaced a code: its xlsx or zip."
)
@_file_option("--ccsr", "AHRQ's CCSR categories of diagnoses: the zip, or DXCCSR_v2026-1.csv inside.")
@_file_option("--hcc", "CMS's HCC mappings of a payment year: the zip, or the CSV inside.")
@_file_option("--mce", "CMS's Definitions of Medicare Code Edits: the zip, or the text inside.")
@click.option(
    "--ai/--no-ai",
    default=None,
    help="Whether searches compare meanings too, which takes minutes to prepare.  [default: where the extra "
    '"ai" is installed]',
)
@click.option(
    "--ai-model",
    metavar="DIR",
    help="Load a larger model to compare meanings with: a folder with model.onnx and tokenizer.json; "
    '"packaged" goes back to the packaged one.',
)
@click.pass_obj
def build(
    data: Path | None,
    force: bool,
    quiet: bool,
    gem: Path | None,
    poa: Path | None,
    index: tuple[Path, ...],
    order: Path | None,
    conversion: Path | None,
    ccsr: Path | None,
    hcc: Path | None,
    mce: Path | None,
    ai: bool | None,
    ai_model: str | None,
) -> None:
    """Compile the packaged official release (done by itself on first use, without --ai).

    Files that are loaded are kept in the data directory, and compiled in from then on.
    """
    from core.snapshot import data_folder
    from core.supplements import LoadedFiles
    from icdlens.opening import build_library, index_messages
    from index.models import find_model, load_model, require_model

    folder = data or data_folder()
    if ai_model is not None and ai is False:
        raise click.UsageError("--ai-model and --no-ai exclude each other.")
    loaded = LoadedFiles(folder)
    if gem:
        loaded.load_gems(gem)
    if poa:
        loaded.load_poa_list(poa)
    if index:
        loaded.load_index(*index)
    if order:
        loaded.load_order_file(order)
    if conversion:
        loaded.load_conversion_table(conversion)
    if ccsr:
        loaded.load_ccsr(ccsr)
    if hcc:
        loaded.load_hcc_mappings(hcc)
    if mce:
        loaded.load_mce_definitions(mce)
    if ai_model == "packaged":
        loaded.forget_model()
    elif ai_model is not None:
        load_model(folder, Path(ai_model))
    must = ai or ai_model is not None
    model = require_model(folder) if must else None if ai is False else find_model(folder)
    snapshot = build_library(data, model=model, force=force, quiet=quiet)
    if not quiet:
        counts = snapshot.manifest["counts"]
        release = snapshot.manifest["release"]["name"]
        click.echo(
            f"ICD-10-CM {release}: {counts['codes']:,} codes and headings, "
            f"{counts['billable']:,} billable. {snapshot.folder}"
        )
        if index:
            click.echo("\n".join(index_messages(snapshot)))
        if model:
            click.echo(f"Searches compare meanings too, with {model.name}; icdlens search --no-ai does not.")
