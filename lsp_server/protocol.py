"""The protocol's messages: reading them safely, and keeping the documents' texts.

pygls keeps texts of its own, whose lines also end at form feeds, and drops or logs what it cannot read; see
``documents`` and ``quiet_log``.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
)
from pygls.protocol import JsonRPCRequestMessage, LanguageServerProtocol, lsp_method

from lsp_server.documents import Change, Documents, Place
from lsp_server.quiet_log import log_failure

#: What all our own methods' names start with.
OWN_METHODS = "icdlens/"


class NoteProtocol(LanguageServerProtocol):
    """pygls' protocol with our documents in the place of its workspace's."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.documents = Documents()

    def receive(self, body: bytes) -> None:
        """Handle one message. What cannot be understood is answered with an error, where it can be."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, JsonRpcParseError("The message is not JSON."))
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._refuse(_request_id(data), JsonRpcInvalidRequest("The message is not JSON-RPC 2.0."))
            return
        if self._shutdown and "method" in data and "id" in data:
            self._refuse(_request_id(data), JsonRpcInvalidRequest("The server is shutting down."))
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            log_failure("reading a message", error)
            if "method" in data and "id" in data:
                reason = "The parameters are not what the protocol prescribes."
                self._refuse(_request_id(data), JsonRpcInvalidParams(reason))
            return
        self.handle_message(message)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A typed message. Our own requests keep their parameters as they are: pygls' types know none."""
        if str(data.get("method")).startswith(OWN_METHODS) and "id" in data:
            return JsonRPCRequestMessage(data["id"], data["method"], self.VERSION, data.get("params"))
        return super().structure_message(data)

    def _refuse(self, message_id: int | str | None, error: JsonRpcException) -> None:
        self._send_response(cast(Any, message_id), error=error.to_response_error())

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        self.documents.open(document.uri, document.text, document.version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        self.documents.change(document.uri, _changes(params), document.version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.documents.close(params.text_document.uri)


def place_of(position: types.Position) -> Place:
    return Place(position.line, position.character)


def _changes(params: types.DidChangeTextDocumentParams) -> Iterator[Change | str]:
    for change in params.content_changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            yield Change(place_of(change.range.start), place_of(change.range.end), change.text)
        else:
            yield change.text


def _request_id(data: object) -> int | str | None:
    """The id to answer to; ``None``, as JSON-RPC prescribes, where it cannot be told."""
    found = data.get("id") if isinstance(data, dict) else None
    return found if isinstance(found, int | str) else None
