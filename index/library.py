"""The library: a snapshot opened for reading. What the surfaces talk to."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.errors import IcdlensError
from core.full_card import FullCard, OwnFile, build_full_card
from core.near_codes import near_codes
from core.release import Release
from core.snapshot import Snapshot, SnapshotStore, data_folder
from index.build import CATALOG_FILE, INDEX_FOLDER, packaged_identity
from index.hit import Hit
from index.models import Model, find_model

if TYPE_CHECKING:
    from index.code_names import CodeNames
    from index.searcher import Searcher


class LibraryNotBuilt(IcdlensError):
    """There is no snapshot that this version of the program can read."""


class Library:
    """One snapshot, read-only: exact look-ups, cards, and ranked search.

    Every answer is for a date of service. Opening reads nothing but the catalogue's header; the index
    is opened by the first search. Not for use by several threads at once.
    """

    def __init__(self, snapshot: Snapshot, model: Model | None = None) -> None:
        """Open a snapshot, with the model whose vectors it holds. Raises ``CatalogUnavailable``."""
        self.snapshot = snapshot
        self._model = model
        #: The user's own crosswalk, for the full cards that are asked for without one.
        self.own: OwnFile | None = None
        self.catalog = Catalog(snapshot.folder / CATALOG_FILE)

    @classmethod
    def open(cls, data: Path | None = None) -> Self:
        """Open the snapshot in use, with or without vectors. Raises ``LibraryNotBuilt`` where none is."""
        store = SnapshotStore(data or data_folder())
        models = _models(store)
        snapshot = store.find(*models)
        if snapshot is None:
            raise LibraryNotBuilt("The classification is not compiled yet; do it with: icdlens build")
        return cls(snapshot, models[snapshot.identity])

    def is_replaced(self, data: Path | None = None) -> bool:
        """Whether ``open`` would open another snapshot by now."""
        store = SnapshotStore(data or data_folder())
        current = store.current()
        if current is None or current.folder == self.snapshot.folder:  # what is asked often costs nothing
            return False
        found = store.find(*_models(store))
        return found is not None and found.folder != self.snapshot.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.catalog.close()
        if "searcher" in self.__dict__:  # cached_property keeps it there once it was opened
            self.searcher.close()

    @property
    def release(self) -> Release:
        return self.catalog.release

    @property
    def compares_meanings(self) -> bool:
        """Whether a search compares meanings beside words."""
        return self._model is not None

    @cached_property
    def searcher(self) -> "Searcher":
        """The index. Raises ``IndexUnavailable``."""
        from index.searcher import Searcher  # an exact look-up must not wait for the stemmer

        return Searcher(self.snapshot.folder / INDEX_FOLDER, self.catalog, self._model)

    @cached_property
    def names(self) -> "CodeNames":
        """The further names of codes, for ``core.findings.check``; read when one is asked for."""
        from index.code_names import CodeNames

        return CodeNames(self.catalog)

    def card(self, code: Code, on: date) -> CodeCard | None:
        """The card of a code on a date of service; ``None`` for a code that no year knows."""
        return build_card(self.catalog, code, on)

    def full_card(self, code: Code, on: date, own: OwnFile | None = None) -> FullCard | None:
        """The card with every section; ``own`` is the user's crosswalk file, else that of the library."""
        return build_full_card(self.catalog, code, on, own or self.own)

    def near_codes(self, written: str, on: date, *, limit: int = 5) -> tuple[Code, ...]:
        """Codes written almost like a text, the likeliest first."""
        return near_codes(self.catalog, written, on, limit=limit)

    def search(
        self,
        query: str,
        on: date,
        *,
        limit: int = 10,
        billable_only: bool = False,
        chapter: str | None = None,
        block: str | None = None,
        by_meaning: bool = True,
    ) -> list[Hit]:
        """Rank codes for a phrase, best first; see ``Searcher.search``."""
        return self.searcher.search(
            query,
            on,
            limit=limit,
            billable_only=billable_only,
            chapter=chapter,
            block=block,
            by_meaning=by_meaning,
        )

    def complete(self, typed: str, on: date, *, limit: int = 50) -> list[Hit]:
        """Codes for what is being typed, most useful first; see ``Searcher.complete``."""
        return self.searcher.complete(typed, on, limit=limit)


def _models(store: SnapshotStore) -> dict[str, Model | None]:
    """What a snapshot may have vectors of, by the identity that it then has, the best first."""
    return {packaged_identity(store.root, model): model for model in (find_model(store.root), None)}
