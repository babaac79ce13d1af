"""Building a snapshot: the catalogue, the Whoosh index over it, and what is read off the index."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import catalog_file
from core.catalog import Catalog
from core.classification import Entry, Level, classify
from core.code import Code
from core.lives import lives
from core.reimbursement import installed_identity
from core.release import Release
from core.snapshot import Snapshot, SnapshotStore
from core.sources import SourceError, billable_validity, packaged
from core.sources.code_list import read_code_list
from core.sources.tabular_xml import read_tabular
from core.supplements import LoadedFiles, Supplements
from index.identity import CATALOG_FILE, FORMAT, INDEX_FOLDER, packaged_identity
from index.models import Model

_OF_BIRTH = "OP"  # how the codes of chapters 15 and 16 begin

#: The step after which the catalogue in the unfinished snapshot can be read.
CATALOGUE_WRITTEN = ("Writing the catalogue", 1, 1)

#: The stage that takes minutes.
COMPARING = "Reading meanings"
_STEPS = 1000  # of it that are told

#: Called with the name of a stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def build(
    store: SnapshotStore,
    progress: Progress,
    *,
    model: Model | None = None,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Snapshot:
    """Compile the packaged release and put it in use; where it is already, do nothing.

    With a model, a vector is computed for each text; that takes minutes. ``waiting`` is called once if
    another process is compiling, which is then waited for.

    Raises ``SourceError``, ``ClassificationError``, ``ValidityError``, ``ModelUnavailable`` or
    ``SnapshotError``; the snapshot that was in use before then still is.
    """
    return store.build(
        packaged_identity(store.root, model),
        lambda folder: _compile(folder, LoadedFiles(store.root), model, progress),
        force=force,
        waiting=waiting,
    )


def _compile(folder: Path, loaded: LoadedFiles, model: Model | None, progress: Progress) -> Mapping[str, Any]:
    source = packaged.packaged_release()

    def facts() -> Facts:
        codes = read_code_list(source.code_list)
        return Facts(source.release, source.tabular, codes, lambda _: loaded.read())

    written = write_release(folder, facts, model, progress)
    return {**written, **described(source.files, loaded)}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a catalogue is made of. ``supplements`` is called with the entries, and may refuse them."""

    release: Release
    tabular: Path
    codes: Sequence[Code]
    supplements: Callable[[Sequence[Entry]], Supplements]


def write_release(
    folder: Path, read: Callable[[], Facts], model: Model | None, progress: Progress
) -> dict[str, Any]:
    """Write the catalogue and the index of a release into a folder; what the record says of them."""
    with uncollected():
        release, counts = _write_facts(folder, read, progress)
        write_index(folder, progress)
    if model:
        _write_meanings(folder / INDEX_FOLDER, model, progress)
    return {
        "format": FORMAT,
        "release": {"name": release.name, "effective": release.effective.isoformat()},
        "counts": counts,
        **({"model": model.identity} if model else {}),
    }


def described(files: Sequence[packaged.SourceFile], loaded: LoadedFiles) -> dict[str, Any]:
    """What a snapshot's record says of its sources."""
    from importlib.metadata import version  # a look-up computes the identity above, and need not wait

    files = [*files, packaged.source_file(billable_validity.PATH)]
    return {
        "program": version("icdlens"),
        "sources": [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in files],
        "supplements": {**installed_identity(), **loaded.identity()},
    }


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: a seventh of the time, and what is read here holds no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _write_facts(
    folder: Path, read: Callable[[], Facts], progress: Progress
) -> tuple[Release, dict[str, int]]:
    """Write the catalogue; how many entries of which kind it has. Some 150 MB are let go of at the end."""
    progress("Reading the Tabular List", 0, 1)
    facts = read()
    tabular = read_tabular(facts.tabular)
    if tabular.version != str(facts.release.fiscal_year):
        raise SourceError(facts.tabular, f"it is of {tabular.version}, not of {facts.release.name}")
    entries = classify(tabular, facts.codes)
    supplements = facts.supplements(entries)
    progress("Reading the Tabular List", 1, 1)
    progress("Writing the catalogue", 0, 1)
    periods = lives(entries, billable_validity.read_billable_validity(), facts.release)
    catalog_file.write_catalog(folder / CATALOG_FILE, facts.release, entries, periods, supplements)
    progress(*CATALOGUE_WRITTEN)
    return facts.release, _counts(entries)


def write_index(folder: Path, progress: Progress) -> None:
    """Index the catalogue in a folder, and store beside it what searches read."""
    from index.compiled import CompiledIndex, write_compiled
    from index.completion import write_completions
    from index.completion_texts import completion_texts
    from index.default_codes import hierarchy_of
    from index.rows import rows
    from index.searcher import COMPILED_FILE, COMPLETION_FILE
    from index.synonyms import common_codes, read_vocabulary
    from index.whoosh_index import read_postings, write_whoosh

    index = folder / INDEX_FOLDER
    index.mkdir()
    progress("Indexing", 0, 1)
    with Catalog(folder / CATALOG_FILE) as catalog:
        found = rows(catalog)
        hierarchy = hierarchy_of(catalog)
        meanings = catalog.seventh_character_meanings()
        of_birth = {entry.number for entry in catalog.codes() if entry.name[0] in _OF_BIRTH}
        first = [code for code in common_codes() if code.completes]
        common = {e.number: c.daily for c in first if (e := catalog.entry(c.code))}
    vocabulary = read_vocabulary()
    write_whoosh(index, found, lambda done, total: progress("Indexing", done, total))
    progress("Reading the index", 0, 1)
    postings = read_postings(index)
    write_compiled(index / COMPILED_FILE, found, postings, vocabulary, hierarchy, meanings, of_birth)
    del hierarchy
    progress("Reading the index", 1, 1)
    progress("Writing completions", 0, 1)
    with closing(CompiledIndex(index / COMPILED_FILE)) as compiled:
        write_completions(index / COMPLETION_FILE, completion_texts(compiled, found, vocabulary, common))
    progress("Writing completions", 1, 1)


def _write_meanings(index: Path, model: Model, progress: Progress) -> None:
    """Store a vector for each distinct text of the index."""
    from index.compiled import CompiledIndex
    from index.meaning import MEANING_FILE
    from index.searcher import COMPILED_FILE
    from index.vectors import write_vectors

    progress(COMPARING, 0, _STEPS)
    encoder = model.open()
    with closing(CompiledIndex(index / COMPILED_FILE)) as compiled:
        texts = [compiled.text(row) for row in range(len(compiled.row_entry))]

    def report(share: float) -> None:
        progress(COMPARING, int(share * _STEPS), _STEPS)

    write_vectors(index / MEANING_FILE, texts, encoder, report)


def _counts(entries: list[Entry]) -> dict[str, int]:
    levels = Counter(entry.level for entry in entries)
    groups = {f"{level}s": levels.pop(level) for level in (Level.CHAPTER, Level.BLOCK)}
    billable = sum(entry.billable for entry in entries)
    return {**groups, "codes": levels.total(), "billable": billable}
