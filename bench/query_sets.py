"""The search benchmark's open part: real terms with the codes that others gave them.

It is not part of this repository, and none of its queries may be: they are read where they are, asked,
and forgotten. Nothing here prints or stores one.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring import percentile

FOLDER_VARIABLE = "ICDLENS_SEARCH_BENCH"
MOST_CODES = 10  # of an answer that are looked at

INDEX_VARIABLE = "ICDLENS_ALPHABETIC_INDEX"

_SHARED = Path(__file__).resolve().parents[2] / "shared"
_BESIDE = _SHARED / "search-bench"
_SEED = 20261122  # as in the benchmark's own scorer, which so takes the same queries

#: Asked before anything is timed, as the benchmark's own scorer does.
_WARMING = ("pain", "diabetes", "fracture", "m53", "htn", "asthma", "low back", "otitis", "burn", "cancer")


@dataclass(frozen=True, slots=True)
class Question:
    """A term and its codes, which are without dots and 7th characters. Its text stays out of any output."""

    text: str = field(repr=False)
    gold: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """Of how many questions one of the first codes was right, in percent, and the milliseconds it took."""

    count: int
    at_1: float
    at_10: float
    median_ms: float
    p99_ms: float


#: Answers a text, best first, with dotted codes.
Engine = Callable[[str], Sequence[str]]


def benchmark_folder() -> Path | None:
    """Where the benchmark is; ``None`` where it is not."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _BESIDE)
    return folder if (folder / "queries").is_dir() else None


def absence() -> str:
    """Why there is no benchmark, for people."""
    folder = os.environ.get(FOLDER_VARIABLE) or str(_BESIDE)
    return f"no search benchmark in {folder}; {FOLDER_VARIABLE} names another folder"


def alphabetic_index() -> Path | None:
    """A file of the Alphabetic Index to measure with; ``None`` where there is none."""
    named = os.environ.get(INDEX_VARIABLE)
    found = [Path(named)] if named else sorted((_SHARED / "official").glob("*/*Index.csv"))
    return next((path for path in found if path.is_file()), None)


def index_absence() -> str:
    """Why there is no file of the Alphabetic Index, for people."""
    return f"no file of the Alphabetic Index; {INDEX_VARIABLE} names one"


def questions(folder: Path, name: str, most: int) -> list[Question]:
    """A set's questions, or as many as asked for, always the same ones."""
    with (folder / "queries" / f"{name}.tsv").open(encoding="utf-8") as lines:
        columns = [line.rstrip("\n").split("\t") for line in lines]
    found = [Question(text, tuple(map(_plain, gold.split(",")))) for text, gold, *_ in columns]
    if most < len(found):
        random.Random(_SEED).shuffle(found)
    return found[:most]


def warm(engine: Engine) -> None:
    for text in _WARMING:
        engine(text)


def score(engine: Engine, asked: Sequence[Question]) -> Score:
    """Ask an engine. A code is right that is a gold code or below one."""
    ranks, taken = [], []
    for question in asked:
        start = time.perf_counter()
        codes = engine(question.text)
        taken.append((time.perf_counter() - start) * 1000)
        ranks.append(_rank(codes[:MOST_CODES], question.gold))
    taken.sort()
    at_1, at_10 = (100 * sum(0 < rank <= n for rank in ranks) / len(ranks) for n in (1, MOST_CODES))
    return Score(len(ranks), at_1, at_10, percentile(taken, 0.5), percentile(taken, 0.99))


def _rank(codes: Sequence[str], gold: tuple[str, ...]) -> int:
    """The place of the first code that is right, from 1 on; 0 for none."""
    return next((place for place, code in enumerate(codes, 1) if _plain(code).startswith(gold)), 0)


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()
