"""Opening the library, and compiling it in a process of its own where that was not done yet."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from core.errors import IcdlensError
from index.library import Library, LibraryNotBuilt

COMPILING = "icdlens is compiling the classification (once, some seconds). Ask again in a moment."
_FAILED = "The classification cannot be read; see why with: icdlens build"
_SAID_BY = "icdlens: "  # how the command starts its one sentence about an error


class Opening:
    """The library of a data directory as soon as there is one; until then, a sentence to say instead."""

    def __init__(self, data: Path | None = None, compiler: Sequence[str] | None = None) -> None:
        """``compiler`` is the command that compiles; by default this program's own ``build``."""
        self._data = data
        self._compiler = tuple(compiler or compiler_command(data))
        self.library: Library | None = None
        self.message = _FAILED

    def open(self, today: date) -> None:
        """Open the library and touch what the first request needs.

        Raises ``LibraryNotBuilt`` where ``compile`` helps, and other kinds of ``IcdlensError``.
        """
        try:
            library = Library.open(self._data)
            try:
                library.complete("back", today, limit=1)  # reads the index
            except IcdlensError:
                library.close()
                raise
        except LibraryNotBuilt:
            self.message = COMPILING
            raise
        except IcdlensError as error:
            self.message = str(error)
            raise
        self.library = library

    def close(self) -> None:
        if self.library:
            self.library.close()

    async def compile(self, today: date) -> None:
        """Compile the classification, then open it. Raises ``IcdlensError``.

        The compiler ends with the caller: to kill it is safe, and whatever it was at stays unseen.
        """
        try:
            await self._build()
            self.open(today)
        except IcdlensError as error:
            self.message = str(error)
            raise

    async def _build(self) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._compiler,
                stdin=asyncio.subprocess.DEVNULL,  # the server's own input is the editor
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise CompilingFailed(_FAILED) from error
        try:
            _, said = await process.communicate()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.terminate()
                # Its pipe and transport must be closed before the loop is; a terminated builder ends at once.
                await process.communicate()
        if process.returncode != 0:
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise CompilingFailed(last.removeprefix(_SAID_BY) if last.startswith(_SAID_BY) else _FAILED)


def compiler_command(data: Path | None) -> list[str]:
    """The command that compiles into a data directory, or into the user's own."""
    # -P: a folder named core in the editor's workspace must not be imported.
    folder = ["--data-dir", str(data)] if data else []
    return [sys.executable, "-P", "-m", "icdlens", *folder, "build", "--quiet"]


class CompilingFailed(IcdlensError):
    """The classification could not be compiled; the text is what the compiler said."""
