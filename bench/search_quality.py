"""How often the right code is found, and how fast, beside peers: on the search benchmark's open part.

``make bench`` does this with the packaged data alone; ``python -P -m bench.search_quality`` with the
snapshot in use, such as one with the Alphabetic Index.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

import click

from bench.measuring import set_own_data_aside
from bench.peers import PEERS, Peer, PeerMissing, official_texts
from bench.query_sets import (
    MOST_CODES,
    Engine,
    Score,
    absence,
    benchmark_folder,
    questions,
    score,
    warm,
)
from core.alphabetic_index import index_summary
from icdlens.opening import open_library
from index.library import Library

ON = date(2026, 11, 22)
MOST_QUESTIONS = 1000  # of a set

#: The sets, each with the recall in percent, at 1 and at 10, that we want on the sealed part: with the
#: packaged data, and with the Alphabetic Index. The open part is easier, on hard by about four points.
SETS: Mapping[str, tuple[str, str]] = {
    "easy": ("≥ 99 / 100", "≥ 99 / 100"),
    "medium": ("≥ 98 / 99", "≥ 98 / 99"),
    "hard": ("≥ 56 / 71", "≥ 62 / 77"),
    "noisy": ("≥ 54 / 70", "≥ 60 / 77"),
    "abbrev": ("≥ 48 / 77", "≥ 52 / 79"),
    "legacy": ("≥ 62 / 84", "≥ 64 / 86"),
    "rare": ("", ""),
    "prefix_k6": ("at 10 ≥ 53", "at 10 ≥ 56"),
    "prefix_lastword": ("at 10 ≥ 76", "at 10 ≥ 81"),
}

#: With the Alphabetic Index and meanings compared.
MEANING_TARGETS: Mapping[str, str] = {
    "easy": "≥ 99 / 100",
    "medium": "≥ 98 / 99",
    "hard": "≥ 64 / 80",
    "noisy": "≥ 62 / 79",
    "abbrev": "≥ 54 / 82",
    "legacy": "≥ 67 / 89",
}


def is_typed(name: str) -> bool:
    """Whether a set's texts are the beginnings of what is being typed."""
    return name.startswith("prefix_")


def library_engine(library: Library, on: date, *, typing: bool, by_meaning: bool = False) -> Engine:
    """Our own search, or completion, as an engine."""
    answer = library.complete if typing else partial(library.search, by_meaning=by_meaning)
    return lambda text: [hit.code.text for hit in answer(text, on, limit=MOST_CODES)]


def search_quality(library: Library) -> Iterator[tuple[str, str, str]]:
    """A figure for each set and engine; where the benchmark or a peer is absent, a line that says so."""
    folder = benchmark_folder()
    if folder is None:
        yield "search quality", "not measured", absence()
        return
    with_index = index_summary(library.catalog) is not None
    texts = list(official_texts(library.catalog))
    peers: dict[str, Peer] = {}
    for name, open_peer in PEERS.items():
        try:
            peers[name] = open_peer(texts)
        except PeerMissing as missing:
            yield f"search quality: {name}", "not measured", str(missing)
    set_own_data_aside()
    data = "packaged data and the Alphabetic Index" if with_index else "packaged data"
    yield f"search quality, open part, {data}", "recall at 1 / 10, median / p99", "target: sealed part"
    for name, targets in SETS.items():
        asked = questions(folder, name, MOST_QUESTIONS)
        typing = is_typed(name)
        ours = library_engine(library, ON, typing=typing)
        warm(ours)
        yield f"{name}, n = {len(asked)}", _text(score(ours, asked)), targets[with_index]
        if library.compares_meanings and not typing:
            with_ai = library_engine(library, ON, typing=False, by_meaning=True)
            warm(with_ai)
            yield "  with [ai]", _text(score(with_ai, asked)), MEANING_TARGETS.get(name, "")
        for peer, answer in peers.items():
            theirs = partial(_ask, answer, typing)
            warm(theirs)
            yield f"  {peer}", _text(score(theirs, asked)), "peer"


def _ask(answer: Peer, typing: bool, text: str) -> list[str]:
    return answer(text, typing)


def _text(found: Score) -> str:
    recall = f"{found.at_1:5.1f} / {found.at_10:5.1f} %"
    return f"{recall}, {found.median_ms:.2f} / {found.p99_ms:.1f} ms"


def main() -> None:
    with open_library(None) as library:
        for figure, value, target in search_quality(library):
            click.echo(f"{figure:<58} {value:<34} {target}")


if __name__ == "__main__":
    main()
