from pathlib import Path

import pytest

from lsp_server.configuration import Insert
from lsp_server.settings import Settings


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def settings(said: list[str]) -> Settings:
    return Settings(said.append)


def folder(path: Path, own: str = "", pyproject: str = "") -> str:
    path.mkdir(exist_ok=True)
    if own:
        (path / ".icdlens.toml").write_text(own, encoding="utf-8")
    if pyproject:
        (path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    return path.as_uri()


def test_each_level_lies_above_the_one_before(settings: Settings, tmp_path: Path) -> None:
    pyproject = "[tool.icdlens]\nmaxFileSize = 5\n[tool.icdlens.rules]\nretired = 'hint'\n[tool.other]\nx = 1"
    uri = folder(tmp_path, "maxFileSize = 6\n[completion]\ninsert = 'code-and-title'", pyproject)
    settings.follow_folders([uri])
    found = settings.at(f"{uri}/n.txt")
    assert (found.max_file_size, found.insert) == (6, Insert.CODE_AND_TITLE)
    assert dict(found.severities) == {"retired": "hint"}
    settings.follow_client({"icdlens": {"maxFileSize": 7}})
    found = settings.at(f"{uri}/n.txt")
    assert (found.max_file_size, found.insert) == (7, Insert.CODE_AND_TITLE)


def test_each_folder_of_a_workspace_has_its_own(settings: Settings, tmp_path: Path) -> None:
    outer = folder(tmp_path / "a b", "maxFileSize = 1")
    inner = folder(tmp_path / "a b" / "inner", "maxFileSize = 2")
    other = folder(tmp_path / "a b2")
    settings.follow_folders([outer, inner, other])
    sizes = [settings.at(uri).max_file_size for uri in (f"{outer}/n", f"{inner}/n", f"{other}/n")]
    assert sizes == [1, 2, 2_000_000]
    assert settings.at(f"{outer.replace('%20', ' ')}/n").max_file_size == 1  # as some clients write it
    assert settings.at("untitled:Untitled-1").max_file_size == 2_000_000
    settings.follow_answers(None, {inner: {"maxFileSize": 9}, other: None})
    assert settings.at(f"{inner}/n").max_file_size == 9
    settings.follow_folders([], [inner, other])
    assert settings.at(f"{inner}/n").max_file_size == 1


def test_what_is_in_no_folder_belongs_to_the_only_one(settings: Settings, tmp_path: Path) -> None:
    settings.follow_folders([folder(tmp_path, "maxFileSize = 3")])
    assert settings.at("untitled:Untitled-1").max_file_size == 3
    assert settings.at(None).max_file_size == 3


def test_files_are_followed(settings: Settings, tmp_path: Path) -> None:
    calls: list[None] = []
    settings.changed.append(lambda: calls.append(None))
    uri = folder(tmp_path)
    settings.follow_folders([uri])
    settings.follow_files()
    assert len(calls) == 1  # nothing was new
    folder(tmp_path, "maxFileSize = 3")
    settings.follow_files()
    assert settings.at(uri + "/n").max_file_size == 3
    (tmp_path / ".icdlens.toml").unlink()
    settings.follow_files()
    assert settings.at(uri + "/n").max_file_size == 2_000_000
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("own", "pyproject", "problem"),
    [
        ("maxFileSize = ", "", ".icdlens.toml of the workspace is not TOML."),
        ("a = " + "[" * 3000, "", ".icdlens.toml of the workspace is not TOML."),
        ("", "[tool.icdlens]\nx = 1", "A name in pyproject.toml is no setting of icdlens."),
        ("", "[tool]\nicdlens = 1", "The settings in pyproject.toml are no table."),
        ("#" + "x" * 1_000_001, "", ".icdlens.toml of the workspace is too large to be read."),
    ],
)
def test_what_is_wrong_is_said_once(
    settings: Settings, said: list[str], tmp_path: Path, own: str, pyproject: str, problem: str
) -> None:
    settings.follow_folders([folder(tmp_path, own, pyproject)])
    assert said == [problem]
    settings.follow_client({"icdlens": {}})
    settings.follow_folders([tmp_path.as_uri()])
    assert said == [problem]
    assert settings.at(None).max_file_size == 2_000_000


def test_a_file_that_cannot_be_read_is_said(settings: Settings, said: list[str], tmp_path: Path) -> None:
    (tmp_path / ".icdlens.toml").mkdir()
    settings.follow_folders([tmp_path.as_uri()])
    assert said == [".icdlens.toml of the workspace cannot be read."]


@pytest.mark.parametrize("uri", ["vscode-remote://x/y", "file:///no/such/folder", "", "file:"])
def test_a_folder_without_files_has_no_settings(settings: Settings, said: list[str], uri: str) -> None:
    settings.follow_folders([uri])
    assert settings.at(f"{uri}/n").max_file_size == 2_000_000
    assert said == []


def test_what_the_editor_said_last_counts(settings: Settings) -> None:
    def size() -> int:
        return settings.at(None).max_file_size

    settings.begin({"maxFileSize": 1})
    assert size() == 1
    settings.follow_answers({"maxFileSize": 2}, {})
    assert size() == 2
    settings.follow_client(None)  # as editors that are asked tell that something has changed
    assert size() == 2
    settings.follow_client({"icdlens": {"maxFileSize": 3}})
    settings.follow_answers(None, {})
    assert size() == 3
    settings.follow_client({"icdlens": {}})
    assert size() == 2_000_000
    settings.follow_client({})
    assert size() == 1
