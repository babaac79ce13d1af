import asyncio
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from core.errors import IcdlensError
from core.snapshot import SnapshotStore
from index.library import LibraryNotBuilt
from lsp_server.opening import COMPILING, Opening, compiler_command

TODAY = date(2026, 6, 1)


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_opens_what_is_built(snapshot_data: Path) -> None:
    opening = Opening(snapshot_data)
    opening.open(TODAY)
    assert opening.library is not None
    assert opening.library.catalog.release.name.startswith("FY2026")
    opening.close()


def test_says_that_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotBuilt):
        Opening(tmp_path).open(TODAY)
    Opening(tmp_path).close()


def test_a_damaged_catalogue_is_named_and_not_compiled_over(tmp_path: Path, snapshot_data: Path) -> None:
    damaged = tmp_path / "data"
    current = SnapshotStore(snapshot_data).current()
    assert current is not None
    copy = damaged / "snapshots" / current.folder.name
    for path in current.folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(current.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            size = path.stat().st_size
            target.write_bytes(bytes(size) if path.suffix == ".sqlite" else path.read_bytes())
    (damaged / "current").write_text(current.folder.name, encoding="utf-8")
    opening = Opening(damaged)
    with pytest.raises(IcdlensError, match="icdlens build --force"):
        opening.open(TODAY)
    assert "icdlens build --force" in opening.message


@pytest.mark.asyncio
async def test_compiles_in_a_process_of_its_own_and_opens(tmp_path: Path, snapshot_data: Path) -> None:
    data = tmp_path / "data"
    compiler = python(f"import shutil; shutil.copytree({str(snapshot_data)!r}, {str(data)!r})")
    opening = Opening(data, compiler)
    with pytest.raises(LibraryNotBuilt):
        opening.open(TODAY)
    assert opening.message == COMPILING
    await opening.compile(TODAY)
    assert opening.library is not None
    opening.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("compiler", "says"),
    [
        (
            python("import sys; sys.exit('x\\nicdlens: The disk is full; make room.')"),
            "The disk is full; make room.",
        ),
        (python("raise RuntimeError('inner words')"), "see why with: icdlens build"),
        (["/no/such/program"], "see why with: icdlens build"),
    ],
)
async def test_a_failure_is_one_sentence(tmp_path: Path, compiler: list[str], says: str) -> None:
    opening = Opening(tmp_path, compiler)
    with pytest.raises(IcdlensError, match=says):
        await opening.compile(TODAY)
    assert says in opening.message
    assert "inner words" not in opening.message
    assert "\n" not in opening.message


@pytest.mark.asyncio
async def test_a_compiler_that_builds_nothing_is_a_failure(tmp_path: Path) -> None:
    opening = Opening(tmp_path, python(""))
    with pytest.raises(IcdlensError):
        await opening.compile(TODAY)
    assert opening.message != COMPILING


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="there os.kill ends a process")
@pytest.mark.asyncio
async def test_the_compiler_ends_with_the_server(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(100)"
    )
    opening = Opening(tmp_path, python(program))
    compiling = asyncio.create_task(opening.compile(TODAY))
    while not (started.exists() and started.read_text()):
        await asyncio.sleep(0.01)
    compiling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await compiling
    while is_running(int(started.read_text())):
        await asyncio.sleep(0.01)


def test_the_compiler_is_this_program(tmp_path: Path) -> None:
    assert compiler_command(None) == [sys.executable, "-P", "-m", "lsp_server.building"]
    assert compiler_command(tmp_path)[4:] == [str(tmp_path)]
