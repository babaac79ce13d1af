"""What can be completed: the rows of the index, and the terms of the search vocabulary.

A term leads to the row that answers its meaning best, so that "heart att" completes to the code whose
official text is "Acute myocardial infarction".
"""

import re
from collections.abc import Mapping, Sequence
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
_NOTE_COST = 0.5
_TERM_COST = 0.5  # of the search vocabulary
_COMMON_GAIN = 4.0  # of what coders meet often
_DAILY_GAIN = 6.0  # of what they meet daily
_FIRST_GAIN = 2.0  # on top of it, of the first of these; of the others the less, the later they stand

#: "Pain in shoulder", which people begin with the place.
_OF_A_PLACE = re.compile(r"(\w+) (?:of|in) (?:unspecified )?((?:\w+ ){0,2}\w+)")

_COMPLETED = (Vocabulary.SYNONYMS, Vocabulary.ABBREVIATIONS)


def completion_texts(
    index: CompiledIndex, rows: Sequence[Row], vocabulary: Sequence[Synonym], common: Mapping[int, bool]
) -> list[CompletionText]:
    """All texts, the most useful first: what is common, short texts, headings before their codes, titles.

    ``common`` are the entries that are asked for most often, each with whether it is daily; those stand in
    the order of how often.
    """
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
        if row.kind is not RowKind.EXTERNAL_CAUSE_TERM  # for its size; the titles complete causes
    ]
    for number, title in enumerate(rows):
        if title.kind is RowKind.TITLE and (turned := _turned(title.text)):
            texts.append((len(words(turned)), _TERM_COST, CompletionText(turned, number, title.text)))
    for synonym in vocabulary:
        if synonym.list in _COMPLETED and (row := best_row(synonym.meaning)) is not None:
            text = CompletionText(synonym.term, row, synonym.meaning)
            texts.append((len(words(synonym.term)), _TERM_COST, text))

    gains = dict.fromkeys(common, _COMMON_GAIN)
    daily = [entry for entry, is_daily in common.items() if is_daily]
    for place, entry in enumerate(daily):
        gains[entry] = _DAILY_GAIN + _FIRST_GAIN * (1 - place / len(daily))

    def cost(found: tuple[int, float, CompletionText]) -> tuple[float, int]:
        length, kind_cost, text = found
        entry = rows[text.row].entry
        gain = max(gains.get(entry, 0.0), gains.get(index.entry_unspecified[entry], 0.0))
        return length + kind_cost + _DEPTH_COST * depth(entry) - gain, length

    @cache
    def depth(entry: int) -> int:
        return 1 + depth(index.entry_parent[entry]) if entry else 0

    # Sorting is stable: of equals, rows come in the order of their usefulness, then terms.
    return [text for _, _, text in sorted(texts, key=cost)]


def _turned(title: str) -> str | None:
    """A title with its place first: "shoulder pain"."""
    found = _OF_A_PLACE.fullmatch(title)
    return f"{found[2]} {found[1]}".lower() if found else None
