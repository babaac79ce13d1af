"""Search with all that icdlens can search with: the Alphabetic Index, and meanings.

What semantic search costs, where the extra ``ai`` is installed: building, searches, memory and disk. And how
often the right code is found, with the Index alone and with both.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from bench.measuring import milliseconds, run_process, spread
from bench.query_sets import alphabetic_index, index_absence
from bench.search_quality import search_quality
from bench.searcher_cost import asked_for
from core.snapshot import DATA_DIR_VARIABLE
from icdlens.demo import COMMAND
from index.identity import INDEX_FOLDER
from index.library import Library
from index.meaning import MEANING_FILE
from index.models import HOW_TO_INSTALL, find_model

_ON = date(2026, 11, 22)
_SEED = 20261122


def meaning_cost(folder: Path) -> Iterator[tuple[str, str, str]]:
    """All figures, from a data directory of its own; a line that says so where something is not there."""
    model, terms = find_model(folder), alphabetic_index()
    if model is None:
        yield "[ai]", "not measured", f"not installed; install it with: {HOW_TO_INSTALL}"
    if terms is None:
        yield "search with the Alphabetic Index", "not measured", index_absence()
    if not (model or terms):
        return
    os.environ[DATA_DIR_VARIABLE] = str(folder)
    index = ["--index", str(terms)] if terms else []
    run = run_process([*COMMAND, "build", "--ai" if model else "--no-ai", "--quiet", *index])
    built_with = [*(["the Index"] if terms else []), *([f"[ai] {model.name}"] if model else [])]
    taken = f"{run.seconds:.0f} s, peak {run.peak_mb:.0f} MB"
    yield f"build with {' and '.join(built_with)}, whole process", taken, ""
    with Library.open() as library:
        if model:
            yield from _cost(library)
        yield from search_quality(library)


def _cost(library: Library) -> Iterator[tuple[str, str, str]]:
    size = (library.snapshot.folder / INDEX_FOLDER / MEANING_FILE).stat().st_size
    yield "[ai] vectors on disk", f"{size / 1e6:.1f} MB", ""
    chosen = random.Random(_SEED)
    queries = asked_for(chosen, list(library.catalog.codes()))
    library.search("warm", _ON)
    taken = milliseconds(partial(library.search, query, _ON) for query in queries)
    yield spread("[ai] search, top 10, in process", taken, "median ≤ 25 ms, p99 ≤ 60 ms")
    yield from _opening(queries[:200])


def _opening(queries: list[str]) -> Iterator[tuple[str, str, str]]:
    command = [sys.executable, "-P", "-m", "bench.opened_searcher"]
    run = subprocess.run(command, input=json.dumps(queries), stdout=subprocess.PIPE, check=True, text=True)
    cost = json.loads(run.stdout)
    first = f"{cost['opening'] + cost['first']:.0f} ms, {cost['first']:.0f} ms of it the search"
    yield "[ai] import, opening and first search", first, ""
    yield "[ai] memory after 200 searches, the whole process", f"{cost['resident']:.0f} MB", "≤ 450 MB"
