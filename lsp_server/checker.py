"""Reading whole notes, in a thread of its own, so that a hover never waits for it.

One note is read at a time. What was asked about a text that has changed since is dropped before it begins.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from core.findings.check import check, service_date
from core.findings.finding import Finding
from core.findings.settings import CheckSettings
from core.recogniser.mention import Mention
from core.recogniser.recognise import recognise
from core.recogniser.service_dates import stated_dates
from index.library import Library, Snapshots
from lsp_server.configuration import Configuration
from lsp_server.revision import Revision

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer about a note rests on, beside its text. Equal bases give equal answers."""

    #: Where the note states none.
    on: date
    configuration: Configuration


class Checker:
    """The reader of whole notes. Answers are kept until the note changes."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._snapshots: Snapshots | None = None
        self._own: Library | None = None
        self._latest: dict[str, int] = {}
        self._kept: dict[tuple[str, str], tuple[object, Future[Any]]] = {}

    def use(self, snapshots: Snapshots) -> None:
        """Read by some snapshots from now on, opened once more: a library is not for two threads."""
        self._snapshots = snapshots
        self._kept.clear()

    @property
    def is_ready(self) -> bool:
        return self._snapshots is not None

    def expect(self, uri: str, serial: int) -> None:
        """Say which text of a document counts; what was asked about another is dropped."""
        self._latest[uri] = serial

    def forget(self, uri: str) -> None:
        """Drop what was asked about a document."""
        self._latest.pop(uri, None)
        for key in [key for key in self._kept if key[0] == uri]:
            del self._kept[key]

    async def findings(self, revision: Revision, basis: Basis) -> tuple[Finding, ...] | None:
        """What is remarked on in a note; ``None`` where the note has changed or closed meanwhile."""
        settings = CheckSettings(dict(basis.configuration.severities))

        def read(library: Library) -> tuple[Finding, ...]:
            text = revision.text
            first = library.in_force(service_date(text, basis.on))
            return check(text, first.catalog, basis.on, settings, first.names, library.catalog_on)

        return await self._answer("findings", revision, basis, read)

    async def mentions(self, revision: Revision, basis: Basis) -> tuple[Mention, ...] | None:
        """The codes of a note, as far as they may be listed; ``None`` as for ``findings``."""

        def read(library: Library) -> tuple[Mention, ...]:
            text = revision.text
            catalog = library.in_force(service_date(text, basis.on)).catalog
            found = recognise(text, catalog, basis.on, stated=stated_dates(text))
            return tuple(mention for mention in found if mention.is_reportable)

        return await self._answer("mentions", revision, basis, read)

    def close(self) -> None:
        """Begin nothing more. What is being read is read to its end."""
        self._latest.clear()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        if self._own:
            self._own.close()
            self._own = None

    async def _answer(
        self, what: str, revision: Revision, basis: Basis, read: Callable[[Library], T]
    ) -> T | None:
        key = (revision.uri, what)
        asked = (revision.serial, basis)
        kept = self._kept.get(key)
        if kept is None or kept[0] != asked:
            if self._latest.get(revision.uri) != revision.serial or self._snapshots is None:
                return None
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="checker")
            kept = asked, self._pool.submit(self._read, revision, self._snapshots, read)
            self._kept[key] = kept
        try:
            # Somebody else may wait for the same answer: a cancelled request must not take it away.
            found: T | None = await asyncio.shield(asyncio.wrap_future(kept[1]))
        except Exception:
            self._kept.pop(key, None)
            raise
        return found

    def _read(self, revision: Revision, snapshots: Snapshots, read: Callable[[Library], T]) -> T | None:
        """In the thread."""
        if self._latest.get(revision.uri) != revision.serial:
            return None
        if self._own is None or self._own.snapshots.folders != snapshots.folders:
            if self._own:
                self._own.close()
            self._own = Library.again(snapshots)
        return read(self._own)
