"""``icdlens doctor``: is everything there and whole, and what mends what is not."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import click

from core.errors import IcdlensError
from core.installed import Installed, installed_releases, release_store, releases_known
from core.reference_report import report_references
from core.reimbursement import installed_identity
from core.release import Release, how_to_install
from core.snapshot import SnapshotStore
from core.sources.packaged import RELEASE, packaged_release
from core.supplements import LoadedFiles
from icdlens.remark import Remark
from icdlens.settings_examined import (
    examine_command,
    examine_editors,
    examine_project,
    examine_slack,
)
from index.identity import packaged_identity
from index.installing import SOURCES_FILE, is_current
from index.library import Library
from index.models import find_model

_LEAST_FREE = 300 << 20  # bytes; a release takes 100 MB, and twice that while it is compiled


def examine(data: Path, today: date) -> Iterator[Remark]:
    """Look at everything, and change nothing."""
    yield Remark("Version", f"icdlens {version('icdlens')}, Python {sys.version.split()[0]}")
    yield _folder(data)
    yield from _permissions(data)
    yield _free(data)
    yield _packaged_files()
    yield _packaged_snapshot(data)
    yield from (_release(data, installed) for installed in installed_releases(data))
    whole = {installed.release for installed in installed_releases(data)}
    for release in releases_known(data):
        if release not in whole:
            yield Remark(release.name, "its files are damaged", how_to_install(release))
    yield _in_force({*whole, RELEASE}, today)
    yield from _opening(data)
    loaded = sorted(LoadedFiles(data).identity())
    yield Remark("Loaded files", ", ".join(loaded) or "none")
    extras = sorted(installed_identity())
    yield Remark("Reimbursement", ", ".join(extras) or "not installed: pip install '.[reimbursement]'")
    model = find_model(data)
    yield Remark("Semantic search", model.name if model else "not installed: pip install '.[ai]'")
    yield examine_command()
    yield from examine_editors()
    if project := examine_project(Path.cwd()):
        yield project
    yield examine_slack(os.environ)


def _folder(data: Path) -> Remark:
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Remark("Data directory", f"{data}, {_size(data) / 1e6:,.0f} MB")
    mend = f"make {nearest} yours, or name another folder in ICDLENS_DATA_DIR"
    return Remark("Data directory", f"{data} cannot be written to", mend)


def _permissions(data: Path) -> Iterator[Remark]:
    """Where others may write, or this user may not read. Windows keeps both elsewhere."""
    if os.name == "nt" or not data.is_dir():
        return
    paths = (data, *data.rglob("*"))
    unreadable = [path for path in paths if not os.access(path, os.R_OK)]
    if unreadable:
        yield Remark("Permissions", f"{len(unreadable)} files cannot be read", f"make {data} yours: chown -R")
    elif any(not path.is_symlink() and path.stat().st_mode & stat.S_IWOTH for path in paths):
        yield Remark("Permissions", "others may write there", f"chmod -R o-w {data}")
    else:
        yield Remark("Permissions", "readable, and not to be written by others")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _free(data: Path) -> Remark:
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    text = f"{free / 1e9:,.1f} GB free"
    return Remark(
        "Disk", text, None if free >= _LEAST_FREE else "make room: installing a release needs 300 MB"
    )


def _packaged_files() -> Remark:
    try:
        packaged_release()
    except IcdlensError as error:
        return Remark("Packaged files", "not as pinned", str(error))
    return Remark("Packaged files", f"{RELEASE.name}, SHA-256 as pinned")


def _packaged_snapshot(data: Path) -> Remark:
    models = dict.fromkeys((find_model(data), None))
    if SnapshotStore(data).find(*(packaged_identity(data, model) for model in models)):
        return Remark(RELEASE.name, "packaged, compiled and whole")
    return Remark(RELEASE.name, "packaged, not compiled by this version", "icdlens build")


def _release(data: Path, installed: Installed) -> Remark:
    name, folder = installed.release.name, installed.snapshot.folder
    try:
        with ZipFile(folder / SOURCES_FILE) as archive:
            broken = archive.testzip()
    except (OSError, BadZipFile):
        broken = SOURCES_FILE
    if broken:
        return Remark(name, "its official files are damaged", how_to_install(installed.release) + " --force")
    if not is_current(data, installed):
        return Remark(name, "installed, compiled by another version or with other files", "icdlens build")
    size = _size(release_store(data, installed.release).root) / 1e6
    return Remark(name, f"installed, compiled and whole, {size:,.0f} MB")


def _in_force(whole: set[Release], today: date) -> Remark:
    newest = max((r for r in whole if r.effective <= today), default=None)
    if newest is None or newest.is_superseded_on(today):
        due = Release.in_force_from_october(today)
        return Remark("In force today", f"{due.name}, which is not installed", how_to_install(due))
    return Remark("In force today", newest.name)


def _opening(data: Path) -> Iterator[Remark]:
    try:
        with Library.open(data) as library:
            library.searcher.complete("back", date(2026, 4, 1), limit=1)
            yield Remark("Look-ups and searches", f"work, from {len(library.releases)} release(s)")
            yield _references(library)
    except IcdlensError as error:
        yield Remark("Look-ups and searches", "do not work", str(error))


def _references(library: Library) -> Remark:
    """What the notes name and the release does not have: errors of the official text, which nobody mends."""
    report = report_references(library.catalog)
    text = f"{report.total:,} in the notes of {library.release.name}"
    if not report.unresolved:
        return Remark("References", f"{text}, all resolve")
    listed = ", ".join(f"{r.written} ({r.kind.label}, {r.at})" for r in report.unresolved)
    return Remark("References", f"{text}, all resolve but {len(report.unresolved)}: {listed}")


def report(data: Path, today: date) -> bool:
    """Print what was found; whether all is in order."""
    is_well = True
    for remark in examine(data, today):
        click.echo(f"{'✗' if remark.mend else '✓'} {remark.what}: {remark.found}")
        if remark.mend:
            is_well = False
            click.echo(f"    {remark.mend}")
    return is_well
