"""What all tests share: one snapshot of the real release, built once per run."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

import pytest
from filelock import FileLock

from bench.query_sets import alphabetic_index, index_absence
from core.catalog import Catalog
from core.snapshot import DATA_DIR_VARIABLE, SnapshotStore
from core.sources.packaged import PackagedRelease, packaged_release
from core.supplements import LoadedFiles
from index.build import build
from index.installing import found_releases, install
from index.library import Library
from tests import small_releases
from tests.small_releases import APRIL_2025, FY2021, FY2022, FY2025, FY2026, SmallRelease

# A shell starts background jobs with SIGINT ignored, and the programs under test would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: A day in the packaged release's own year, before FY2027 superseded it.
IN_FY2026 = date(2026, 6, 1)

#: A day on which FY2027 is in force and the packaged release is superseded.
IN_FY2027 = date(2026, 11, 22)


#: Snapshots of earlier runs: compiling takes half a minute, and most runs change nothing that is compiled.
_CACHE = Path(__file__).parent.parent / ".pytest_cache" / "snapshots"
_STATES_KEPT = 3
_MADE = re.compile(r"([0-9a-f]{16})(?:-.+)?")
#: Folders of code that reads a snapshot, and has no part in making one.
_NOT_COMPILED = frozenset({"findings", "recogniser", "render"})


def _fingerprint() -> str:
    """What a snapshot depends on: the code and data of the compiler, and the installed packages."""
    return _digest("core", "index", without=_NOT_COMPILED)


def _digest(*folders: str, without: frozenset[str] = frozenset()) -> str:
    """The state of some folders of code, and of what is installed."""
    digest = hashlib.sha256(sys.version.encode() + Path(small_releases.__file__).read_bytes())
    for distribution in sorted(f"{d.name} {d.version}" for d in distributions()):
        digest.update(distribution.encode())
    root = _CACHE.parent.parent
    for path in sorted(path for folder in folders for path in (root / folder).rglob("*.*")):
        if path.suffix in (".py", ".tsv") and without.isdisjoint(path.parts):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old_snapshots() -> None:
    """Keep what the last few states of the code have made; what is being made has another name."""
    made: dict[str, list[Path]] = {}
    for folder in sorted(_CACHE.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True):
        if found := _MADE.fullmatch(folder.name):
            made.setdefault(found[1], []).append(folder)
    for folders in list(made.values())[_STATES_KEPT:]:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class FirstUse:
    """What the command said when it was asked for a code in a data folder that was not there."""

    code: str  # the state of the code that said so
    returncode: int
    stdout: str
    stderr: str


_RECORD = "first-use.json"


def _code_of_the_command() -> str:
    return _digest("core", "index", "icdlens")


def _use_first(data: Path) -> FirstUse:
    command = [sys.executable, "-P", "-m", "icdlens", "--data-dir", str(data), "lookup", "M53.9"]
    run = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    return FirstUse(_code_of_the_command(), run.returncode, run.stdout, run.stderr)


def _compile_once(built: Path) -> None:
    """Compile the packaged release by the first use of the command, and record what it said.

    One of several processes does, and the others wait. Where the command fails, the record tells its test,
    and the compiler is called, so that the other tests have a snapshot all the same.
    """
    _CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(_CACHE.with_name("snapshots.lock")):
        if not built.exists():
            said = _use_first(built)
            built.mkdir(exist_ok=True)
            (built / _RECORD).write_text(json.dumps(asdict(said)), encoding="utf-8")
        build(SnapshotStore(built), lambda *_: None)
        _forget_old_snapshots()


@pytest.fixture(scope="session")
def first_use(snapshot_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[FirstUse, Path]:
    """The first use of the command by this very code, and the data folder that it left.

    That is what compiled the tests' snapshot, or, where the command has changed since, one more.
    """
    try:
        recorded = (_CACHE / _fingerprint() / _RECORD).read_text(encoding="utf-8")
        said = FirstUse(**json.loads(recorded))
    except (OSError, ValueError, TypeError):  # killed before it was written, or compiled by earlier tests
        said = None
    if said and said.code == _code_of_the_command():
        return said, snapshot_data
    data = tmp_path_factory.mktemp("first") / "icdlens"
    return _use_first(data), data


@pytest.fixture(scope="session")
def snapshot_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a built snapshot; child processes find it through the environment."""
    built = _CACHE / _fingerprint()
    _compile_once(built)
    folder = tmp_path_factory.mktemp("data") / "icdlens"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("*.lock", _RECORD))
    before = os.environ.get(DATA_DIR_VARIABLE)
    os.environ[DATA_DIR_VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[DATA_DIR_VARIABLE]
    else:
        os.environ[DATA_DIR_VARIABLE] = before


@pytest.fixture(scope="session")
def indexed_library() -> Iterator[Library]:
    """The release with the Alphabetic Index, from its file, which is not in this repository."""
    path = alphabetic_index()
    if path is None:
        pytest.skip(index_absence())
    built = _CACHE / f"{_fingerprint()}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
    LoadedFiles(built).load_index(path)
    build(SnapshotStore(built), lambda *_: None)
    _forget_old_snapshots()
    with Library.open(built) as opened:
        yield opened


@pytest.fixture(scope="session")
def library(snapshot_data: Path) -> Iterator[Library]:
    with Library.open(snapshot_data) as opened:
        yield opened


@pytest.fixture(scope="session")
def catalog(library: Library) -> Catalog:
    return library.catalog


@pytest.fixture(scope="session")
def packaged() -> PackagedRelease:
    """The packaged release's files, which independent readings in the tests parse their own way."""
    return packaged_release()


@pytest.fixture(scope="session")
def dated_data(snapshot_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the packaged release, and five small ones, from FY2021 to October of FY2026."""
    built = _CACHE / f"{_fingerprint()}-dated"
    with FileLock(_CACHE.with_name("snapshots.lock")):
        if not built.exists():
            _install_small_releases(snapshot_data, built)
        _forget_old_snapshots()
    folder = tmp_path_factory.mktemp("dated") / "icdlens"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("*.lock"))
    return folder


def _install_small_releases(packaged: Path, built: Path) -> None:
    """Install them beside the packaged release; all or nothing."""
    with tempfile.TemporaryDirectory(dir=_CACHE) as made:
        folder = Path(made)
        shutil.copytree(packaged, folder / "icdlens", copy_function=os.link)
        for effective in (FY2021, FY2022, FY2025, APRIL_2025, FY2026):
            with found_releases(folder / "icdlens", [SmallRelease(effective).write(folder)]) as found:
                [files] = found.values()
                install(folder / "icdlens", files, lambda *_: None, counts={})
        (folder / "icdlens").rename(built)


@pytest.fixture(scope="session")
def dated_library(dated_data: Path) -> Iterator[Library]:
    with Library.open(dated_data) as opened:
        yield opened
