"""How texts and queries become words: folded to plain ASCII, lower case, cut at everything else."""

import re
import unicodedata
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"['’]s\b")

#: Words that carry no meaning in a coding question. The official texts use them on almost every line.
STOP_WORDS = frozenset(
    """
    a an and as at by for from in into is it its nec nos of on or other specified than that the their
    this to type unspecified was were which with
    """.split()
)

_stemmer = EnglishStemmer()


def words(text: str) -> list[str]:
    """The words of a text in order, stop words included: ``Crohn's disease [M]`` → crohn, disease, m."""
    return _WORD.findall(_POSSESSIVE.sub("", _folded(text)))


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The part that a word's forms share: fracture, fractures, fractured → fractur."""
    return str(_stemmer.stemWord(word)) if len(word) > 3 else word


def _folded(text: str) -> str:
    """Lower case without accents: Ménière → meniere, whichever way the accent is written."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
