"""Taking up what another process puts in use while this one runs: without a restart, and nobody waits.

Whether another snapshot is in use is looked at every few seconds, which costs a look at a few files. Where
there is one, it is opened and read from in a thread of its own; then it takes the place of what is open, in
one step.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.errors import IcdlensError
from core.installed import releases_folder
from core.own_file import find_own_file
from core.snapshot import POINTER
from index.library import Library

#: Between two looks, in seconds.
LOOK_SECONDS = 2.0

#: How long what was open before stays open, in seconds, for whoever still holds a part of it.
CLOSE_SECONDS = 10.0

_SELDOM = 30  # looks between two tries to read what could not be read

_Stamp = dict[str, tuple[int, int]]


@dataclass
class Renewal:
    """Sees when other snapshots are put in use in a data directory.

    ``by_meaning``: whether searches are to be ready to compare meanings.
    """

    data: Path
    today: Callable[[], date]
    by_meaning: bool = False
    _seen: _Stamp = field(default_factory=dict)
    _unreadable: _Stamp | None = None
    _looks: int = 0

    def newer(self, than: Library) -> Library | None:
        """A library of what is in use now, ready for the first request; ``None`` where it is that already.

        Also where what is in use is damaged, or of another version: what is open is still good. What could
        not be read is tried again seldom, for that may take a second. May be called in another thread than
        ``than`` is used in.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._looks += 1
        if stamp == self._unreadable and self._looks % _SELDOM:
            return None
        try:
            found = Library.open(self.data)
        except (IcdlensError, OSError):
            return None  # and is looked at again
        try:
            if found.snapshots.folders == than.snapshots.folders:
                self._seen = stamp
                found.close()
                return None
            found.prepare({self.today(), *than.dates_asked}, by_meaning=self.by_meaning)
            found.own, _ = find_own_file(os.environ)
        except (IcdlensError, OSError):
            self._unreadable = stamp
            found.close()
            return None
        self._seen = stamp
        return found

    def _stamp(self) -> _Stamp:
        """What changes when a snapshot is put in use or removed."""
        stamp = {}
        for pointer in (self.data / POINTER, *sorted(releases_folder(self.data).glob(f"*/{POINTER}"))):
            try:
                status = pointer.stat()
            except OSError:
                continue
            stamp[str(pointer)] = status.st_ino, status.st_mtime_ns
        return stamp


async def follow(
    renewal: Renewal,
    held: Callable[[], Library | None],
    renewed: Callable[[], None] = lambda: None,
    *,
    look: float = LOOK_SECONDS,
    close: float = CLOSE_SECONDS,
) -> None:
    """Keep a library that is held up to date, until cancelled. ``renewed`` is told when it has changed."""
    while True:
        await asyncio.sleep(look)
        if (library := held()) is None:
            continue
        newer = await asyncio.to_thread(renewal.newer, library)
        if newer is None:
            continue
        if held() is not library:
            newer.close()
            continue
        library.change_places(newer)
        renewed()
        try:
            await asyncio.sleep(close)
        finally:
            newer.close()  # which is now what was open before
