"""What can be completed: the rows of the index, and the terms of the search vocabulary.

A term leads to the row that answers its meaning best, so that "heart att" completes to the code whose
official text is "Acute myocardial infarction".
"""

from collections.abc import Sequence
from functools import cache

from index.compiled import CompiledIndex
from index.completion import CompletionText
from index.query import QueryReader
from index.ranking import EVERYWHERE, Ranking
from index.rows import Row
from index.synonyms import Synonym, Vocabulary
from index.words import words

_COMPLETED = (Vocabulary.SYNONYMS, Vocabulary.ABBREVIATIONS)


def completion_texts(
    index: CompiledIndex, rows: Sequence[Row], vocabulary: Sequence[Synonym]
) -> list[CompletionText]:
    """All texts, the most useful first: shorter ones, and rows before terms of the same length."""
    reader, ranking = QueryReader(index), Ranking(index)
    exact = {tuple(words(row.text)): number for number, row in reversed(list(enumerate(rows)))}

    @cache
    def best_row(meaning: str) -> int | None:
        if (own := exact.get(tuple(words(meaning)))) is not None:
            return own
        best = ranking.matches(reader.readings(meaning)[:1], EVERYWHERE).values()
        return max(best, key=lambda match: (match.score, -match.row)).row if best else None

    texts = [(len(row.words), n, CompletionText(row.text, n)) for n, row in enumerate(rows)]
    for synonym in vocabulary:
        if synonym.list in _COMPLETED and (row := best_row(synonym.meaning)) is not None:
            length = len(words(synonym.term))
            texts.append((length, len(rows), CompletionText(synonym.term, row, synonym.meaning)))
    return [text for _, _, text in sorted(texts, key=lambda found: found[:2])]
