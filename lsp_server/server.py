"""The language server: what it answers to, and how it starts and ends."""

import asyncio
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from lsprotocol import types
from pygls.io_ import StdoutWriter

from core.errors import IcdlensError
from index.library import LibraryNotBuilt
from lsp_server import (
    code_actions,
    commands,
    completion_requests,
    diagnostics,
    document_links,
    hover,
    inlay_hints,
    live_settings,
    requests,
    symbols,
)
from lsp_server.boundary import answers, contained, contained_later, nothing
from lsp_server.opening import Opening
from lsp_server.progress import CompilingProgress
from lsp_server.quiet_log import log_failure, log_loop_failure, silence_libraries
from lsp_server.session import CodeServer, Timing
from lsp_server.stdio import messages, open_reader

#: While a long note is read in its thread, a hover waits at most so many seconds for its turn each time.
_TURN = 0.0005

#: Each declares what it answers to.
_FEATURES = (
    live_settings,
    hover,
    completion_requests,
    diagnostics,
    code_actions,
    symbols,
    inlay_hints,
    document_links,
    commands,
    requests,
)


def create_server(opening: Opening, today: Callable[[], date], timing: Timing | None = None) -> CodeServer:
    """A server with its features, not yet connected.

    ``today`` is the date of service of every answer, unless a note or the settings say another.
    """
    server = CodeServer(opening, today, timing)
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    for feature in _FEATURES:
        feature.register(server)
    return server


@answers(nothing)
def initialize(ls: CodeServer, params: types.InitializeParams) -> None:
    ls.meet(params.capabilities)
    live_settings.begin(ls, params)


@answers(nothing)
def initialized(ls: CodeServer, _params: types.InitializedParams) -> None:
    open_library(ls)
    ls.start(live_settings.ask(ls))
    ls.following = asyncio.get_running_loop().create_task(follow_library(ls))


def open_library(ls: CodeServer) -> None:
    """Open the library; compile it first, in the background, where that was not done yet."""
    try:
        ls.opening.open(ls.today())
    except LibraryNotBuilt:
        ls.compiling = asyncio.get_running_loop().create_task(_compile(ls))
    except IcdlensError as error:
        ls.tell(error)
    else:
        ls.library_opened()


@contained_later
async def follow_library(ls: CodeServer) -> None:
    """Use what other processes compile and install meanwhile."""
    await ls.opening.follow(ls.today, contained(ls.library_renewed))


async def _compile(ls: CodeServer) -> None:
    progress = CompilingProgress(ls)
    try:
        await ls.opening.compile(ls.today(), progress.step)
    except IcdlensError as error:
        ls.tell(error)
    else:
        ls.library_opened()
    finally:
        progress.end()


def main(data: Path | None = None) -> None:
    """Serve one editor on stdin and stdout until it says exit, hangs up or sends SIGTERM."""
    silence_libraries()
    sys.setswitchinterval(_TURN)
    server = create_server(Opening(data), lambda: datetime.now().astimezone().date())
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    sys.stdout = sys.stderr  # what a library prints must not mix with the messages
    try:
        asyncio.run(_serve(server))
    except (BrokenPipeError, KeyboardInterrupt, asyncio.CancelledError):
        pass  # the editor is gone, or wants us to be
    finally:
        server.end()


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
