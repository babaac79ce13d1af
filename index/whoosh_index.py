"""The Whoosh index of a release: schema, writing, and reading its lexicon and postings.

The only module that imports whoosh, and only these parts of it, which 2.7.4, whoosh-reloaded and
whoosh3 have in common. Its query classes are not used: ``Prefix`` and ``FuzzyTerm`` take up to
seconds, and ``AndMaybe`` can loop without end (2.7.4).
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from whoosh import fields
from whoosh.codec import default_codec
from whoosh.index import EmptyIndexError, create_in, open_dir

from index.postings import Field, IndexUnavailable, Postings
from index.rows import Row

_MEMORY_MB = 128  # of postings before the writer spills a run to disk
_REPORT_EVERY = 1000


def write_whoosh(folder: Path, rows: Sequence[Row], report: Callable[[int, int], None]) -> None:
    """Write a new index of rows. ``report`` is told how many of them are done."""
    codec = default_codec()
    # Lengths of fields are for Whoosh's own scoring. No field here has any, and it would look for the file of
    # them at every posting.
    codec.length_stats = False
    writer = create_in(str(folder), _schema()).writer(limitmb=_MEMORY_MB, codec=codec)
    for number, row in enumerate(rows):
        writer.add_document(
            words=" ".join(row.words),
            modifiers=" ".join(row.modifiers),
            context=" ".join(row.context),
        )
        if number % _REPORT_EVERY == 0:
            report(number, len(rows))
    writer.commit()
    for lock in folder.glob("*_WRITELOCK"):
        lock.unlink()  # nobody writes to a finished index
    report(len(rows), len(rows))


def read_postings(folder: Path) -> Iterator[Postings]:
    """Every word of every field with its rows, in the lexicon's order. Raises ``IndexUnavailable``."""
    try:
        reader = open_dir(str(folder), readonly=True).reader()
    except (EmptyIndexError, OSError) as error:
        raise IndexUnavailable(
            f"The index {folder} cannot be read; mend it with: icdlens build --force"
        ) from error
    try:
        for field in Field:
            for raw in reader.lexicon(field.value):
                matcher = reader.postings(field.value, raw)
                word = raw.decode("utf-8") if isinstance(raw, bytes) else str(raw)
                yield Postings(field, word, tuple(matcher.all_ids()))
    finally:
        reader.close()


def _schema() -> Any:
    return fields.Schema(**{field.value: fields.KEYWORD() for field in Field})
