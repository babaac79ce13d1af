"""What the searcher costs: opening, memory, disk, and the time of searches, completions and hostile texts."""

import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from bench.hostile_texts import HostileText, HostileTexts
from bench.measuring import median, milliseconds, set_own_data_aside, spread
from core.catalog_entries import CatalogEntry
from index.hit import Hit
from index.identity import INDEX_FOLDER
from index.library import Library
from index.synonyms import read_vocabulary

_ON = date(2026, 11, 22)
_SEED = 20261122
_OPENINGS = 5
_TITLES_TYPED = 60  # letter by letter
_HOSTILE = 1000
_MOST_TOLD = 3  # kinds of hostile texts

_COMPLETION_TARGET = "median ≤ 2 ms, p99 ≤ 10 ms"

#: From how many characters on a completion is told with others, and how they are called.
_LENGTHS = {
    1: "1 character",
    2: "2 characters",
    3: "3 characters",
    4: "4 to 9 characters",
    10: "10 to 39 characters",
    40: "40 characters and more",
}

#: What people type, written for this benchmark: short and long, common words and rare ones.
_QUERIES = """
low back pain; hypertension; fracture of left wrist; type 2 diabetes with kidney disease; asthma; kidny stone
chest pain on breathing; unspecified injury of right knee initial encounter; pain; other; fall from ladder
acute upper respiratory infection; malignant neoplasm of breast; depression; anxeity; obesity; vertigo
pressure ulcer of sacral region stage 3; drug induced fever; burn of second degree of right hand; covid
encounter for screening for malignant neoplasm of colon; migraine with aura; long term use of insulin
""".replace("\n", ";").split(";")


def searcher_cost(library: Library) -> Iterator[tuple[str, str, str]]:
    """All figures, on the snapshot in use, which is the library's."""
    chosen = random.Random(_SEED)
    entries = list(library.catalog.codes())
    set_own_data_aside()
    yield from _opening(chosen, entries)
    size = sum(path.stat().st_size for path in (library.snapshot.folder / INDEX_FOLDER).rglob("*"))
    yield "index on disk", f"{size / 1e6:.1f} MB", "≤ 40 MB"
    yield from _searches(library, chosen, entries)
    yield from _completions(library, chosen, entries)
    yield from _hostile(library, entries)


def _opening(chosen: random.Random, entries: Sequence[CatalogEntry]) -> Iterator[tuple[str, str, str]]:
    """In new processes, which have read nothing yet; their files are in the system's memory already."""
    asked = [_shortened(chosen, entry.title) for entry in chosen.sample(entries, 200)]
    runs = [_opened(asked) for _ in range(_OPENINGS)]
    opening, first, unknown = (median(run[key] for run in runs) for key in ("opening", "first", "unknown"))
    yield (
        f"searcher: import, opening and first search, median of {len(runs)}",
        f"{opening + first:.0f} ms, {first:.0f} ms of it the search",
        "≤ 150 ms",
    )
    yield "searcher: first search for a word that it does not know", f"{unknown:.0f} ms", ""
    memory = [run["memory"] for run in runs]
    value = f"{max(memory):.0f} MB" if all(memory) else "not measured: this system has no /proc"
    yield "searcher: memory after 200 searches, 200 completions", value, "≤ 120 MB"


def _opened(asked: Sequence[str]) -> dict[str, float]:
    command = [sys.executable, "-P", "-m", "bench.opened_searcher"]
    run = subprocess.run(command, input=json.dumps(asked), stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def _searches(
    library: Library, chosen: random.Random, entries: Sequence[CatalogEntry]
) -> Iterator[tuple[str, str, str]]:
    queries = asked_for(chosen, entries)
    library.search("warm", _ON)
    taken = milliseconds(partial(library.search, query, _ON) for query in queries)
    yield spread("search, top 10, in process", taken, "median ≤ 2 ms, p99 ≤ 12 ms")


def _completions(
    library: Library, chosen: random.Random, entries: Sequence[CatalogEntry]
) -> Iterator[tuple[str, str, str]]:
    """Titles typed letter by letter, in one order for all lengths."""
    titles = [entry.title for entry in chosen.sample(entries, _TITLES_TYPED)]
    typed = [title[:length] for title in titles for length in range(1, len(title) + 1)]
    chosen.shuffle(typed)
    for limit in (10, 50):
        taken: dict[int, list[float]] = defaultdict(list)
        for text in typed:
            [spent] = milliseconds([partial(library.complete, text, _ON, limit=limit)])
            taken[max(first for first in _LENGTHS if first <= len(text))].append(spent)
        everything = sorted(spent for some in taken.values() for spent in some)
        yield spread(f"completion, {limit} items, in process", everything, _COMPLETION_TARGET)
        for first, name in _LENGTHS.items():
            yield spread(f"  {name} typed", sorted(taken[first]), _COMPLETION_TARGET)


def _hostile(library: Library, entries: Sequence[CatalogEntry]) -> Iterator[tuple[str, str, str]]:
    terms = sorted({synonym.term for synonym in read_vocabulary()})
    names = [entry.name for entry in entries]
    texts = HostileTexts(_SEED, [e.title for e in entries if e.printed], names, terms).take(_HOSTILE)
    for figure, answer in (("searches", library.search), ("completions", library.complete)):
        yield from _worst(figure, answer, texts)


def _worst(
    figure: str, answer: Callable[[str, date], list[Hit]], texts: Iterable[HostileText]
) -> Iterator[tuple[str, str, str]]:
    """The worst text, and of each of the worst kinds its worst: on the clock and of the processor."""
    worst: dict[str, tuple[float, float]] = {}
    for hostile in texts:
        start, start_busy = time.perf_counter(), time.thread_time()
        answer(hostile.text, _ON)
        clock, busy = time.perf_counter() - start, time.thread_time() - start_busy
        worst[hostile.kind] = max(worst.get(hostile.kind, (0.0, 0.0)), (busy * 1000, clock * 1000))
    kinds = sorted(worst, key=lambda kind: worst[kind], reverse=True)[:_MOST_TOLD]
    for place, kind in enumerate(kinds):
        name = f"worst of {_HOSTILE} hostile {figure}" if place == 0 else "  worst of another kind"
        busy, clock = worst[kind]
        value = f"{busy:.0f} ms of processor time, {clock:.0f} ms"
        yield name, value, f"{'≤ 100 ms: ' if place == 0 else ''}{kind}"


def asked_for(chosen: random.Random, entries: Sequence[CatalogEntry]) -> list[str]:
    """Titles as people remember them, and what people type."""
    titles = [_shortened(chosen, entry.title) for entry in chosen.sample(entries, 1000)]
    return [*titles, *(query.strip() for query in _QUERIES * 20)]


def _shortened(chosen: random.Random, title: str) -> str:
    """Some of a title's words, in another order: what a person remembers of it."""
    words = title.split()
    return " ".join(chosen.sample(words, min(len(words), chosen.randint(1, 4))))
