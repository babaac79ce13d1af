"""Completion: codes for the start of a code, or for the words, before the cursor."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from core.axes import leaves_side_open, names_side
from core.code import Code
from core.lives import Standing
from core.recogniser.document import Document
from core.recogniser.word_lists import word_lists
from core.render.outline import NO_TITLE
from index.hit import Hit, RowKind
from index.library import Library

MOST_ITEMS = 100
_MOST_FOR_WORDS = 50  # a ranked list: what stands behind is found by another word
_FEWEST_LETTERS = 3

#: The start of a code in either form of writing, with a digit: without one it could be any word.
_CODE_START = re.compile(
    r"(?<![^\W_])(?<![^\W_]_)(?<!\w\.)"
    r"[A-Za-z](?:[0-9][0-9A-Za-z]?|[A-Za-z][0-9])(?:(?<=[0-9A-Za-z]{3})\.?[0-9A-Za-z]{0,4})?\Z"
)
_INNER = r"[\w'’\-\u0300-\u036f]"  # the last are accents that stand as characters of their own
_WORD = rf"[^\W_]{_INNER}*"
#: Up to six words with nothing but blanks between: whatever else stands before them, such as the colon of
#: ``Dx:``, a comma or a bracket, begins a new phrase.
_PHRASE = re.compile(rf"(?<!{_INNER})(?:{_WORD}[ ]+){{0,5}}{_WORD}[ ]*\Z")
#: Words that notes put before a diagnosis and that are part of none.
_BEFORE_A_DIAGNOSIS = re.compile(
    r".*\b(?:patient|pt|presents|presented|presenting|complains|complaining|reports|reported|reporting|has|had|"
    r"having|diagnosed|admitted|seen|suffers|suffering|known)\b[ ]*",
    re.IGNORECASE,
)
_REACH = 200  # characters before the cursor that are looked at
#: What is left open of a template's placeholder: ``{{dx:low ba``, ``{{ name``.
_PLACEHOLDER = re.compile(r"\{\{[ ]*([^{}:]*)(:?)[^{}]*\Z")
_OF_DIAGNOSES = re.compile(
    r"(?:[psa]?dx|ddx|diag(?:nosis|noses)?|icd(?:[ -]?10)?(?:[ -]?cm)?)s?", re.IGNORECASE
)
_STARS = "***"
#: What can stand before the first word of a line in a list of diagnoses.
_LIST_MARK = re.compile(r"[\s>]*(?:[-*•#+]+|\(?[0-9]{1,2}[.)])?[ \t]*(?:\[[ xX]?\])?[ \t]*")
#: What ends the reach of a cue: the end of a sentence, or of a placeholder.
_ENDED = re.compile(r"[.!?][ ]|\}\}")
_MOST_CHOICES = 3  # headings of a list whose codes are offered to choose from


class Where(Enum):
    """What a cursor stands in."""

    PROSE = auto()
    #: Behind a cue such as ``dx:``, or on a line of a list of diagnoses.
    DIAGNOSIS = auto()
    #: In a template's placeholder for a diagnosis.
    PLACEHOLDER = auto()
    #: In another placeholder, which is not ours to fill.
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One code that completes what was typed.

    ``filter_text`` starts with what the range holds, so an editor that filters by itself keeps the item.
    """

    code: str
    title: str
    standing: Standing
    filter_text: str
    #: The codes below, where they differ in one thing only, which ``asks`` names: a snippet lets choose.
    choices: tuple[tuple[str, str], ...] = ()
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions, best first, all of which replace ``line[start:index]``."""

    start: int
    items: tuple[Suggestion, ...] = ()


def where_is(line: str, index: int, above: Sequence[str] = ()) -> Where:
    """What an index of a line stands in; ``above`` are the lines above, whose headings count."""
    near = line[max(0, index - _REACH) : index]
    if placeholder := _PLACEHOLDER.search(near):
        is_ours = placeholder[2] and _OF_DIAGNOSES.fullmatch(placeholder[1].strip())
        return Where.PLACEHOLDER if is_ours else Where.CLOSED
    if near.endswith("*") and line[index : index + 1] == "*" and _STARS in line[index - 2 : index + 3]:
        return Where.CLOSED
    before = "".join(f"{text}\n" for text in above)
    document = Document(before + near, word_lists())
    for cue, _ in document.line_at(len(before)).cues:
        if cue.end < len(near) and not _ENDED.search(near, cue.end):
            return Where.DIAGNOSIS
    phrase = _PHRASE.search(near)
    opens = index <= _REACH and _LIST_MARK.fullmatch(near, 0, phrase.start() if phrase else len(near))
    if opens and above and document.is_under_diagnoses(len(above) - 1):
        return Where.DIAGNOSIS
    return Where.PROSE


def with_choices(library: Library, found: Suggestions, on: date) -> Suggestions:
    """Suggestions in which headings are followed by a choice of the codes below that differ in one thing."""
    return replace(found, items=tuple(_with_choices(library, found.items, on)))


def _with_choices(library: Library, items: Sequence[Suggestion], on: date) -> Iterator[Suggestion]:
    left = _MOST_CHOICES
    for item in items:
        yield item
        if item.standing is Standing.HEADING and left:
            left -= 1
            if choice := _choice(library, item, on):
                yield choice


def _choice(library: Library, heading: Suggestion, on: date) -> Suggestion | None:
    card = library.card(Code(heading.code), on)
    below = [c for c in card.children if c.standing is Standing.BILLABLE] if card else []
    if card is None or len(below) < 2 or len(below) < len(card.children):
        return None
    if all(child.code.is_complete for child in below):
        asks = "7th"  # as coders say; a longer label is cut off in lists
    elif all(names_side(child.title) or leaves_side_open(child.title) for child in below):
        asks = "side"
    else:
        return None
    return replace(heading, choices=tuple((c.code.text, c.title or NO_TITLE) for c in below), asks=asks)


def suggest(library: Library, line: str, index: int, on: date, *, words: bool = True) -> Suggestions:
    """Complete what stands before an index of a line, for a date of service.

    The start of a code is completed as such; otherwise ``words`` says whether words are, from three
    letters on.
    """
    near = line[max(0, index - _REACH) : index]
    if token := _CODE_START.search(near):
        typed = token.group()
        hits = [hit for hit in library.complete(typed, on, limit=MOST_ITEMS) if hit.kind is RowKind.CODE]
        if hits:
            items = tuple(_suggestion(hit, typed + _rest_of_code(hit.code.text, typed)) for hit in hits)
            return Suggestions(index - len(typed), items)
    if words and (phrase := _PHRASE.search(near)):
        return _suggest_for_words(library, phrase.group(), index, on)
    return Suggestions(index)


def _suggest_for_words(library: Library, written: str, index: int, on: date) -> Suggestions:
    phrase = _BEFORE_A_DIAGNOSIS.sub("", written)
    if sum(map(str.isalpha, phrase)) < _FEWEST_LETTERS:
        return Suggestions(index)
    # Completion takes the last word for unfinished, so it does not mend that word; search does.
    # Nor does either wait for a model, for somebody is typing.
    hits = library.complete(phrase, on, limit=_MOST_FOR_WORDS) or library.search(
        phrase, on, limit=_MOST_FOR_WORDS, by_meaning=False
    )
    typed = phrase[_first_answered(phrase, hits[0]) :] if hits else phrase
    items = tuple(_suggestion(hit, f"{typed} {hit.title or hit.matched}") for hit in hits)
    return Suggestions(index - len(typed), items)


def _first_answered(phrase: str, best: Hit) -> int:
    """Where the first word of a phrase is that the best hit answers; what precedes stays in the line.

    Where no word of the phrase is in the official text, as with an abbreviation, all count as answered.
    """
    official = {word.casefold() for word in re.findall(_WORD, best.matched)}
    answered = official | {written.casefold() for written, _ in best.corrected}
    for word in re.finditer(_WORD, phrase):
        written = word.group().casefold()
        unfinished = word.end() == len(phrase)
        if written in answered or (unfinished and any(text.startswith(written) for text in official)):
            return word.start()
    return 0


def _rest_of_code(code: str, typed: str) -> str:
    """What is left to type of a code, whether or not the dot was typed: ``m545``, M54.50 → ``0``."""
    return code[len(typed) :] if "." in typed or len(typed) <= 3 else code.replace(".", "", 1)[len(typed) :]


def _suggestion(hit: Hit, filter_text: str) -> Suggestion:
    return Suggestion(hit.code.text, hit.title or NO_TITLE, hit.standing, filter_text)
