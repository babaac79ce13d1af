"""Editors' sessions with a real server process."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from core.snapshot import DATA_DIR_VARIABLE

COMMAND = [sys.executable, "-P", "-m", "icdlens", "lsp"]


def environment(data: Path) -> Mapping[str, str]:
    return {**os.environ, DATA_DIR_VARIABLE: str(data)}


@asynccontextmanager
async def session(data: Path, capabilities: types.ClientCapabilities) -> AsyncIterator[LanguageClient]:
    """A client with a server of its own, from initialize to exit."""
    config = ClientServerConfig(server_command=COMMAND, server_env=dict(environment(data)))
    client = await config.start()
    assert isinstance(client, LanguageClient)
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)  # an editor accepts it
    await client.initialize_session(types.InitializeParams(capabilities=capabilities))
    yield client
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call] # pytest-lsp's


def open_document(client: LanguageClient, uri: str, text: str) -> types.TextDocumentIdentifier:
    document = types.TextDocumentItem(uri=uri, language_id="plaintext", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    return types.TextDocumentIdentifier(uri)
