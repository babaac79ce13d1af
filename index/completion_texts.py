"""What can be completed: the rows of the index, and the terms of the search vocabulary.

A term leads to the row that answers its meaning best, so that "heart att" completes to the code whose
official text is "Acute myocardial infarction".
"""

from collections.abc import Sequence
from functools import cache

from index.compiled import CompiledIndex
from index.completion import CompletionText
from index.hit import RowKind
from index.query import QueryReader
from index.ranking import EVERYWHERE, Ranking
from index.rows import Row
from index.synonyms import Synonym, Vocabulary
from index.words import words

# What makes a text less likely to be meant, in words of its length.
_DEPTH_COST = 0.5  # for each level below the category
_KIND_COST = {RowKind.TITLE: 0.0, RowKind.INDEX_TERM: 2.0}
_NOTE_COST = 1.0
_TERM_COST = 0.5  # of the search vocabulary

_COMPLETED = (Vocabulary.SYNONYMS, Vocabulary.ABBREVIATIONS)


def completion_texts(
    index: CompiledIndex, rows: Sequence[Row], vocabulary: Sequence[Synonym]
) -> list[CompletionText]:
    """All texts, the most useful first: short ones, of headings before their codes, titles before others."""
    reader, ranking = QueryReader(index), Ranking(index)
    exact = {tuple(words(row.text)): number for number, row in reversed(list(enumerate(rows)))}

    @cache
    def best_row(meaning: str) -> int | None:
        if (own := exact.get(tuple(words(meaning)))) is not None:
            return own
        best = ranking.matches(reader.readings(meaning)[:1], EVERYWHERE).values()
        return max(best, key=lambda match: (match.score, -match.row)).row if best else None

    texts = [
        (len(row.words), _KIND_COST.get(row.kind, _NOTE_COST), CompletionText(row.text, number))
        for number, row in enumerate(rows)
    ]
    for synonym in vocabulary:
        if synonym.list in _COMPLETED and (row := best_row(synonym.meaning)) is not None:
            text = CompletionText(synonym.term, row, synonym.meaning)
            texts.append((len(words(synonym.term)), _TERM_COST, text))

    def cost(found: tuple[int, float, CompletionText]) -> tuple[float, int]:
        length, kind_cost, text = found
        return length + kind_cost + _DEPTH_COST * depth(rows[text.row].entry), length

    @cache
    def depth(entry: int) -> int:
        return 1 + depth(index.entry_parent[entry]) if entry else 0

    # Sorting is stable: of equals, rows come in the order of their usefulness, then terms.
    return [text for _, _, text in sorted(texts, key=cost)]
