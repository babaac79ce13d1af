"""Blockers: classes of contexts that say that a token is no code, by the words around it."""

import re

from core.recogniser.document import Document, Line, Signal
from core.recogniser.grammar import Token
from core.recogniser.mention import Reason
from core.recogniser.surroundings import GAP
from core.recogniser.word_lists import Blocker, Relation, WordLists

_NEAR = 60  # characters between a token and a blocker's word on its line
_NUMBER_SIGN = re.compile(r"s?[ .]{0,2}(?:#|(?:no|nr|num|number|id)\b)[\s.:#=]{0,4}")
_QUALIFIES = re.compile(r"[0-9]\(\Z")
_CODE_BEFORE = re.compile(r"[A-Za-z][0-9][0-9A-Za-z](?:\.?[0-9A-Za-z]{1,4})?\s\Z")
#: Between a word and a code that it makes the number of a room: no more than a sign.
_CLOSE = re.compile(r"s?(?:[ ]{0,2}(?:#|:|no\.?|number)){0,2}[ ]{0,2}")


class Blockers:
    """The blockers of one document's tokens."""

    def __init__(self, document: Document, lists: WordLists) -> None:
        self._document = document
        self._lists = lists

    def first(
        self, token: Token, written: str, *, is_strong: bool, outweighs: frozenset[str]
    ) -> tuple[Blocker, Reason] | None:
        """The first class of contexts that says the token is no code."""
        line = self._document.line_at(token.start)
        start, end = token.start - line.offset, token.end - line.offset
        hits = self._hits(line, start, end)
        for blocker in self._lists.blockers if hits else self._lists.unprompted:
            if is_strong and not blocker.strong:
                continue
            hit = hits.get(blocker.name)
            if hit and blocker.close and not self._is_close(line, hit, start):
                hit = None
            if hit is None and not blocker.is_unprompted:
                continue
            if not blocker.tokens.fullmatch(written) or outweighs & blocker.unless:
                continue
            if hit is None and not _fits_patterns(blocker, line, start, end):
                continue
            word = f" (“{hit}”)" if hit else ""
            return blocker, Reason(
                blocker.name.replace("_", " "), blocker.says.removesuffix(".") + word + "."
            )
        return None

    def _is_close(self, line: Line, word: str, start: int) -> bool:
        found = line.lower.rfind(word, max(0, start - GAP), start)
        return found >= 0 and _CLOSE.fullmatch(line.lower, found + len(word), start) is not None

    def _hits(self, line: Line, start: int, end: int) -> dict[str, str]:
        hits: dict[str, str] = {}
        for signal in line.signals_between(start - _NEAR - GAP, end + _NEAR):
            for meaning in signal.meanings:
                if self._is_hit(meaning.relation, signal, line, start, end):
                    hits.setdefault(meaning.name, signal.word)
        return hits

    def _is_hit(self, relation: Relation, signal: Signal, line: Line, start: int, end: int) -> bool:
        match relation:
            case Relation.BEFORE:
                is_close = 0 <= start - signal.end <= GAP and not _is_suffix(line, signal)
                return is_close and self._lists.gap.fullmatch(line.lower, signal.end, start) is not None
            case Relation.NUMBERED:
                is_close = 0 <= start - signal.end <= GAP
                return is_close and _NUMBER_SIGN.fullmatch(line.lower, signal.end, start) is not None
            case Relation.AFTER:
                return signal.start >= end and not line.lower[end : signal.start].strip(" -'’\")]_*,/")
            case Relation.NEAR:
                return (signal.end <= start and start - signal.end <= _NEAR) or (
                    signal.start >= end and signal.start - end <= _NEAR
                )
            case _:
                return False


def _is_suffix(line: Line, signal: Signal) -> bool:
    """Whether the word belongs to what is before it, and so says nothing of the next token.

    A letter says how sure the code before it is: M54.5 V, Z98.8. Brackets qualify: pN0(sn) C50.911.
    """
    if len(signal.word) > 1:
        return _QUALIFIES.search(line.text, max(0, signal.start - 2), signal.start) is not None
    return (
        line.text[signal.end : signal.end + 1] in (",", ";")
        or _CODE_BEFORE.search(line.text, max(0, signal.start - 10), signal.start) is not None
    )


def _fits_patterns(blocker: Blocker, line: Line, start: int, end: int) -> bool:
    if blocker.follows_pattern:
        return blocker.follows_pattern.match(line.text, end) is not None
    if blocker.near_pattern:
        low, high = max(0, start - _NEAR), min(len(line.text), end + _NEAR)
        return blocker.near_pattern.search(line.text, low, high) is not None
    return blocker.always
