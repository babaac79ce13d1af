"""What the catalogue says of the tokens of a text, asked for in a few queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from core.catalog import Catalog
from core.code import Code
from core.lives import Life
from core.notes import NoteKind
from core.recogniser.grammar import Form, Token
from core.recogniser.likely_meant import likely_meant

_T = TypeVar("_T")

_INCLUDED = frozenset((NoteKind.INCLUDES, NoteKind.INCLUSION_TERM))
_AT_ONCE = 5000  # codes that a query asks for


@dataclass(frozen=True, slots=True)
class Facts:
    """What the catalogue says of the tokens of a text."""

    lives: dict[str, Life]
    titles: dict[Code, str]
    #: For tokens that no year knows: codes that were perhaps meant, with the mistake.
    meant: dict[Code, tuple[tuple[Code, str], ...]]
    catalog: Catalog

    def life(self, code: Code) -> Life | None:
        return self.lives.get(code.text)

    def included(self, code: Code) -> tuple[str, ...]:
        """The texts of the code's own notes that say what it includes."""
        entry = self.catalog.entry(code)
        notes = self.catalog.notes((entry,)) if entry else ()
        return tuple(note.text for note in notes if note.kind in _INCLUDED)

    def perhaps_meant(self, code: Code) -> tuple[tuple[Code, str], ...]:
        """Codes that were perhaps meant by one that does not exist, each with the mistake."""
        if code not in self.meant:  # without a dot: few are asked for, so none is looked up in advance
            listed = tuple(likely_meant(code))
            known = self.catalog.known_among({meant for meant, _ in listed})
            self.lives.update(self.catalog.lives([meant.text for meant in known]))
            self.meant[code] = tuple(pair for pair in listed if pair[0] in known)
        return self.meant[code]


def facts_about(catalog: Catalog, groups: list[tuple[Token, ...]]) -> Facts:
    codes = {code for tokens in groups for token in tokens for code in (token.code, token.last) if code}
    categories = {Code(code.text[:3]) for code in codes}
    known = catalog.known_among(codes | categories)
    unknown = {
        token.code
        for tokens in groups
        for token in tokens
        if token.code not in known and token.form is Form.SINGLE and token.is_dotted
    }
    meant = {code: tuple(likely_meant(code)) for code in unknown}
    known |= catalog.known_among({code for listed in meant.values() for code, _ in listed})
    lives: dict[str, Life] = {}
    for some in _batches(sorted(code.text for code in known)):
        lives |= catalog.lives(some)
    titles: dict[Code, str] = {}
    for some_codes in _batches([code for code in codes if code in known]):
        titles |= catalog.titles(some_codes)
    kept = {code: tuple(m for m in listed if m[0].text in lives) for code, listed in meant.items()}
    return Facts(lives, titles, kept, catalog)


def _batches(items: Sequence[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
