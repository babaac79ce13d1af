"""Much of everything: many random edits, many mixed requests, and what they leave behind."""

import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import client_capabilities

from lsp_server.documents import Change, Place
from lsp_server.opening import Opening
from lsp_server.positions import Encoding
from lsp_server.server import create_server
from tests.conftest import IN_FY2026
from tests.lsp_server.test_documents import Model
from tests.lsp_server.test_positions import LETTERS
from tests.lsp_server.test_session import PLANTED, Process, server

EDITS = 10_000
SESSION_EDITS = 50
REQUESTS = 2_000
URI = "file:///n.txt"


class Nowhere:
    """A client that listens to nothing."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def random_text(chosen: random.Random) -> str:
    parts = [*LETTERS, "\r\n", "\n", "\r", "M53.9"]
    text = "".join(chosen.choice(parts) for _ in range(chosen.randrange(6)))
    # Two loose surrogates that are written side by side are one character to whoever reads the JSON.
    return str(json.loads(json.dumps(text)))


def random_edit(chosen: random.Random) -> tuple[Change | str, dict[str, object]]:
    """An edit and how a client writes it; one of four is outside the text, or ends before it starts."""
    if chosen.random() < 0.02:
        whole = random_text(chosen)
        return whole, {"text": whole}
    reach = 40 if chosen.random() < 0.25 else 8
    places = [Place(chosen.randrange(reach), chosen.randrange(2 * reach)) for _ in "ab"]
    if chosen.random() < 0.9:
        places.sort()
    if chosen.random() < 0.02:
        places[1] = Place(2**31 - 1, 2**31 - 1)
    text = random_text(chosen)
    start, end = ({"line": place.line, "character": place.column} for place in places)
    return Change(places[0], places[1], text), {"range": {"start": start, "end": end}, "text": text}


@pytest.mark.parametrize("encoding", list(Encoding))
def test_ten_thousand_edits_leave_the_text_that_the_editor_has(encoding: Encoding) -> None:
    """A third of them in each encoding, through the protocol's own messages."""
    chosen = random.Random(20261122)
    session = create_server(Opening(), lambda: IN_FY2026)
    session.protocol.set_writer(Nowhere())
    documents = session.protocol.documents
    documents.encoding = encoding
    for number in range(EDITS // len(Encoding) // SESSION_EDITS + 1):
        model = Model(random_text(chosen))
        item = {"uri": URI, "languageId": "x", "version": number, "text": model.text}
        notify(session, "textDocument/didOpen", {"textDocument": item})
        for version in range(SESSION_EDITS):
            edit, written = random_edit(chosen)
            if isinstance(edit, str):
                model.text = edit
            else:
                model.apply(edit, encoding)
            document = {"uri": URI, "version": version}
            notify(session, "textDocument/didChange", {"textDocument": document, "contentChanges": [written]})
            revision = documents.revision(URI)
            assert revision is not None
            assert (revision.text, revision.version) == (model.text, version)


def notify(session: Any, method: str, params: object) -> None:
    session.protocol.receive(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())


@pytest.fixture(scope="module")
def everything() -> dict[str, Any]:
    """VS Code's capabilities, and that it asks for diagnostics."""
    capabilities = get_converter().unstructure(client_capabilities("visual_studio_code"))
    assert isinstance(capabilities, dict)
    capabilities["textDocument"]["diagnostic"] = {"relatedDocumentSupport": False}
    return capabilities


LINES = [
    f"{PLANTED} complains of low back pain, M54.50",
    f"Dx: m5450 {PLANTED}, T81.4XXA",
    "Assessment: M54.5, I10 and {{dx:M53.9}} ***",
    f"vitamin B12, {PLANTED}-I95",
    "Dx: S72.001 Dx: W21.89A",
    f"Dx: M54.50 {PLANTED}",
]


def requests(chosen: random.Random, uri: str) -> Iterator[tuple[str, object]]:
    """Requests of every kind, at random places."""
    document = {"textDocument": {"uri": uri}}
    while True:
        at = {"line": chosen.randrange(12), "character": chosen.randrange(50)}
        place = {**document, "position": at}
        part = {"start": {"line": 0, "character": 0}, "end": at}
        context = {"diagnostics": [], "only": chosen.choice([None, ["source"], ["quickfix"]])}
        yield chosen.choice(
            [
                ("textDocument/hover", place),
                ("textDocument/completion", {**place, "context": {"triggerKind": chosen.choice([1, 2, 3])}}),
                ("completionItem/resolve", {"label": PLANTED, "data": "M53.9"}),
                ("textDocument/diagnostic", document),
                ("textDocument/codeAction", {**document, "range": part, "context": context}),
                ("textDocument/documentSymbol", document),
                ("workspace/symbol", {"query": f"{PLANTED} back"}),
                ("textDocument/inlayHint", {**document, "range": part}),
                ("textDocument/documentLink", document),
                ("workspace/executeCommand", {"command": "icdlens.server.search", "arguments": [PLANTED]}),
                ("workspace/executeCommand", {"command": "icdlens.server.explain", "arguments": [PLANTED]}),
                ("workspace/executeCommand", {"command": "icdlens.server.showCard", "arguments": [PLANTED]}),
            ]
        )


def start(process: Process, capabilities: object, folder: Path) -> None:
    process.ask(
        0,
        "initialize",
        {
            "processId": None,
            "capabilities": capabilities,
            "rootUri": None,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": PLANTED}],
            "initializationOptions": {"inlayHints": {"enabled": True}, "documentLinks": {"enabled": True}},
        },
    )
    process.notify("initialized", {})


def edit(process: Process, uri: str, version: int, chosen: random.Random) -> None:
    at = {"line": chosen.randrange(12), "character": chosen.randrange(40)}
    change = {"range": {"start": at, "end": at}, "text": f"{chosen.choice(LINES)}\n"}
    if version % 20 == 0:
        change = {"text": "\n".join(chosen.choices(LINES, k=12))}
    document = {"uri": uri, "version": version}
    process.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def is_error(answer: object) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("code"), int)


def resident_mb(process: Process) -> float:
    pages = int(Path(f"/proc/{process.process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_a_long_session_neither_grows_nor_says_what_it_saw(
    snapshot_data: Path, tmp_path: Path, everything: dict[str, Any]
) -> None:
    """Planted words are looked for in all that is written beside the answers, at the loudest log level."""
    chosen = random.Random(20261122)
    folder = tmp_path / PLANTED
    folder.mkdir()
    (folder / ".icdlens.toml").write_text(f"dateOfService = '{PLANTED}'", encoding="utf-8")
    uri = f"{folder.as_uri()}/{PLANTED}.txt"
    with server(snapshot_data) as process:
        start(process, everything, folder)
        item = {"uri": uri, "languageId": "x", "version": 1, "text": "\n".join(LINES)}
        process.notify("textDocument/didOpen", {"textDocument": item})
        asked = requests(chosen, uri)
        before = 0.0
        for number in range(1, REQUESTS + 1):
            if number % 3 == 0:
                edit(process, uri, number, chosen)
            method, params = next(asked)
            answer = process.ask(number, method, params)
            assert not is_error(answer)
            if number == REQUESTS // 4:  # what is kept for the next time is kept by then
                before = resident_mb(process)
        assert resident_mb(process) - before <= 10
        assert resident_mb(process) <= 150
        process.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert process.ask(REQUESTS + 1, "shutdown", None) is None
        process.notify("exit", None)
        errors = process.end()
        assert PLANTED not in errors
        assert "failed" not in errors
        assert process.process.returncode == 0
    told = [m for m in process.others if m["method"] in ("window/showMessage", "window/logMessage")]
    assert [message["params"]["type"] for message in told] == [types.MessageType.Warning]  # the bad setting
    assert PLANTED not in json.dumps(told)
