"""The releases that the user has installed beside the packaged one.

::

    <data>/releases/2026-10-01/   a release, by the date it took effect: snapshots as in core.snapshot

The folders are the record: a release is installed where its folder has a whole snapshot in use, and that is
put in use in one step. A release's snapshot holds the official files that it was made of, so that another
version of the program can compile them again.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.release import Release
from core.snapshot import POINTER, Snapshot, SnapshotStore

_FOLDER = "releases"


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed release and its snapshot in use."""

    release: Release
    snapshot: Snapshot


def releases_folder(data: Path) -> Path:
    """The folder of all installed releases."""
    return data / _FOLDER


def release_store(data: Path, release: Release) -> SnapshotStore:
    """Where the snapshots of a release are kept."""
    return SnapshotStore(releases_folder(data) / release.effective.isoformat())


def releases_known(data: Path) -> tuple[Release, ...]:
    """The releases that were installed, oldest first, whole or damaged. Costs one look at a folder."""
    try:
        names = [path.name for path in releases_folder(data).iterdir() if (path / POINTER).exists()]
    except OSError:
        return ()
    found = []
    for name in names:
        try:
            found.append(Release(date.fromisoformat(name)))
        except ValueError:
            continue  # nothing of ours
    return tuple(sorted(found))


def installed_releases(data: Path) -> tuple[Installed, ...]:
    """The releases with a whole snapshot in use, oldest first."""
    found = ((release, release_store(data, release).current()) for release in releases_known(data))
    return tuple(Installed(release, snapshot) for release, snapshot in found if snapshot)


def remove_release(data: Path, release: Release) -> bool:
    """Remove an installed release with its files; whether there was one.

    It is renamed first, so that nobody finds half of it. Raises ``OSError``.
    """
    folder = release_store(data, release).root
    gone = folder.with_name(f".{folder.name}")
    shutil.rmtree(gone, ignore_errors=True)
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return False
    shutil.rmtree(gone)
    return True
