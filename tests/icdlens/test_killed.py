"""Killed anywhere, an installation leaves the former release, byte for byte, or the later one whole."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import supplements
from core.installed import release_store
from core.reimbursement import ReimbursementRows
from index import build as compiler
from tests.icdlens.official_site import OfficialSite
from tests.index.test_installing import RELEASE, note, put, without_index
from tests.small_releases import FY2022, SmallRelease, write_zip

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

_CDC = "/pub/"

#: Runs an installation once for each number, in a process of its own, with a copy of the data folder that is
#: named by the number. The process is killed just before that call into the file system, or that piece of a
#: download; -1 is never. Prints how many calls there were.
PROGRAM = """
import json, os, shutil, signal, sys, zipfile
from pathlib import Path
import httpx
import core.supplements, index.build
from core.reimbursement import ReimbursementRows
from core.release import Release
from icdlens.downloading import downloader
from icdlens.releasing import Wanted
from icdlens.updating import update_online
from index.installing import found_releases, install

core.supplements.reimbursement_rows = lambda: ReimbursementRows(None, None, None)
index.build.write_index = lambda folder, progress: None
how, before, folder, release, points, paths = json.loads(sys.argv[1])
count = remaining = 0

def step():
    global count
    if count == remaining:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1

def counted(function):
    def call(*args, **kwargs):
        step()
        return function(*args, **kwargs)
    return call

def pieces(function):
    def call(*args, **kwargs):
        for piece in function(*args, **kwargs):
            step()
            yield piece
    return call

CALLS = {
    os: ("fsync", "mkdir", "rename", "replace", "open", "unlink", "rmdir"),
    Path: ("open", "mkdir", "rename", "replace", "write_text", "stat"),
    zipfile.ZipFile: ("open", "write", "close"),
}

def run(data):
    for owner, names in CALLS.items():
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    httpx.Response.iter_raw = pieces(httpx.Response.iter_raw)
    if how == "files":
        with found_releases(data, list(map(Path, paths))) as found:
            [files] = found.values()
            install(data, files, lambda *_: None, counts={})
    else:
        with downloader(lambda _: None) as fetch:
            update_online(data, Wanted(Release.parse(release), force=True, quiet=True), "cdc", None, fetch)
    print(count, flush=True)

for remaining in points:
    data = Path(folder) / str(remaining)
    shutil.copytree(before, data)
    if (child := os.fork()) == 0:
        try:
            run(data)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert remaining < 0 or os.WTERMSIG(status) == signal.SIGKILL, (remaining, status)
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "write_index", without_index)
    monkeypatch.setattr(supplements, "reimbursement_rows", lambda: ReimbursementRows(None, None, None))


@pytest.fixture
def later(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "2022.zip", dict(SmallRelease(FY2022, note="the later").files()))


@pytest.fixture
def site(later: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficialSite]:
    """CDC with the later files, all of them in both zips."""
    site = OfficialSite(seconds_a_chunk=0.0)
    names = "icd10cm-code-descriptions-2022.zip", "icd10cm-table-and-index-2022.zip"
    site.list_folder(_CDC, ["2022/"])
    site.list_folder(f"{_CDC}2022/", list(names))
    site.files = {f"{_CDC}2022/{name}": later.read_bytes() for name in names}
    with site.serving():
        monkeypatch.setenv("ICDLENS_CDC_URL", site.url + _CDC)
        yield site


def run(how: str, before: Path, folder: Path, points: list[int], *paths: Path) -> str:
    order = json.dumps([how, str(before), str(folder), "FY2022", points, list(map(str, paths))])
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, order], capture_output=True, text=True, timeout=300, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(("how", "number"), [("files", 50), ("site", 25)])
def test_killed_anywhere_the_former_release_still_answers(
    tmp_path: Path, later: Path, how: str, number: int
) -> None:
    before, folder = tmp_path / "before", tmp_path / "killed"
    former = put(before, SmallRelease(FY2022, note="the former").write(tmp_path / "former"))
    kept = {path.name: path.read_bytes() for path in former.folder.iterdir()}
    total = int(run(how, before, folder, [-1], later))
    assert note(folder / "-1") == "the later"
    points = sorted(random.Random(7).sample(range(total), min(number, total)))
    run(how, before, folder, points, later)
    seen = set()
    for at in points:
        current = release_store(folder / str(at), RELEASE).current()
        assert current is not None
        if current.folder.name == former.folder.name:
            assert {path.name: path.read_bytes() for path in current.folder.iterdir()} == kept
        seen.add(note(folder / str(at)))
    assert seen == {"the former", "the later"}
    last = folder / str(points[0])
    put(last, later)  # and what was killed is in nobody's way
    assert note(last) == "the later"
