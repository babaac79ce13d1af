"""``icdlens check``: the findings of many notes, as text, as JSON, and as SARIF 2.1.0.

Each file is checked by itself, so files can be checked by several processes. What is said of a file is made
ready to print where it is checked; no text of a note leaves that process.
"""

import multiprocessing
import os
import signal
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from core.findings.check import check, service_date
from core.findings.finding import Edit, Finding
from core.findings.settings import CheckSettings
from core.recogniser.document import line_starts
from icdlens.note_files import NoteFile, NotText, decoded, find_notes, read_note, too_large
from index.library import Library, Snapshots

STDIN = "<stdin>"
_STDIN_ARGUMENT = "-"

#: Bytes of notes from which more processes pay: each needs a part of a second to begin.
_PARALLEL_FROM = 16_000_000
_MOST_JOBS = 8
_AT_ONCE = 4  # files that a process is given together


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for every file of one command."""

    on: date
    settings: CheckSettings
    largest: int


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a file: lines and columns from 1, in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its places, and those of the edits of its fixes, in order."""

    finding: Finding
    place: Place
    edits: tuple[tuple[Place, ...], ...]
    related: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of one file: its findings, or why it was skipped."""

    path: str
    placed: tuple[Placed, ...] = ()
    skipped: str | None = None


@dataclass
class Summary:
    """What was counted over all files."""

    files: int = 0
    findings: int = 0
    skipped: int = 0
    by_severity: dict[str, int] = field(default_factory=dict)

    def add(self, checked: Checked) -> None:
        self.files += checked.skipped is None
        self.skipped += checked.skipped is not None
        self.findings += len(checked.placed)
        for placed in checked.placed:
            name = placed.finding.severity.value
            self.by_severity[name] = self.by_severity.get(name, 0) + 1


def check_text(library: Library, path: str, text: str, asked: Asked) -> Checked:
    """The findings of one text, with their places."""
    on = service_date(text, asked.on) if asked.settings.reads_dates else asked.on
    first = library.in_force(on)
    found = check(text, first.catalog, asked.on, asked.settings, first.names, library.catalog_on)
    lines = _Lines(text) if found else None
    return Checked(path, tuple(_placed(finding, lines) for finding in found) if lines else ())


def check_all(
    library: Library,
    paths: Sequence[str],
    stdin: BinaryIO | None,
    asked: Asked,
    jobs: int | None,
    progress: Callable[[int, int], None],
) -> Generator[Checked, None, None]:
    """What is said of each file, in the order of the paths; ``-`` is stdin.

    ``progress`` is told how many of how many files are done.
    """
    found = find_notes(Path(path) for path in paths if path != _STDIN_ARGUMENT)
    files = found.files
    total = len(files) + (_STDIN_ARGUMENT in paths)
    done = 0
    if _STDIN_ARGUMENT in paths:
        yield _check_stdin(library, stdin, asked)
        done = 1
        progress(done, total)
    for folder, reason in found.unreadable:
        yield Checked(folder, skipped=reason)
    workers = _workers(files, jobs)
    if workers > 1:
        results = _in_parallel(library, files, asked, workers)
    else:
        results = (_check_file(library, file, asked) for file in files)
    for checked in results:
        done += 1
        progress(done, total)
        yield checked


def _check_stdin(library: Library, stdin: BinaryIO | None, asked: Asked) -> Checked:
    try:
        if stdin is None:
            raise NotText("there is none")
        data = stdin.read(asked.largest + 1)
        if len(data) > asked.largest:
            raise too_large(asked.largest)
        return check_text(library, STDIN, decoded(data), asked)
    except NotText as error:
        return Checked(STDIN, skipped=str(error))


def _check_file(library: Library, file: NoteFile, asked: Asked) -> Checked:
    path = str(file.path)
    try:
        text = read_note(file.path, asked.largest)
    except NotText as error:
        return Checked(path, skipped=str(error))
    return check_text(library, path, text, asked)


# Several processes


def _workers(files: Sequence[NoteFile], jobs: int | None) -> int:
    """How many processes check the files: one where there is too little to do for more."""
    if jobs is not None:
        return min(jobs, len(files))
    cores = min(os.cpu_count() or 1, _MOST_JOBS)
    if cores == 1 or len(files) < 2:
        return 1
    total = 0
    for file in files:
        try:
            total += file.path.stat().st_size
        except OSError:
            continue
        if total >= _PARALLEL_FROM:
            return min(cores, len(files))
    return 1


_worker: tuple[Library, Asked] | None = None


def _in_parallel(
    library: Library, files: Sequence[NoteFile], asked: Asked, workers: int
) -> Iterator[Checked]:
    # A fresh process each: a forked one would share the catalogue's connection with its parent.
    pool = ProcessPoolExecutor(
        workers,
        multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(library.snapshots, asked),
    )
    try:
        # Ctrl-C goes to every process of the terminal. The workers are begun here, and ignore what their
        # parent ignored then: it alone stops, and ends them.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            results = pool.map(_work, files, chunksize=_AT_ONCE)
        finally:
            signal.signal(signal.SIGINT, before)
        yield from results
    except BaseException:
        # The user stopped the command, or closed the pipe that is written to: nobody waits for the rest.
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(snapshots: Snapshots, asked: Asked) -> None:
    global _worker
    _worker = Library.again(snapshots), asked


def _work(file: NoteFile) -> Checked:
    assert _worker is not None
    library, asked = _worker
    return _check_file(library, file, asked)


# Places


class _Lines:
    """The lines of a text, for places in it."""

    def __init__(self, text: str) -> None:
        self._starts = line_starts(text)

    def place(self, start: int, end: int) -> Place:
        return Place(*self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def _placed(finding: Finding, lines: _Lines) -> Placed:
    def of_edit(edit: Edit) -> Place:
        return lines.place(edit.start, edit.end)

    return Placed(
        finding,
        lines.place(finding.start, finding.end),
        tuple(tuple(map(of_edit, fix.edits)) for fix in finding.fixes),
        tuple(lines.place(start, end) for start, end, _ in finding.related),
    )


# Progress


@dataclass(frozen=True, slots=True)
class Progress:
    """A bar that is told how many of how many are done; it is not there while something is printed aside."""

    report: Callable[[int, int], None]
    aside: Callable[[], AbstractContextManager[None]]


@contextmanager
def progress_bar(is_wanted: bool) -> Iterator[Progress]:
    """A bar on stderr, where that is a terminal and somebody wants it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as ProgressBar

    console = Console(stderr=True)
    columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_shown = is_wanted and console.is_terminal
    with ProgressBar(*columns, console=console, transient=True, disable=not is_shown) as bar:
        task = bar.add_task("Checking", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        @contextmanager
        def aside() -> Iterator[None]:
            bar.stop()  # or it stands before the first line, and again below the last
            yield
            bar.start()

        yield Progress(report, aside if is_shown else nullcontext)
