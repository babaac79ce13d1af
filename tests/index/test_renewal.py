"""Taking up what another process puts in use while a library is open."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.code import Code
from core.installed import remove_release
from core.release import Release
from core.snapshot import SnapshotStore
from index.identity import INDEX_FOLDER
from index.library import Library
from index.renewal import Renewal, follow
from index.searcher import COMPILED_FILE
from tests.conftest import IN_FY2026
from tests.small_releases import FY2022

IN_FY2022 = date(2022, 1, 1)


def today() -> date:
    return IN_FY2026


@pytest.fixture
def data(dated_data: Path, tmp_path: Path) -> Path:
    """A data folder of its own, with the packaged release and small ones."""
    shutil.copytree(dated_data, tmp_path / "data", copy_function=os.link)
    return tmp_path / "data"


@pytest.fixture
def open_library(data: Path) -> Iterator[Library]:
    with Library.open(data) as opened:
        yield opened


def put_another_in_use(data: Path) -> Path:
    """A copy of the packaged release's snapshot."""
    current = SnapshotStore(data).current()
    assert current is not None
    other = current.folder.with_name(f"{current.folder.name.partition('-')[0]}-another0")
    shutil.copytree(current.folder, other)
    point_at(data, other.name)
    return other


def point_at(data: Path, name: str) -> None:
    """As a builder does: a reader sees the old pointer or the new one."""
    (data / "beside").write_text(name, encoding="utf-8")
    (data / "beside").replace(data / "current")


def test_nothing_new(data: Path, open_library: Library) -> None:
    renewal = Renewal(data, today)
    assert renewal.newer(open_library) is None
    assert renewal.newer(open_library) is None


def test_another_snapshot_is_opened_and_read_from(data: Path, open_library: Library) -> None:
    open_library.in_force(IN_FY2022)
    renewal = Renewal(data, today)
    assert renewal.newer(open_library) is None
    other = put_another_in_use(data)
    with renewal.newer(open_library) or pytest.fail("it was not seen") as newer:
        assert newer.snapshot.folder == other
        # Of the older releases, those that were asked for are open.
        assert newer.dates_asked == open_library.dates_asked == {FY2022}
        open_library.change_places(newer)
        assert open_library.snapshot.folder == other
        assert open_library.card(Code("M54.5"), IN_FY2022) is not None
        assert renewal.newer(open_library) is None


def test_a_removed_release_answers_no_more(data: Path, open_library: Library) -> None:
    renewal = Renewal(data, today)
    assert remove_release(data, Release(FY2022))
    with renewal.newer(open_library) or pytest.fail("it was not seen") as newer:
        assert Release(FY2022) not in newer.releases


@pytest.mark.parametrize("name", ["of-another-version", "../elsewhere", ""])
def test_what_cannot_be_opened_changes_nothing(data: Path, open_library: Library, name: str) -> None:
    for folder in (data / "snapshots").iterdir():
        folder.rename(folder.with_name(f"of-another-version{folder.name}"))
    point_at(data, name)
    renewal = Renewal(data, today)
    assert renewal.newer(open_library) is None
    assert open_library.card(Code("M54.5"), IN_FY2026) is not None


def test_what_is_damaged_is_not_opened_at_every_look(
    data: Path, open_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every few seconds would keep a core busy for ever."""
    (put_another_in_use(data) / INDEX_FOLDER / COMPILED_FILE).unlink()
    renewal = Renewal(data, today)
    assert renewal.newer(open_library) is None
    with monkeypatch.context() as patch:
        patch.setattr(Library, "open", lambda _: pytest.fail("it was opened again"))
        assert renewal.newer(open_library) is None
    whole = next(f for f in (data / "snapshots").iterdir() if f == open_library.snapshot.folder)
    shutil.copytree(whole, whole.with_name(f"{whole.name.partition('-')[0]}-another1"))
    point_at(data, f"{whole.name.partition('-')[0]}-another1")
    with renewal.newer(open_library) or pytest.fail("it was not seen") as newer:
        assert newer.search("low back pain", IN_FY2026)


@pytest.mark.asyncio
async def test_whoever_holds_the_library_has_the_newer_one(data: Path, open_library: Library) -> None:
    renewed = asyncio.Event()
    renewal = Renewal(data, today)
    following = asyncio.create_task(follow(renewal, lambda: open_library, renewed.set, look=0.01, close=0))
    former = open_library.catalog
    other = put_another_in_use(data)
    await renewed.wait()
    assert open_library.snapshot.folder == other
    assert open_library.catalog is not former
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
