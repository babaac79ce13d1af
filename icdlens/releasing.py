"""``icdlens update`` and ``icdlens releases``: installing releases, and saying which are installed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from core.errors import IcdlensError
from core.installed import Installed, installed_releases, release_store, releases_known, remove_release
from core.release import FIRST_DATE_OF_SERVICE, Release, how_to_install
from core.snapshot import Snapshot, SnapshotStore
from core.sources.packaged import RELEASE as PACKAGED
from core.sources.release_files import CALLED, FileKind, ReleaseFiles
from core.supplement_files import found_among, load
from core.supplements import LoadedFiles
from icdlens.opening import build_library, with_bar
from index.identity import packaged_identity
from index.installing import (
    IncompleteRelease,
    Plan,
    found_releases,
    install,
    look_at,
    official_files,
)
from index.models import Model, find_model

#: What is not there without a kind of file.
_LOST: Mapping[FileKind, str] = {
    FileKind.INDEX: "searches, cards and icdlens index know no term of it of this year",
    FileKind.EXTERNAL_CAUSES: "searches and icdlens index know no external cause of this year",
    FileKind.NEOPLASMS: "searches and icdlens index know no row of it of this year",
    FileKind.DRUGS: "searches and icdlens index know no row of it of this year",
}


class NothingFound(IcdlensError):
    """No file of a release is where the user said."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command was asked for. ``release`` is ``None`` where any will do."""

    release: Release | None
    latest: bool = False
    check: bool = False
    force: bool = False
    quiet: bool = False

    def of(self, release: Release) -> "Wanted":
        """The same, of the release that was found."""
        return replace(self, release=release, latest=False)


def update_from(data: Path, paths: Sequence[Path], wanted: Wanted, model: Model | None) -> None:
    """Load what belongs to no release, then install the releases whose files are there, oldest first.

    Files, folders and zips are looked through. Raises ``NothingFound`` and what ``install`` raises; what was
    installed before then still is.
    """
    with found_releases(data, paths) as found:
        beside = tuple(found_among(paths))
        chosen = _chosen(found, wanted) if found or not beside else ()
        for called, path in beside:
            if not wanted.check:
                load(LoadedFiles(data), called, path)
            if not wanted.quiet:
                click.echo(f"{called}: {'would be ' if wanted.check else ''}loaded from {path.name}")
        for files in chosen:
            if wanted.check:
                _say_plan(data, files, model)
            else:
                _install(data, files, wanted, model)
    if beside and not wanted.check:
        build_library(data, model=model, quiet=wanted.quiet)  # the others are compiled with it, too


def _chosen(found: Mapping[Release, ReleaseFiles], wanted: Wanted) -> Sequence[ReleaseFiles]:
    if not found:
        raise NothingFound(
            "No file of a release is there. They are the zips of CDC or CMS, or what is in them: "
            "icdlens update --from icd10cm-code-descriptions-2027.zip --from icd10cm-table-and-index-2027.zip"
        )
    if wanted.latest:
        return [found[max(found)]]
    if wanted.release is None:
        return [found[release] for release in sorted(found)]
    if wanted.release not in found:
        there = ", ".join(release.name for release in found)
        raise NothingFound(f"No file of {wanted.release.name} is there, only of {there}.")
    return [found[wanted.release]]


def _say_plan(data: Path, files: ReleaseFiles, model: Model | None) -> None:
    """What would be done, on stdout. Nothing is compiled."""
    try:
        planned = look_at(data, files, model)
    except IncompleteRelease as error:
        click.echo(f"Nothing would be done. {error}")
        return
    for kind, path in sorted(planned.files.files.items()):
        origin = "installed already" if kind in planned.kept else path.name
        click.echo(f"  {CALLED[kind]}: {origin}")
    if planned.is_installed:
        click.echo(f"{files.release.name} is installed from these files already; nothing would be done.")
    else:
        click.echo(f"{files.release.name} would be installed{_without(planned)}.")


def _install(data: Path, files: ReleaseFiles, wanted: Wanted, model: Model | None) -> None:
    before = release_store(data, files.release).current()

    def run(report: Any, waiting: Any) -> Snapshot:
        return install(data, files, report, model=model, force=wanted.force, waiting=waiting)

    if wanted.quiet:
        run(lambda *_: None, lambda: None)
        return
    if before and not wanted.force and look_at(data, files, model).identity == before.identity:
        click.echo(f"{files.release.name} is installed from these files already.")
        return
    snapshot = with_bar(run, f"Installing {files.release.name}.", model)
    counts, official = snapshot.manifest["counts"], official_files(snapshot)
    click.echo(
        f"{files.release.name} is installed: {counts['codes']:,} codes and headings, "
        f"{counts['billable']:,} billable."
    )
    for kind in _absent(official):
        click.echo(f"Without the {CALLED[kind]}: {_LOST[kind]}.")


def is_complete(data: Path, release: Release) -> bool:
    """Whether a release is installed, and lacks no file."""
    found = [i.snapshot for i in installed_releases(data) if i.release == release]
    return bool(found) and not _absent(official_files(found[0]))


def _absent(official: Mapping[str, Any]) -> list[FileKind]:
    return [kind for kind in _LOST if kind.value not in official]


def _without(planned: Plan) -> str:
    names = [CALLED[kind] for kind in planned.absent]
    return f", without the {', '.join(names)}" if names else ""


# Which releases there are


@dataclass(frozen=True, slots=True)
class Row:
    """A release in the list: how it stands on a day, where it comes from, what it lacks, and its size."""

    release: Release
    standing: str  # in force, superseded, to come, missing, damaged
    origin: str  # installed, packaged, or empty
    through: date | None
    counts: Mapping[str, int]
    without: tuple[str, ...]
    size: int  # bytes on disk, former snapshots included


def rows(data: Path, today: date) -> list[Row]:
    """The releases that are installed, packaged, damaged, or in force today and missing; oldest first."""
    installed = {found.release: found for found in installed_releases(data)}
    known = {*releases_known(data), PACKAGED}
    whole = {*installed, PACKAGED}
    now = max((release for release in whole if release.effective <= today), default=None)
    due = Release.in_force_from_october(today)
    if now is None or now.fiscal_year < due.fiscal_year:
        known.add(due)
    found = sorted(known)
    return [_row(data, release, found, installed, whole, now, today) for release in found]


def _row(
    data: Path,
    release: Release,
    listed: Sequence[Release],
    installed: Mapping[Release, Installed],
    whole: set[Release],
    now: Release | None,
    today: date,
) -> Row:
    store = release_store(data, release)
    later = next((other for other in listed if other > release), None)
    through = date.fromordinal(later.effective.toordinal() - 1) if later else None
    if release in installed:
        snapshot: Snapshot | None = installed[release].snapshot
        origin = "installed"
    else:
        snapshot = _packaged(data) if release == PACKAGED else None
        origin = "packaged" if release == PACKAGED else ""
        store = SnapshotStore(data) if release == PACKAGED else store
    counts = snapshot.manifest["counts"] if snapshot else {}
    lacks = _absent(official_files(snapshot)) if release in installed and snapshot else []
    size = _size(store.root / "snapshots")
    if release not in whole:
        standing = "damaged" if release in releases_known(data) else "missing"
    elif release == now and not release.is_superseded_on(today):
        standing = "in force"
    else:
        standing = "superseded" if now and release <= now else "to come"
    return Row(release, standing, origin, through, counts, tuple(CALLED[kind] for kind in lacks), size)


def _packaged(data: Path) -> Snapshot | None:
    models = dict.fromkeys((find_model(data), None))
    return SnapshotStore(data).find(*(packaged_identity(data, model) for model in models))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def list_releases(data: Path, today: date, form: str) -> bool:
    """Print the releases; whether that in force today is there."""
    found = rows(data, today)
    if form == "json":
        click.echo(json.dumps([_to_dict(row) for row in found], indent=2))
    else:
        for row in found:
            for text in _lines(row):
                click.echo(text)
        first = found[0].release.effective
        if first > FIRST_DATE_OF_SERVICE:
            earlier = f"Earlier dates of service, back to {FIRST_DATE_OF_SERVICE},"
            click.echo(f"{earlier} are answered from the first\nof these, and say so.")
    return all(row.standing not in ("missing", "damaged") for row in found)


def _lines(row: Row) -> Iterator[str]:
    dates = f"{row.release.effective} to {row.through}" if row.through else f"from {row.release.effective}"
    yield f"{row.release.name:<26} {row.standing:<11} {row.origin or 'not installed':<14} {dates}"
    if row.counts:
        lacking = f"; without: {', '.join(row.without)}" if row.without else ""
        counts = f"{row.counts['codes']:,} codes and headings, {row.counts['billable']:,} billable"
        yield f"    {counts}; {row.size / 1e6:,.0f} MB{lacking}"
    elif row.origin:
        yield "    not compiled yet; the first look-up does it, or: icdlens build"
    else:
        yield f"    to install it: {how_to_install(row.release)}"


def _to_dict(row: Row) -> dict[str, Any]:
    return {
        "release": row.release.name,
        "effective": str(row.release.effective),
        "through": str(row.through) if row.through else None,
        "standing": row.standing,
        "origin": row.origin or None,
        "counts": dict(row.counts) or None,
        "without": list(row.without),
        "bytes": row.size,
    }


def remove(data: Path, release: Release) -> None:
    """Remove an installed release with its files. Raises ``NothingFound``."""
    try:
        if remove_release(data, release):
            click.echo(f"{release.name} is removed.")
            return
    except OSError as error:
        raise NothingFound(f"{release.name} cannot be removed ({error.strerror}).") from error
    raise NothingFound(f"{release.name} is not installed; icdlens releases says what is.")
