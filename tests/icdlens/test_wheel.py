"""The wheel: built, installed without development dependencies into a fresh environment, and used."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: "str | Path", cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    [found] = folder.glob("icdlens-*.whl")
    return found


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the fresh environment's commands."""
    environment = tmp_path_factory.mktemp("environment")
    # Our own pip installs into it: to give it a pip would take as long as the installation does.
    assert run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment).returncode == 0
    folder = environment / ("Scripts" if os.name == "nt" else "bin")
    into = ("--python", folder / "python")
    # What is not imported need not be compiled.
    installed = run(sys.executable, "-m", "pip", *into, "install", "--no-compile", wheel, cwd=environment)
    assert installed.returncode == 0, installed.stderr
    return folder


def test_what_the_wheel_holds(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"core/data/billable-validity.tsv", "slack_bot/manifest.json"} <= set(names)
    top = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert top == {"core", "index", "lsp_server", "slack_bot", "icdlens"}
    assert not [name for name in names if name.startswith("lsp_server/vscode")]
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of its own: without the optional packages something else is compiled."""
    return tmp_path_factory.mktemp("data")


@pytest.mark.timeout(600)
def test_the_installed_wheel_compiles_and_looks_up(scripts: Path, data: Path) -> None:
    found = run(scripts / "icdlens", "--data-dir", data, "lookup", "M53.9", cwd=data)
    assert found.stdout.startswith("M53.9  Dorsopathy, unspecified\n"), found.stderr


@pytest.mark.timeout(600)
def test_the_slack_extra_is_asked_for(scripts: Path, tmp_path: Path) -> None:
    asked = run(scripts / "icdlens", "slack", cwd=tmp_path)
    assert asked.returncode == 3
    assert "pip install '.[slack]'" in asked.stderr
    assert "Traceback" not in asked.stderr


@pytest.mark.timeout(600)
def test_the_ai_extra_is_asked_for(scripts: Path, data: Path, tmp_path: Path) -> None:
    asked = run(scripts / "icdlens", "--data-dir", tmp_path, "build", "--ai", cwd=tmp_path)
    assert asked.returncode == 3
    assert asked.stderr.startswith("icdlens: Comparing meanings needs packages that are not installed; ")
    assert asked.stderr.endswith("pip install '.[ai]'\n")
    assert list(tmp_path.iterdir()) == []
    searched = run(scripts / "icdlens", "--data-dir", data, "search", "--no-ai", "gout", cwd=tmp_path)
    assert searched.stdout.startswith("✓ M10.9     Gout, unspecified\n")
