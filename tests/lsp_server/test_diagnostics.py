"""Diagnostics, asked for and sent, in a session whose time the test lets pass."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from lsp_server.checker import Checker
from tests.lsp_server.in_process import URI, InProcess, in_process

pytestmark = pytest.mark.asyncio

VS_CODE, NEOVIM = client_capabilities("visual_studio_code"), client_capabilities("neovim@v0.11.0")
EMACS = client_capabilities("emacs")
NOTE = "\U0001f600\x0c Dx: m5450\r\nDx: T81.4XXA\nDx: M54.50"
PUSH = "textDocument/publishDiagnostics"


async def pushed(client: InProcess) -> list[Any]:
    await client.settle()
    return client.of(PUSH)


def rules(params: Any) -> set[str]:
    return {diagnostic["code"] for diagnostic in params["diagnostics"]}


async def pull(client: InProcess, previous: str | None = None, uri: str = URI) -> Any:
    params: dict[str, object] = {"textDocument": {"uri": uri}}
    if previous:
        params["previousResultId"] = previous
    return await client.ask("textDocument/diagnostic", params)


@pytest.mark.parametrize(("capabilities", "start"), [(VS_CODE, 8), (EMACS, 7)])
async def test_sent_when_a_note_is_opened(
    snapshot_data: Path, capabilities: types.ClientCapabilities, start: int
) -> None:
    async with in_process(snapshot_data, capabilities) as client:
        client.open(NOTE, version=3)
        (params,) = await pushed(client)
        assert (params["uri"], params["version"]) == (URI, 3)
        assert rules(params) >= {"code-format", "retired", "duplicate"}
        by_rule = {diagnostic["code"]: diagnostic for diagnostic in params["diagnostics"]}
        found = by_rule["code-format"]
        assert found["range"] == {
            "start": {"line": 0, "character": start},
            "end": {"line": 0, "character": start + 5},
        }
        assert found["source"] == "icdlens"
        assert found["severity"] == types.DiagnosticSeverity.Information
        assert by_rule["retired"]["tags"] == [types.DiagnosticTag.Deprecated]
        assert by_rule["duplicate"]["tags"] == [types.DiagnosticTag.Unnecessary]


async def test_people_s_names_of_a_code_are_no_mismatch(snapshot_data: Path) -> None:
    # Q76.5 is "Cervical rib", M43.2 "Fusion of spine": words of another code's title, and names of these.
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("Cervical rib syndrome G54.0\nSpine fusion Z98.1\n")
        assert "title-mismatch" not in rules(*await pushed(client))
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("Hypertension E11.9\n")
        assert "title-mismatch" in rules(*await pushed(client))


async def test_details_are_sent_to_clients_that_show_them(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(NOTE)
        (params,) = await pushed(client)
        by_rule = {diagnostic["code"]: diagnostic for diagnostic in params["diagnostics"]}
        (related,) = by_rule["duplicate"]["relatedInformation"]
        assert related["location"]["uri"] == URI
        assert related["location"]["range"]["start"] == {"line": 0, "character": 8}
        assert by_rule["code-format"]["data"] == {"fixes": ["official-form"]}
    async with in_process(snapshot_data, EMACS) as client:
        client.open(NOTE)
        (params,) = await pushed(client)
        for diagnostic in params["diagnostics"]:
            assert not diagnostic.keys() & {"relatedInformation", "data", "codeDescription"}


async def test_sent_once_when_the_edits_pause(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("")
        await pushed(client)
        for text in ("Dx: m", "Dx: m54", "Dx: m5450"):
            client.type(text)
            client.time.pass_by(0.15)
        assert len(await pushed(client)) == 1
        client.time.pass_by(0.1)
        _, params = await pushed(client)
        assert params["version"] == 4
        assert "code-format" in rules(params)


async def test_cleared_when_a_note_is_closed(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(NOTE)
        await pushed(client)
        client.type(NOTE + " ")
        client.shut()
        client.time.pass_by(9)
        assert [params["diagnostics"] for params in await pushed(client)][1:] == [[]]


async def test_what_was_found_in_an_older_text_is_dropped(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(NOTE)
        client.type("nothing here")  # before the first check could begin
        client.time.pass_by(1)
        found = await pushed(client)
        assert found
        assert all((params["version"], params["diagnostics"]) == (2, []) for params in found)


@pytest.mark.parametrize("uri", ["git:/w/n.txt", "output:n"])
async def test_texts_that_are_not_the_users_are_not_checked(snapshot_data: Path, uri: str) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(NOTE, uri)
        client.type(NOTE, uri)
        client.time.pass_by(9)
        client.shut(uri)
        assert await pushed(client) == []
        assert (await pull(client, uri=uri))["items"] == []


async def test_a_client_that_asks_is_answered_and_sent_nothing(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, NEOVIM) as client:
        client.open(NOTE)
        first = await pull(client)
        assert first["kind"] == "full"
        assert {item["code"] for item in first["items"]} >= {"code-format", "retired", "duplicate"}
        again = await pull(client, first["resultId"])
        assert again == {"kind": "unchanged", "resultId": first["resultId"]}
        client.type(NOTE + " ")
        changed = await pull(client, first["resultId"])
        assert changed["kind"] == "full"
        assert changed["resultId"] != first["resultId"]
        client.shut()
        assert await pushed(client) == []


async def test_a_note_reopened_with_the_same_version_is_read_again(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, NEOVIM) as client:
        client.open(NOTE)
        first = await pull(client)
        client.shut()
        client.open("Dx: I10")
        again = await pull(client, first["resultId"])
        assert again["kind"] == "full"
        assert again["items"] == []


async def test_an_edit_while_a_note_is_read_is_answered_for_the_text_as_it_is(
    snapshot_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_process(snapshot_data, NEOVIM) as client:
        client.open(NOTE)
        findings = Checker.findings
        calls: list[None] = []

        async def edited_meanwhile(self: Checker, *args: Any) -> Any:
            if not calls:
                client.type("Dx: I10")
            calls.append(None)
            return await findings(self, *args)

        monkeypatch.setattr(Checker, "findings", edited_meanwhile)
        assert (await pull(client))["items"] == []
        assert len(calls) == 2


async def test_settings_change_what_is_found_at_once(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open("Dx: m5450")
        await pushed(client)
        client.settings = {"rules": {"code-format": "error"}}
        client.notify("workspace/didChangeConfiguration", {"settings": {"icdlens": client.settings}})
        params = (await pushed(client))[-1]
        severities = {d["code"]: d["severity"] for d in params["diagnostics"]}
        assert severities["code-format"] == types.DiagnosticSeverity.Error
        client.settings = {"rules": {"code-format": "off"}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        assert "code-format" not in rules((await pushed(client))[-1])


async def test_a_client_that_asks_is_told_to_ask_again(snapshot_data: Path) -> None:
    workspace = types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
    )
    text_document = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    asks = types.ClientCapabilities(workspace=workspace, text_document=text_document)
    async with in_process(snapshot_data, asks) as client:
        client.open("Dx: m5450")
        first = await pull(client)
        client.sent.clear()
        changed = {"settings": {"icdlens": {"rules": {"code-format": "off"}}}}
        client.notify("workspace/didChangeConfiguration", changed)
        await client.settle()
        assert len(client.of("workspace/diagnostic/refresh")) == 1
        assert len(client.of("workspace/inlayHint/refresh")) == 1
        again = await pull(client, first["resultId"])
        assert again["kind"] == "full"
        assert "code-format" not in {item["code"] for item in again["items"]}


async def test_the_date_of_service_is_the_notes_own_else_the_settings(snapshot_data: Path) -> None:
    settings = {"dateOfService": "2018-01-01"}
    async with in_process(snapshot_data, NEOVIM, settings=settings) as client:
        client.open("Dx: T81.4XXA")  # ended on 2018-09-30
        assert "retired" not in {item["code"] for item in (await pull(client))["items"]}
        client.type("DOS: 2020-01-01\nDx: T81.4XXA")
        assert "retired" in {item["code"] for item in (await pull(client))["items"]}


async def test_a_note_that_is_too_large_is_said_and_not_checked(snapshot_data: Path) -> None:
    async with in_process(snapshot_data, VS_CODE, settings={"maxFileSize": 10}) as client:
        client.open("Dx: m5450, and more")
        (said,) = client.of("window/showMessage")
        assert "maxFileSize" in said["message"]
        assert [params["diagnostics"] for params in await pushed(client)] == [[]]
        at = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}
        assert "Low back pain" in str(await client.ask("textDocument/hover", at))
        client.type("Dx: m5450")
        client.time.pass_by(1)
        assert "code-format" in rules((await pushed(client))[-1])


async def test_a_check_that_fails_is_answered(
    snapshot_data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Erika Mustermann")

    monkeypatch.setattr("lsp_server.checker.check", fail)
    async with in_process(snapshot_data, NEOVIM) as client:
        client.open(NOTE)
        assert (await pull(client))["items"] == []
    async with in_process(snapshot_data, VS_CODE) as client:
        client.open(NOTE)
        assert await pushed(client) == []
    assert "pull failed: RuntimeError (" in caplog.text
    assert "send failed: RuntimeError (" in caplog.text
    assert "Mustermann" not in caplog.text
