"""Installing the server from the extension, in a clean VS Code of a user who has Python and nothing else."""

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench import chromium, workbench

pytestmark = [
    pytest.mark.workbench,
    pytest.mark.timeout(900),
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium; install one or name it in CHROMIUM"),
    pytest.mark.skipif(sys.platform == "win32", reason="code-server does not run on Windows"),
]

#: Downloading what the server needs, and compiling the classification.
_PATIENCE_MS = 400_000


def test_installing_the_server(tmp_path: Path) -> None:
    """In a workspace that is not trusted: nothing of it is run."""
    python = Path(sys.base_prefix) / "bin"
    path = os.pathsep.join([str(python), os.defpath])
    with workbench(tmp_path, path=path, data=tmp_path / "data", settings={}) as window:
        window.open("first.md", "M53.9\n")
        offer = window.page.locator(".notification-toast", has_text="icdlens needs its server")
        expect(window.status).to_contain_text("install")
        offer.get_by_role("button", name="Install…").click()
        dialog = window.page.get_by_role("dialog")
        expect(dialog).to_contain_text("Make a virtual environment in")
        expect(dialog).to_contain_text("Install icdlens 0.1.0 into it with pip")
        window.picture("installing")
        dialog.get_by_role("button", name="Install", exact=True).click()
        expect(
            window.page.locator(".notification-toast", has_text="Installing the icdlens server")
        ).to_be_visible()
        expect(window.status).to_contain_text("preparing", timeout=_PATIENCE_MS)
        window.picture("preparing")
        expect(window.status).to_contain_text("ICD-10-CM FY2026", timeout=_PATIENCE_MS)
        window.see_card("M53.9", "Dorsopathy, unspecified")
        window.picture("installed")
