"""Settings that change while a session lasts."""

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.lsp_server.in_process import InProcess, in_process

pytestmark = pytest.mark.asyncio

VS_CODE, NEOVIM = client_capabilities("visual_studio_code"), client_capabilities("neovim@v0.11.0")


def size(client: InProcess, uri: str = "untitled:n") -> int:
    return client.server.settings.at(uri).max_file_size


async def test_settings_at_the_start(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, types.ClientCapabilities(), options={"maxFileSize": 3}) as client:
        assert size(client) == 3
        client.notify("workspace/didChangeConfiguration", {"settings": {"icdlens": {"maxFileSize": 4}}})
        assert size(client) == 4
        client.notify("workspace/didChangeConfiguration", {"settings": {"icdlens": {}}})
        assert size(client) == 2_000_000


async def test_the_client_is_asked_for_each_folder(snapshot_data: Path, tmp_path: Path) -> None:
    folder = tmp_path.as_uri()
    async with in_process(snapshot_data, VS_CODE, folders=(folder,), settings={"maxFileSize": 3}) as client:
        asked = client.of("workspace/configuration")[-1]["items"]
        assert asked == [{"section": "icdlens"}, {"scopeUri": folder, "section": "icdlens"}]
        assert size(client, f"{folder}/n") == size(client) == 3
        client.settings = {"maxFileSize": 4}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await client.settle()
        assert size(client) == 4
        event = {"added": [], "removed": [{"uri": folder, "name": "w"}]}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await client.settle()
        assert client.of("workspace/configuration")[-1]["items"] == [{"section": "icdlens"}]


async def test_what_can_be_registered_is(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        (registered,) = client.of("client/registerCapability")
        methods = [item["method"] for item in registered["registrations"]]
        assert methods == ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"]
    async with in_process(snapshot_data, NEOVIM) as client:
        assert client.of("client/registerCapability") == []


@pytest.mark.parametrize("told_by", ["watched", "saved", "opened"])
async def test_a_file_of_the_workspace_that_changes(
    snapshot_data: Path, tmp_path: Path, told_by: str
) -> None:
    async with in_process(snapshot_data, NEOVIM, folders=(tmp_path.as_uri(),)) as client:
        client.open("")
        (tmp_path / ".icdlens.toml").write_text("maxFileSize = 3", encoding="utf-8")
        match told_by:
            case "watched":
                changes = [{"uri": f"{tmp_path.as_uri()}/.icdlens.toml", "type": 1}]
                client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
            case "saved":
                client.notify("textDocument/didSave", {"textDocument": {"uri": "file:///w/n.txt"}})
            case "opened":
                client.open("", "file:///w/other.txt")
        assert size(client) == 3


async def test_what_is_wrong_is_shown_once_and_without_its_value(snapshot_data: Path) -> None:
    settings = {"dateOfService": "Mustermann"}
    async with in_process(snapshot_data, VS_CODE, settings=settings) as client:
        for _ in range(3):
            client.notify("workspace/didChangeConfiguration", {"settings": {"icdlens": settings}})
            await client.settle()
        (said,) = client.of("window/showMessage")
        assert said["type"] == types.MessageType.Warning
        assert "dateOfService" in said["message"]
        assert "Mustermann" not in said["message"]


@pytest.mark.parametrize("settings", [None, [], "x", 5, {"rules": None}])
async def test_odd_answers_are_survived(snapshot_data: Path, settings: object) -> None:
    async with in_process(snapshot_data, VS_CODE, settings=settings) as client:
        assert size(client) == 2_000_000


async def test_titles_behind_codes_appear_when_they_are_switched_on(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, NEOVIM) as client:
        client.open("Dx: M54.50")
        everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        params = {"textDocument": {"uri": "file:///w/n.txt"}, "range": everything}
        assert await client.ask("textDocument/inlayHint", params) == []
        client.settings = {"inlayHints": {"enabled": True}}
        client.notify("workspace/didChangeConfiguration", {"settings": {}})
        await client.settle()
        assert client.of("workspace/inlayHint/refresh")
        (hint,) = await client.ask("textDocument/inlayHint", params)
        assert hint["label"] == "Low back pain, unspecified"
        assert hint["position"] == {"line": 0, "character": 10}
