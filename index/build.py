"""Building a snapshot: the catalogue, the Whoosh index over it, and what is read off the index."""

import gc
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from core import catalog_file
from core.catalog import Catalog
from core.classification import Entry, Level, classify
from core.lives import lives
from core.snapshot import Snapshot, SnapshotStore
from core.sources import SourceError, billable_validity, packaged
from core.sources.code_list import read_code_list
from core.sources.tabular_xml import read_tabular
from core.supplements import LoadedFiles, installed_identity
from index.models import Model
from index.synonyms import VERSION

CATALOG_FILE = "catalog.sqlite"
INDEX_FOLDER = "index"

#: Raised when the same sources are compiled into something else: the catalogue's tables, the index's
#: rows and fields, or the sections read off it.
_FORMAT = 21

_OF_BIRTH = "OP"  # how the codes of chapters 15 and 16 begin

#: The step after which the catalogue in the unfinished snapshot can be read.
CATALOGUE_WRITTEN = ("Writing the catalogue", 1, 1)

#: The stage that takes minutes.
COMPARING = "Reading meanings"
_STEPS = 1000  # of it that are told

#: Called with the name of a stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def packaged_identity(data: Path, model: Model | None = None) -> str:
    """The identity of the snapshot that this program makes of the packaged release in a data directory.

    Computed from pinned hashes: nothing but the small table of billable periods is read. Installing an
    optional package or loading a file changes it, and so does the model whose vectors it holds.
    """
    digest = hashlib.sha256(billable_validity.PATH.read_bytes())
    parts = [_FORMAT, VERSION, packaged.SHA256, installed_identity(), LoadedFiles(data).identity()]
    if model:
        parts.append(model.identity)
    digest.update(json.dumps(parts, sort_keys=True).encode())
    return digest.hexdigest()


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
    from importlib.metadata import version  # a look-up computes the identity above, and need not wait

    source = packaged.packaged_release()
    with _uncollected():
        counts = _write_facts(folder, source, loaded, progress)
        write_index(folder, progress)
    if model:
        _write_meanings(folder / INDEX_FOLDER, model, progress)
    files = [*source.files, packaged.source_file(billable_validity.PATH)]
    return {
        "program": version("icdlens"),
        "release": {"name": source.release.name, "effective": source.release.effective.isoformat()},
        "sources": [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in files],
        "counts": counts,
        "supplements": {**installed_identity(), **loaded.identity()},
        **({"model": model.identity} if model else {}),
    }


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: a seventh of the time, and what is read here holds no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _write_facts(
    folder: Path, source: packaged.PackagedRelease, loaded: LoadedFiles, progress: Progress
) -> dict[str, int]:
    """Write the catalogue; how many entries of which kind it has. Some 150 MB are let go of at the end."""
    progress("Reading the Tabular List", 0, 1)
    tabular = read_tabular(source.tabular)
    if tabular.version != str(source.release.fiscal_year):
        raise SourceError(source.tabular, f"it is of {tabular.version}, not of {source.release.name}")
    entries = classify(tabular, read_code_list(source.code_list))
    progress("Reading the Tabular List", 1, 1)
    progress("Writing the catalogue", 0, 1)
    periods = lives(entries, billable_validity.read_billable_validity(), source.release)
    catalog_file.write_catalog(folder / CATALOG_FILE, source.release, entries, periods, loaded.read())
    progress(*CATALOGUE_WRITTEN)
    return _counts(entries)


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
        common = {entry.number for code in common_codes() if (entry := catalog.entry(code))}
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
