"""How texts and queries become words: folded to plain ASCII, lower case, cut at everything else."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[a-z0-9]+")
_WORD_OR_STOP = re.compile(r"[a-z0-9]+|[,;:()\[\]]")
_POSSESSIVE = re.compile(r"['’]s\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")

#: Words that carry no meaning in a coding question. The official texts use them on almost every line.
STOP_WORDS = frozenset(
    """
    a an and as at both by for from in into is it its nec nos of on or other specified than that the
    their this to type unspecified was were which with without not no except excluding
    """.split()
)

#: Sorts behind every word that starts with what stands before it.
AFTER_ANY_WORD = "\U0010ffff"

SIDES = frozenset({"right", "left", "bilateral"})
#: Words for how a drug did harm: the intent of a poisoning, an adverse effect, underdosing (I.C.19.e).
INTENTS = frozenset({"harm", "assault", "undetermined", "adverse", "underdosing"})
#: Words that choose among codes which leave open, or name another, side, trimester, phase or intent.
CHOICES = SIDES | INTENTS | {"first", "second", "third", "childbirth", "puerperium"}

#: Words that say in what capacity a condition is meant, as the titles of chapter 21 have them.
CAPACITIES = frozenset("history screening exposure allergy aftercare counseling observation carrier".split())

_DENYING = frozenset({"without", "not", "no", "except", "excluding", "denies", "denied"})
_NOTHING_MORE = frozenset({"unspecified", "nos"})
_ASSERTING = frozenset({"with", "but"})
_DISEASES = ("itis", "itides", "osis", "oses", "oma", "omas", "omata")
_PREPOSITIONS = frozenset("of in on at by for from with without due to following after during".split())

#: Endings that a disease and the adjectives made of it exchange: sclerosis, sclerotic; ureter, ureteral.
#: What follows the arrow keeps inflammations (-itis) apart from other diseases (-osis) of an organ.
_ENDINGS = tuple(
    tuple(pair.split(">"))
    for pair in """
    iases>ia iasis>ia iatic>ia asis>a atic>a oses>o osis>o otic>o itides>it itis>it itic>it eses>e esis>e
    etic>e yses>y ysis>y ytic>y aemia>em emia>em emic>em uria>ur uric>ur pathies>path pathy>path
    pathic>path plegia>pleg plegic>pleg paresis>par paretic>par trophy>troph trophic>troph plasia>plas
    plastic>plas ical> ial> eal> al> ary> ar> ic> ous> us> um> ies> ae> a> is> es> y> s> e>
    """.split()
)
_SHORTEST_SINGULAR = 4  # pcos is no plural
_SHORTEST_ROOT = 4
_SHORTEST_ROOTED = 6  # a shorter word has too many others around its root

_stemmer = EnglishStemmer()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text and how it stands there.

    ``denied``: the text says that it is not so, as in "without hemorrhage". ``aside``: in parentheses
    or brackets. ``leading``: before the first comma, bracket or preposition, where titles name the
    condition.
    """

    word: str
    denied: bool = False
    aside: bool = False
    leading: bool = True


def words(text: str) -> list[str]:
    """The words of a text in order, stop words included: ``Crohn's disease [M]`` → crohn, disease, m."""
    return _WORD.findall(_plain(text))


def telling_text(text: str) -> str:
    """The words of a text as they stand, but for those that say that nothing more is known."""
    return " ".join(word for word in words(text) if word not in _NOTHING_MORE)


def tokens(text: str) -> list[Token]:
    """The words of a text in order, each with whether it is denied.

    A denial reaches to the next comma, bracket, preposition, "with" or "but": the right hand is not denied
    in "laceration without foreign body of right hand".
    """
    found: list[Token] = []
    denied, depth, leading = False, 0, True
    for word in _WORD_OR_STOP.findall(_plain(text)):
        if not word.isalnum() or word in _ASSERTING or word in _PREPOSITIONS:
            denied = False
        leading = leading and not (found and (word in _PREPOSITIONS or not word.isalnum()))
        depth = max(0, depth + (word in "([") - (word in ")]"))
        if word.isalnum():
            found.append(Token(word, denied, depth > 0, leading))
        denied = denied or word in _DENYING
    return found


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The part that a word's forms share: fracture, fractures, fractured → fractur."""
    return str(_stemmer.stemWord(word)) if len(word) > 3 else word


def root(word: str) -> str | None:
    """The part that related words share: sclerosis, sclerotic → sclero. ``None`` for a short word."""
    if len(word) < _SHORTEST_ROOTED:
        return None
    for ending, kept in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word[: len(word) - len(ending)] + kept
    return word


def is_filler(word: str) -> bool:
    """Whether a word adds nothing to a term: a stop word that denies nothing."""
    return word in STOP_WORDS and word not in _DENYING


def names_disease(word: str) -> bool:
    """Whether a word's ending names a kind of disease: hepatitis, but not hepatic."""
    return word.endswith(_DISEASES)


def singular(word: str) -> str:
    """A word without its plural's ending: hives → hive. Other endings change what a single word means."""
    if len(word) <= _SHORTEST_SINGULAR or not word.endswith("s") or word[-2] in "aius":
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith("sses") else word[:-1]


def triples(word: str) -> set[str]:
    """Each three letters that stand together in a word, its beginning and end marked."""
    padded = f"^{word}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def phrase_key(written: Sequence[str]) -> str:
    """What terms that differ in word endings and stop words have in common: stones in the kidney.

    A single word that counts keeps its ending, and the stop words beside it: "a fib" is no "fib". What
    is denied stays denied: "no bowel sounds".
    """
    telling = [word for word in written if not is_filler(word)]
    if len(telling) < 2:
        return " ".join(map(singular, written))
    stems = map(stem, telling)
    # Word order is free, but not that of letters: "s p" is no "p s".
    return " ".join(sorted(stems) if min(map(len, telling)) > 2 else stems)


def _plain(text: str) -> str:
    """Folded, without the endings of possessives and the commas in numbers: 1,249 grams → 1249 grams."""
    return _THOUSANDS.sub("", _POSSESSIVE.sub("", _folded(text)))


def _folded(text: str) -> str:
    """Lower case without accents: Ménière → meniere, whichever way the accent is written."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
