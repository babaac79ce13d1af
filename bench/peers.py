"""Search engines that the search is measured beside, each over the same official texts.

A row for each title, inclusion term and includes note; the codes that a 7th character makes are left out
for the peers as they are for us. Any word of the query may match; the last one of what is being typed as
the beginning of a word.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from bench.query_sets import MOST_CODES
from core.catalog import Catalog
from core.notes import NoteKind

_WORD = re.compile(r"[^\W_]+")
_MOST_ROWS = 50  # of which several may be of one code
_READ = {NoteKind.INCLUSION_TERM, NoteKind.INCLUDES}

#: Answers a text with codes, best first; ``True`` where it is still being typed.
Peer = Callable[[str, bool], list[str]]


class PeerMissing(Exception):
    """A peer is not installed here. The message says what to do."""


def official_texts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Every official text that names a code, with the code."""
    names = {entry.number: entry.name for entry in catalog.codes() if entry.printed}
    for entry in catalog.codes():
        if entry.printed:
            yield entry.name, entry.title
    for number, kind, _group, text in catalog.all_notes():
        if kind in _READ and number in names:
            yield names[number], text


def fts5(texts: Iterable[tuple[str, str]]) -> Peer:
    """SQLite's full-text search with its Porter stemmer, in memory."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE text USING fts5(code UNINDEXED, words, tokenize = 'porter unicode61')")
    db.executemany("INSERT INTO text VALUES (?, ?)", texts)
    db.execute("INSERT INTO text(text) VALUES ('optimize')")

    def answer(asked: str, typing: bool) -> list[str]:
        found = _WORD.findall(asked)
        if not found:
            return []
        query = " OR ".join(f'"{word}"' for word in found) + ("*" if typing else "")
        rows = db.execute(
            "SELECT code FROM text WHERE text MATCH ? ORDER BY rank LIMIT ?", (query, _MOST_ROWS)
        )
        return _unique(code for (code,) in rows)

    return answer


def tantivy(texts: Iterable[tuple[str, str]]) -> Peer:
    """tantivy with its English stemmer, in memory. Raises ``PeerMissing``."""
    try:
        from tantivy import Document, Index, Occur, Query, SchemaBuilder
    except ImportError:
        raise PeerMissing("not installed; install it with: pip install --group bench") from None

    builder = SchemaBuilder()
    builder.add_text_field("code", stored=True, tokenizer_name="raw")
    builder.add_text_field("words", tokenizer_name="en_stem")
    schema = builder.build()
    index = Index(schema)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for code, text in texts:
        writer.add_document(Document(code=code, words=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def answer(asked: str, typing: bool) -> list[str]:
        found = [word.lower() for word in _WORD.findall(asked)]
        if not found:
            return []
        query, _ = index.parse_query_lenient(" ".join(found), ["words"])
        if typing:
            begun = Query.regex_query(schema, "words", f"{found[-1]}.*")
            query = Query.boolean_query([(Occur.Should, query), (Occur.Should, begun)])
        hits = searcher.search(query, _MOST_ROWS).hits
        return _unique(searcher.doc(address)["code"][0] for _, address in hits)

    return answer


PEERS: dict[str, Callable[[Iterable[tuple[str, str]]], Peer]] = {
    "SQLite FTS5, porter": fts5,
    "tantivy": tantivy,
}


def _unique(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))[:MOST_CODES]
