"""Opening the library, and compiling it in a process of its own where that was not done yet."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from core.errors import IcdlensError
from core.snapshot import Snapshot, SnapshotStore, data_folder
from index.build import CATALOGUE_WRITTEN
from index.library import Library, LibraryNotBuilt
from index.renewal import Renewal, follow
from lsp_server.building import Step, step_in

COMPILING = "icdlens is compiling the classification (once, some seconds). Ask again in a moment."
_FAILED = "The classification cannot be read; see why with: icdlens build"
_SAID_BY = "icdlens: "  # how the command starts its one sentence about an error

#: Called with each step of the compiler.
Progress = Callable[[Step], None]


class Opening:
    """The library of a data directory as soon as there is one; until then, a sentence to say instead."""

    def __init__(self, data: Path | None = None, compiler: Sequence[str] | None = None) -> None:
        """``compiler`` is the command that compiles; by default this program's own."""
        self._data = data
        self._compiler = tuple(compiler or compiler_command(data))
        self._early: Library | None = None
        self.library: Library | None = None
        self.message = _FAILED

    @property
    def catalogue(self) -> Library | None:
        """The library, or while it is being compiled one that can show cards and search nothing."""
        return self.library or self._early

    def open(self, today: date) -> None:
        """Open the library and touch what the first request needs.

        Raises ``LibraryNotBuilt`` where ``compile`` helps, and other kinds of ``IcdlensError``.
        """
        self._use(self._opened(today))

    def _opened(self, today: date) -> Library:
        """The library, ready for the first request. May be called in any thread."""
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
        return library

    def _use(self, library: Library) -> None:
        self.close()
        self.library = library

    async def follow(self, today: Callable[[], date], renewed: Callable[[], None]) -> None:
        """Take up what other processes put in use, until cancelled; ``renewed`` is told when it did."""
        await follow(Renewal(self._data or data_folder(), today), lambda: self.library, renewed)

    def close(self) -> None:
        for library in (self.library, self._early):
            if library:
                library.close()
        self.library = self._early = None

    async def compile(self, today: date, progress: Progress = lambda _: None) -> None:
        """Compile the classification, then open it. Raises ``IcdlensError``.

        The compiler ends with the caller: to kill it is safe, and whatever it was at stays unseen.
        """
        try:
            await self._build(progress)
            # What is there early answers meanwhile.
            self._use(await asyncio.to_thread(self._opened, today))
        except IcdlensError as error:
            self.message = str(error)
            raise

    async def _build(self, progress: Progress) -> None:
        # Not asyncio's own processes: cancelling one that is just being started waits for ever.
        try:
            process = subprocess.Popen(
                self._compiler,
                stdin=subprocess.DEVNULL,  # the server's own input is the editor
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise CompilingFailed(_FAILED) from error
        loop = asyncio.get_running_loop()

        def step_made(step: Step) -> None:
            loop.call_soon_threadsafe(self._follow, step, progress)

        try:
            failure = await loop.run_in_executor(None, _run, process, step_made)
        finally:
            process.terminate()  # where it has not ended; the thread then does
        if failure is not None:
            raise CompilingFailed(failure)

    def _follow(self, step: Step, progress: Progress) -> None:
        progress(step)
        if step == Step(*CATALOGUE_WRITTEN):
            self._open_early()

    def _open_early(self) -> None:
        """Use the catalogue while the index is still being made."""
        if os.name == "nt":  # there an open file keeps the folder from being renamed
            return
        for folder in self._store().unfinished():
            with suppress(IcdlensError):
                self._early = Library(Snapshot(folder, {}))

    def _store(self) -> SnapshotStore:
        return SnapshotStore(self._data or data_folder())


def _run(process: subprocess.Popen[bytes], step_made: Progress) -> str | None:
    """Follow a compiler to its end, in a thread; why it failed, or ``None`` where it did not."""
    last = ""
    with process:
        for line in process.stdout or ():
            if step := step_in(line):
                step_made(step)
            elif said := line.decode(errors="replace").strip():
                last = said
    if process.returncode == 0:
        return None
    return last.removeprefix(_SAID_BY) if last.startswith(_SAID_BY) else _FAILED


def compiler_command(data: Path | None) -> list[str]:
    """The command that compiles into a data directory, or into the user's own."""
    # -P: a folder named core in the editor's workspace must not be imported.
    return [sys.executable, "-P", "-m", "lsp_server.building", *([str(data)] if data else [])]


class CompilingFailed(IcdlensError):
    """The classification could not be compiled; the text is what the compiler said."""
