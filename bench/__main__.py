"""``make bench``: the figures that the project promises, each with its target and its sample.

Nothing here fails when a figure is missed: machines differ. Peers are measured in the same run.
"""

import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import click

from bench.meaning_cost import meaning_cost
from bench.measuring import median, milliseconds, run_process, spread
from bench.release_cost import release_cost
from bench.search_quality import search_quality
from bench.searcher_cost import searcher_cost
from bench.slack_load import slack_load
from core.code import Code
from core.snapshot import DATA_DIR_VARIABLE, SnapshotStore
from icdlens.demo import COMMAND, Editor
from index.build import build
from index.library import Library

_ON = date(2026, 11, 22)
_NOTE = ("Assessment: chronic back trouble, M53.9", "dx: fracture of lower e")
_NOTE_LINES = [
    "The patient reports trouble of the lower back for some weeks, worse in the morning, better with heat.",
    *["No fever, no weight loss; sleeps well. Walks half an hour a day, works at a desk, does not smoke."]
    * 8,
    "Dx: low back pain M54.50, essential hypertension I10",
]
_CODE = {"line": 0, "character": _NOTE[0].index("M53.9")}
_WORDS = {"line": 1, "character": len(_NOTE[1])}
_NOTES = 2500
_SEED = 20261122
_PEER_SERVER = "jedi_language_server"
_PEER_COMMAND = "from jedi_language_server.cli import cli; cli()"
_PEER_TEXT = (
    "def twice(number: int) -> int:",
    '    """The number, doubled."""',
    "    return 2 * number",
    "twice(2)",
)
_PEER = "import simple_icd_10_cm as peer; print(peer.get_description('M53.9'))"


def main() -> None:
    """Measure everything and print one line for each figure."""
    click.echo(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_DIR_VARIABLE] = folder
        for figure, value, target in chain(
            _building(Path(folder)),
            _cold_lookup(),
            _library(),
            _checking(),
            _editor(),
            slack_load(),
            meaning_cost(Path(folder) / "ai"),
            release_cost(Path(folder) / "official", Path(folder)),
        ):
            click.echo(f"{figure:<58} {value:<34} {target}")


def _building(folder: Path) -> Iterator[tuple[str, str, str]]:
    started: dict[str, float] = {}

    def note(stage: str, _done: int, _total: int) -> None:
        started.setdefault(stage, time.perf_counter())

    start = time.perf_counter()
    build(SnapshotStore(folder / "staged"), note)
    end = time.perf_counter()
    yield "first build: catalogue", f"{started['Indexing'] - start:.1f} s", "≤ 6 s"
    yield "first build: index", f"{end - started['Indexing']:.1f} s", "≤ 25 s"
    run = run_process([*COMMAND, "build", "--no-ai", "--quiet"])
    yield "first build, whole process", f"{run.seconds:.1f} s, peak {run.peak_mb:.0f} MB", "≤ 600 MB"


def _cold_lookup() -> Iterator[tuple[str, str, str]]:
    ours, peers = [], []
    for _ in range(5):
        ours += [run_process([*COMMAND, "lookup", "M53.9"]) for _ in range(4)]
        peers.append(run_process([sys.executable, "-c", _PEER]))
    seconds, peer_seconds = (median(run.seconds for run in runs) for runs in (ours, peers))
    memory, peer_memory = (max(run.peak_mb for run in runs) for runs in (ours, peers))
    yield (
        f"icdlens lookup M53.9, whole process, median of {len(ours)}",
        f"{seconds:.3f} s, peak {memory:.0f} MB",
        "≤ 0.20 s, ≤ 60 MB",
    )
    yield (
        f"simple-icd-10-cm, import and one description, median of {len(peers)}",
        f"{peer_seconds:.2f} s, peak {peer_memory:.0f} MB",
        f"peer: {peer_seconds / seconds:.0f} times as long",
    )


def _library() -> Iterator[tuple[str, str, str]]:
    with Library.open() as library:
        yield from _cards(library)
        yield from searcher_cost(library)
        yield from search_quality(library)


def _cards(library: Library) -> Iterator[tuple[str, str, str]]:
    chosen = random.Random(_SEED)
    entries = list(library.catalog.codes())
    codes = [Code(entry.name) for entry in chosen.sample(entries, 2000)]
    taken = milliseconds(partial(library.card, code, _ON) for code in codes)
    yield spread("card, in process", taken, "median ≤ 0.3 ms")
    taken = milliseconds(partial(_every_section, library, code) for code in codes)
    yield spread("card with every section, in process", taken, "median ≤ 0.5 ms")
    taken = milliseconds(partial(_every_section, library, Code("M53.9")) for _ in range(500))
    yield spread("M53.9 with every section, in process", taken, "median ≤ 0.5 ms")
    taken = milliseconds(partial(library.card, Code("M53.9"), _ON) for _ in range(1000))
    yield spread("card of M53.9, in process", taken, "median ≤ 0.3 ms")


def _every_section(library: Library, code: Code) -> list[object]:
    """A full card with what is worked out only when it is asked for."""
    full = library.full_card(code, _ON)
    assert full is not None
    return [
        full.complexity,
        full.audit_factors,
        full.practice,
        full.specialties,
        full.questions,
        full.resources,
    ]


def _editor() -> Iterator[tuple[str, str, str]]:
    starts = []
    for _ in range(5):
        start = time.perf_counter()
        with Editor(_NOTE) as editor:
            editor.hover(**_CODE)
            starts.append(time.perf_counter() - start)
    yield (
        f"language server: start to first hover, median of {len(starts)}",
        f"{median(starts):.2f} s",
        "≤ 1.5 s",
    )
    with Editor(_NOTE) as editor:
        taken = milliseconds(partial(editor.hover, **_CODE) for _ in range(1000))
        yield spread("hover round trip over stdio", taken, "median ≤ 2 ms, p99 ≤ 8 ms")
        yield from _peer_hover(editor)
        items = len(editor.complete(**_WORDS))
        taken = milliseconds(partial(editor.complete, **_WORDS) for _ in range(300))
        yield spread(f"completion round trip, {items} items", taken, "median ≤ 8 ms for 50")
    for figure, note, times, target in (
        ("diagnostics of a note of 200 lines", _long_note(200), 50, "median ≤ 30 ms"),
        ("diagnostics of a note of 1 MB", _long_note(1_000_000 // len(_NOTE_LINES[0])), 5, "median ≤ 800 ms"),
    ):
        with Editor(note) as editor:
            editor.diagnose()  # reads what the rules need once
            taken = milliseconds(partial(editor.diagnose_edited, number) for number in range(times))
            yield spread(f"{figure}, after an edit", taken, target)


def _checking() -> Iterator[tuple[str, str, str]]:
    """Prose, three codes in each note of 4 KB, by one process; the time of one note is taken off."""
    text = "\n".join([_NOTE_LINES[0], *[_NOTE_LINES[1]] * 38, _NOTE_LINES[-1], "Plan: E11.9 as before."])
    with tempfile.TemporaryDirectory() as many, tempfile.TemporaryDirectory() as one:
        for number in range(_NOTES):
            (Path(many) / f"{number}.txt").write_text(text, encoding="utf-8")
        (Path(one) / "0.txt").write_text(text, encoding="utf-8")
        command = [*COMMAND, "check", "--jobs", "1", "--quiet"]
        starting = median(run_process([*command, one], finds=True).seconds for _ in range(5))
        taken = median(run_process([*command, many], finds=True).seconds for _ in range(3)) - starting
    size = _NOTES * len(text) / 1e6
    figure = f"icdlens check, {_NOTES} notes of prose, {size:.1f} MB, one core"
    yield figure, f"{size / taken:.1f} MB/s", "≥ 5 MB/s"


def _peer_hover(ours: Editor) -> Iterator[tuple[str, str, str]]:
    """The same round trip with another server that pygls runs, in turns with ours."""
    if find_spec(_PEER_SERVER) is None:
        yield "hover round trip, jedi-language-server", "not measured", "install it with: make .venv/.bench"
        return
    with Editor(_PEER_TEXT, [sys.executable, "-P", "-c", _PEER_COMMAND], "python") as peer:
        own, other = [], []
        for _ in range(10):
            own += milliseconds(partial(ours.hover, **_CODE) for _ in range(100))
            other += milliseconds(partial(peer.hover, line=3, character=1) for _ in range(100))
    yield spread("  in turns with the peer's", own, "")
    own.sort()
    other.sort()
    times = median(other) / median(own)
    yield spread(
        "  jedi-language-server, a function of four lines", other, f"peer: {times:.1f} times as long"
    )


def _long_note(lines: int) -> list[str]:
    """A note with codes on every tenth line."""
    return [_NOTE_LINES[number % len(_NOTE_LINES)] for number in range(lines)]


if __name__ == "__main__":
    main()
