"""Nothing of a note, a query or a file's name is said anywhere but in answers, however loud the log is."""

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_lsp import client_capabilities

from lsp_server.quiet_log import silence_libraries
from tests.lsp_server.in_process import in_process
from tests.lsp_server.test_long_session import LINES, requests
from tests.lsp_server.test_session import PLANTED

EDITORS = ("visual_studio_code", "neovim@v0.11.0", "emacs")


@pytest.fixture
def silenced(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What ``main`` does with the libraries' logs; then every level is heard."""
    names = ("pygls", "asyncio", "concurrent.futures")
    before = {name: logging.getLogger(name).level for name in names}
    silence_libraries()
    caplog.set_level(logging.DEBUG)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.asyncio
@pytest.mark.usefixtures("silenced")
@pytest.mark.parametrize("editor", EDITORS)
async def test_planted_words_are_in_no_log_and_no_message(
    snapshot_data: Path,
    tmp_path: Path,
    editor: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / PLANTED
    folder.mkdir()
    bad = f"dateOfService = '{PLANTED}'\n'{PLANTED} Erika' = 1\n[rules]\nretired = '{PLANTED}'"
    (folder / ".icdlens.toml").write_text(bad, encoding="utf-8")
    uri = f"{folder.as_uri()}/{PLANTED}.txt"
    settings = {"maxFileSize": PLANTED}
    async with in_process(
        snapshot_data, client_capabilities(editor), folders=(folder.as_uri(),), settings=settings
    ) as client:
        client.open("\n".join(LINES), uri)
        asked = requests(random.Random(20261122), uri)
        for number in range(80):
            method, params = next(asked)
            await client.ask(method, params)
            if number % 10 == 0:
                client.type("\n".join(LINES[number // 10 % 5 :]), uri)
                client.time.pass_by(1)
        client.notify("workspace/didChangeConfiguration", {"settings": {PLANTED: PLANTED}})
        client.notify("workspace/didChangeConfiguration", {"settings": {"icdlens": {PLANTED: PLANTED}}})
        await client.ask("workspace/executeCommand", {"command": PLANTED, "arguments": [PLANTED]})
        await client.ask("textDocument/codeAction", {"textDocument": {"uri": PLANTED}})
        await client.ask("textDocument/diagnostic", {"textDocument": {"uri": PLANTED}})
        client.shut(uri)
        await client.settle()
        shown = [*client.of("window/showMessage"), *client.of("window/logMessage")]
        assert shown  # the settings that are not used
        assert PLANTED not in json.dumps(shown)
    assert PLANTED not in caplog.text
    failures = [line for line in caplog.text.splitlines() if "failed" in line]
    assert all(
        "message failed: JsonRpcInvalidParams" in line for line in failures
    )  # what is not the protocol's
    written = capfd.readouterr()
    assert PLANTED not in written.out + written.err
