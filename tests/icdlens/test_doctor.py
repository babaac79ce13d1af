"""``icdlens doctor``: what is not in order is found, and what mends it is said."""

import os
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from core.installed import release_store
from core.release import Release
from icdlens.doctor import examine
from icdlens.remark import Remark
from icdlens.settings_examined import examine_editors, examine_project, examine_slack
from index.installing import SOURCES_FILE
from tests.conftest import IN_FY2026, IN_FY2027
from tests.small_releases import FY2021, FY2022


@pytest.fixture(autouse=True)
def _nobodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the editors nor the Slack of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith(("SLACK_", "ICDLENS_SLACK_"))]:
        monkeypatch.delenv(name)


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


SOCKET_MODE = {"SLACK_BOT_TOKEN": "xoxb-qqzzx", "SLACK_APP_TOKEN": "xapp-qqzzx"}


@pytest.mark.parametrize(
    ("given", "found", "mend"),
    [
        ({}, "set: nothing", None),
        (SOCKET_MODE, "enough for Socket Mode", None),
        ({"SLACK_BOT_TOKEN": "xoxb-qqzzx"}, "set: SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        ({**SOCKET_MODE, "SLACK_APP_TOKEN": "qqzzx"}, "SLACK_APP_TOKEN", "SLACK_APP_TOKEN"),
    ],
)
def test_slack_settings(given: dict[str, str], found: str, mend: str | None) -> None:
    pytest.importorskip("slack_bolt", reason="needs the extra slack")
    remark = examine_slack(given)
    assert found in remark.found
    assert (mend or "") in (remark.mend or "")
    assert bool(remark.mend) is bool(mend)
    assert "qqzzx" not in str(remark)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the folder of settings cannot be moved")
@pytest.mark.parametrize(
    ("settings", "found", "mend"),
    [
        ("{}", "nothing about icdlens", None),
        ('{ // mine\n "icdlens.inlayHints.enabled": true, /* on */ "a": "//", }', "in order", None),
        ('{"icdlens.inlayHints.enabled": "qqzzx"}', "not all of them", "is true or false"),
        ('{"icdlens.inlayHint.enabled": true}', "not all of them", 'perhaps "inlayHints.enabled" was meant'),
        (
            '{"icdlens.interpreter": "/no/qqzzx"}',
            "not all of them",
            f"the one of this icdlens is {sys.executable}",
        ),
        ("{", "cannot be read as JSON", None),
    ],
)
def test_editor_settings(tmp_path: Path, settings: str, found: str, mend: str | None) -> None:
    folder = tmp_path / "config" / "Code" / "User"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(settings, encoding="utf-8")
    [remark] = examine_editors()
    assert remark.what == "Settings of Code"
    assert found in remark.found
    assert (mend or "") in (remark.mend or "")
    assert bool(remark.mend) is bool(mend)
    assert "qqzzx" not in str(remark)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions elsewhere")
def test_a_folder_that_others_may_write_to(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert remarks(tmp_path / "data")["Permissions"].mend is None
    (tmp_path / "data").chmod(0o777)
    assert remarks(tmp_path / "data")["Permissions"].mend == f"chmod -R o-w {tmp_path / 'data'}"


@pytest.mark.parametrize(
    ("settings", "found", "mend"),
    [
        (None, None, None),
        ("maxFileSize = 3", "in order", None),
        ("", "nothing about icdlens", None),
        ("maxFileSize = 'qqzzx'", "not all of them", "is a number of characters"),
    ],
)
def test_the_settings_of_a_project(
    tmp_path: Path, settings: str | None, found: str | None, mend: str | None
) -> None:
    if settings is not None:
        (tmp_path / ".icdlens.toml").write_text(settings, encoding="utf-8")
    inside = tmp_path / "notes"
    inside.mkdir()
    remark = examine_project(inside)
    if remark is None or found is None:
        assert (remark, found) == (None, None)
        return
    assert found in remark.found
    assert (mend or "") in (remark.mend or "")
    assert bool(remark.mend) is bool(mend)
    assert "qqzzx" not in str(remark)
