"""Whole sessions of the server process: how it starts, what it leaves in logs, how it ends."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from lsp_server.opening import COMPILING
from tests.lsp_server.sessions import COMMAND, environment, open_document, session

PLANTED = "Mustermann"
URI = f"file:///{PLANTED}.txt"


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"processId": None, "rootUri": f"file:///{PLANTED}", "capabilities": {}},
}


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Process:
    """A server process, driven byte by byte."""

    def __init__(self, data: Path) -> None:
        #: What the server said unasked, or asked itself; its requests are never answered.
        self.others: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment(data), "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1"},
        )

    def send(self, message: object) -> None:
        self.write(framed(message))

    def write(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def notify(self, method: str, params: object) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, number: int, method: str, params: object) -> Any:
        """The answer's result, or its error."""
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" in message:
                self.others.append(message)
            elif message.get("id") == number:
                return message.get("result", message.get("error"))

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message = json.loads(self.process.stdout.read(length))
        assert isinstance(message, dict)
        return message

    def start(self) -> None:
        self.ask(0, "initialize", INITIALIZE["params"])
        self.notify("initialized", {})

    def open(self, text: str) -> None:
        document = {"uri": URI, "languageId": "plaintext", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def end(self) -> str:
        """What was written to stderr, after the process ended by itself."""
        _, errors = self.process.communicate(timeout=20)
        return errors.decode()


@contextmanager
def server(data: Path) -> Iterator[Process]:
    started = Process(data)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 2}}
DX = {"line": 9, "character": 5}


def test_no_log_names_a_note_a_query_or_a_file(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open(f"M53.9 {PLANTED} has low back pain\nDx: {PLANTED}")
        assert "Dorsopathy" in process.ask(1, "textDocument/hover", AT)["contents"]["value"]
        words = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 99}}
        process.ask(2, "textDocument/completion", words)
        process.ask(3, "completionItem/resolve", {"label": PLANTED, "data": PLANTED})
        process.ask(4, "textDocument/hover", {"textDocument": {"uri": PLANTED}, "position": PLANTED})
        process.ask(5, "textDocument/completion", [PLANTED])
        process.ask(6, f"no/{PLANTED}", {"x": PLANTED})
        process.ask(7, "workspace/executeCommand", {"command": PLANTED, "arguments": [PLANTED]})
        process.notify("textDocument/didChange", {"textDocument": {"uri": URI}, "contentChanges": PLANTED})
        process.notify(f"no/{PLANTED}", {"x": PLANTED})
        process.notify("window/workDoneProgress/cancel", {"token": PLANTED})
        process.notify("$/cancelRequest", {"id": PLANTED})
        process.send({"jsonrpc": "2.0", "id": PLANTED, "result": PLANTED})
        process.send(PLANTED)
        process.write(b"Content-Length: 20\r\n\r\n%-20b" % PLANTED.encode())
        process.write(b"%b\r\n\r\n" % PLANTED.encode())
        assert process.ask(8, "icdlens/search", {"query": f"{PLANTED} has lumbago"})["hits"]
        process.ask(9, "icdlens/card", {"code": PLANTED, "on": PLANTED})
        process.ask(10, "icdlens/children", {"level": PLANTED, "name": [PLANTED]})
        process.ask(11, "icdlens/status", PLANTED)
        process.notify("icdlens/search", {"query": PLANTED, "": PLANTED})
        assert process.ask(12, "shutdown", None) is None
        process.notify("exit", None)
        errors = process.end()
        assert PLANTED not in errors
        assert "Traceback" not in errors
        assert process.process.returncode == 0


def test_an_unpaired_surrogate_is_answered_in_utf_8(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open("\ud800M53.9 \udfff low back pain\ud800")
        hover = process.ask(1, "textDocument/hover", AT)
        assert hover["range"] == {
            "start": {"line": 0, "character": 1},
            "end": {"line": 0, "character": 6},
        }
        behind_pain = {**AT, "position": {"line": 0, "character": 21}}
        found = process.ask(2, "textDocument/completion", behind_pain)
        assert "M54.50" in [item["label"] for item in found["items"]]
        assert json.dumps(found, ensure_ascii=False).encode()  # raises on an unpaired surrogate


@pytest.mark.parametrize("hang_up", [True, False])
def test_ends_when_the_editor_is_gone(snapshot_data: Path, hang_up: bool) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open("M53.9")
        process.ask(1, "textDocument/hover", AT)
        if hang_up:
            assert process.process.stdin
            process.process.stdin.close()
            process.process.stdin = None
        else:
            process.process.terminate()
        assert process.end() == ""
        assert process.process.returncode == 0


def test_exit_without_shutdown_is_told(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.notify("exit", None)
        assert process.end() == ""
        assert process.process.returncode == 1  # as the protocol prescribes


def test_an_editor_that_reads_no_more_ends_the_server(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open("M53.9")
        assert process.process.stdout
        process.process.stdout.close()
        process.process.stdout = None
        process.send({"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": AT})
        assert process.end() == ""
        assert process.process.returncode == 0


def test_a_folder_named_core_in_the_workspace_is_not_imported(snapshot_data: Path, tmp_path: Path) -> None:
    for name in ("core", "index", "icdlens"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('imported from the workspace')")
    shutdown = {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}
    leave = {"jsonrpc": "2.0", "method": "exit"}
    done = subprocess.run(
        COMMAND,
        input=b"".join(map(framed, (INITIALIZE, shutdown, leave))),
        capture_output=True,
        cwd=tmp_path,
        env=environment(snapshot_data),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"hoverProvider"' in done.stdout


@pytest.mark.asyncio
async def test_the_first_start_compiles_and_then_answers(tmp_path: Path) -> None:
    async with session(tmp_path, client_capabilities("visual_studio_code")) as client:
        document = open_document(client, "file:///n.txt", "M53.9 back")
        at = types.HoverParams(document, types.Position(0, 0))
        hover = await client.text_document_hover_async(at)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.value == COMPILING
        empty = await client.text_document_completion_async(
            types.CompletionParams(document, types.Position(0, 10))
        )
        assert isinstance(empty, types.CompletionList)
        assert empty.is_incomplete
        assert not empty.items
        while hover is not None and "Dorsopathy" not in repr(hover):
            await asyncio.sleep(0.1)
            hover = await client.text_document_hover_async(at)
        # The card is there before the index is.
        reports: list[Any] = []
        while not reports or reports[-1].kind != "end":
            await asyncio.sleep(0.1)
            reports = [*chain(*client.progress_reports.values())]
        kinds = [report.kind for report in reports]
        assert kinds == ["begin", *(["report"] * (len(kinds) - 2)), "end"]
        shares = [report.percentage for report in reports if report.kind == "report"]
        assert shares == sorted(shares)
        assert set(shares) <= set(range(101))
        assert len(set(shares)) > 3
        assert client.messages == []


@pytest.mark.asyncio
async def test_a_build_that_fails_is_said_once(tmp_path: Path) -> None:
    data = tmp_path / "file"
    data.write_text("in the way of the folder")
    async with session(data, types.ClientCapabilities()) as client:
        while not client.messages:
            await asyncio.sleep(0.01)
        document = open_document(client, "file:///n.txt", "M53.9")
        hover = await client.text_document_hover_async(types.HoverParams(document, types.Position(0, 0)))
        assert hover is not None
        (message,) = client.messages
        assert message.type is types.MessageType.Error
        assert "could not be written" in message.message
        assert "could not be written" in repr(hover.contents)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a process can handle")
def test_a_compiler_at_work_ends_with_the_server(tmp_path: Path) -> None:
    with server(tmp_path) as process:
        process.start()
        process.open("M53.9")
        hover = process.ask(1, "textDocument/hover", AT)
        assert hover["contents"]["value"] == COMPILING
        process.process.send_signal(signal.SIGTERM)
        # communicate() returns when nobody has the pipe of stderr open any more.
        assert process.end() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there a socket is no file")
def test_input_and_output_may_be_one_socket(snapshot_data: Path) -> None:
    """As some clients have it: making the input non-blocking would do so to the output."""
    ours, theirs = socket.socketpair()
    with (
        ours,
        theirs,
        subprocess.Popen(
            COMMAND, stdin=theirs.fileno(), stdout=theirs.fileno(), env=environment(snapshot_data)
        ) as child,
    ):
        theirs.close()
        ours.sendall(framed(INITIALIZE))
        answer = b""
        while b'"hoverProvider"' not in answer:
            answer += ours.recv(65536)
        ours.shutdown(socket.SHUT_WR)
        assert child.wait(20) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
def test_ends_when_the_editor_is_killed(snapshot_data: Path) -> None:
    editor = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"server.stdin.write({framed(INITIALIZE)!r})\n"
        "server.stdin.flush()\n"
        "server.stdout.read(1)\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(100)"
    )
    command = [sys.executable, "-c", editor, *COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(snapshot_data)) as process:
        assert process.stdout
        server_id = int(process.stdout.readline())
        process.kill()
    path = Path(f"/proc/{server_id}/stat")
    while path.exists() and path.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)


def test_ends_while_a_long_note_is_being_read(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open("Dx: M54.50, and more about it\n" * 20_000)
        process.ask(1, "textDocument/hover", AT)
        process.notify("exit", None)
        assert process.end() == ""


def test_a_hover_does_not_wait_until_a_long_note_is_read(snapshot_data: Path) -> None:
    with server(snapshot_data) as process:
        process.start()
        process.open("Dx: M54.50, and more about it\n" * 20_000)
        assert "Low back pain" in str(process.ask(1, "textDocument/hover", {**AT, "position": DX}))
        assert process.others == []  # what is found in the note comes later
        while not process.others:
            message = process.receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                process.others.append(message)
        assert len(process.others[0]["params"]["diagnostics"]) > 1000
