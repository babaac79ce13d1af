"""Installing releases: checked whole, put in use in one step, and never half."""

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from core import supplements
from core.catalog import Catalog
from core.classification import ClassificationError
from core.code import Code
from core.errors import IcdlensError
from core.installed import installed_releases, remove_release
from core.lives import ValidityError
from core.reimbursement import ReimbursementRows
from core.release import Release
from core.snapshot import Snapshot
from core.sources import SourceError
from core.sources.release_files import FileKind
from index import build as compiler
from index.identity import CATALOG_FILE
from index.installing import (
    Counts,
    IncompleteRelease,
    found_releases,
    install,
    look_at,
    official_files,
)
from tests.small_releases import FY2022, SmallRelease, write_zip

RELEASE = Release(FY2022)
COUNTS = {FY2022: Counts(11, 8)}  # of the rows that tests.small_releases lists for it


def without_index(_folder: Path, _progress: object) -> None:
    """In place of the full-text index, which takes seconds and has no part in these tests."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "write_index", without_index)
    monkeypatch.setattr(supplements, "reimbursement_rows", lambda: ReimbursementRows(None, None, None))


def put(data: Path, *paths: Path, counts: dict[date, Counts] | None = None) -> Snapshot:
    with found_releases(data, paths) as found:
        [files] = found.values()
        return install(data, files, lambda *_: None, counts=COUNTS if counts is None else counts)


def note(data: Path) -> str:
    """The Excludes1 note of M54 as the installed release has it."""
    [installed] = installed_releases(data)
    with Catalog(installed.snapshot.folder / CATALOG_FILE) as catalog:
        entry = catalog.entry(Code("M54"))
        assert entry is not None
        return next(n.text for n in catalog.notes(catalog.path(entry)) if n.entry == entry)


def test_a_release_is_installed_from_zips_as_cdc_names_them(tmp_path: Path) -> None:
    files = SmallRelease(FY2022).files()
    order = write_zip(
        tmp_path / "icd10cm-code-descriptions-2022.zip",
        {"icd10cm-code-descriptions-2022/icd10cm-order-2022.txt": files.pop("icd10cm-order-2022.txt")},
    )
    tables = write_zip(tmp_path / "icd10cm-table-and-index-2022.zip", dict(files))
    snapshot = put(tmp_path / "data", order, tables)
    assert snapshot.manifest["counts"]["codes"] == 11
    assert snapshot.manifest["counts"]["billable"] == 8
    rows = {kind: file["rows"] for kind, file in official_files(snapshot).items()}
    # Of the tabular XML: chapters, blocks, and all but the three 7-character codes.
    assert rows == {
        "order": 11,
        "tabular": 14,
        "index": 4,
        "external-causes": 1,
        "neoplasms": 1,
        "drugs": 1,
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_either_end_of_line(tmp_path: Path, end: str) -> None:
    folder = SmallRelease(FY2022).write(tmp_path)
    (folder / "icd10cm-order-2022.txt").write_bytes(SmallRelease(FY2022).order(end).encode())
    assert put(tmp_path / "data", folder).manifest["counts"]["billable"] == 8


def test_the_same_files_do_no_work(tmp_path: Path) -> None:
    folder = SmallRelease(FY2022).write(tmp_path)
    first = put(tmp_path / "data", folder)
    with found_releases(tmp_path / "data", [folder]) as found:
        assert look_at(tmp_path / "data", found[RELEASE]).is_installed
    assert put(tmp_path / "data", folder).folder == first.folder


def test_files_that_are_found_later_complete_a_release(tmp_path: Path) -> None:
    folder = SmallRelease(FY2022).write(tmp_path)
    index = (folder / "icd10cm-index-2022.xml").rename(tmp_path / "icd10cm-index-2022.xml")
    data = tmp_path / "data"
    assert "index" not in official_files(put(data, folder))
    with found_releases(data, [index]) as found:
        planned = look_at(data, found[RELEASE])
    assert FileKind.ORDER in planned.kept
    assert not planned.is_installed
    snapshot = put(data, index)
    assert {"index", "order", "tabular"} <= official_files(snapshot).keys()


@pytest.mark.parametrize("kind", ["order", "tabular"])
def test_without_a_required_file_nothing_is_installed(tmp_path: Path, kind: str) -> None:
    folder = SmallRelease(FY2022).write(tmp_path)
    next(folder.glob(f"*{kind}*")).unlink()
    called = {"order": "order file", "tabular": r"Tabular List \(tabular XML\)"}[kind]
    with pytest.raises(
        IncompleteRelease, match=rf"cannot be installed without the {called}; name what is missing"
    ):
        put(tmp_path / "data", folder)
    assert not installed_releases(tmp_path / "data")


@pytest.mark.parametrize(
    ("file", "old", "new", "error", "message"),
    [
        # A line is missing, at the end and in the middle.
        ("order", "00011", "", SourceError, "not in the columns"),
        ("order", "M549    1", "M548    1", ClassificationError, "differ in 2 codes, the first is M54.8"),
        ("order", "M549    1", "M549    0", SourceError, "7 of them billable, where .* has 11 and 8"),
        ("tabular", "<version>2022", "<version>2023", SourceError, "it is of 2023, not of FY2022"),
        ("index", "<version>2022", "<version>2023", SourceError, "it is of 2023, not of FY2022"),
        ("drug", "<version>2022", "<version>2023", SourceError, "it is of 2023, not of FY2022"),
        ("neoplasm", "C80.1", "C8", SourceError, "'C8' is not a code"),
        ("eindex", "</letter>", "", SourceError, "not well-formed XML"),
        (
            "tabular",
            "<ICD10CM.tabular>",
            '<!DOCTYPE a [<!ENTITY b "c">]><ICD10CM.tabular>',
            SourceError,
            "entity",
        ),
    ],
)
def test_what_is_wrong_leaves_the_former_release(
    tmp_path: Path, file: str, old: str, new: str, error: type[IcdlensError], message: str
) -> None:
    data = tmp_path / "data"
    put(data, SmallRelease(FY2022, note="the former").write(tmp_path / "former"))
    folder = SmallRelease(FY2022, note="the later").write(tmp_path)
    path = folder / next(p.name for p in folder.iterdir() if f"-{file}-" in p.name)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=message):
        put(data, folder)
    assert note(data) == "the former"


def test_a_flag_that_the_tabular_list_contradicts_is_refused(tmp_path: Path) -> None:
    folder = SmallRelease(FY2022).write(tmp_path)
    path = folder / "icd10cm-order-2022.txt"
    text = (
        path.read_text(encoding="utf-8").replace("M549    1", "M549    0").replace("M545    0", "M545    1")
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"M54\.5 is billable there, and not so in the Tabular List"):
        put(tmp_path / "data", folder)


def test_a_release_that_contradicts_the_billable_periods_is_refused(tmp_path: Path) -> None:
    """The files of FY2021 under the names of FY2022: M54.5 was no longer billable."""
    folder = tmp_path / "2022"
    folder.mkdir()
    for name, text in SmallRelease(date(2020, 10, 1)).files().items():
        renamed = text.replace("<version>2021", "<version>2022")
        (folder / name.replace("2021", "2022")).write_text(renamed, encoding="utf-8")
    with pytest.raises(ValidityError, match=r"FY2022 .* disagree about M54\.5"):
        put(tmp_path / "data", folder, counts={})


def test_a_release_after_the_known_periods_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="billable periods are known through FY2027"):
        put(tmp_path / "data", SmallRelease(date(2027, 10, 1)).write(tmp_path))


def test_removing_a_release(tmp_path: Path) -> None:
    put(tmp_path / "data", SmallRelease(FY2022).write(tmp_path))
    assert remove_release(tmp_path / "data", RELEASE)
    assert not installed_releases(tmp_path / "data")
    assert not remove_release(tmp_path / "data", RELEASE)
    assert not any((tmp_path / "data" / "releases").iterdir())


def test_two_at_once_one_waits_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folder = tmp_path / "data", SmallRelease(FY2022).write(tmp_path)
    begun, may_end, said = threading.Event(), threading.Event(), threading.Event()
    compiled = []

    def slowly(_folder: Path, _progress: object) -> None:
        compiled.append(1)
        begun.set()
        assert may_end.wait(60)

    monkeypatch.setattr(compiler, "write_index", slowly)

    def run(waiting: threading.Event | None = None) -> None:
        with found_releases(data, [folder]) as found:
            say = waiting.set if waiting else lambda: None
            install(data, found[RELEASE], lambda *_: None, counts=COUNTS, waiting=say)

    first, second = threading.Thread(target=run), threading.Thread(target=run, args=[said])
    first.start()
    assert begun.wait(60)
    second.start()
    assert said.wait(60)
    may_end.set()
    first.join(60)
    second.join(60)
    assert len(compiled) == 1
    assert len(installed_releases(data)) == 1


# A process that may write no file longer than so many bytes is what a full disk looks like to it.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from core.errors import IcdlensError
import core.supplements, index.build
from core.reimbursement import ReimbursementRows
from index.installing import found_releases, install
core.supplements.reimbursement_rows = lambda: ReimbursementRows(None, None, None)
index.build.write_index = lambda folder, progress: None
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
try:
    with found_releases(Path(sys.argv[1]), [Path(sys.argv[2])]) as found:
        [files] = found.values()
        install(Path(sys.argv[1]), files, lambda *_: None, counts={})
except IcdlensError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
@pytest.mark.parametrize("limit", [100, 2_000, 20_000, 60_000])
def test_a_full_disk_is_said_and_leaves_the_former_release(tmp_path: Path, limit: int) -> None:
    data = tmp_path / "data"
    put(data, SmallRelease(FY2022, note="the former").write(tmp_path / "former"))
    later = write_zip(tmp_path / "2022.zip", dict(SmallRelease(FY2022, note="the later").files()))
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(data), str(later), str(limit)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "could not be" in ran.stdout
    assert "unchanged" in ran.stdout
    assert note(data) == "the former"
