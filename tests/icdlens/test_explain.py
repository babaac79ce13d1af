"""``icdlens explain``, as a process."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.icdlens.test_cli import assert_one_sentence, icdlens

pytestmark = pytest.mark.usefixtures("snapshot_data")


def answers(*lines: object, arguments: tuple[str, ...] = ()) -> list[Any]:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    run = icdlens("explain", "--jsonl", *arguments, input=text)
    assert run.returncode == 0
    assert run.stderr == ""
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_token_with_its_verdict_and_reasons() -> None:
    run = icdlens("explain", "Dx: m54.50 and vitamin B12", "--on", "2026-06-01")
    assert run.returncode == 0
    assert run.stdout.splitlines() == [
        "1:5  m54.50  CODE_NORM  M54.50  Low back pain, unspecified",
        "    dot: It exists, and its dot is in place.",
        "    label: “Dx” stands on the same line.",
        "    form: The official form is M54.50.",
        "1:24  B12  IGNORE",
        "    existence: No year's ICD-10-CM has it.",
        "    vitamin: It is a vitamin or a supplement (“vitamin”).",
    ]
    assert run.stderr == ""


def test_words_stdin_and_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("a\r\nM53.9".encode("utf-16"))
    (tmp_path / "b.txt").write_text("\ufeffI10 HTN", encoding="utf-8")
    assert icdlens("explain", "on", "M53.9").stdout.startswith("1:4  M53.9  CODE")
    assert icdlens("explain", input="x\nM53.9\n").stdout.startswith("2:1  M53.9  CODE")
    assert icdlens("explain", "-", input="x\fM53.9\n").stdout.startswith("1:3  M53.9  CODE")
    run = icdlens("explain", "a.txt", "b.txt", cwd=tmp_path)
    assert [line.split()[0] for line in run.stdout.splitlines() if not line.startswith(" ")] == [
        "a.txt:2:1",
        "b.txt:1:1",
    ]


def test_a_path_that_cannot_be_read_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "scan.txt").write_bytes(b"%PDF M54.50 \0\1")
    for argument, says in (
        ("nosuch/notes.txt", "cannot be read"),
        ("notes.md", "cannot be read"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "scan.txt"), "is binary"),
    ):
        run = icdlens("explain", argument)
        assert (run.returncode, run.stdout) == (3, "")
        assert says in run.stderr
        assert_one_sentence(run.stderr)


@pytest.mark.parametrize("text", ["I10/E11.9", "m54.xx", "E11.9", "http://hl7.org/fhir/sid/icd-10-cm|R07.9"])
def test_a_text_without_blanks_is_no_path(text: str) -> None:
    assert icdlens("explain", text).stdout.startswith("1:")


def test_the_date_of_service() -> None:
    assert "  CODE  " in icdlens("explain", "--on", "2021-09-30", "pain M54.5").stdout
    assert "  CATEGORY  " in icdlens("explain", "--on", "2021-10-01", "DOS 2020-01-01 pain M54.5").stdout
    stated = icdlens("explain", "DOS 2020-01-01 pain M54.5").stdout
    assert "  CODE  " in stated
    assert "that the text states: 2020-01-01" in stated


def test_an_invalid_code_leads_to_codes() -> None:
    assert "→ W21.89XA  Striking" in icdlens("explain", "W21.89A").stdout
    assert "Codes written like it: " in icdlens("explain", "dx Z99.999").stdout


def test_nothing_written_like_a_code() -> None:
    run = icdlens("explain", "low back pain")
    assert (run.returncode, run.stdout) == (0, "")
    assert_one_sentence(run.stderr)


def test_json() -> None:
    run = icdlens("explain", "M54.- B12", "--format", "json")
    [token] = json.loads(run.stdout)
    assert token == {
        "start": 0,
        "end": 5,
        "text": "M54.-",
        "code": "M54",
        "verdict": "RANGE",
        "reasons": ["wildcard: M54 is a heading: this stands for the codes below it."],
    }
    assert [
        t["verdict"] for t in json.loads(icdlens("explain", "M54.- B12", "--format", "json", "--all").stdout)
    ] == [
        "RANGE",
        "IGNORE",
    ]


def test_a_line_of_json_is_answered_with_a_line() -> None:
    first, second, third = answers(
        {"id": 1, "text": "\U0001f600 m54.50, B12"},
        {"id": 2, "text": ""},
        {"text": "M54.5", "on": "2021-01-01"},
    )
    assert [(t["start"], t["end"], t["text"], t["code"], t["verdict"]) for t in first] == [
        (2, 8, "m54.50", "M54.50", "CODE_NORM")
    ]
    assert set(first[0]) == {"start", "end", "text", "code", "verdict", "reasons"}
    assert second == []
    assert [t["verdict"] for t in third] == ["CODE"]
    [[_, ignored]] = answers({"text": "m54.50, B12"}, arguments=("--all",))
    assert (ignored["verdict"], ignored["code"]) == ("IGNORE", None)


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", '"I10"', "{}", '{"text": 1}', '{"text": "I10", "on": "today"}', '{"text": "", "on": 1}'],
)
def test_a_bad_line_is_answered_with_an_error_and_the_next_is_read(line: str) -> None:
    bad, good = answers(line, {"text": "M53.9"})
    assert set(bad) == {"error"}
    assert good[0]["code"] == "M53.9"


@pytest.mark.parametrize(
    "arguments", [("--jsonl", "M53.9"), ("--on", "tomorrow", "M53.9"), ("--format", "xml", "M53.9")]
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    run = icdlens("explain", *arguments)
    assert run.returncode == 2
    assert "explain [OPTIONS] [TEXT|FILE]..." in run.stderr
    assert "Traceback" not in run.stderr


def test_a_text_cannot_steer_the_terminal() -> None:
    run = icdlens("explain", "-", input="dx \x1b[31m,lot\nE119,M53.9\n")
    assert "\x1b" not in run.stdout


def test_the_help_teaches_with_examples() -> None:
    text = icdlens("explain", "--help").stdout
    assert 'icdlens explain "Dx: m54.50, L4-5 stenosis, vitamin B12"' in text
    assert "OTHER_SYSTEM" in text


def test_stopping_and_a_reader_that_leaves() -> None:
    command = [sys.executable, "-P", "-m", "icdlens", "explain", "--jsonl"]
    for leave in (False, True):
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(b'{"text": "M53.9"}\n')
            process.stdin.flush()
            assert b"M53.9" in process.stdout.readline()
            if leave:
                process.stdout.close()
                process.stdin.write(b'{"text": "M53.9"}\n')
                process.stdin.close()
            else:
                process.send_signal(signal.SIGINT)
            stderr = process.stderr.read()
            assert process.wait(20) in ((1, 3) if leave else (130,))
        assert b"Traceback" not in stderr
