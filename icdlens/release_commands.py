"""The commands about releases: ``icdlens update`` and ``icdlens releases``."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from icdlens.options import ManyFiles

if TYPE_CHECKING:
    from core.release import Release


def _release(_context: click.Context, _option: click.Parameter, value: str | None) -> "Release | str | None":
    from core.release import InvalidRelease, Release

    if value is None or value == "latest":
        return value
    try:
        return Release.parse(value)
    except InvalidRelease as error:
        raise click.BadParameter(str(error)) from error


@click.command(cls=ManyFiles, short_help="Install an official release, or complete one.")
@click.option(
    "--release",
    callback=_release,
    metavar="RELEASE",
    help='Which one: FY2027, or the day from which it is in force, as 2026-04-01; else "latest".',
)
@click.option(
    "--from",
    "paths",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Install from files that you have: an official zip, a file in it, or a folder; several, too.",
)
@click.option(
    "--source",
    type=click.Choice(["cdc", "cms"]),
    help="The site to fetch it from.  [default: CDC, and CMS where CDC does not have all of it]",
)
@click.option("--check", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--force", is_flag=True, help="Compile again even if nothing changed.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.option(
    "--ai/--no-ai",
    default=None,
    help="Whether searches compare meanings too, which takes minutes to prepare.  [default: where the extra "
    '"ai" is installed]',
)
@click.pass_obj
def update(
    data: Path | None,
    release: "Release | str | None",
    paths: tuple[Path, ...],
    source: str | None,
    check: bool,
    force: bool,
    quiet: bool,
    ai: bool | None,
) -> None:
    """Install an official release beside those that are there.

    \b
    icdlens update                       the latest, from CDC or CMS
    icdlens update --release FY2025
    icdlens update --from Downloads/icd10cm-*-2027.zip
    icdlens update --from Downloads --release FY2027 --check

    Files that you have are CDC's or CMS's, as they were downloaded; nothing is fetched then. A release needs
    its order file (in the zip of code descriptions) and its tabular XML; the Alphabetic Index, the External
    Cause Index and the tables of neoplasms and drugs complete it, now or later. The POA exempt list, the
    ICD-9-CM mappings and the conversion table are fetched and loaded too; those, CCSR, HCC mappings and
    definitions of the Medicare Code Editor also where they are among your files. What is installed stays in
    use until all is read, checked and compiled. See docs/releases.md.
    """
    from core.release import Release
    from core.snapshot import data_folder
    from icdlens.releasing import Wanted, update_from
    from index.models import find_model, require_model

    folder = data or data_folder()
    if paths and source:
        raise click.UsageError("--from and --source exclude each other.")
    model = require_model(folder) if ai else None if ai is False else find_model(folder)
    wanted = release if isinstance(release, Release) else None
    asked = Wanted(wanted, release == "latest", check, force, quiet)
    if paths:
        update_from(folder, paths, asked, model)
        return
    from icdlens.updating import update_online

    update_online(folder, asked, source, model)


@click.command(short_help="List the releases, and what is missing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--remove", callback=_release, metavar="RELEASE", help="Remove an installed release.")
@click.pass_obj
def releases(data: Path | None, form: str, remove: "Release | str | None") -> None:
    """List the releases: installed, in force, superseded, missing; with what they lack and their size.

    Exit status: 0 the release in force today is there, 1 it is not, 2 usage, 3 failed.
    """
    import sys

    from core.release import Release
    from core.snapshot import data_folder
    from icdlens.releasing import list_releases
    from icdlens.releasing import remove as remove_release

    folder = data or data_folder()
    if remove is not None:
        if not isinstance(remove, Release):
            raise click.UsageError("Name the release to remove, as icdlens releases prints it.")
        remove_release(folder, remove)
        return
    today = datetime.now().astimezone().date()
    sys.exit(0 if list_releases(folder, today, form) else 1)


@click.command(short_help="Show what changed between two releases.")
@click.argument("before", callback=_release)
@click.argument("after", callback=_release)
@click.option("--chapter", metavar="N", help="Only one chapter, 1 to 22.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "markdown"]), default="text")
@click.pass_obj
def diff(
    data: Path | None, before: "Release | str", after: "Release | str", chapter: str | None, form: str
) -> None:
    """Show what changed between two releases: icdlens diff FY2026 FY2027.

    Codes that are new, deleted, or became headings, with what replaced them, and whether the conversion table
    says so or it is derived; new titles; and the notes that were added and removed. Both releases must be
    installed.

    Exit status: 0 compared, 2 usage, 3 failed, or one of them is not installed.
    """
    from core.release import Release
    from icdlens.comparing import compare
    from icdlens.opening import open_library

    if not (isinstance(before, Release) and isinstance(after, Release)):
        raise click.UsageError("Name both releases, such as FY2026 and FY2027.")
    with open_library(data) as library:
        compare(library, before, after, chapter, form)


@click.command(short_help="Look whether everything is whole, and say what mends it.")
@click.pass_obj
def doctor(data: Path | None) -> None:
    """Look whether everything is there and whole, and say what mends what is not. Changes nothing.

    Exit status: 0 all in order, 1 something to mend, 2 usage, 3 failed.
    """
    import sys

    from core.snapshot import data_folder
    from icdlens.doctor import report

    sys.exit(0 if report(data or data_folder(), datetime.now().astimezone().date()) else 1)
