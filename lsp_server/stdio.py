"""Reading messages from standard input (specification 3.17, "Base Protocol")."""

import asyncio
import os
import re
import stat
import sys
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, Protocol

from pygls.io_ import StdinAsyncReader

_LENGTH = re.compile(rb"content-length:\s*([0-9]{1,12})\s*", re.IGNORECASE)
_BUFFER = 1 << 20


class Reader(Protocol):
    """What messages are read from: an ``asyncio.StreamReader``, or pygls' reader in a thread."""

    def readline(self) -> Awaitable[bytes]: ...

    def readexactly(self, n: int, /) -> Awaitable[bytes]: ...


async def open_reader(stdin: BinaryIO, pool: ThreadPoolExecutor) -> Reader:
    """Read standard input on the event loop where that works, otherwise through a thread.

    Without the hop between threads an answer comes in half the time.
    """
    if sys.platform == "win32" or not _is_pipe(stdin) or not _is_own_pipe(stdin):
        return StdinAsyncReader(stdin, pool)
    reader = asyncio.StreamReader(limit=_BUFFER)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    return reader


def _is_pipe(stdin: BinaryIO) -> bool:
    """Whether the loop can wait for it: for a file or /dev/null it cannot, and says so too late."""
    mode = os.fstat(stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _is_own_pipe(stdin: BinaryIO) -> bool:
    """Whether input and output are two things: the loop would make a shared one non-blocking for both."""
    return not os.path.sameopenfile(stdin.fileno(), sys.__stdout__.fileno()) if sys.__stdout__ else True


async def messages(reader: Reader) -> AsyncIterator[bytes]:
    """The bodies of the messages until the input ends. Lines that are no header are skipped."""
    length: int | None = None
    while True:
        try:
            line = await reader.readline()
            if not line:
                return
            if match := _LENGTH.fullmatch(line):
                length = int(match.group(1))
            elif not line.strip() and length is not None:
                body = await reader.readexactly(length) if length else b""
                if len(body) < length:
                    return
                length = None
                yield body
        except asyncio.IncompleteReadError:
            return
        except ValueError:  # a line without end: the reader has dropped it
            continue
