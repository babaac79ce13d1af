"""Snapshots: atomic whatever happens to the builder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.snapshot import Snapshot, SnapshotError, SnapshotStore, data_folder

#: A builder that stops itself with SIGKILL just before its n-th call into the file system. ``os.write``
#: is not seen by ``Path.write_text``, so the calls that change what a reader sees are the ones counted.
KILLED_BUILDER = """
import builtins, os, pathlib, signal, sys
from pathlib import Path
from core.snapshot import SnapshotStore

root, version, remaining = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def counted(function):
    def call(*args, **kwargs):
        global remaining
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        remaining -= 1
        return function(*args, **kwargs)
    return call

def write(folder):
    (folder / "catalog").write_text(version * 1000)
    (folder / "index").mkdir()
    (folder / "index" / "words").write_text(version * 2000)
    return {"version": version}

for owner, names in {os: ("fsync", "mkdir", "rename", "replace", "open", "unlink", "rmdir"),
                     Path: ("open", "mkdir", "rename", "replace", "write_text", "stat")}.items():
    for name in names:
        setattr(owner, name, counted(getattr(owner, name)))
SnapshotStore(root).build(version, write)
print("built")
"""


def writer(version: str) -> Callable[[Path], Mapping[str, Any]]:
    def write(folder: Path) -> Mapping[str, Any]:
        (folder / "catalog").write_text(version * 1000)
        (folder / "index").mkdir()
        (folder / "index" / "words").write_text(version * 2000)
        return {"version": version}

    return write


def contents(snapshot: Snapshot) -> tuple[str, str]:
    folder = snapshot.folder
    return (folder / "catalog").read_text(), (folder / "index" / "words").read_text()


def assert_whole(snapshot: Snapshot | None, versions: set[str]) -> None:
    assert snapshot is not None
    version = snapshot.identity
    assert version in versions
    assert contents(snapshot) == (version * 1000, version * 2000)


def test_nothing_built_yet(tmp_path: Path) -> None:
    assert SnapshotStore(tmp_path / "absent").current() is None


def test_a_built_snapshot_is_in_use(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    built = store.build("a", writer("a"))
    assert store.current() == built
    assert_whole(built, {"a"})
    assert json.loads((built.folder / "snapshot.json").read_text())["version"] == "a"


def test_same_input_no_work(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    first = store.build("a", writer("a"))

    def never(_: Path) -> Mapping[str, Any]:
        raise AssertionError("the snapshot was written again")

    assert store.build("a", never) == first


def test_force_builds_again(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    first = store.build("a", writer("a"))
    assert store.build("a", writer("a"), force=True).folder != first.folder


def test_programs_of_two_versions_share_a_data_folder(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    built = {version: store.build(version, writer(version)) for version in "ab"}
    for version in "abab":
        assert store.find(version) == built[version]
        assert store.build(version, writer(version)) == built[version]
    assert store.find("c") is None


def test_only_the_last_two_snapshots_are_kept(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    for version in "abcd":
        store.build(version, writer(version))
    assert len(list((tmp_path / "snapshots").iterdir())) == 2
    assert_whole(store.current(), {"d"})


def test_a_writer_that_fails_leaves_the_former_snapshot(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.build("a", writer("a"))

    def fail(folder: Path) -> Mapping[str, Any]:
        (folder / "catalog").write_text("half")
        raise ValueError("bad row")

    with pytest.raises(ValueError, match="bad row"):
        store.build("b", fail)
    assert_whole(store.current(), {"a"})
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full to run out of space")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.build("a", writer("a"))

    def fill(_: Path) -> Mapping[str, Any]:
        with Path("/dev/full").open("w") as file:
            file.write("x" * 100_000)
        return {}

    with pytest.raises(SnapshotError, match="No space left on device"):
        store.build("b", fill)
    assert_whole(store.current(), {"a"})


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(SnapshotError, match="could not be written"):
        SnapshotStore(tmp_path / "data").build("a", writer("a"))


@pytest.mark.parametrize("pointer", ["", "..", "../..", ".building-x", "absent", "/etc", "a\x00b", "\udcff"])
def test_a_damaged_pointer_is_no_snapshot(tmp_path: Path, pointer: str) -> None:
    store = SnapshotStore(tmp_path)
    store.build("a", writer("a"))
    (tmp_path / "current").write_bytes(pointer.encode(errors="surrogateescape"))
    assert store.current() is None
    assert_whole(store.build("a", writer("a")), {"a"})


@pytest.mark.parametrize("name", ["catalog", "index/words", "snapshot.json"])
@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_damaged_snapshot_is_built_again(tmp_path: Path, name: str, damage: str) -> None:
    store = SnapshotStore(tmp_path)
    file = store.build("a", writer("a")).folder / name
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-3])
    assert store.current() is None
    assert_whole(store.build("a", writer("a")), {"a"})


def test_the_data_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ICDLENS_DATA_DIR", str(tmp_path / "named"))
    assert data_folder() == tmp_path / "named"


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.integers(0, 80))
def test_killed_at_any_call(tmp_path_factory: pytest.TempPathFactory, calls: int) -> None:
    root = tmp_path_factory.mktemp("killed")
    store = SnapshotStore(root)
    store.build("a", writer("a"))
    run = subprocess.run(
        [sys.executable, "-c", KILLED_BUILDER, str(root), "b", str(calls)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    finished = run.stdout == "built\n"
    assert finished or run.returncode == -signal.SIGKILL, run.stderr
    assert_whole(store.current(), {"b"} if finished else {"a", "b"})
    # The next builder clears what the killed one left, and is not held up by its lock.
    assert_whole(store.build("c", writer("c")), {"c"})
    left = {folder.name for folder in (root / "snapshots").iterdir()}
    assert not [name for name in left if name.startswith(".")]


@pytest.mark.skipif(os.name == "nt", reason="needs fork")
def test_one_builder_at_a_time(tmp_path: Path) -> None:
    script = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from core.snapshot import SnapshotStore\n"
        "root = Path(sys.argv[1])\n"
        "def write(folder):\n"
        "    with (root / 'builders').open('a') as log: log.write('x')\n"
        "    (folder / 'catalog').write_text('a')\n"
        "    return {}\n"
        "SnapshotStore(root).build('a', write)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    builders = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(4)]
    assert [builder.wait() for builder in builders] == [0, 0, 0, 0]
    assert (tmp_path / "builders").read_text() == "x"
