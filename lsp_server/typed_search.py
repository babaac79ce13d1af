"""Search while somebody types: what completes the words, and what matches them as they stand."""

from datetime import date

from core.code import Code
from index.hit import Hit
from index.library import Library


def find_while_typing(library: Library, query: str, on: date, *, limit: int) -> list[Hit]:
    """Codes for a query whose last word may be unfinished, each once, best first.

    Where search takes the last word as it is written, what it finds comes first; otherwise what completes
    that word does.
    """
    found = library.search(query, on, limit=limit, by_meaning=False)  # nobody who types waits for a model
    completed = library.complete(query, on, limit=limit)
    first, then = (completed, found) if _reads_last_word_otherwise(query, found) else (found, completed)
    by_code: dict[Code, Hit] = {}
    for hit in (*first, *then):
        by_code.setdefault(hit.code, hit)
    return list(by_code.values())[:limit]


def _reads_last_word_otherwise(query: str, found: list[Hit]) -> bool:
    """Whether the best hit needed another word in place of the last one: ``att`` as *attempted*."""
    words = query.casefold().split()
    changes = (*found[0].corrected, *found[0].expanded) if found else ()
    return any(written.casefold().endswith(words[-1]) for written, _ in changes if words)
