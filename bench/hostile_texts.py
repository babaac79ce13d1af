"""Texts that nobody would type and that a search must bear all the same: long, and of the worst kinds."""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, punctuation

from index.words import STOP_WORDS

LONGEST = 10_000  # characters
_SURROGATES = range(0xD800, 0xE000)
_MOST_LETTERS = 400  # of one word
_COMMON = 150  # words
#: Characters that become many when folded, or that many others are combined with.
_UNFOLDING = ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}", "\N{SQUARE APAATO}", "e\u0301\u0301\u0301")
_VOWELS = re.compile("[aeiou]")


@dataclass(frozen=True, slots=True)
class HostileText:
    kind: str
    text: str


class HostileTexts:
    """Makes texts of each kind in turn, from official titles, codes and our own vocabulary's terms."""

    def __init__(self, seed: int, titles: Sequence[str], codes: Sequence[str], terms: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._titles = titles
        self._codes = codes
        self._terms = terms
        counts = Counter(word for title in titles for word in title.split())
        self._words = sorted(counts)
        self._commonest = [word for word, _ in counts.most_common(_COMMON)]
        self._kinds: dict[str, Callable[[], str]] = {
            "one word without end": lambda: self._repeated(self._letters(), ""),
            "a long word, again and again": lambda: self._repeated(self._letters(), " "),
            "misspelt titles": lambda: self._glued(self._misspelt_title, " "),
            "misspelt titles without spaces": lambda: self._glued(self._misspelt_title, "").replace(" ", ""),
            "misspelt words of many titles": lambda: self._glued(self._misspelt_word, " "),
            "the commonest words": lambda: self._glued(lambda: self._random.choice(self._commonest), " "),
            "words without vowels": lambda: self._glued(self._contraction, " "),
            "beginnings of words": lambda: self._glued(self._beginning, " "),
            "codes": lambda: self._glued(self._code, " "),
            "codes without spaces": lambda: self._glued(self._code, ""),
            "codes and words": lambda: self._glued(self._code_or_word, " "),
            "terms of the vocabulary": lambda: self._glued(self._term, " "),
            "misspelt terms of the vocabulary": lambda: self._glued(
                lambda: self._misspelt(self._term()), " "
            ),
            "punctuation": lambda: self._glued(lambda: self._random.choice(punctuation), ""),
            "any characters of Unicode": lambda: self._glued(self._character, ""),
            "stop words": lambda: self._glued(lambda: self._random.choice(sorted(STOP_WORDS)), " "),
            "single letters": lambda: self._glued(lambda: self._random.choice(ascii_lowercase), " "),
            "all kinds mixed": self._mixed,
        }

    def take(self, count: int) -> list[HostileText]:
        kinds = list(self._kinds.items())
        return [HostileText(*_made(*kinds[place % len(kinds)])) for place in range(count)]

    def _glued(self, piece: Callable[[], str], between: str) -> str:
        length = self._length()
        pieces: list[str] = []
        long = 0
        while long < length:
            pieces.append(piece())
            long += len(pieces[-1]) + len(between)
        return between.join(pieces)[:length]

    def _repeated(self, word: str, between: str) -> str:
        return self._glued(lambda: word, between)

    def _length(self) -> int:
        """Every second text is as long as can be; the others are mostly short."""
        return self._random.choice((LONGEST, int(LONGEST ** self._random.random())))

    def _letters(self) -> str:
        count = int(_MOST_LETTERS ** self._random.random()) + 1
        return self._random.choice(
            (
                "".join(self._random.choices(ascii_lowercase, k=count)),
                "".join(self._random.choices("ab", k=count)),
                self._random.choice(self._words) * self._random.randint(1, 4),
            )
        )

    def _misspelt(self, text: str) -> str:
        """A text with a letter of each longer word left out, doubled, swapped or replaced."""
        return " ".join(self._misspelt_one(word) if len(word) > 3 else word for word in text.split())

    def _misspelt_one(self, word: str) -> str:
        at = self._random.randrange(len(word) - 1)
        before, one, two, after = word[:at], word[at], word[at + 1], word[at + 2 :]
        letter = self._random.choice(ascii_lowercase)
        middle = self._random.choice((two, one + one + two, two + one, letter + two))
        return f"{before}{middle}{after}"

    def _misspelt_title(self) -> str:
        return self._misspelt(self._random.choice(self._titles))

    def _misspelt_word(self) -> str:
        return self._misspelt(self._random.choice(self._words))

    def _beginning(self) -> str:
        word = self._random.choice(self._words)
        return word[: self._random.randint(1, 6)]

    def _contraction(self) -> str:
        return _VOWELS.sub("", self._random.choice(self._words))

    def _code(self) -> str:
        code = self._random.choice(self._codes)
        return self._random.choice((code, code.replace(".", ""), code.lower()))

    def _code_or_word(self) -> str:
        return self._random.choice((self._code, self._misspelt_word))()

    def _term(self) -> str:
        return self._random.choice(self._terms)

    def _character(self) -> str:
        if self._random.random() < 0.3:
            return self._random.choice(_UNFOLDING)
        number = self._random.randrange(1, self._random.choice((0x500, 0x10000, 0x110000)))
        return "\N{REPLACEMENT CHARACTER}" if number in _SURROGATES else chr(number)

    def _mixed(self) -> str:
        pieces = (self._misspelt_title, self._misspelt_word, self._beginning, self._code, self._term)
        return self._glued(lambda: self._random.choice((*pieces, self._letters, self._character))(), " ")


def _made(kind: str, make: Callable[[], str]) -> tuple[str, str]:
    return kind, make()
