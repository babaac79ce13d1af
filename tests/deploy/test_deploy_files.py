"""The files to deploy, against the settings, the tree and the linters that there are."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from slack_bot.http_server import EVENTS
from slack_bot.settings import NAMES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return content


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint has no wheel for this system")
    run = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_the_image_runs_as_nobody_special_and_ends_by_sigterm() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.M)
    assert user
    assert "0" not in user.groups()
    assert "STOPSIGNAL SIGTERM" in last
    assert 'ENTRYPOINT ["/opt/icdlens/bin/icdlens"]' in last  # no shell between, which would keep the signal
    variables = set(re.findall(r"\b(ICDLENS_SLACK_\w+|SLACK_\w+)=", last))
    assert variables <= set(NAMES)


def test_what_is_copied_is_in_the_tree_and_not_ignored() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for name in line.split()]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored


def test_compose_names_settings_secrets_and_files_that_there_are(compose: dict[str, Any]) -> None:
    service = compose["services"]["icdlens"]
    for name, value in service["environment"].items():
        assert name.removesuffix("_FILE") in NAMES
        if name.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert set(service["secrets"]) <= set(compose["secrets"])
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert set(service["depends_on"]) <= set(compose["services"])
    # The documentation lays down a file for each secret.
    told = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    for secret in compose["secrets"].values():
        assert secret["file"] in told


def test_the_container_can_write_nowhere_and_gains_nothing(compose: dict[str, Any]) -> None:
    service = compose["services"]["icdlens"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "volumes" not in service
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_no_secret_is_in_the_tree() -> None:
    assert [path.name for path in (DEPLOY / "secrets").iterdir() if path.name != ".gitignore"] == []


def test_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "icdlens-slack.service").read_text(encoding="utf-8")
    unit = configparser.RawConfigParser(strict=False, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser documents it
    unit.read_string(text)
    assert unit["Service"]["ExecStart"] == "/opt/icdlens/bin/icdlens slack"
    assert unit["Service"]["DynamicUser"] == "yes"
    assert set(re.findall(r"(ICDLENS_SLACK_\w+)=", text)) <= set(NAMES)
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed; all else was checked")
    # The program is not installed here.
    copy = tmp_path / "icdlens-slack.service"
    copy.write_text(text.replace(unit["Service"]["ExecStart"], "/bin/true"), encoding="utf-8")
    run = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert "icdlens-slack.service" not in run.stderr
    assert run.returncode == 0, run.stderr


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `((?:ICDLENS_)?SLACK_\w+)`", text, re.M))
    assert rows == {*NAMES, "ICDLENS_SLACK_SETTINGS"}
    assert EVENTS in text
