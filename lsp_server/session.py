"""One session: the client, its documents and settings, and the library."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from core.errors import IcdlensError
from core.own_file import find_own_file
from core.recogniser.service_dates import StatedDates, stated_dates
from lsp_server.card_files import CardFiles
from lsp_server.checker import Basis, Checker
from lsp_server.client import Client, client_of
from lsp_server.configuration import Configuration
from lsp_server.documents import Document, Place
from lsp_server.opening import Opening
from lsp_server.positions import Encoding
from lsp_server.protocol import NoteProtocol, place_of
from lsp_server.quiet_log import log_failure
from lsp_server.revision import Revision
from lsp_server.settings import Settings


class Timer(Protocol):
    """Something that happens later, unless it is cancelled."""

    def cancel(self) -> None: ...


def after(seconds: float, act: Callable[[], None]) -> Timer:
    """Do something later, on the running event loop."""
    return asyncio.get_running_loop().call_later(seconds, act)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a session does with time; tests put in their own."""

    #: Between the last edit and the check of a note, in seconds.
    pause: float = 0.2
    after: Callable[[float, Callable[[], None]], Timer] = after
    #: Seconds from any moment on.
    clock: Callable[[], float] = time.monotonic


class CodeServer(LanguageServer):
    """The state of one session."""

    protocol: NoteProtocol

    def __init__(self, opening: Opening, today: Callable[[], date], timing: Timing | None = None) -> None:
        super().__init__("icdlens", version("icdlens"), protocol_cls=NoteProtocol)
        self.opening = opening
        self.timing = timing or Timing()
        self.client = Client()
        self.compiling: asyncio.Task[None] | None = None
        self.following: asyncio.Task[None] | None = None
        self.settings = Settings(self.warn)
        self.checker = Checker()
        self.card_files = CardFiles()
        #: Called when there is a library, and when there is a better one.
        self.opened: list[Callable[[], None]] = []
        self._today = today
        self._tasks: set[asyncio.Task[None]] = set()
        self._dates: dict[str, tuple[int, StatedDates]] = {}

    # The client

    def meet(self, capabilities: types.ClientCapabilities) -> None:
        """Learn what the client can do. What columns count was negotiated before."""
        encoding = Encoding(types.PositionEncodingKind(self.workspace.position_encoding).value)
        self.client = client_of(capabilities, encoding)
        self.protocol.documents.encoding = encoding

    def tell(self, error: IcdlensError) -> None:
        """Show an error that the user can do something about."""
        self._show(types.MessageType.Error, str(error))

    def warn(self, sentence: str) -> None:
        """Show a sentence that holds nothing of a note, and no file's name."""
        self._show(types.MessageType.Warning, sentence)

    def _show(self, kind: types.MessageType, sentence: str) -> None:
        self.window_show_message(types.ShowMessageParams(kind, f"icdlens: {sentence}"))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background that comes to an end."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Documents

    def revision(self, uri: str) -> Revision | None:
        """The present text of an open document."""
        return self.protocol.documents.revision(uri)

    def note(self, uri: str) -> Revision | None:
        """A document's text where it is to be read as a whole: a note, and not too large."""
        revision = self.revision(uri)
        if revision is None or self.card_files.has(uri) or self.is_too_large(revision):
            return None
        return revision

    def is_too_large(self, revision: Revision) -> bool:
        """Whether a text is longer than the settings allow."""
        return revision.size > self.settings.at(revision.uri).max_file_size

    def locate(self, uri: str, position: types.Position) -> tuple[Document, int, int] | None:
        """An open document, and the line number and index of a position in it."""
        document = self.protocol.documents.get(uri)
        return (document, *document.locate(place_of(position), self.client.encoding)) if document else None

    def range(self, document: Document, number: int, start: int, end: int) -> types.Range:
        """A part of a line as the client counts."""
        places = (document.place(number, index, self.client.encoding) for index in (start, end))
        return types.Range(*map(_position, places))

    # What answers are for

    def today(self) -> date:
        """The date of service where no document states another: the settings', else today."""
        return self._default_date(None)

    def date_for(self, uri: str, number: int = 0, index: int = 0) -> date:
        """The date of service at an index of a line: the document's own, else the settings', else today.

        The document's own is the last one that it states before; before the first one, that one.
        """
        document, default = self.protocol.documents.get(uri), self._default_date(uri)
        if document is None:
            return default
        known = self._dates.get(uri)
        if known is None or known[0] != document.serial:
            stated = stated_dates(document.beginning(self.settings.at(uri).max_file_size))
            known = self._dates[uri] = (document.serial, stated)
        _, stated = known
        offset = document.offset(number, index) if len(stated.dates) > 1 else 0
        return stated.date_at(offset, default)

    def forget(self, uri: str) -> None:
        """Drop what is kept of a document."""
        self._dates.pop(uri, None)
        self.checker.forget(uri)

    def basis(self, uri: str) -> Basis:
        """What answers about a note rest on."""
        return Basis(self._default_date(uri), self.configuration(uri))

    def configuration(self, uri: str) -> Configuration:
        return self.settings.at(uri)

    def _default_date(self, uri: str | None) -> date:
        return self.settings.at(uri).date_of_service or self._today()

    # The library

    async def until_ready(self) -> None:
        """Wait while the classification is being compiled."""
        if self.compiling and not self.compiling.done():
            await asyncio.wait([self.compiling])

    def library_opened(self) -> None:
        """Tell everybody that there is a library."""
        if self.opening.library:
            self.opening.library.own, said = find_own_file(os.environ)
            if said:
                self.warn(said)
        self.library_renewed()

    def library_renewed(self) -> None:
        """Tell everybody that the library has other snapshots."""
        if self.opening.library:
            self.checker.use(self.opening.library.snapshots)
        for listener in self.opened:
            listener()

    def end(self) -> None:
        """Let go of everything."""
        if self.following:
            self.following.cancel()
        for release in (self.checker.close, self.card_files.close, self.opening.close):
            release()

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """In place of pygls' pop-up and log line, either of which may show a file's name or text."""
        log_failure("a message", error)


def _position(place: Place) -> types.Position:
    return types.Position(place.line, place.column)
