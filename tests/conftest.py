"""What all tests share: one snapshot of the real release, built once per run."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.snapshot import DATA_DIR_VARIABLE, SnapshotStore
from core.sources.packaged import PackagedRelease, packaged_release
from index.build import build
from index.library import Library

#: A day in the packaged release's own year, before FY2027 superseded it.
IN_FY2026 = date(2026, 6, 1)

#: A day on which FY2027 is in force and the packaged release is superseded.
IN_FY2027 = date(2026, 11, 22)


@pytest.fixture(scope="session")
def snapshot_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a built snapshot; child processes find it through the environment."""
    folder = tmp_path_factory.mktemp("data")
    build(SnapshotStore(folder), lambda *_: None)
    before = os.environ.get(DATA_DIR_VARIABLE)
    os.environ[DATA_DIR_VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[DATA_DIR_VARIABLE]
    else:
        os.environ[DATA_DIR_VARIABLE] = before


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
