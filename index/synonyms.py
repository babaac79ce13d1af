"""The search vocabulary: words that people use, and the official words that they mean.

Written for icdlens from general medical and coding knowledge, one entry a line: a term, a tab, and its
meaning in the words of the official text. A term leads to words, never to a code: the code and the
text that is shown come from the release.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.code import Code, InvalidCode
from core.errors import IcdlensError

FOLDER = Path(__file__).parent / "vocabulary"

#: The beginning of the SHA-256 of all lists, one after the other: a snapshot made with others is made again.
VERSION = "95dd876e4465f9c6"

_COMMON = "common.tsv"
_DAILY, _NAME = "daily", "name"


class VocabularyError(IcdlensError):
    """A line of the vocabulary is not a term, a tab and a meaning."""


class Vocabulary(StrEnum):
    """The lists, by the names of their files."""

    SYNONYMS = "synonyms"  # one way: hives, urticaria
    ABBREVIATIONS = "abbreviations"  # one way: ckd, chronic kidney disease
    SPELLINGS = "spellings"  # one way: oedema, edema
    EQUIVALENTS = "equivalents"  # both ways: renal, kidney


@dataclass(frozen=True, slots=True)
class Synonym:
    """A term and the words of the official text that it means."""

    list: Vocabulary
    term: str
    meaning: str


def version_of(folder: Path = FOLDER) -> str:
    """What ``VERSION`` has to be."""
    digest = hashlib.sha256()
    for name in (*(f"{vocabulary}.tsv" for vocabulary in Vocabulary), _COMMON):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def read_vocabulary(folder: Path = FOLDER) -> list[Synonym]:
    """All lists, in their files' order. Raises ``VocabularyError``."""
    return [synonym for vocabulary in Vocabulary for synonym in read_list(vocabulary, folder)]


@dataclass(frozen=True, slots=True)
class CommonCode:
    """A code that coders meet often, and what people call it."""

    code: Code
    name: str
    #: Whether most practices meet it daily.
    daily: bool
    #: Whether it completes before others; else only its name is known.
    completes: bool


def common_codes(folder: Path = FOLDER) -> list[CommonCode]:
    """The codes that coders meet most often, by our own judgement: they complete first, and have names.

    A line has a code, a tab, and what people call it. Those that most practices meet daily come first, in the
    order of how often, with another tab and ``daily``. With a tab and ``name`` it is one more name of a
    code, or the name of one that coders meet less often. Raises ``VocabularyError``.
    """
    path, found = folder / _COMMON, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        code, *said = line.split("\t")
        if not (said and said[0]) or said[1:] not in ([], [_DAILY], [_NAME]):
            raise VocabularyError(f"{path}, line {number}: not a code, a tab and a name.")
        try:
            found.append(CommonCode(Code(code), said[0], said[1:] == [_DAILY], said[1:] != [_NAME]))
        except InvalidCode as error:
            raise VocabularyError(f"{path}, line {number}: not a code, a tab and a name.") from error
    return found


def read_list(vocabulary: Vocabulary, folder: Path = FOLDER) -> Iterator[Synonym]:
    """One list, in its file's order. Raises ``VocabularyError``."""
    path = folder / f"{vocabulary}.tsv"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        term, tab, meaning = line.partition("\t")
        if not (term and tab and meaning) or "\t" in meaning or line != line.strip():
            raise VocabularyError(f"{path}, line {number}: not a term, a tab and a meaning.")
        yield Synonym(vocabulary, term, meaning)
