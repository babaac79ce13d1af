"""The further names of a code that the vocabulary and the Alphabetic Index know: what people call it.

The checks of a note compare the words beside a code with its official texts; with these names they know
that "heart attack" is an acute myocardial infarction.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache

from core.alphabetic_index import index_terms_of
from core.catalog import Catalog
from core.code import Code
from core.notes import NoteKind
from index.synonyms import read_vocabulary

_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset("a an and by for from in of on or the to with unspecified other".split())
_KEPT = 4096  # codes


class CodeNames:
    """Names of codes, found when they are asked for first; what ``core.findings.check`` calls ``names``."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = lru_cache(maxsize=_KEPT)(self._find)

    def __call__(self, code: Code) -> tuple[str, ...]:
        """The names of a code, without its official texts; each once."""
        return self._names(code.text)

    def _find(self, name: str) -> tuple[str, ...]:
        code = Code(name)
        return tuple(dict.fromkeys((*self._terms_meaning(code), *self._index_terms(code))))

    def _terms_meaning(self, code: Code) -> Iterator[str]:
        """The terms of the vocabulary whose meaning is within the code's title or an inclusion term."""
        entry = self._catalog.entry(code)
        if entry is None:
            return
        path = self._catalog.path(entry)
        notes = self._catalog.notes(path)
        texts = [entry.title, *(n.text for n in notes if n.kind is NoteKind.INCLUSION_TERM)]
        for words in map(_words, texts):
            for word in words:
                for meaning, term in self._by_word.get(word, ()):
                    if meaning <= words:
                        yield term

    def _index_terms(self, code: Code) -> Iterator[str]:
        if found := index_terms_of(self._catalog, code):
            yield from (term.text for term in found.terms)

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[frozenset[str], str]]]:
        """The vocabulary by the longest word of each meaning."""
        found: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for synonym in read_vocabulary():
            if words := _words(synonym.meaning):
                found[max(sorted(words), key=len)].append((words, synonym.term))
        return found


class NamesByRelease:
    """The names of codes for each catalogue, for notes of several years."""

    def __init__(self) -> None:
        self._found: dict[Catalog, CodeNames] = {}

    def of(self, catalog: Catalog) -> CodeNames:
        if (found := self._found.get(catalog)) is None:
            found = self._found[catalog] = CodeNames(catalog)
        return found


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - _EMPTY
