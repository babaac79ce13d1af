"""The search vocabulary: words that people use, and the official words that they mean.

Written for icdlens from general medical and coding knowledge, one entry a line: a term, a tab, and its
meaning in the words of the official text. A term leads to words, never to a code: the code and the
text that is shown come from the release.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from core.code import Code, InvalidCode
from core.errors import IcdlensError
from index.words import telling_text

FOLDER = Path(__file__).parent / "vocabulary"

#: The beginning of the SHA-256 of all lists, one after the other: a snapshot made with others is made again.
VERSION = "1d49fcd62d654332"

_COMMON = "common.tsv"
_DAILY = "daily"


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
    """A code that coders meet often, or ``daily`` in most practices, and what people call it."""

    code: Code
    name: str
    daily: bool


def common_codes(folder: Path = FOLDER) -> list[CommonCode]:
    """The codes that coders meet most often, by our own judgement: they complete first, and have names.

    A line has a code, a tab, and what people call it; a code can have several. Those that most practices
    meet daily come first, in the order of how often, with another tab and ``daily``. Raises
    ``VocabularyError``.
    """
    path, found = folder / _COMMON, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            code, name, *daily = line.split("\t")
            found.append(CommonCode(Code(code), name, daily == [_DAILY]))
        except (InvalidCode, ValueError) as error:
            raise VocabularyError(f"{path}, line {number}: not a code, a tab and a name.") from error
    return found


@cache
def common_names() -> Mapping[str, Code]:
    """What people call the codes that coders meet most often, as ``telling_text`` has it, and the codes."""
    return {telling_text(common.name): common.code for common in common_codes()}


def read_list(vocabulary: Vocabulary, folder: Path = FOLDER) -> Iterator[Synonym]:
    """One list, in its file's order. Raises ``VocabularyError``."""
    path = folder / f"{vocabulary}.tsv"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        term, tab, meaning = line.partition("\t")
        if not (term and tab and meaning) or "\t" in meaning or line != line.strip():
            raise VocabularyError(f"{path}, line {number}: not a term, a tab and a meaning.")
        yield Synonym(vocabulary, term, meaning)
