import json
from datetime import date
from typing import Any

import pytest

from lsp_server.opening import Opening
from lsp_server.server import create_server
from lsp_server.session import CodeServer

PLANTED = "Erika Mustermann"


class Written:
    """A transport that keeps what the server says."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None: ...


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def server(written: Written) -> CodeServer:
    server = create_server(Opening(), lambda: date(2026, 6, 1))
    server.protocol.set_writer(written)
    return server


def request(method: str, params: object, number: object = 7) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


def notification(method: str, params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()


@pytest.mark.parametrize(
    ("body", "answered_to", "code"),
    [
        (b"", None, -32700),
        (b"{", None, -32700),
        (b"\xff\xfe\xfa", None, -32700),
        (b"\x00" * 100, None, -32700),
        (b"[" * 100_000, None, -32700),
        (b"1" * 100_000, None, -32700),
        (b"[]", None, -32600),
        (b"null", None, -32600),
        (b'"M53.9"', None, -32600),
        (b"{}", None, -32600),
        (b'{"jsonrpc": "1.0", "id": 3, "method": "textDocument/hover"}', 3, -32600),
        (b'{"jsonrpc": "2.0", "id": 3, "method": 4}', 3, -32602),
        (request("textDocument/hover", {}), 7, -32602),
        (request("textDocument/hover", {"textDocument": {"uri": PLANTED}, "position": None}), 7, -32602),
        (request("textDocument/hover", [PLANTED], number="x"), "x", -32602),
        (request("textDocument/completion", PLANTED), 7, -32602),
        (request("textDocument/hover", {}, number=[PLANTED]), None, -32602),
        (request("no/such/method", {"x": PLANTED}), 7, -32601),
        (request("workspace/executeCommand", {"command": "none"}), 7, -32602),
    ],
)
def test_what_cannot_be_understood_is_answered(
    server: CodeServer, written: Written, body: bytes, answered_to: object, code: int
) -> None:
    server.protocol.receive(body)
    (answer,) = written.messages
    assert answer.get("id") == answered_to
    assert answer["error"]["code"] == code
    assert PLANTED not in json.dumps(answer)
    assert "Traceback" not in json.dumps(answer)


@pytest.mark.parametrize(
    "body",
    [
        notification("textDocument/didOpen", {}),
        notification("textDocument/didChange", {"textDocument": {"uri": PLANTED}, "contentChanges": 5}),
        notification("textDocument/didClose", [PLANTED]),
        notification("no/such/notification", {"x": PLANTED}),
        notification("$/cancelRequest", {"id": 99}),
        b'{"jsonrpc": "2.0", "id": 99, "result": null}',
        b'{"jsonrpc": "2.0", "id": 99, "error": {"code": 1, "message": "Erika Mustermann"}}',
    ],
)
def test_a_notification_or_answer_that_means_nothing_is_passed_over(
    server: CodeServer, written: Written, body: bytes
) -> None:
    server.protocol.receive(body)
    assert written.messages == []


def test_a_failing_feature_answers_and_no_other_is_taken_down(
    server: CodeServer, written: Written, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(PLANTED)

    monkeypatch.setattr(server, "locate", fail)
    at = {"textDocument": {"uri": PLANTED}, "position": {"line": 0, "character": 0}}
    server.protocol.receive(request("textDocument/hover", at, number=1))
    server.protocol.receive(request("textDocument/completion", at, number=2))
    server.protocol.receive(request("completionItem/resolve", {"label": PLANTED, "data": "M53.9"}, number=3))
    assert written.messages == [
        {"jsonrpc": "2.0", "id": 1, "result": None},
        {"jsonrpc": "2.0", "id": 2, "result": {"isIncomplete": True, "items": []}},
        {"jsonrpc": "2.0", "id": 3, "result": {"label": PLANTED, "data": "M53.9"}},
    ]
    assert "hover failed: RuntimeError (" in caplog.text
    assert PLANTED not in caplog.text


def test_a_failing_edit_pops_nothing_up(
    server: CodeServer, written: Written, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(PLANTED)

    monkeypatch.setattr(server.protocol.documents, "close", fail)
    server.protocol.receive(notification("textDocument/didClose", {"textDocument": {"uri": PLANTED}}))
    assert written.messages == []
    assert PLANTED not in caplog.text


def test_after_shutdown_requests_are_refused(server: CodeServer, written: Written) -> None:
    server.protocol.receive(request("shutdown", None, number=1))
    server.protocol.receive(request("textDocument/hover", {}, number=2))
    server.protocol.receive(notification("textDocument/didOpen", {}))
    assert [m.get("error", {}).get("code") for m in written.messages] == [None, -32600]


def text_of(server: CodeServer, uri: str) -> str | None:
    document = server.protocol.documents.get(uri)
    return document.text if document else None


def test_the_text_is_the_editors(server: CodeServer) -> None:
    uri = "file:///n.txt"
    document = {"uri": uri, "languageId": "plaintext", "version": 1, "text": "a\x0cb\r"}
    server.protocol.receive(notification("textDocument/didOpen", {"textDocument": document}))
    place = {"line": 1, "character": 0}
    edits = [{"range": {"start": place, "end": place}, "text": "\n"}]
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": edits}
    server.protocol.receive(notification("textDocument/didChange", change))
    assert text_of(server, uri) == "a\x0cb\r\n"
    change["contentChanges"] = [{"text": "\ud800"}]
    server.protocol.receive(notification("textDocument/didChange", change))
    assert text_of(server, uri) == "\ud800"
    server.protocol.receive(notification("textDocument/didClose", {"textDocument": {"uri": uri}}))
    assert text_of(server, uri) is None
