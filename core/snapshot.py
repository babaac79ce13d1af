"""Snapshots: compiled releases in the user's data directory, built atomically.

::

    <data>/snapshots/<name>/snapshot.json   what it was built from, and its files' sizes
    <data>/snapshots/<name>/catalog.sqlite  …
    <data>/current                          the name of the snapshot in use
    <data>/build.lock                       held by the one builder

A snapshot is written into a hidden folder, synced, renamed, and only then named in ``current``, which
is itself replaced in one step. So a reader sees the old snapshot or a whole new one, never a part,
whenever the builder is killed.
"""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from core.errors import IcdlensError

DATA_DIR_VARIABLE = "ICDLENS_DATA_DIR"

#: The file that names the snapshot in use.
POINTER = "current"

_MANIFEST = "snapshot.json"
_UNFINISHED = ".building-"
_NAMED = 16  # characters of the identity that a snapshot's folder is named with
_SWAP_SECONDS = (0.01, 0.1, 1.0)

#: Writes a snapshot's files into an empty folder and returns the facts for ``snapshot.json``.
Writer = Callable[[Path], Mapping[str, Any]]


class SnapshotError(IcdlensError):
    """A snapshot could not be built. Whatever snapshot was in use before still is."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole snapshot: its folder and the facts of its ``snapshot.json``."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def identity(self) -> str:
        """What it was built from, as one string: the same inputs give the same identity."""
        return str(self.manifest["identity"])


def data_folder() -> Path:
    """The user's data directory for icdlens, or what ``ICDLENS_DATA_DIR`` names."""
    if named := os.environ.get(DATA_DIR_VARIABLE):
        try:
            return Path(named).expanduser()
        except RuntimeError:  # ~nobody/data, for a user that does not exist
            return Path(named)
    return user_data_path("icdlens", appauthor=False)


class SnapshotStore:
    """The snapshots of one data directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._snapshots = root / "snapshots"

    def current(self) -> Snapshot | None:
        """The snapshot in use; ``None`` where there is none, or where files of it are missing."""
        try:
            name = (self.root / POINTER).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        if not name or name.startswith(".") or Path(name).name != name:
            return None
        return _whole(self._snapshots / name)

    def find(self, *identities: str) -> Snapshot | None:
        """A whole snapshot with one of some identities: the one in use, else another that is still there.

        Programs of different versions may share a data directory; each finds its own. Of others, one with
        the first of the identities is taken where there is one.
        """
        current = self.current()
        if current and current.identity in identities:
            return current
        for identity in identities:
            for folder in sorted(self._snapshots.glob(f"{identity[:_NAMED]}-*")):
                if (found := _whole(folder)) and found.identity == identity:
                    return found
        return None

    def unfinished(self) -> tuple[Path, ...]:
        """The folder that a builder is writing into; more than one where builders were killed."""
        return tuple(self._snapshots.glob(_UNFINISHED + "*"))

    def build(
        self,
        identity: str,
        write: Writer,
        *,
        force: bool = False,
        waiting: Callable[[], None] = lambda: None,
    ) -> Snapshot:
        """Make a snapshot and put it in use; where there is one with the identity, only use that.

        Waits while another process builds, after a call of ``waiting``. Raises ``SnapshotError``; what
        ``write`` raises passes through. In either case the former snapshot stays in use.
        """
        try:
            self._snapshots.mkdir(parents=True, exist_ok=True)
            with self._only_builder(waiting):
                former = self.current()
                self._remove_unfinished()
                found = None if force else self.find(identity)
                snapshot = found or self._write(identity, write)
                if former is None or snapshot.folder != former.folder:
                    self._put_in_use(snapshot)
                    self._prune({snapshot.folder, *([former.folder] if former else [])})
                return snapshot
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SnapshotError(
                f"The snapshot could not be written to {self.root} ({reason}). Mend that, or name another "
                f"folder in {DATA_DIR_VARIABLE}; what was there before is unchanged."
            ) from error

    @contextmanager
    def _only_builder(self, waiting: Callable[[], None]) -> Iterator[None]:
        from filelock import FileLock, Timeout  # only builders need it, and look-ups must start fast

        lock = FileLock(self.root / "build.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            waiting()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _write(self, identity: str, write: Writer) -> Snapshot:
        name = f"{identity[:_NAMED]}-{os.urandom(4).hex()}"
        unfinished = self._snapshots / (_UNFINISHED + name)
        unfinished.mkdir()
        try:
            facts = write(unfinished)
            files = {
                path.relative_to(unfinished).as_posix(): path.stat().st_size
                for path in sorted(unfinished.rglob("*"))
                if path.is_file()
            }
            manifest = {"identity": identity, **facts, "files": files}
            text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
            (unfinished / _MANIFEST).write_text(text, encoding="utf-8")
            _sync_tree(unfinished)
            finished = self._snapshots / name
            unfinished.rename(finished)
            _sync_folder(self._snapshots)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        return Snapshot(finished, manifest)

    def _put_in_use(self, snapshot: Snapshot) -> None:
        beside = self.root / f".{POINTER}"
        with beside.open("w", encoding="utf-8") as file:
            file.write(snapshot.folder.name + "\n")
            file.flush()
            os.fsync(file.fileno())
        for pause in _SWAP_SECONDS:
            try:
                beside.replace(self.root / POINTER)
                break
            except PermissionError:  # Windows, while a reader has the pointer open
                time.sleep(pause)
        else:
            beside.replace(self.root / POINTER)
        _sync_folder(self.root)

    def _remove_unfinished(self) -> None:
        """Clear what killed builders left. The lock is held, so nobody is writing there."""
        for folder in self.unfinished():
            shutil.rmtree(folder, ignore_errors=True)

    def _prune(self, kept: set[Path]) -> None:
        """Remove older snapshots; the last but one stays for readers that have it open."""
        for folder in self._snapshots.iterdir():
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _whole(folder: Path) -> Snapshot | None:
    """The snapshot in a folder if its manifest can be read and every file has its size."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        whole = all((folder / name).stat().st_size == size for name, size in manifest["files"].items())
        return Snapshot(folder, manifest) if whole and manifest["identity"] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to sync
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
