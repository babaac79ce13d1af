"""What a release costs: to install one of FY2027's size, and to switch running servers to it."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from bench.full_release import write_full_release
from bench.measuring import milliseconds, percentile, run_process
from bench.slack_load import drive
from core.code import Code
from core.installed import release_store
from core.lives import Standing
from core.release import Release
from core.snapshot import POINTER
from icdlens.demo import Editor, running_bot, slack_api
from index.library import Library

_FY2027 = Release(date(2026, 10, 1))
_NOTE = ("Assessment: chronic back trouble, M53.9",)
_PLACE = {"line": 0, "character": _NOTE[0].index("M53.9")}
_RATE, _SECONDS = 25, 15
_BEFORE = 4.0  # seconds of measuring before the switch

#: Installs, and writes the seconds of each stage to a file.
_INSTALL = """
import json, sys, time
from pathlib import Path
from index.installing import found_releases, install
data, stages, *paths = map(Path, sys.argv[1:])
times = [("", time.perf_counter())]
def note(stage, done, total):
    if stage != times[-1][0]:
        times.append((stage, time.perf_counter()))
with found_releases(data, paths) as found:
    [files] = found.values()
    install(data, files, note)
times.append(("end", time.perf_counter()))
stages.write_text(json.dumps(times))
"""

#: Standings that official files tell: M54.5 and G35 became headings, FY2027 added, ended and demoted codes.
_STANDINGS = (
    ("M54.5", date(2021, 9, 30), Standing.BILLABLE),
    ("M54.5", date(2021, 10, 1), Standing.HEADING),
    ("G35", date(2025, 9, 30), Standing.BILLABLE),
    ("G35", date(2025, 10, 1), Standing.HEADING),
    ("C78.31", date(2026, 9, 30), Standing.NOT_YET_VALID),
    ("C78.31", date(2026, 10, 1), Standing.BILLABLE),
    ("I42.0", date(2026, 9, 30), Standing.BILLABLE),
    ("I42.0", date(2026, 10, 1), Standing.HEADING),
    ("S23.420A", date(2026, 9, 30), Standing.BILLABLE),
    ("S23.420A", date(2026, 10, 1), Standing.RETIRED),
)


def release_cost(folder: Path, data: Path) -> Iterator[tuple[str, str, str]]:
    """The figures. ``data`` has the packaged release, and FY2027 afterwards."""
    folder.mkdir()
    zips = write_full_release(folder)
    stages = folder / "stages.json"
    run = run_process([sys.executable, "-c", _INSTALL, *map(str, (data, stages, *zips))])
    times = dict(json.loads(stages.read_text(encoding="utf-8")))
    start = times.pop("")
    compiled, indexed = times["Indexing"] - start, times["Keeping the official files"] - times["Indexing"]
    yield "a release of FY2027's size, read and compiled", f"{compiled:.1f} s", "≤ 15 s"
    yield "the same, its index", f"{indexed:.1f} s", "≤ 30 s"
    yield "the same, whole process", f"{run.seconds:.1f} s, peak {run.peak_mb:.0f} MB", "≤ 600 MB"
    with Library.open(data) as library:
        right = sum(_standing(library, code, on) is standing for code, on, standing in _STANDINGS)
        yield "standings across its first day", f"{right} of {len(_STANDINGS)} right", "all"
    with _not_yet_in_use(data) as put_in_use:
        yield _stall("language server, hovers", *_hovers(put_in_use))
    with _not_yet_in_use(data) as put_in_use:
        yield _stall(f"Slack over HTTP, {_RATE}/s", *_commands(put_in_use))


def _standing(library: Library, code: str, on: date) -> Standing | None:
    card = library.card(Code(code), on)
    return card.standing if card else None


@contextmanager
def _not_yet_in_use(data: Path) -> Iterator[Callable[[], None]]:
    """The data folder as it was just before FY2027 was put in use; what is yielded puts it in use."""
    pointer = release_store(data, _FY2027).root / POINTER
    aside = pointer.with_name(".aside")
    pointer.replace(aside)
    try:
        yield lambda: move(aside, pointer)
    finally:
        if aside.exists():
            aside.replace(pointer)


def move(aside: Path, pointer: Path) -> None:
    """In one step."""
    aside.replace(pointer)


def _stall(figure: str, before: list[float], during: list[float], failed: int) -> tuple[str, str, str]:
    value = f"slowest {during[-1]:.0f} ms, {before[-1]:.0f} ms without"
    if failed:
        value += f", {failed} FAILED"
    p99 = percentile(during, 0.99)
    return f"switching: {figure}, n = {len(during)}", f"{value}, p99 {p99:.1f} ms", "≤ 50 ms more"


def _hovers(put_in_use: Callable[[], None]) -> tuple[list[float], list[float], int]:
    with Editor(_NOTE) as editor:
        hover = partial(editor.hover, **_PLACE)

        def spaced(seconds: float) -> list[float]:
            taken = []
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                taken += milliseconds([hover])
                time.sleep(0.002)
            return sorted(taken)

        spaced(_BEFORE)
        before = spaced(_SECONDS - _BEFORE)
        put_in_use()
        during = spaced(_SECONDS - _BEFORE)
        return before, during, "FY2027" not in hover()


def _commands(put_in_use: Callable[[], None]) -> tuple[list[float], list[float], int]:
    def run() -> tuple[list[float], int]:
        done = drive(bot, ["M53.9"], rate=_RATE, requests=_RATE * _SECONDS)
        return done["milliseconds"], done["failures"]

    with slack_api() as api, running_bot(api) as bot, ThreadPoolExecutor(1) as pool:
        before, _ = pool.submit(run).result()
        timer = threading.Timer(_BEFORE, put_in_use)
        timer.start()
        during, failed = pool.submit(run).result()
        timer.join()
        return before, during, failed
