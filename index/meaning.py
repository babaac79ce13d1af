"""Semantic search: the texts whose meaning is like a query's, and how they join what the words find.

A query's vector is compared with each text's. An entry's score is what its words score, and on top of that
a share of its most similar text's similarity. So a text of other words comes in among those that share words
with the query, and of texts that share as many words the one that means the same comes first.

The packages of the extra ``ai`` are imported, and the model loaded, by the first query that needs them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.compiled import CompiledIndex
from index.models import Model
from index.query import Reading
from index.ranking import EVERYWHERE, Match
from index.terms import Term

if TYPE_CHECKING:
    import numpy as np

    from index.vectors import Encodes, Similarities, StoredVectors

MEANING_FILE = "meaning.bin"

# Both weights were measured on the open part of the search benchmark; nothing else is fitted.
_SHARE = 0.7  # of a similarity that is added to the score
_LEAST_ALONE = 0.6  # similarity of a text none of whose words were asked for
_NEAREST = 100  # texts that are looked at beside those that the words found

_HAS_A_WORD = re.compile(r"[^\W\d_]{2}")
#: A query none of whose words the official texts have.
_UNREAD = Reading((), 1.0, False, None)


class Meaning:
    """Compares queries with the texts of one index."""

    def __init__(self, path: Path, model: Model, index: CompiledIndex) -> None:
        """``path`` is the file that ``index.vectors`` wrote with the same model. Opens nothing yet."""
        self._path = path
        self._model = model
        self._index = index
        self._similarities = lru_cache(maxsize=4)(self._compare)

    def prepare(self) -> None:
        """Open the vectors and load the model, by comparing nothing. Raises what ``join`` raises."""
        self._compare(("pain",))

    def close(self) -> None:
        """Let go of the vectors. Nothing can be compared any more."""
        self._similarities.cache_clear()
        if "_vectors" in self.__dict__:  # cached_property keeps them there once they were opened
            self._vectors.close()

    def join(
        self, matches: Mapping[int, Match], readings: Sequence[Reading], query: str, span: range
    ) -> dict[int, Match]:
        """The matches of a query's words, with what is similar in meaning, each with its score.

        Raises ``IndexUnavailable``, ``ModelUnavailable`` or ``SourceError``.
        """
        if not _HAS_A_WORD.search(query):
            return dict(matches)
        readings = readings or [_UNREAD]
        asked = {query_text(query, readings[0]): readings[0]}
        expanded = readings[min(1, len(readings) - 1)]
        if text := reading_text(expanded, self._index):
            asked.setdefault(text, expanded)
        similarity = self._similarities(tuple(asked))
        best = similarity.max(axis=0)
        nearest: dict[int, tuple[float, int]] = {}  # by entry: the most similar text
        entries = self._index.row_entry
        for vector in self._vectors.nearest(best, _NEAREST, self._within(span)):
            for row in self._vectors.rows_of(vector):
                nearest.setdefault(entries[row], (float(best[vector]), row))
        joined = {}
        for entry, match in matches.items():
            own = float(best[self._vectors.vector_of(match.row)]), match.row
            joined[entry] = _joined(match, *max(own, nearest.get(entry, own), key=lambda pair: pair[0]))
        for entry, (likeness, row) in nearest.items():
            if entry not in joined and likeness >= _LEAST_ALONE:
                by_text = similarity[:, self._vectors.vector_of(row)].tolist()
                reading = list(asked.values())[by_text.index(max(by_text))]
                joined[entry] = _alone(likeness, row, reading)
        return joined

    def _within(self, span: range) -> "np.ndarray[tuple[int], np.dtype[np.bool_]] | None":
        if span == EVERYWHERE:
            return None
        import numpy as np

        entries = np.asarray(self._index.row_entry)
        return (entries >= span.start) & (entries < span.stop)

    def _compare(self, texts: tuple[str, ...]) -> "Similarities":
        return self._vectors.similarities(self._encoder.encode(texts))

    @cached_property
    def _vectors(self) -> "StoredVectors":
        from index.vectors import StoredVectors

        return StoredVectors(self._path)

    @cached_property
    def _encoder(self) -> "Encodes":
        return self._model.open()


def query_text(query: str, reading: Reading) -> str:
    """A query as it was written, its misspelt words corrected: a model knows few of them."""
    for written, read in reading.corrected:
        query = re.sub(rf"\b{re.escape(written)}\b", read, query, flags=re.IGNORECASE)
    return " ".join(query.split())


def reading_text(reading: Reading, index: CompiledIndex) -> str:
    """A reading in words of the official texts: models know few abbreviations."""
    found = (("no " if term.denied else "") + _official(term, index) for term in reading.terms)
    return " ".join(found)


def _official(term: Term, index: CompiledIndex) -> str:
    """The word itself where the official texts have it, else the one that it likeliest stands for."""
    own = index.word_numbers.get(term.written)
    if (own is not None and index.word_count[own]) or not term.variants:
        return term.written
    word, _ = max(term.variants, key=lambda v: (v[1], index.word_count[v[0]], -v[0]))
    return term.read_as or index.lexicon[word]


def _joined(match: Match, likeness: float, row: int) -> Match:
    """A match of words with its similarity; it goes by the similar text where that tells more."""
    score = match.score + _SHARE * likeness
    if row != match.row and _SHARE * likeness > match.score:
        return match._replace(
            score=score, row=row, of_words=match.score, similarity=likeness, by_meaning=True
        )
    return match._replace(score=score, of_words=match.score, similarity=likeness)


def _alone(likeness: float, row: int, reading: Reading) -> Match:
    return Match(_SHARE * likeness, row, 0.0, 0.0, False, reading, 0.0, likeness, by_meaning=True)
