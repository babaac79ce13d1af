"""Installing a release from its official files: read, checked whole, compiled, and only then put in use.

The files are kept in the snapshot, packed, so that what is installed can be compiled again by another version
of the program, and so that files which are found later complete a release.
"""

import hashlib
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from core.classification import Entry
from core.errors import IcdlensError
from core.index_editions import IndexParts, printed_lines
from core.installed import Installed, installed_releases, release_store
from core.release import Release
from core.snapshot import DATA_DIR_VARIABLE, Snapshot, SnapshotError
from core.sources import SourceError
from core.sources.addenda import read_codes_addenda, read_order_addenda
from core.sources.billable_validity import KNOWN_THROUGH_FISCAL_YEAR
from core.sources.index_files import FILE_KINDS, read_index_files
from core.sources.order_file import OrderFile, OrderRow
from core.sources.packaged import SourceFile
from core.sources.release_files import ADDENDA, CALLED, FileKind, ReleaseFiles, gather
from core.supplements import LoadedFiles, Supplements
from index.build import Facts, Progress, described, write_release
from index.identity import release_identity
from index.models import Model, find_model

SOURCES_FILE = "sources.zip"

_INCOMING = ".incoming-"
_FORGOTTEN = 24 * 60 * 60.0  # seconds after which nobody is unpacking into a folder any more
_OFFICIAL = "official"  # in a snapshot's record: what it was compiled of


@dataclass(frozen=True, slots=True)
class Counts:
    """How many codes and headings a release has, and how many of them are billable."""

    codes: int
    billable: int


#: What the official files of some releases hold. The April release of 2026 changed no code.
COUNTS: Mapping[date, Counts] = {
    date(2025, 10, 1): Counts(98_186, 74_719),
    date(2026, 4, 1): Counts(98_186, 74_719),
    date(2026, 10, 1): Counts(98_403, 74_879),
}


class IncompleteRelease(IcdlensError):
    """Files without which there is no release are missing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What installing would do: the files, those of them installed already, and whether it is done."""

    files: ReleaseFiles
    kept: tuple[FileKind, ...]
    identity: str
    is_installed: bool

    @property
    def absent(self) -> tuple[FileKind, ...]:
        """The kinds of file that are nowhere; each leaves one feature without this release."""
        return tuple(kind for kind in CALLED if kind not in self.files.files and kind not in ADDENDA)


@contextmanager
def found_releases(data: Path, paths: Sequence[Path]) -> Iterator[dict[Release, ReleaseFiles]]:
    """The releases whose files are among files, folders and zips, unpacked while the context lasts.

    Raises ``SourceError``, and ``SnapshotError`` where the disk is full.
    """
    with _incoming(data) as folder:
        yield gather(paths, folder)


def plan(data: Path, files: ReleaseFiles, folder: Path, model: Model | None = None) -> Plan:
    """Complete the files with those that are installed already, unpacked into ``folder``.

    Raises ``IncompleteRelease`` where required ones are nowhere.
    """
    store = release_store(data, files.release)
    former = store.current()
    kept = _kept(former, folder).get(files.release) if former else None
    added = {k: p for k, p in (kept.files if kept else {}).items() if k not in files.files}
    whole = ReleaseFiles(files.release, {**files.files, **added})
    if whole.missing:
        names = " and the ".join(CALLED[kind] for kind in whole.missing)
        raise IncompleteRelease(
            f"{files.release.name} cannot be installed without the {names}; name what is missing, or the "
            "official zip that holds it, too."
        )
    hashes = {kind.value: file.sha256 for kind, file in _sources(whole).items()}
    identity = release_identity(_inputs(files.release, hashes), data, model)
    return Plan(whole, tuple(added), identity, store.find(identity) is not None)


def look_at(data: Path, files: ReleaseFiles, model: Model | None = None) -> Plan:
    """What ``install`` would do. Raises as ``plan`` does."""
    with _incoming(data) as folder:
        return plan(data, files, folder, model)


def install(
    data: Path,
    files: ReleaseFiles,
    progress: Progress,
    *,
    model: Model | None = None,
    counts: Mapping[date, Counts] | None = None,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Snapshot:
    """Compile a release and put it in use; where it is in use already, do nothing.

    What the files leave out is taken from what is installed of the same release. Raises
    ``IncompleteRelease``, ``SourceError``, ``ClassificationError``, ``ValidityError``,
    ``ModelUnavailable`` or ``SnapshotError``; what was in use before then still is.
    """
    expected = (COUNTS if counts is None else counts).get(files.release.effective)
    loaded = LoadedFiles(data)
    with _incoming(data) as folder:
        planned = plan(data, files, folder, model)
        return release_store(data, files.release).build(
            planned.identity,
            lambda into: _compile(into, planned.files, loaded, model, expected, progress),
            force=force,
            waiting=waiting,
        )


def refresh(
    data: Path,
    progress: Progress,
    *,
    model: Model | None = None,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Compile again what another version of the program, or with other optional files, has compiled.

    Raises as ``install`` does.
    """
    for installed in installed_releases(data):
        if force or not is_current(data, installed, model):
            install(
                data, ReleaseFiles(installed.release, {}), progress, model=model, force=force, waiting=waiting
            )


def are_current(data: Path, model: Model | None = None) -> bool:
    """Whether there is nothing for ``refresh`` to do."""
    return all(is_current(data, installed, model) for installed in installed_releases(data))


def is_current(data: Path, installed: Installed, model: Model | None = None) -> bool:
    """Whether a snapshot is what this program would make of its files now.

    Without a model, one that holds vectors will do: nobody who gives none is to lose them.
    """
    hashes = {kind: str(file["sha256"]) for kind, file in official_files(installed.snapshot).items()}
    inputs = _inputs(installed.release, hashes)
    models = (model,) if model else (None, find_model(data))
    made = {release_identity(inputs, data, m) for m in models}
    return installed.snapshot.identity in made


def official_files(snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
    """The official files of an installed release by kind: name, bytes, sha256 and rows."""
    found = snapshot.manifest.get(_OFFICIAL)
    return found if isinstance(found, dict) else {}


@contextmanager
def _incoming(data: Path) -> Iterator[Path]:
    """A folder for what is unpacked, on the disk of the data directory, private and gone afterwards."""
    parent = data / "releases"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(_INCOMING + "*"):
            if time.time() - left.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=_INCOMING) as folder:
            yield Path(folder)
    except OSError as error:
        raise SnapshotError(
            f"The files could not be unpacked into {parent} ({error.strerror or error}). Mend that, or name "
            f"another folder in {DATA_DIR_VARIABLE}; what is installed is unchanged."
        ) from error


def _kept(snapshot: Snapshot, folder: Path) -> dict[Release, ReleaseFiles]:
    path = snapshot.folder / SOURCES_FILE
    inside = folder / "installed"
    inside.mkdir()
    return gather([path], inside) if path.is_file() else {}


def _inputs(release: Release, hashes: Mapping[str, str]) -> dict[str, str]:
    """What a snapshot is made of: an April's files may be those of the October before."""
    return {"effective": release.effective.isoformat(), **dict(sorted(hashes.items()))}


def _sources(files: ReleaseFiles) -> dict[FileKind, SourceFile]:
    return {kind: _source(path) for kind, path in files.files.items()}


def _source(path: Path) -> SourceFile:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return SourceFile(path.name, path.stat().st_size, digest)
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error


def _compile(
    folder: Path,
    files: ReleaseFiles,
    loaded: LoadedFiles,
    model: Model | None,
    expected: Counts | None,
    progress: Progress,
) -> Mapping[str, Any]:
    reader = _Reader(files, loaded, expected)
    written = write_release(folder, reader.facts, model, progress)
    progress("Keeping the official files", 0, 1)
    sources = _sources(files)
    with zipfile.ZipFile(folder / SOURCES_FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, path in files.files.items():
            archive.write(path, f"{kind}/{path.name}")
    progress("Keeping the official files", 1, 1)
    official = {
        kind: {"name": s.name, "bytes": s.size, "sha256": s.sha256, "rows": reader.rows.get(kind)}
        for kind, s in sources.items()
    }
    return {**written, **described(tuple(sources.values()), loaded), _OFFICIAL: official}


class _Reader:
    """Reads the official files and checks them against each other, before anything is written of them."""

    def __init__(self, files: ReleaseFiles, loaded: LoadedFiles, expected: Counts | None) -> None:
        self._files = files.files
        self._release = files.release
        self._loaded = loaded
        self._expected = expected
        self.rows: dict[FileKind, int] = {}

    def facts(self) -> Facts:
        order = OrderFile(self._files[FileKind.ORDER], self._release)
        if self._release.fiscal_year > KNOWN_THROUGH_FISCAL_YEAR:
            raise SourceError(
                order.path,
                f"billable periods are known through FY{KNOWN_THROUGH_FISCAL_YEAR}, so this version of "
                f"icdlens cannot install {self._release.name}; install a newer one",
            )
        rows = tuple(order.rows())
        order = replace(order, held=rows)
        self._check_counts(order, rows)
        self.rows[FileKind.ORDER] = len(rows)
        codes = tuple(row.code for row in rows)
        return Facts(
            self._release,
            self._files[FileKind.TABULAR],
            codes,
            lambda entries: self._supplements(order, rows, entries),
        )

    def _check_counts(self, order: OrderFile, rows: Sequence[OrderRow]) -> None:
        found = Counts(len(rows), sum(row.billable for row in rows))
        if self._expected and found != self._expected:
            raise SourceError(
                order.path,
                f"{found.codes:,} codes and headings, {found.billable:,} of them billable, where "
                f"{self._release.name} has {self._expected.codes:,} and {self._expected.billable:,}; "
                "fetch the official file again",
            )

    def _supplements(
        self, order: OrderFile, rows: Sequence[OrderRow], entries: Sequence[Entry]
    ) -> Supplements:
        self.rows[FileKind.TABULAR] = sum(entry.printed for entry in entries)
        billable = {entry.name for entry in entries if entry.billable}
        for row in rows:
            if row.billable != (row.code.text in billable):
                flag = "billable" if row.billable else "a heading"
                raise SourceError(order.path, f"{row.code} is {flag} there, and not so in the Tabular List")
        if path := self._files.get(FileKind.ADDENDA):
            # Kept for look-ups to come; a damaged file is refused now.
            self.rows[FileKind.ADDENDA] = len(read_order_addenda(path))
        if path := self._files.get(FileKind.CODES_ADDENDA):
            with suppress(SourceError):  # the order addenda say it all, too: no release is refused for these
                self.rows[FileKind.CODES_ADDENDA] = len(read_codes_addenda(path))
        others = self._loaded.read()
        return replace(others, order=order, parts=others.parts.with_those_of(self._index_parts()))

    def _index_parts(self) -> IndexParts:
        files = {part: self._files[kind] for part, kind in FILE_KINDS.items() if kind in self._files}
        parts = read_index_files(files)
        for part, edition in parts.editions():
            if edition.fiscal_year != self._release.fiscal_year:
                raise SourceError(files[part], f"it is of {edition.fiscal_year}, not of {self._release.name}")
            self.rows[FILE_KINDS[part]] = sum(1 for _ in printed_lines(edition))
        return parts
