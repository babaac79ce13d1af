"""The extension in the real VS Code, installed from its package: what a coder sees and does.

Each test opens a note of its own and leaves a picture in ``build/screenshots``.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.snapshot import DATA_DIR_VARIABLE, SnapshotStore
from index.build import build
from tests.e2e.workbench import VSIX, Workbench, cache, chromium, workbench, writes_logs

pytestmark = [
    pytest.mark.workbench,
    pytest.mark.timeout(600),
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium; install one or name it in CHROMIUM"),
    pytest.mark.skipif(sys.platform == "win32", reason="code-server does not run on Windows"),
]

DATE = "2026-11-22"
NOTE = """# Visit

Assessment: chronic back trouble, M53.9.
Formerly coded m545; hip fracture S72.001A.

dx: """


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get(DATA_DIR_VARIABLE) or cache() / "data")
    build(SnapshotStore(folder), lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Workbench]:
    scratch = tmp_path_factory.mktemp("workbench")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    settings = {"icdlens.dateOfService": DATE, "security.workspace.trust.enabled": False}
    with workbench(scratch, path=path, data=data, settings=settings) as opened:
        yield opened


def test_the_package_is_there() -> None:
    assert VSIX.exists(), "make vsix builds it"


def test_the_status_bar_names_release_and_date(window: Workbench) -> None:
    window.open("status.md", NOTE)
    expect(window.status).to_contain_text(f"ICD-10-CM FY2026 · {DATE}")
    window.status.click()
    expect(window.pick).to_contain_text("Change the date of service")
    window.picture("menu")
    window.pick.get_by_text("About").click()
    dialog = window.page.get_by_role("dialog")
    expect(dialog).to_contain_text("found as the command icdlens on your PATH")
    expect(dialog).to_contain_text("A later fiscal year is in force since 2026-10-01")
    window.picture("about")


def test_hover_shows_the_card(window: Workbench) -> None:
    window.open("hover.md", NOTE)
    window.wait_until_ready()
    window.see_card("M53.9", "Dorsopathy, unspecified", "discitis NOS (M46.4-)")
    window.picture("hover")


def test_completion_of_words_and_of_a_code(window: Workbench) -> None:
    window.open("completion.md", NOTE)
    window.wait_until_ready()
    window.go_to_end()
    window.page.keyboard.type("low back pa")
    window.press_until_seen("Control+Space", window.suggestions)
    expect(window.suggestions.first).to_contain_text("M54.50")
    window.picture("completion")
    window.page.keyboard.press("Enter")
    expect(window.editor).to_contain_text("dx: M54.50")
    window.page.keyboard.type(", M53.")
    expect(window.suggestions.first).to_contain_text("M53.")
    window.picture("completion-of-a-code")
    window.suggestions.filter(has_text="M53.0").click()
    expect(window.editor).to_contain_text("dx: M54.50, M53.0")


def test_squiggle_and_quick_fix(window: Workbench) -> None:
    window.open("fix.md", "dx: M54.5 and M53.99\n")
    window.wait_until_ready()
    squiggle = window.page.locator(".squiggly-error, .squiggly-warning, .squiggly-info")
    expect(squiggle.first).to_be_visible()
    window.picture("squiggle")
    window.editor.get_by_text("M54.5", exact=False).first.click()
    window.page.keyboard.press("Control+Home")
    for _ in range(5):
        window.page.keyboard.press("ArrowRight")
    expect(window.page.locator(".lightBulbWidget")).to_be_visible()  # the fixes have come
    fixes = window.page.locator(".action-widget:visible")
    window.press_until_seen("Control+.", fixes)
    expect(fixes).to_contain_text("M54.50")
    window.picture("quick-fix")
    fixes.locator(".monaco-list-row", has_text="M54.50").first.click()
    expect(window.editor).to_contain_text("dx: M54.50")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("note.txt", "Plain Text"),
        ("note.rst", "reStructuredText"),
        ("note.html", "HTML"),
        ("note.j2", "Plain Text"),
    ],
)
def test_other_languages(window: Workbench, name: str, language: str) -> None:
    window.open(name, "<p>M53.9</p>\n")
    expect(window.page.locator(".statusbar-item", has_text=language)).to_be_visible()
    window.see_card("M53.9", "Dorsopathy, unspecified")


def test_an_untitled_note(window: Workbench) -> None:
    window.open("before.txt", "")
    window.wait_until_ready()
    window.run("Create: New File...")
    window.pick.get_by_text("Text File").first.click()
    expect(window.page.locator(".tab.active")).to_contain_text("Untitled-1")
    window.page.keyboard.type("M53.9 seen")
    window.see_card("M53.9", "Dorsopathy, unspecified")


def test_the_tree_from_a_chapter_to_a_code_page(window: Workbench) -> None:
    window.open("tree.md", NOTE)
    window.wait_until_ready()
    window.page.get_by_role("tab", name="ICD-10-CM").click()
    expect(window.tree).to_have_count(22)
    for label in (
        "Chapter 13: Diseases of the musculoskeletal system",
        "M40-M54 Dorsopathies",
        "M50-M54 Other dorsopathies",
        "M53 Other and unspecified dorsopathies",
    ):
        window.tree.filter(has_text=label).locator(".monaco-tl-twistie").click()
    code = window.tree.filter(has_text="M53.9 Dorsopathy, unspecified")
    expect(code).to_have_attribute("aria-label", "M53.9 Dorsopathy, unspecified, billable")
    code.click()
    expect(window.code_page().get_by_role("heading", level=1)).to_have_text("M53.9 Dorsopathy, unspecified")
    window.widen_side_bar(150)
    window.picture("tree")


def test_the_code_page(window: Workbench) -> None:
    window.open("page.md", NOTE)
    window.wait_until_ready()
    window.show_code("M53.9")
    page = window.code_page()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("M53.9 Dorsopathy, unspecified")
    expect(title).to_be_focused()
    window.run("View: Maximize Editor Group")
    expect(page.get_by_role("region", name="Excludes1 (block M50-M54)")).to_contain_text(
        "discitis NOS (M46.4-)"
    )
    window.picture("code-page")

    page.get_by_role("link", name="M46.4", exact=True).first.click()
    expect(title).to_have_text("M46.4 Discitis, unspecified")
    page.get_by_role("button", name="Back").click()
    expect(title).to_have_text("M53.9 Dorsopathy, unspecified")
    window.page.keyboard.press("Alt+ArrowRight")
    expect(title).to_have_text("M46.4 Discitis, unspecified")

    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("status")).to_have_text("Copied M46.4")
    assert window.page.evaluate("navigator.clipboard.readText()") == "M46.4"


def test_the_code_page_on_another_date(window: Workbench) -> None:
    window.open("dated.md", NOTE)
    window.wait_until_ready()
    window.show_code("m545")
    page = window.code_page()
    expect(page.get_by_role("main")).to_contain_text(f"Heading: not valid for submission on {DATE}")
    field = page.get_by_role("textbox", name="On date of service")
    field.fill("2021-02-30")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("YYYY-MM-DD")
    window.picture("code-page-bad-date")
    field.fill("2021-09-30")
    field.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Billable: valid for submission on 2021-09-30")
    window.picture("code-page-on-another-date")


def test_from_the_code_page_into_the_note_and_the_tree(window: Workbench) -> None:
    window.open("insert.md", NOTE)
    window.wait_until_ready()
    window.go_to_end()
    window.show_code("m54.50")
    page = window.code_page()
    page.get_by_role("button", name="Insert into note").click()
    expect(window.editor).to_contain_text("dx: M54.50")
    page.get_by_role("link", name="M50-M54 Other dorsopathies").click()
    expect(window.tree.filter(has_text="M50-M54 Other dorsopathies")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(window.tree.filter(has_text="M54 Dorsalgia")).to_be_visible()
    window.picture("revealed")


def test_the_code_page_with_the_keyboard_alone(window: Workbench) -> None:
    window.open("keys.md", NOTE)
    window.wait_until_ready()
    window.show_code("M53.9")
    page = window.code_page()
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_focused()
    link = page.get_by_role("link", name="M53.0", exact=True).first
    for _ in range(40):
        window.page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(title).to_have_text("M53.0 Cervicocranial syndrome")
    expect(title).to_be_focused()


def test_the_code_page_loads_nothing_and_runs_nothing_else(window: Workbench) -> None:
    """The policy holds in the real web view: what a card could hold as markup stays text."""
    window.open("policy.md", NOTE)
    window.wait_until_ready()
    window.show_code("M53.9")
    page = window.code_page()
    expect(page.get_by_role("heading", level=1)).to_have_text("M53.9 Dorsopathy, unspecified")
    refused = page.locator("body").evaluate(
        """async body => {
          const events = [];
          const note = event => events.push(event.effectiveDirective);
          document.addEventListener('securitypolicyviolation', note);
          const script = document.createElement('script');
          script.textContent = 'window.broken = true';
          const image = document.createElement('img');
          image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
          body.append(script, image);
          await fetch('https://example.invalid/').catch(() => undefined);
          while (new Set(events).size < 3) await new Promise(resolve => setTimeout(resolve));
          script.remove();
          image.remove();
          return [...new Set(events), String(window.broken)];
        }"""
    )
    assert sorted(refused) == ["connect-src", "img-src", "script-src-elem", "undefined"]


def test_search_while_typing(window: Workbench) -> None:
    window.open("search.md", NOTE)
    window.wait_until_ready()
    window.run("ICD-10-CM: Search Codes")
    window.pick.locator("input").fill("heart atta")
    expect(window.pick.locator(".monaco-list-row").first).to_contain_text("I21.9")
    window.picture("search")
    window.page.keyboard.press("Enter")
    expect(window.code_page().get_by_role("heading", level=1)).to_contain_text("I21.9")


def test_another_date_for_everything(window: Workbench) -> None:
    window.open("date.md", NOTE)
    window.wait_until_ready()
    window.run("ICD-10-CM: Change Date of Service")
    window.pick.locator("input").fill("2021-09-30")
    window.page.keyboard.press("Enter")
    expect(window.status).to_contain_text("2021-09-30")
    window.see_card("m545", "Billable: valid for submission on 2021-09-30")
    window.picture("another-date")
    # It is kept with the workspace.
    assert '"2021-09-30"' in (window.folder / ".vscode" / "settings.json").read_text(encoding="utf-8")
    window.run("ICD-10-CM: Change Date of Service")
    window.pick.locator("input").fill("")
    window.page.keyboard.press("Enter")
    expect(window.status).to_contain_text(DATE)


def test_a_crashed_server_comes_back(window: Workbench) -> None:
    window.open("crash.md", NOTE)
    window.wait_until_ready()
    [server] = window.server_processes()
    os.kill(server, signal.SIGKILL)
    expect(window.status).not_to_contain_text("FY2026")
    window.wait_until_ready()
    assert server not in window.server_processes()
    window.see_card("M53.9", "Dorsopathy, unspecified")


def test_a_server_that_crashes_again_and_again_is_left_alone(window: Workbench) -> None:
    window.open("crashes.md", NOTE)
    window.wait_until_ready()
    message = window.page.locator(".notification-toast", has_text="stopped again and again")
    while not message.is_visible():
        for server in window.server_processes():
            os.kill(server, signal.SIGKILL)
    window.picture("gave-up")
    assert window.server_processes() == []
    message.get_by_role("button", name="Restart").click()
    window.wait_until_ready()


def test_a_workspace_cannot_name_an_interpreter(window: Workbench) -> None:
    ran = window.folder / "ran"
    trap = window.folder / "python"
    trap.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    trap.chmod(0o755)
    settings = window.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f'{{"icdlens.interpreter": "{trap}"}}', encoding="utf-8")
    window.open("trap.md", NOTE)
    window.wait_until_ready()
    window.run("ICD-10-CM: Restart Server")
    window.wait_until_ready()
    window.see_card("M53.9", "Dorsopathy, unspecified")
    assert not ran.exists()
    settings.unlink()


@pytest.mark.parametrize(
    ("theme", "kind"),
    [("Default Dark Modern", "vscode-dark"), ("Default High Contrast", "vscode-high-contrast")],
)
def test_the_code_page_in_other_themes(window: Workbench, theme: str, kind: str) -> None:
    window.set("workbench.colorTheme", theme)
    window.open("theme.md", NOTE)
    window.wait_until_ready()
    window.show_code("S72.001A")
    expect(window.code_page().get_by_role("heading", level=1)).to_contain_text("S72.001A")
    expect(window.code_page().locator(f"body.{kind}")).to_be_visible()
    window.picture(f"code-page-{kind}")
    window.set("workbench.colorTheme", "Default Light Modern")


def test_the_log_names_nothing_of_a_note(window: Workbench) -> None:
    """Runs after all of the above: nothing that was written, searched or opened is in any log of ours."""
    if not writes_logs():
        pytest.skip("the editor writes no logs: there was no compiler when it was installed")
    logs = list((window.home.parent / "user" / "logs").rglob("*icdlens.log"))
    assert logs
    text = "".join(log.read_text(encoding="utf-8") for log in logs)
    assert "Starting the server" in text
    for word in ("chronic", "heart", "M53.9", "m545", ".md", "note."):
        assert word not in text
