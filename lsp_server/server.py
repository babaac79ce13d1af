"""The language server: what it answers to, and how it starts and ends."""

import asyncio
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.io_ import StdoutWriter
from pygls.lsp.server import LanguageServer

from core.errors import IcdlensError
from core.recogniser.recognise import LINES_ABOVE
from index.library import LibraryNotBuilt
from lsp_server.client import Client, client_of
from lsp_server.completion import suggest
from lsp_server.completion_items import completion_item, resolved, with_documentation
from lsp_server.documents import Document, Place
from lsp_server.hover import hover_at, hover_without_library
from lsp_server.opening import Opening
from lsp_server.positions import Encoding
from lsp_server.protocol import NoteProtocol, place_of
from lsp_server.quiet_log import log_failure, log_loop_failure, silence_libraries
from lsp_server.stdio import messages, open_reader

#: A blank is none of them: in running text a list would open behind every word.
TRIGGER_CHARACTERS = [*"0123456789", "."]
_PROGRESS = "icdlens-compiling"

P = TypeVar("P")
R = TypeVar("R")


class CodeServer(LanguageServer):
    """The state of one session: the client, its documents and the library."""

    protocol: NoteProtocol

    def __init__(self, opening: Opening, today: Callable[[], date]) -> None:
        super().__init__("icdlens", version("icdlens"), protocol_cls=NoteProtocol)
        self.opening = opening
        self.today = today
        self.client = Client()
        self.compiling: asyncio.Task[None] | None = None

    def meet(self, capabilities: types.ClientCapabilities) -> None:
        """Learn what the client can do. What columns count was negotiated before."""
        encoding = Encoding(types.PositionEncodingKind(self.workspace.position_encoding).value)
        self.client = client_of(capabilities, encoding)
        self.protocol.documents.encoding = encoding

    def open_library(self) -> None:
        """Open the library; compile it first, in the background, where that was not done yet."""
        try:
            self.opening.open(self.today())
        except LibraryNotBuilt:
            self.compiling = asyncio.get_running_loop().create_task(self._compile())
        except IcdlensError as error:
            self._say(error)

    def locate(self, uri: str, position: types.Position) -> tuple[Document, int, int] | None:
        """An open document, and the line number and index of a position in it."""
        document = self.protocol.documents.get(uri)
        return (document, *document.locate(place_of(position), self.client.encoding)) if document else None

    def range(self, document: Document, number: int, start: int, end: int) -> types.Range:
        """A part of a line as the client counts."""
        places = (document.place(number, index, self.client.encoding) for index in (start, end))
        return types.Range(*map(_position, places))

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """In place of pygls' pop-up and log line, either of which may show a file's name or text."""
        log_failure("a message", error)

    async def _compile(self) -> None:
        progress = asyncio.create_task(self._begin_progress()) if self.client.progress else None
        try:
            await self.opening.compile(self.today())
        except IcdlensError as error:
            self._say(error)
        finally:
            # A client may refuse the progress, or still be thinking about it.
            if progress and not progress.cancel() and progress.exception() is None:
                self.work_done_progress.end(_PROGRESS, types.WorkDoneProgressEnd())

    async def _begin_progress(self) -> None:
        await self.work_done_progress.create_async(_PROGRESS)
        begin = types.WorkDoneProgressBegin(title="icdlens", message="Compiling the classification")
        self.work_done_progress.begin(_PROGRESS, begin)

    def _say(self, error: IcdlensError) -> None:
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"icdlens: {error}"))


def create_server(opening: Opening, today: Callable[[], date]) -> CodeServer:
    """A server with its features, not yet connected. ``today`` is the date of service of every answer."""
    server = CodeServer(opening, today)
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    options = types.CompletionOptions(trigger_characters=TRIGGER_CHARACTERS, resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, options)(completion)
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve)
    return server


def _answers(
    otherwise: Callable[[Any], R],
) -> Callable[[Callable[[CodeServer, P], R]], Callable[[CodeServer, P], R]]:
    """A feature's error boundary: a failing one answers ``otherwise`` and takes no other down."""

    def bounded(handler: Callable[[CodeServer, P], R]) -> Callable[[CodeServer, P], R]:
        @wraps(handler)
        def safe(ls: CodeServer, params: P) -> R:
            try:
                return handler(ls, params)
            except Exception as error:
                log_failure(handler.__name__, error)
                return otherwise(params)

        return safe

    return bounded


def _nothing(_params: object) -> Any:
    return None


def _empty_list(_params: object) -> types.CompletionList:
    return types.CompletionList(is_incomplete=True, items=[])


def _unchanged(item: types.CompletionItem) -> types.CompletionItem:
    return item


@_answers(_nothing)
def initialize(ls: CodeServer, params: types.InitializeParams) -> None:
    ls.meet(params.capabilities)


@_answers(_nothing)
def initialized(ls: CodeServer, _params: types.InitializedParams) -> None:
    ls.open_library()


@_answers(_nothing)
def hover(ls: CodeServer, params: types.HoverParams) -> types.Hover | None:
    if (located := ls.locate(params.text_document.uri, params.position)) is None:
        return None
    document, number, index = located
    line = document.line(number)
    markdown = ls.client.markdown_in_hover
    if library := ls.opening.library:
        above = [document.line(n) for n in range(max(0, number - LINES_ABOVE), number)]
        found = hover_at(library, line, index, ls.today(), markdown=markdown, above=above)
    else:
        found = hover_without_library(line, index, ls.opening.message)
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(
        types.MarkupContent(kind, found.text), ls.range(document, number, found.start, found.end)
    )


@_answers(_empty_list)
def completion(ls: CodeServer, params: types.CompletionParams) -> types.CompletionList:
    located = ls.locate(params.text_document.uri, params.position)
    library = ls.opening.library
    if located is None or library is None:
        return _empty_list(params)
    document, number, index = located
    # A digit or a dot was typed, perhaps in running text: only codes are wanted there.
    asked = (
        params.context is None
        or params.context.trigger_kind is not types.CompletionTriggerKind.TriggerCharacter
    )
    found = suggest(library, document.line(number), index, ls.today(), words=asked)
    replaced = ls.range(document, number, found.start, index)
    items = [completion_item(s, place, replaced, ls.client) for place, s in enumerate(found.items)]
    # Incomplete always: more letters bring codes that this list was cut before.
    return types.CompletionList(
        is_incomplete=True, items=with_documentation(items, library, ls.today(), ls.client)
    )


@_answers(_unchanged)
def resolve(ls: CodeServer, item: types.CompletionItem) -> types.CompletionItem:
    library = ls.opening.library
    return resolved(item, library, ls.today(), ls.client) if library else item


def main(data: Path | None = None) -> None:
    """Serve one editor on stdin and stdout until it says exit, hangs up or sends SIGTERM."""
    silence_libraries()
    server = create_server(Opening(data), lambda: datetime.now().astimezone().date())
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    sys.stdout = sys.stderr  # what a library prints must not mix with the messages
    try:
        asyncio.run(_serve(server))
    except (BrokenPipeError, KeyboardInterrupt, asyncio.CancelledError):
        pass  # the editor is gone, or wants us to be
    finally:
        server.opening.close()


async def _serve(server: CodeServer) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_loop_failure)
    reader = await open_reader(sys.stdin.buffer, server.thread_pool)
    if isinstance(reader, asyncio.StreamReader) and (task := asyncio.current_task()):
        # Where a thread reads, the signal must end the process itself: nothing wakes a blocked read.
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    async for body in messages(reader):
        try:
            server.protocol.receive(body)
        except BrokenPipeError:
            raise
        except Exception as error:
            log_failure("a message", error)


def _position(place: Place) -> types.Position:
    return types.Position(place.line, place.column)
