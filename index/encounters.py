"""What in a query chooses a 7th character rather than a title (Official Guidelines, I.C.19.a)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from index.words import words

_K = TypeVar("_K")

#: As 7th characters mean it, with what they are for; it is no part of the condition's name.
_IN_FULL = re.compile(r"\b(?:initial|subsequent) encounter\b(?: for [^,]*)?", re.IGNORECASE)
_SEQUELA = re.compile(r"\bsequelae?\b|\blate effects?\b", re.IGNORECASE)
_FIRST = re.compile(r"\binitial\b(?! episode)", re.IGNORECASE)
#: How a fracture heals is only told of the encounters after active treatment (I.C.19.c.1).
_LATER = re.compile(
    r"\bsubsequent\b(?! episode)|\bnon-?union\b|\bmalunion\b|\b(?:delayed|routine) healing\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Encounter:
    """The kind of encounter that a query names, in the words with which meanings begin, and all its words."""

    kind: str
    asked: frozenset[str]

    def choose(self, meanings: Mapping[_K, str]) -> _K | None:
        """The 7th character whose meaning fits best, the first of equals; ``None`` where none does.

        Of equals the first is for a closed fracture with routine healing.
        """
        fitting = [key for key, meaning in meanings.items() if meaning.startswith(self.kind)]
        return max(fitting, key=lambda key: len(self.asked & set(words(meanings[key]))), default=None)


def encounter_in(query: str) -> Encounter | None:
    """The encounter that a query names; ``None`` where it says nothing of one."""
    kinds = (("sequela", _SEQUELA), ("subsequent encounter", _LATER), ("initial encounter", _FIRST))
    kind = next((kind for kind, pattern in kinds if pattern.search(query)), None)
    return Encounter(kind, frozenset(words(query.replace("non-union", "nonunion")))) if kind else None


def without_encounter(query: str) -> str:
    """The query without the meaning of a 7th character."""
    return _IN_FULL.sub(" ", query)
