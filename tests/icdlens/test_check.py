"""``icdlens check``, as a process."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from core.findings.settings import RULES
from tests.icdlens.test_cli import assert_one_sentence, icdlens

pytestmark = pytest.mark.usefixtures("snapshot_data")

_ON = ("--on", "2026-06-01")


def findings(*arguments: str, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(icdlens("check", *arguments, "--format", "json", **options).stdout)
    return answer


def test_text_is_as_compilers_write_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("🩺 x\nLow back pain M54.5\n", encoding="utf-8")
    run = icdlens("check", "a.txt", *_ON, cwd=tmp_path)
    first, summary = run.stdout.splitlines()
    assert first.startswith("a.txt:2:15: warning not-billable: M54.5 (Low back pain) is a heading")
    assert summary == "1 finding in 1 file (1 warning)."
    assert run.stderr == ""
    assert run.returncode == 1


def test_exit_codes(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Dx: I10")
    good = icdlens("check", "good.txt", cwd=tmp_path)
    assert (good.returncode, good.stdout) == (0, "No findings in 1 file.\n")
    assert icdlens("check", "-q", "good.txt", cwd=tmp_path).stdout == ""
    for wrong in (
        ["nothing.txt"],
        ["--rule", "nothing=off", "."],
        ["--rule", "retired=no", "."],
        ["--on", "x"],
    ):
        run = icdlens("check", *wrong, cwd=tmp_path)
        assert run.returncode == 2
        assert_one_sentence(run.stderr)


def test_stdin_and_columns_in_code_points() -> None:
    for arguments in ((), ("-",)):
        [finding] = findings(*arguments, *_ON, input="🩺\r\n🩺 Dx: M54.5\r\n")["findings"]
        assert (finding["path"], finding["line"], finding["column"]) == ("<stdin>", 2, 7)


def test_json_is_as_documented(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Dx: M54.5")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01")
    answer = findings(str(tmp_path), *_ON)
    assert list(answer) == ["findings", "skipped"]
    [finding] = answer["findings"]
    assert list(finding) == ["path", "line", "column", "code", "rule", "severity", "message", "fixes"]
    assert (finding["code"], finding["rule"], finding["severity"]) == ("M54.5", "not-billable", "warning")
    assert [fix["edits"][0]["new"] for fix in finding["fixes"]] == ["M54.50", "M54.51", "M54.59"]
    assert finding["fixes"][0]["edits"] == [
        {"line": 1, "column": 5, "end_line": 1, "end_column": 10, "new": "M54.50"}
    ]
    assert answer["skipped"] == [{"path": str(tmp_path / "b.txt"), "reason": "it is binary"}]


def test_what_breaks_on_october_1(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("DOS: 2025-09-30\nMultiple sclerosis G35\n")
    assert findings("t.txt", cwd=tmp_path)["findings"] == []
    asked = findings("--on", "2025-10-01", "t.txt", cwd=tmp_path)["findings"]
    assert [finding["rule"] for finding in asked] == ["not-billable"]


def test_rules_are_listed_changed_and_switched_off() -> None:
    listed = icdlens("check", "--list-rules", "--rule", "retired=off").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(RULES)
    assert listed[1].split()[:2] == ["retired", "off"]
    text = "Dx: M54.5"
    assert findings("--rule", "not-billable=off", *_ON, input=text)["findings"] == []
    [finding] = findings("--rule", "not-billable=hint", *_ON, input=text)["findings"]
    assert finding["severity"] == "hint"


def test_the_settings_of_a_project_hold_here_too(tmp_path: Path) -> None:
    """As in an editor: rules and the date of service; options go before them, what is wrong is said."""
    inside = tmp_path / "notes"
    inside.mkdir()
    (inside / "a.txt").write_text("Dx: M54.5\nDx: M54.5\n")
    settings = 'dateOfService = 2021-09-30\ninlayHint = 1\n[rules]\nduplicate = "off"\n'
    (tmp_path / ".icdlens.toml").write_text(settings, encoding="utf-8")
    quiet = icdlens("check", "-q", "a.txt", cwd=inside)
    assert (quiet.returncode, quiet.stdout) == (0, "")  # M54.5 was billable through that day
    assert quiet.stderr == "icdlens: A name in .icdlens.toml is no setting of icdlens.\n"
    for given, rules in ((["--rule", "duplicate=hint"], ["duplicate"]), ([*_ON], ["not-billable"] * 2)):
        found = findings("a.txt", *given, cwd=inside)["findings"]
        assert [finding["rule"] for finding in found] == rules


def test_folders_are_walked_in_order_without_what_holds_no_notes(tmp_path: Path) -> None:
    for name in (
        "b/2.txt",
        "b/1.md",
        "a.txt",
        ".hidden.txt",
        ".git/x.txt",
        "node_modules/x.txt",
        "p.png",
        ".venv/x",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Dx: M54.5")
    (tmp_path / "b" / "again").symlink_to(tmp_path)
    found = findings(".", *_ON, cwd=tmp_path)["findings"]
    assert [finding["path"] for finding in found] == ["a.txt", "b/1.md", "b/2.txt"]
    twice = findings("a.txt", "a.txt", *_ON, cwd=tmp_path)["findings"]
    assert len(twice) == 1


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / ".note.png").write_text("Dx: M54.5")
    assert len(findings(".note.png", *_ON, cwd=tmp_path)["findings"]) == 1


def test_encodings(tmp_path: Path) -> None:
    text = "Ménière’s: Dx M54.5"
    for name, data in {
        "1-bom": b"\xef\xbb\xbf" + text.encode(),
        "2-utf16": text.encode("utf-16"),
        "3-cp1252": text.encode("cp1252"),
    }.items():
        (tmp_path / name).write_bytes(data)
    found = findings(".", *_ON, cwd=tmp_path)
    assert [(f["path"], f["column"]) for f in found["findings"]] == [
        ("1-bom", 15),
        ("2-utf16", 15),
        ("3-cp1252", 15),
    ]
    assert found["skipped"] == []


def test_files_that_cannot_be_read_are_skipped_and_the_rest_is_checked(tmp_path: Path) -> None:
    (tmp_path / "a-binary").write_bytes(b"M54.5\x00")
    (tmp_path / "b-bytes").write_bytes(bytes(range(128, 256)) * 4)
    (tmp_path / "c-large").write_bytes(b"M54.5 " * 40_000)
    (tmp_path / "d-utf16").write_bytes(b"\xff\xfex")
    os.mkfifo(tmp_path / "e-pipe")
    (tmp_path / "f-gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "z.txt").write_text("Dx: M54.5")
    run = icdlens("check", ".", *_ON, "--max-size", "0.1", cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1] == "1 finding in 1 file (1 warning); 6 skipped."
    said = run.stderr.splitlines()
    assert [line.split()[1] for line in said] == [
        "a-binary",
        "b-bytes",
        "c-large",
        "d-utf16",
        "e-pipe",
        "f-gone",
    ]
    assert "larger than 0.1 MB" in said[2]
    assert "M54.5" not in run.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Dx: M54.5")
    (tmp_path / "a.txt").chmod(0)
    found = findings("a.txt", cwd=tmp_path)
    assert found == {"findings": [], "skipped": [{"path": "a.txt", "reason": "Permission denied"}]}


def test_several_processes_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_text(f"Dx: M54.5, E10.9, E11.9, S72.00{number}")
    (tmp_path / "05.bin").write_bytes(b"\x00")
    (tmp_path / "05.note").write_bytes(b"\x00")
    alone = icdlens("check", ".", *_ON, "--jobs", "1", "--format", "json", cwd=tmp_path)
    several = icdlens("check", ".", *_ON, "--jobs", "2", "--format", "json", cwd=tmp_path)
    assert several.stdout == alone.stdout
    assert several.stderr == alone.stderr == ""
    assert several.returncode == 1


def test_sarif(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("🩺 Dx: E10.9, E11.9\nM54.5\n", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"\x00")
    run = icdlens("check", ".", *_ON, "--format", "sarif", "--rule", "retired=off", cwd=tmp_path)
    log = json.loads(run.stdout)
    assert "file:///" not in run.stdout
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    [done] = log["runs"]
    driver = done["tool"]["driver"]
    assert driver["name"] == "icdlens"
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert "helpUri" not in rule  # it would be a path of this machine
        assert rule["help"]["markdown"].startswith("**Meaning.** ")
        assert rule["help"]["text"].startswith("Meaning. ")
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert driver["rules"][1]["defaultConfiguration"]["enabled"] is False
    assert done["columnKind"] == "unicodeCodePoints"
    [invocation] = done["invocations"]
    assert invocation["executionSuccessful"] is True
    assert "binary" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    conflict, heading = done["results"]
    for result in (conflict, heading):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "warning"
        [location] = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "a%20b.txt"}
    assert conflict["ruleId"] == "excludes1-conflict"
    assert conflict["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 14,
        "endLine": 1,
        "endColumn": 19,
    }
    [related] = conflict["relatedLocations"]
    assert related["physicalLocation"]["region"]["startColumn"] == 7
    [change] = heading["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a%20b.txt"}
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 6},
            "insertedContent": {"text": "M54.50"},
        }
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("wait", [0.6, 1.5])
def test_ctrl_c_stops_all_processes_with_a_word(tmp_path: Path, wait: float) -> None:
    for number in range(12):
        (tmp_path / f"{number}.txt").write_text("He walks to the shop, and back. Dx: M54.50, I10\n" * 20_000)
    command = [sys.executable, "-P", "-m", "icdlens", "check", "--jobs", "2", "."]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        time.sleep(wait)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.strip() == b"Stopped."


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text("Dx: M54.5\n" * 200)
    command = f'"{sys.executable}" -P -m icdlens check . 2>err | head -1'
    assert os.system(f"cd '{tmp_path}' && {command} >/dev/null") == 0
    assert "Traceback" not in (tmp_path / "err").read_text()


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_bar_is_gone_where_a_finding_stands(tmp_path: Path) -> None:
    import pty

    note = tmp_path / "note.txt"
    note.write_text("Dx: M54.5\n", encoding="utf-8")
    reading, terminal = pty.openpty()
    command = [sys.executable, "-P", "-m", "icdlens", "check", "--on", "2026-06-01", str(note)]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, env=env):
        os.close(terminal)
        shown = b""
        with suppress(OSError):  # EIO is how the end is told
            while part := os.read(reading, 65536):
                shown += part
    os.close(reading)
    bar, _, finding = shown.decode().partition(f"{note}:1:5:")
    assert "Checking" in bar
    assert bar.endswith("\x1b[2K")  # the line is erased
    assert "not-billable" in finding
