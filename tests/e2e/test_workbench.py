"""The extension in the real VS Code, installed from its package: what a coder sees and does.

Each test leaves a picture in ``build/screenshots``.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.snapshot import DATA_DIR_VARIABLE, SnapshotStore
from index.build import build
from tests.e2e.workbench import VSIX, Workbench, cache, chromium, workbench

pytestmark = [
    pytest.mark.workbench,
    pytest.mark.timeout(600),
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium; install one or name it in CHROMIUM"),
    pytest.mark.skipif(sys.platform == "win32", reason="code-server does not run on Windows"),
]

NOTE = """# Visit of 2026-11-22

Assessment: chronic back trouble, M53.9.
Formerly coded m545; hip fracture S72.001A.

dx: """


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get(DATA_DIR_VARIABLE) or cache() / "data")
    build(SnapshotStore(folder), lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Workbench]:
    assert VSIX.exists(), "make vsix builds it"
    scratch = tmp_path_factory.mktemp("workbench")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    settings = {"icdlens.dateOfService": "2026-11-22"}
    with workbench(scratch, path=path, data=data, settings=settings) as opened:
        yield opened


def test_hover_shows_the_card(window: Workbench) -> None:
    window.open("hover.md", NOTE)
    window.wait_until_ready()
    window.hover("M53.9")
    expect(window.hover_card).to_contain_text("Dorsopathy, unspecified")
    expect(window.hover_card).to_contain_text("discitis NOS (M46.4-)")
    window.picture("hover")
