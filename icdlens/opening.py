"""Opening the library, and compiling it with a progress bar where that was not done yet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from core.snapshot import Snapshot, SnapshotStore, data_folder
from index.identity import packaged_identity
from index.library import Library, LibraryNotBuilt
from index.models import Model

if TYPE_CHECKING:
    from index.build import Progress

T = TypeVar("T")

#: Measured on two cores, with the packaged model; with the Alphabetic Index there are twice as many texts.
_MINUTES = (
    "Reading the meaning of each text takes three minutes or so, with the Alphabetic Index six; "
    "Ctrl-C stops it and leaves all as it was, and --no-ai does without."
)


def open_library(data: Path | None) -> Library:
    """The library of a data directory; compiles it on first use."""
    try:
        return Library.open(data)
    except LibraryNotBuilt:
        build_library(data)
        return Library.open(data)


def build_library(
    data: Path | None, *, model: Model | None = None, force: bool = False, quiet: bool = False
) -> Snapshot:
    """Compile the packaged release, and what is installed; progress goes to stderr.

    What compiles by itself gives no model, for nobody who looks a code up waits minutes for vectors.
    """
    from index.build import build
    from index.installing import are_current, refresh

    store = SnapshotStore(data or data_folder())

    def run(report: "Progress", waiting: Callable[[], None]) -> Snapshot:
        snapshot = build(store, report, model=model, force=force, waiting=waiting)
        refresh(store.root, report, model=model, force=force, waiting=waiting)
        return snapshot

    is_done = store.find(packaged_identity(store.root, model)) is not None and are_current(store.root, model)
    if quiet or (is_done and not force):
        return run(_silent, lambda: None)
    return with_bar(run, "Compiling the official ICD-10-CM release; this is done once.", model)


def with_bar(
    run: Callable[["Progress", Callable[[], None]], T], announced: str, model: Model | None = None
) -> T:
    """Run a compiler with a progress bar on stderr, saying so where another process is at it already."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as ProgressBar

    console = Console(stderr=True)
    click.echo(announced, err=True)
    if model:
        click.echo(_MINUTES, err=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        *((TextColumn("left:"), TimeRemainingColumn()) if model else ()),
    )
    with ProgressBar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage)
            bar.update(tasks[stage], completed=done, total=total)

        def waiting() -> None:
            click.echo("Another icdlens is compiling it already; waiting for that one.", err=True)

        return run(report, waiting)


def index_messages(snapshot: Snapshot) -> Iterator[str]:
    """What was made of the parts of the Alphabetic Index, in numbers."""
    from core.alphabetic_index import index_summary
    from core.index_lines import loaded_parts
    from core.index_parts import IndexPart

    library = Library(snapshot)
    with library:
        found = index_summary(library.catalog)
        release = library.release.name
        parts = loaded_parts(library.catalog)
    if found:
        yield (
            f"Alphabetic Index FY{found.fiscal_year}: {found.terms:,} terms, {found.with_code:,} with a "
            f"code; {found.see_resolved:,} of {found.see:,} that say see, followed to one. "
            f"Left out: {found.not_in_release:,} whose code {release} does not have."
        )
    for part in parts:
        if part.part is not IndexPart.DISEASES:
            yield f"{part.part.title} FY{part.fiscal_year}: {part.lines:,} lines."


def _silent(_stage: str, _done: int, _total: int) -> None:
    """No progress."""
