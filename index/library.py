"""The library: the installed releases opened for reading. What the surfaces talk to."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.errors import IcdlensError
from core.full_card import FullCard, OwnFile, build_full_card
from core.installed import installed_releases, releases_known
from core.near_codes import near_codes
from core.release import Release
from core.snapshot import Snapshot, SnapshotStore, data_folder
from core.title_change import TitleChange, title_change
from core.title_elsewhere import day_with_title, with_title_of
from index.hit import Hit
from index.identity import CATALOG_FILE, INDEX_FOLDER, is_readable, packaged_identity
from index.models import Model, find_model

if TYPE_CHECKING:
    from index.code_names import CodeNames
    from index.searcher import Searcher


_COMMON = "back pain"  # a search that reads what most searches read


class LibraryNotBuilt(IcdlensError):
    """There is no snapshot that this version of the program can read."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """What a library is opened from: the newest release, and the older ones, oldest first."""

    newest: Snapshot
    others: tuple[Snapshot, ...] = ()

    @property
    def folders(self) -> frozenset[Path]:
        return frozenset(snapshot.folder for snapshot in (self.newest, *self.others))


class Library:
    """The installed releases, read-only: exact look-ups, cards, and ranked search.

    Every answer is for a date of service, and comes from the release in force on it. ``catalog``,
    ``searcher`` and ``release`` are those of one release, the newest; ``in_force`` gives the library of
    another. Opening reads nothing but the catalogue's header; the index is opened by the first search, and
    another release by the first question about its dates. Not for use by several threads at once.
    """

    def __init__(
        self, snapshot: Snapshot, model: Model | None = None, others: Sequence[Snapshot] = ()
    ) -> None:
        """Open a snapshot, with the model whose vectors it holds. Raises ``CatalogUnavailable``.

        ``others`` are the snapshots of older releases, which are opened when they are asked for.
        """
        self.snapshot = snapshot
        self.snapshots = Snapshots(snapshot, tuple(others))
        self._model = model
        #: The user's own crosswalk, for the full cards that are asked for without one.
        self.own: OwnFile | None = None
        self._found_model: Model | None = None
        self._opened: dict[date, Library] = {}
        #: Days of older releases that were asked for; others are open for what a title was before.
        self._asked: set[date] = set()
        #: The library that opened this one for older dates.
        self._of: Library | None = None
        self.catalog = Catalog(snapshot.folder / CATALOG_FILE)

    @classmethod
    def open(cls, data: Path | None = None) -> Self:
        """Open the snapshots in use, with or without vectors.

        Raises ``LibraryNotBuilt`` where the packaged release is not compiled, or an installed one was
        compiled by another version of the program.
        """
        folder = data or data_folder()
        model = find_model(folder)
        snapshots = snapshots_in_use(folder, model)
        library = cls(snapshots.newest, model_of(snapshots.newest, model), snapshots.others)
        library._found_model = model
        return library

    @classmethod
    def again(cls, snapshots: Snapshots) -> Self:
        """Open the same snapshots once more, without vectors: for another thread, or another process."""
        return cls(snapshots.newest, None, snapshots.others)

    def in_force(self, on: date) -> "Library":
        """The library of the installed release that is in force on a date of service.

        Where there is none, that of the oldest, whose card says that it took effect later. It is closed
        with this one. Raises ``CatalogUnavailable``.
        """
        others = self.snapshots.others
        if not others or self.release.effective <= on:
            return self
        days = [effective_date(snapshot) for snapshot in others]  # ascending
        number = max(bisect_right(days, on) - 1, 0)
        self._asked.add(days[number])
        return self._older(others[number])

    def catalog_on(self, on: date) -> Catalog:
        """The catalogue of the installed release that is in force on a date of service; see ``in_force``."""
        return self.in_force(on).catalog

    def titles_on(self, asked: Iterable[tuple[Code, date]]) -> dict[tuple[Code, date], str]:
        """The titles of codes, each in the release that is in force on its date of service."""
        by_date: dict[date, set[Code]] = {}
        for code, on in asked:
            by_date.setdefault(on, set()).add(code)
        return {
            (code, on): title
            for on, codes in by_date.items()
            for code, title in self.catalog_on(on).titles(codes).items()
        }

    def _older(self, snapshot: Snapshot) -> "Library":
        day = effective_date(snapshot)
        if (found := self._opened.get(day)) is None:
            found = self._opened[day] = Library(snapshot, model_of(snapshot, self._found_model))
        found.own, found._of = self.own, self
        return found

    @property
    def releases(self) -> tuple[Release, ...]:
        """The releases that answer, oldest first."""
        return (*(Release(effective_date(snapshot)) for snapshot in self.snapshots.others), self.release)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, days: Iterable[date], *, by_meaning: bool = False) -> None:
        """Open the releases that answer on some days, and read what their first requests need.

        ``by_meaning`` loads the model too, where there is one. Raises ``IcdlensError``.
        """
        for library in {id(found): found for found in map(self.in_force, (*days, date.max))}.values():
            on = library.release.effective
            for hit in library.complete(_COMMON, on, limit=1):
                library.full_card(hit.code, on)
            library.search(_COMMON, on, limit=1, by_meaning=by_meaning)
            if by_meaning:
                library.searcher.prepare()

    @property
    def dates_asked(self) -> frozenset[date]:
        """A day of each older release that was asked for."""
        return frozenset(self._asked)

    def change_places(self, other: "Library") -> None:
        """Answer from another library's snapshots from now on, and let it have these.

        Whoever holds a library need not be told that there is a newer one.
        """
        self.__dict__, other.__dict__ = other.__dict__, self.__dict__

    def close(self) -> None:
        for opened in self._opened.values():
            opened.close()
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
        card = build_card(self.in_force(on).catalog, code, on)
        return card and self._titled(card)

    def full_card(self, code: Code, on: date, own: OwnFile | None = None) -> FullCard | None:
        """The card with every section; ``own`` is the user's crosswalk file, else that of the library."""
        full = build_full_card(self.in_force(on).catalog, code, on, own or self.own)
        if full is None:
            return None
        card, change = self._titled(full.card), self._title_change(full.card)
        # A copy takes a twentieth of the time of a card, and mostly nothing is to be added.
        is_same = card is full.card and change is None
        return full if is_same else replace(full, card=card, title_change=change)

    def _title_change(self, card: CodeCard) -> TitleChange | None:
        """The last change of a title, from the installed releases before the card's."""
        whole = self._of or self
        older = (s for s in reversed(whole.snapshots.others) if effective_date(s) < card.release.effective)
        catalogs = (whole._older(snapshot).catalog for snapshot in older)
        return title_change(card, ((c.release, _title(c, card.code)) for c in catalogs))

    def _titled(self, card: CodeCard) -> CodeCard:
        """A card without a title, with the title that another installed release has."""
        day = day_with_title(card)
        catalog = (self._of or self).in_force(day).catalog if day else None
        title = _title(catalog, card.code) if catalog else None
        return with_title_of(card, title, catalog.release) if catalog and title else card

    def near_codes(self, written: str, on: date, *, limit: int = 5) -> tuple[Code, ...]:
        """Codes written almost like a text, the likeliest first."""
        return near_codes(self.in_force(on).catalog, written, on, limit=limit)

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
        return self.in_force(on).searcher.search(
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
        return self.in_force(on).searcher.complete(typed, on, limit=limit)


def _title(catalog: Catalog, code: Code) -> str | None:
    entry = catalog.entry(code)
    return entry.title if entry else None


def snapshots_in_use(data: Path, model: Model | None = None) -> Snapshots:
    """The packaged release and the installed ones; an installed one outdoes the packaged one of its date.

    Raises ``LibraryNotBuilt`` where one must be compiled first.
    """
    packaged = SnapshotStore(data).find(*(packaged_identity(data, m) for m in dict.fromkeys((model, None))))
    if packaged is None:
        raise LibraryNotBuilt("The classification is not compiled yet; do it with: icdlens build")
    if not releases_known(data):
        return Snapshots(packaged)
    by_date = {effective_date(packaged): packaged}
    for installed in installed_releases(data):
        if not is_readable(installed.snapshot):
            raise LibraryNotBuilt(
                f"{installed.release.name} was installed by another version of icdlens; compile it again "
                "with: icdlens build"
            )
        by_date[installed.release.effective] = installed.snapshot
    *others, newest = (by_date[day] for day in sorted(by_date))
    return Snapshots(newest, tuple(others))


def effective_date(snapshot: Snapshot) -> date:
    """The date from which a snapshot's release is in force. Raises ``LibraryNotBuilt``."""
    try:
        return date.fromisoformat(snapshot.manifest["release"]["effective"])
    except (KeyError, TypeError, ValueError):
        raise LibraryNotBuilt("A snapshot cannot be read; compile it again with: icdlens build") from None


def model_of(snapshot: Snapshot, model: Model | None) -> Model | None:
    """The model where a snapshot holds its vectors."""
    return model if model and snapshot.manifest.get("model") == model.identity else None
