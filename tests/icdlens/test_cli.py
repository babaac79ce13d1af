"""The command, as a process: output, exit codes, errors."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.snapshot import SnapshotStore
from tests.conftest import FirstUse
from tests.core.flat_index import NAME, line, write_index

pytestmark = pytest.mark.usefixtures("snapshot_data")


def icdlens(*arguments: str | bytes, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "icdlens", *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="strict",
        **options,
    )


def assert_one_sentence(stderr: str) -> None:
    assert stderr.strip()
    assert "Traceback" not in stderr
    assert len(stderr) < 1000


def test_lookup_text() -> None:
    run = icdlens("lookup", "m539", "--on", "2026-11-22")
    assert run.returncode == 0
    assert run.stdout.startswith("M53.9  Dorsopathy, unspecified\n")
    for words in ("discitis NOS (M46.4-)", "FY2026 (April 1, 2026)", "2026-11-22", "superseded by FY2027"):
        assert words in run.stdout
    assert run.stderr == ""


def test_lookup_json_of_one_code_is_an_object() -> None:
    card = json.loads(icdlens("lookup", "M54.5", "--on", "2021-09-30", "--format", "json").stdout)
    assert card["code"] == "M54.5"
    assert card["billable"] is True
    assert (card["billable_from"], card["billable_through"]) == ("2015-10-01", "2021-09-30")
    assert card["as_of"] == "2021-09-30"


def test_lookup_of_several_codes_loses_none() -> None:
    run = icdlens("lookup", "M53.9", "M53.99", "\x01bad", "I10", "--format", "json")
    assert run.returncode == 1
    found = json.loads(run.stdout)
    assert [card["code"] for card in found] == ["M53.9", "M53.99", "\x01bad", "I10"]
    assert [card["found"] for card in found] == [True, False, False, True]
    assert "M53.9" in found[1]["suggestions"]
    assert "Did you mean M53.9" in run.stderr


def test_lookup_text_of_several_codes_loses_none() -> None:
    run = icdlens("lookup", "M53.9", "W21.89A", "I10")
    assert run.returncode == 1
    assert "Dorsopathy, unspecified" in run.stdout
    assert "Essential (primary) hypertension" in run.stdout
    assert "Did you mean W21.89XA" in run.stderr


@pytest.mark.parametrize("written", ["O09.-", "O09-", "o09.*", "O09.x"])
def test_lookup_of_a_wildcard_is_of_its_heading(written: str) -> None:
    run = icdlens("lookup", written, "--glance")
    assert run.returncode == 0
    assert run.stdout.startswith("O09  Supervision of high risk pregnancy\n")


def test_lookup_markdown() -> None:
    run = icdlens("lookup", "B20", "--format", "markdown")
    assert run.stdout.startswith(r"**B20** Human immunodeficiency virus \[HIV\] disease")


@pytest.mark.parametrize("code", ["T81.4XXA", "C78.31"])
def test_lookup_of_a_code_of_another_year(code: str) -> None:
    run = icdlens("lookup", code, "--on", "2026-11-22", "--format", "json")
    card = json.loads(run.stdout)
    assert run.returncode == 0
    assert card["title"] is None
    assert card["billable_from"]


@pytest.mark.parametrize(
    "written", ["", " ", "💥", "\u202eM53.9", "م", "E888.9", "x" * 100_000, "low back pain", "--", "\x7f"]
)
def test_lookup_of_junk_is_one_sentence(written: str) -> None:
    run = icdlens("lookup", "--", written)
    assert run.returncode == 1
    assert run.stdout == ""
    assert_one_sentence(run.stderr)


@pytest.mark.parametrize("written", [b"\xff\xfe", b"M53.\xed\xa0\x80"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_lookup_of_bytes_that_are_no_text(written: bytes, form: str) -> None:
    run = icdlens("lookup", "--format", form, "--", written)
    assert run.returncode == 1
    assert_one_sentence(run.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["lookup"],
        ["lookup", "M53.9", "--on", "yesterday"],
        ["lookup", "M53.9", "--on", "2026-02-30"],
        ["lookup", "M53.9", "--on", "20261001"],
        ["lookup", "M53.9", "--format", "xml"],
        ["search"],
        ["search", "pain", "--limit", "0"],
        ["search", "pain", "--jsonl"],
        ["search", "pain", "--chapter", "23"],
        ["nonsense"],
        ["--nonsense"],
    ],
)
def test_usage_errors_exit_2(arguments: list[str]) -> None:
    run = icdlens(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert run.stderr


@pytest.mark.parametrize("command", ["lookup", "search", "index", "build", "lsp", "slack"])
def test_help_of_every_command(command: str) -> None:
    run = icdlens(command, "--help")
    assert run.returncode == 0
    assert "Usage:" in run.stdout


def test_search_text() -> None:
    run = icdlens("search", "high", "blood", "pressure", "--limit", "1", "--on", "2026-11-30")
    assert run.returncode == 0
    assert "I10" in run.stdout
    assert 'includes note "high blood pressure"' in run.stdout
    assert "ICD-10-CM FY2026 (April 1, 2026), on 2026-11-30: " in run.stdout
    assert "superseded by FY2027 on 2026-10-01" in run.stdout


def test_search_json() -> None:
    run = icdlens("search", "fall", "--chapter", "20", "--billable", "--limit", "7", "--format", "json")
    hits = json.loads(run.stdout)
    assert len(hits) == 7
    assert all(hit["billable"] is True for hit in hits)
    assert all(re.match(r"[V-Y]", hit["code"]) for hit in hits)
    assert {"code", "title", "billable_from", "billable_through", "release", "as_of"} <= hits[0].keys()


def test_search_that_finds_nothing() -> None:
    run = icdlens("search", "xqzw")
    assert (run.returncode, run.stdout) == (1, "")
    assert_one_sentence(run.stderr)
    assert json.loads(icdlens("search", "xqzw", "--format", "json").stdout) == []


@pytest.fixture
def jsonl() -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-P", "-m", "icdlens", "search", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0


def ask(process: "subprocess.Popen[bytes]", line: bytes) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + b"\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def test_jsonl_answers_each_line_at_once(jsonl: "subprocess.Popen[bytes]") -> None:
    assert ask(jsonl, b'{"id":17,"q":"low back pain","k":10,"mode":"search"}')[0] == "M54.50"
    completed = ask(jsonl, b'{"id":18,"q":"dorsop","k":3,"mode":"complete"}')
    assert len(completed) <= 3
    assert "M53.9" in ask(jsonl, '{"q":"dorsopathy ünspecified"}'.encode())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"[]",
        b"17",
        b"{}",
        b'{"q":17}',
        b'{"q":"a","k":0}',
        b'{"q":"a","k":"b"}',
        b'{"q":"a","k":true}',
        b'{"q":"a","mode":"guess"}',
        b'{"q":"a"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_jsonl_names_a_bad_request_and_goes_on(jsonl: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert "error" in ask(jsonl, line)
    assert ask(jsonl, b'{"q":"dorsopathy"}')[0] == "M53.9"


@pytest.mark.parametrize("query", [r"\ud800", r"\u0000", r"\u202e", "a" * 1_000_000, "💥" * 1000])
def test_jsonl_answers_any_text(jsonl: "subprocess.Popen[bytes]", query: str) -> None:
    assert isinstance(ask(jsonl, f'{{"q":"{query}"}}'.encode()), list)
    assert isinstance(ask(jsonl, f'{{"q":"{query}","mode":"complete"}}'.encode()), list)


def test_a_workspace_with_a_folder_core_is_never_imported(tmp_path: Path) -> None:
    for package in ("core", "index", "icdlens"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('the workspace was imported')")
    script = Path(sys.executable).parent / "icdlens"
    for command in ([str(script)], [sys.executable, "-P", "-m", "icdlens"]):
        run = subprocess.run(
            [*command, "lookup", "M53.9"], capture_output=True, check=False, encoding="utf-8", cwd=tmp_path
        )
        assert run.stdout.startswith("M53.9  Dorsopathy, unspecified"), run.stderr


def test_lookup_loads_no_more_than_it_needs() -> None:
    run = icdlens("lookup", "M53.9", env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"})
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    heavy = {"whoosh", "pygls", "lsprotocol", "slack_bolt", "rich", "snowballstemmer", "simple_icd_10_cm"}
    assert "core.catalog" in loaded
    assert not loaded & heavy


def test_the_first_use_compiles_and_says_so(first_use: tuple[FirstUse, Path]) -> None:
    said, data = first_use
    assert said.returncode == 0
    assert said.stdout.startswith("M53.9  Dorsopathy, unspecified")
    assert "Compiling the official ICD-10-CM release" in said.stderr
    again = icdlens("--data-dir", str(data), "build", "--no-ai")
    assert "98,186 codes and headings, 74,719 billable" in again.stdout
    assert "Compiling" not in again.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_build_leaves_nothing_that_a_reader_sees(tmp_path: Path) -> None:
    """The real builder, killed while it writes the catalogue and while it writes the index."""
    store = SnapshotStore(tmp_path)
    for appearing in ("catalog.sqlite", "index/MAIN_WRITELOCK"):
        command = [
            sys.executable,
            "-P",
            "-m",
            "icdlens",
            "--data-dir",
            str(tmp_path),
            "build",
            "--no-ai",
            "-q",
        ]
        with subprocess.Popen(command) as builder:
            while builder.poll() is None and not list(tmp_path.glob(f"snapshots/.building-*/{appearing}")):
                time.sleep(0.002)  # the builder needs the processor
            builder.send_signal(signal.SIGKILL)
        assert builder.returncode == -signal.SIGKILL
        assert store.current() is None
        assert list(tmp_path.glob("snapshots/.building-*"))
    store.build("another", lambda _: {})  # the next builder clears it away
    assert store.current() is not None
    assert not list(tmp_path.glob("snapshots/.building-*"))


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = icdlens("--data-dir", str(tmp_path / "file" / "below"), "lookup", "M53.9")
    assert run.returncode == 3
    assert "could not be written" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """The reader is gone before anything is written, and there is more than a pipe can hold."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "icdlens", "lookup", *["S72"] * 60]
    with os.fdopen(writing, "w") as pipe:
        run = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, encoding="utf-8")
    assert run.stderr == ""
    assert run.returncode == 1  # as click ends every program whose reader has left


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
def test_output_that_cannot_be_written_is_one_sentence() -> None:
    command = [sys.executable, "-P", "-m", "icdlens", "lookup", "M53.9"]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, encoding="utf-8")
    assert run.returncode == 3
    assert run.stderr == "icdlens: The output cannot be written (No space left on device).\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell to start a program without a stream")
@pytest.mark.parametrize("closed", ["<&-", ">&-"])
@pytest.mark.parametrize("command", ["search --jsonl", "lsp"])
def test_a_missing_stream_is_one_sentence(command: str, closed: str) -> None:
    line = f"{sys.executable} -P -m icdlens {command} {closed}"
    run = subprocess.run(["sh", "-c", line], capture_output=True, check=False, encoding="utf-8")
    assert run.returncode == 2
    assert "needs both stdin and stdout" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell to start a program without a stream")
@pytest.mark.parametrize("command", ["lookup M53.9", "search gout", "build --no-ai", "--help"])
def test_a_command_without_stdout_ends_in_order(command: str) -> None:
    line = f"{sys.executable} -P -m icdlens {command} >&-"
    run = subprocess.run(["sh", "-c", line], capture_output=True, check=False, encoding="utf-8")
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal(no_color: str, coloured: bool) -> None:
    import pty

    reading, terminal = pty.openpty()
    env = {**os.environ, "NO_COLOR": no_color, "COLUMNS": "60"}
    command = [sys.executable, "-P", "-m", "icdlens", "lookup", "B20"]
    subprocess.run(command, stdout=terminal, check=True, env=env)
    os.close(terminal)
    shown = os.read(reading, 100_000).decode()
    os.close(reading)
    assert ("\x1b[" in shown) is coloured
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= 60
    assert "HIV" in lines[0]


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_no_markup_is_read_on_a_terminal() -> None:
    """The titles of T20.31 say [any part, except ear drum]."""
    import pty

    reading, terminal = pty.openpty()
    env = {**os.environ, "NO_COLOR": "", "COLUMNS": "200", "TERM": "xterm"}
    command = [sys.executable, "-P", "-m", "icdlens", "lookup", "T20.319A", "--glance"]
    subprocess.run(command, stdout=terminal, check=True, env=env)
    os.close(terminal)
    shown = os.read(reading, 100_000).decode()
    os.close(reading)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")
    assert "[any part, except ear drum]" in plain
    assert plain == icdlens("lookup", "T20.319A", "--glance").stdout  # the colours are all that differs


def test_piped_text_has_no_colours_and_keeps_its_width() -> None:
    env = {**os.environ, "COLUMNS": "40", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    run = icdlens("lookup", "T20.319A", env=env)
    assert "\x1b" not in run.stdout
    assert 90 < max(map(len, run.stdout.splitlines())) <= 100


@pytest.mark.parametrize(
    ("options", "command"), [((), "M53.9"), (("--on", "2026-05-01"), "M53.9 --on 2026-05-01")]
)
def test_the_glance_leads_to_the_whole_card_of_the_same_date(options: tuple[str, ...], command: str) -> None:
    last = icdlens("lookup", "M53.9", "--glance", *options).stdout.splitlines()[-1]
    assert last.endswith(f": icdlens lookup {command}")


def test_a_damaged_catalogue_says_how_to_mend_it(tmp_path: Path, snapshot_data: Path) -> None:
    shutil.copytree(snapshot_data, tmp_path / "data")
    [catalog] = (tmp_path / "data").glob("snapshots/*/catalog.sqlite")
    whole = catalog.read_bytes()
    catalog.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    run = icdlens("--data-dir", str(tmp_path / "data"), "lookup", "M53.9")
    assert run.returncode == 3
    assert "icdlens build --force" in run.stderr
    assert "Traceback" not in run.stderr


def test_words_that_no_official_text_has_are_said() -> None:
    run = icdlens("search", "low", "back", "xqzwv", "pain")
    assert "M54.50" in run.stdout
    assert "xqzwv" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["M53.9"], "icdlens lookup M53.9"),
        (["lookup", "M50-M54"], "Other dorsopathies; look up what is in it: M50 M51 M53 M54"),
        (["lookup", "hello"], "'hello' is not an ICD-10-CM code"),
        (["lookup", "98.6"], "a code starts with a letter"),
    ],
)
def test_what_was_meant_is_said(arguments: list[str], words: str) -> None:
    run = icdlens(*arguments)
    assert run.returncode in (1, 2)
    assert words in run.stderr


def test_codes_may_be_listed_with_commas() -> None:
    run = icdlens("lookup", "M53.9,I10; E11", "--format", "json")
    assert [card["code"] for card in json.loads(run.stdout)] == ["M53.9", "I10", "E11"]


def test_search_of_a_code_of_another_system_finds_nothing() -> None:
    assert icdlens("search", "724.9").returncode == 1


def test_the_language_server_ends_when_there_is_no_editor() -> None:
    """/dev/null is no pipe: the event loop cannot wait for it."""
    run = icdlens("lsp", stdin=subprocess.DEVNULL)
    assert (run.stdout, run.stderr) == ("", "")


def test_a_crosswalk_of_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("code,cpt,label,group,note\nM53.-,00000,Invented,,\nM53.9,bad,Invented,,\n")
    run = icdlens("lookup", "M53.9", "--crosswalk", str(file), "--format", "json")
    assert run.returncode == 3  # a row cannot be used, and a script has to learn of it
    found = json.loads(run.stdout)
    assert [row["label"] for row in found["own_codes"]["rows"]] == ["Invented"]
    assert found["sources"][found["own_codes"]["source"]]["edition"] == "from your file"
    assert "mine.csv, line 3" in run.stderr
    file.write_text("code,cpt,label,group,note\nM53.-,00000,Invented,,\n")
    run = icdlens("lookup", "M53", "--crosswalk", str(file))
    assert (run.returncode, run.stderr) == (0, "")
    assert "Procedures, from your file mine.csv" in run.stdout
    assert "Source of procedures: your own file, mine.csv\n" in run.stdout


def test_a_file_that_is_no_poa_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("nonsense")
    run = icdlens(
        "--data-dir", str(tmp_path / "data"), "build", "--no-ai", "--poa", str(tmp_path / "list.txt")
    )
    assert run.returncode == 3
    assert "list.txt" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "data" / "snapshots").exists()


def test_a_file_that_is_no_order_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "icd10cm-order-2026.txt").write_text("nonsense")
    run = icdlens(
        "--data-dir", str(tmp_path / "data"), "build", "--order", str(tmp_path / "icd10cm-order-2026.txt")
    )
    assert run.returncode == 3
    assert "icd10cm-order-2026.txt, line 1: not in the columns of an order file" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "data" / "snapshots").exists()


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ICD10CM_2025_Index.csv").write_text("nonsense")
    run = icdlens(
        "--data-dir",
        str(tmp_path / "data"),
        "build",
        "--no-ai",
        "--index",
        str(tmp_path / "ICD10CM_2025_Index.csv"),
    )
    assert run.returncode == 3
    assert "ICD10CM_2025_Index.csv, line 1: the first line must name RowID" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.timeout(300)
def test_an_index_is_loaded_and_shown(tmp_path: Path) -> None:
    index = write_index(tmp_path / NAME, [line(0, "Pain", "R52"), line(1, "low back", "M54.50")])
    data = str(tmp_path / "data")
    run = icdlens("--data-dir", data, "build", "--no-ai", "--index", str(index))
    assert run.returncode == 0
    assert "Alphabetic Index FY2025: 27 terms, 2 with a code" in run.stdout
    shown = icdlens("--data-dir", data, "lookup", "M54.50").stdout
    assert "Pain, low back: M54.50 (FY2025)" in shown
    assert "R52 Pain, unspecified (Alphabetic Index FY2025: Pain)" in shown
    browsed = icdlens("--data-dir", data, "index", "back", "low", "pain", "--on", "2026-06-01")
    assert browsed.returncode == 0
    assert browsed.stdout.splitlines() == [
        "Alphabetic Index, FY2025",
        "Pain, low back",
        "  ✓ M54.50  Low back pain, unspecified",
        "ICD-10-CM FY2026 (April 1, 2026), on 2026-06-01: ✓ billable, · more characters",
    ]
    assert (
        "has no External Cause Index, Table of Neoplasms, Table of Drugs and Chemicals here" in browsed.stderr
    )
    assert "icdlens build --index FILE" in browsed.stderr
    found = icdlens("--data-dir", data, "index", "qqqq", "--format", "json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["found"] is False
    assert icdlens("--data-dir", data, "index", "breast", "--behavior", "benign").returncode == 3
    assert "Alphabetic Index, FY2025: 27 lines, 26 main terms" in icdlens("--data-dir", data, "index").stdout


def test_without_an_index_it_is_said_what_loads_one() -> None:
    run = icdlens("index", "pain")
    assert run.returncode == 3
    assert run.stdout == ""
    assert_one_sentence(run.stderr)
    assert "icdlens build --index FILE" in run.stderr
    assert "icdlens update" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["breast", "--behavior", "harmless"], "'harmless' is not one of 'malignant-primary'"),
        (["aspirin", "--intent", "benign"], "'benign' is not one of 'accidental'"),
        (["a", "--behavior", "benign", "--intent", "assault"], "give one"),
        (["--intent", "assault"], "Give words to look up"),
    ],
)
def test_what_the_index_cannot_be_asked(arguments: list[str], message: str) -> None:
    run = icdlens("index", *arguments)
    assert run.returncode == 2
    assert message in run.stderr
