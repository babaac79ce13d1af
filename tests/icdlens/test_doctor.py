"""``icdlens doctor``: what is not in order is found, and what mends it is said."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from core.installed import release_store
from core.release import Release
from icdlens.doctor import Remark, examine
from index.installing import SOURCES_FILE
from tests.conftest import IN_FY2026, IN_FY2027
from tests.small_releases import FY2021, FY2022


def remarks(data: Path, today: date = IN_FY2026) -> dict[str, Remark]:
    return {remark.what: remark for remark in examine(data, today)}


def copied(data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(data, folder)
    return folder


def test_all_in_order(dated_data: Path) -> None:
    found = remarks(dated_data)
    assert not [remark for remark in found.values() if remark.mend]
    assert found["In force today"].found == "FY2026 (April 1, 2026)"
    assert found["FY2022 (October 1, 2021)"].found.startswith("installed, compiled and whole")
    assert found["Look-ups and searches"].found == "work, from 6 release(s)"
    assert "in the notes of FY2026 (April 1, 2026), all resolve but" in found["References"].found
    # FY2026's own code list ends at K95 and has no G31.90.
    assert "K00-K93 (Applicable to, O99.6)" in found["References"].found
    assert "G31.90 (Code first, F02)" in found["References"].found


def test_a_superseded_release(dated_data: Path) -> None:
    assert remarks(dated_data, IN_FY2027)["In force today"].mend == "icdlens update --release FY2027"


def test_nothing_compiled_yet(tmp_path: Path) -> None:
    found = remarks(tmp_path / "absent")
    assert found["FY2026 (April 1, 2026)"].mend == "icdlens build"
    assert "icdlens build" in (found["Look-ups and searches"].mend or "")
    assert not (tmp_path / "absent").exists()


def test_damage(dated_data: Path, tmp_path: Path) -> None:
    data = copied(dated_data, tmp_path)
    first, second = (release_store(data, Release(day)).current() for day in (FY2021, FY2022))
    assert first is not None
    assert second is not None
    sources = first.folder / SOURCES_FILE
    content = bytearray(sources.read_bytes())
    content[200] ^= 255
    sources.write_bytes(content)  # of the same size, so only a look into it tells
    (second.folder / "catalog.sqlite").unlink()
    found = remarks(data)
    assert found["FY2021 (October 1, 2020)"].mend == "icdlens update --release FY2021 --force"
    assert found["FY2022 (October 1, 2021)"].found == "its files are damaged"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "ICDLENS_DATA_DIR" in (remarks(tmp_path / "data")["Data directory"].mend or "")
    tmp_path.chmod(0o700)


def test_secrets_are_not_shown(dated_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("slack_bolt", reason="needs the extra slack")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-qqzzx")
    found = remarks(dated_data)
    assert "SLACK_BOT_TOKEN" in found["Slack"].found
    assert "qqzzx" not in str(found)
