"""Reading a query: its words, and what its phrases mean.

A query has several readings: as it was written, and with the terms of the search vocabulary in it
replaced by the official words that they mean.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from index.compiled import CompiledIndex
from index.encounters import without_encounter
from index.spread import Spread, spread_in
from index.terms import Term, Terms
from index.words import (
    CHOICES,
    SIDES,
    STOP_WORDS,
    Token,
    is_filler,
    phrase_key,
    singular,
    stem,
    tokens,
)

MOST_CHARACTERS = 400  # of a query that are read: its cost is bounded by construction
MOST_WORDS = 16
_MOST_TOKENS = 2 * MOST_WORDS  # with the stop words between them
_STOP_WORDS_WITHIN = 3  # of a term that are not written in the vocabulary: stones in the kidney
_MOST_READINGS = 3  # beside the one as written
_SPREAD_READINGS = 2  # of the place that a neoplasm spread to: the spine, and bone
_MOST_SPELLINGS = 9  # of a phrase with misspelt words that are looked up
_EXPANDED = 0.965  # a reading with other words than were written; more than _UNASKED_OTHER in index.ranking
_DENIED_SHARE = 0.35  # of its value, what a query says is not so counts
_ASIDE_SHARE = 0.6  # and what it says in brackets
_LEADING = 1.25  # what stands before the first preposition or comma names the condition
_SHORTEST_PART = 4  # of two words that were written as one

_DATE = re.compile(r"\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})\b")
#: How long ago, and for how long: "2 years ago", "x 3 days". Minutes and hours of a coma choose its code.
_WHEN = re.compile(
    r"\b(?:(?:\d{1,3}|an?|one|two|three|few|several) ?(?:days?|weeks?|wks?|months?|years?|yrs?) ago"
    r"|(?:x|for|since) ?\d{1,3} ?(?:days?|d|weeks?|wks?|months?|years?|yrs?))\b",
    re.IGNORECASE,
)
#: Words of billing titles that say nothing: "without mention of complication", "cause unspecified".
_FILLERS = re.compile(
    r"\bwith or without mention of [^,]*|\bnot stated as [^,]*"
    r"|\bspecial(?= screening)|\b(?:mention of|so (?:stated|described)|not further specified|as to source)\b"
    r"|\bof unspecified origin\b|\bwith unspecified pathological lesion\b[^,]*"
    r"|\b(?:(?:initial|subsequent) )?episode of care\b(?: unspecified)?"
    r"|,? *\b(?:site|part|type|cause|degree)s? (?:unspecified|not specified)\b"
    r"|\bunspecified (?:site|part|type|cause)s?\b",
    re.IGNORECASE,
)
#: Billing titles of obstetrics end with the phase of the pregnancy, the official ones with these words.
_PHASES = (
    (re.compile(r"\b(?:of|in) (?:the )?mother\b(?=,)", re.IGNORECASE), "of mother complicating"),
    (re.compile(r"\bdelivered,? with mention of postpartum [^,]*", re.IGNORECASE), "(puerperium)"),
    (re.compile(r"\bdelivered,? with(?: or without)? mention of [^,]*", re.IGNORECASE), "(childbirth)"),
    (re.compile(r"\bantepartum condition or complication\b", re.IGNORECASE), "(pregnancy)"),
    (re.compile(r"\bpostpartum condition or complication\b", re.IGNORECASE), "(puerperium)"),
    (re.compile(r"\bunspecified as to episode of care(?: or not applicable)?\b", re.IGNORECASE), " "),
)
_PHASE_WORDS = frozenset({"pregnancy", "childbirth", "puerperium"})
#: What somebody is vaccinated against has a code of its own, and the vaccination is Z23 whatever it is.
_VACCINATION = re.compile(
    r"\A\W*(?:(?:encounter|need|here) for )?(?:prophylactic )?(?:vaccination|immuni[sz]ation)"
    r"(?: and inoculation)? (?:against|for) [^,;.]*(?:, combined\b[^,;.]*)?",
    re.IGNORECASE,
)
#: What is asked about is looked for by its name, and what was not found is denied.
_ASKED = re.compile(r"\b(?:rule out|evaluate for|workup for|suspicious for|concern for)\b", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r"\b(?:denie[sd]|negative for|free of"
    r"|(?:no|without|absence of) (?:evidence|signs?|symptoms|history) of)\b",
    re.IGNORECASE,
)
#: What notes shorten with a slash; what is ruled out or complained of is looked for by its name.
_MEANT = {
    "w": "with",
    "w/o": "without",
    "b/l": "bilateral",
    "d/t": "due to",
    "2/2": "due to",
    "h/o": "history of",
    "r/o": "",
    "c/o": "",
    "w/d": "withdrawal",
}
_SLASHED = re.compile(r"(?<![\w/])(w/o|w/d|b/l|d/t|2/2|h/o|r/o|c/o|w(?=/))/?(?![\w/]*/)", re.IGNORECASE)
_BROKEN = frozenset({"fractur", "fx", "disloc"})
_OPENNESS = frozenset({"open", "closed", "compound"})
_OTHER = re.compile(r"\b(?:other|nec)\b(?! and unspecified)", re.IGNORECASE)


_TYPE_2 = "type 2 diabetes"
#: A type of diabetes that is named before it or behind, on words without their commas.
_NAMES_TYPE = re.compile(
    r"\b(?:type (?:1|i)|juvenile|gestational|secondary|neonatal|induced) (?:diabetes|diabetic|dm)\b"
    r"|\b(?:diabetes|diabetic|dm)(?: \w+){0,3} (?:type (?:1|i)|juvenile|insipidus)\b"
)
#: Words of a query, and what they mean together.
_Segment = tuple[Sequence[Token], list[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a query. ``weight`` is 1 for the one as written."""

    terms: tuple[Term, ...]
    weight: float
    asks_for_other: bool
    #: The word of ``CHOICES`` that it has.
    choice: str | None
    expanded: tuple[tuple[str, str], ...] = ()
    #: Whether it names pregnancy, childbirth or a newborn.
    asks_of_birth: bool = True

    @property
    def corrected(self) -> tuple[tuple[str, str], ...]:
        """The misspelt words, each with what it was read as."""
        return tuple((term.written, term.read_as) for term in self.terms if term.read_as)


class QueryReader:
    """Reads queries with the words of one index."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self.terms = Terms(index)

    def readings(self, query: str) -> list[Reading]:
        """What a query may mean, as written first; none where it has no word that counts."""
        query = _in_full(query[:MOST_CHARACTERS])
        spread = spread_in(query)
        if spread and (primary := self._readings(spread.primary)):
            # No text has the words of both conditions.
            secondary = self._readings(spread.meaning)[:_SPREAD_READINGS]
            return [*primary, *(_of_spread(reading, spread) for reading in secondary)]
        return self._readings(query)

    def _readings(self, query: str) -> list[Reading]:
        found = tokens(_FILLERS.sub(" ", without_encounter(_WHEN.sub(" ", _DATE.sub(" ", query)))))
        asks_for_other = _OTHER.search(query) is not None
        found = _unless_all_denied(_without_openness(found[:_MOST_TOKENS]))
        telling = [token for token in found if token.word not in STOP_WORDS] or found
        telling = list(dict.fromkeys(telling))[:MOST_WORDS]
        # Digits alone are a code of another system, or what is left of one: 724.9 is no "9 weeks".
        written = self._reading(telling, 1.0, asks_for_other, ())
        if all(term.written.isdigit() for term in written.terms if term.variants):
            written = replace(written, terms=())
        readings = [written]
        for read, expanded in self._expansions(found):
            other = asks_for_other or any(_OTHER.fullmatch(token.word) for token in read)
            kept = [token for token in read if token.word not in STOP_WORDS]
            readings.append(self._reading(kept[:MOST_WORDS], _EXPANDED, other, expanded))
        return [reading for reading in readings if reading.terms]

    def unfinished(self, typed: str) -> Reading | None:
        """What is being typed, its last word cut short; ``None`` where no word counts."""
        found = tokens(typed[-MOST_CHARACTERS:])[-MOST_WORDS:]
        if not found:
            return None
        *finished, last = found
        telling = [token for token in finished if token.word not in STOP_WORDS]
        terms = tuple(term for token in telling if (term := self._asked(token)).variants)
        begun = self.terms.begun(last.word)
        return Reading((*terms, begun), 1.0, False, None) if terms or begun.variants else None

    def _reading(
        self, telling: Sequence[Token], weight: float, other: bool, expanded: tuple[tuple[str, str], ...]
    ) -> Reading:
        unique = {token.word: token for token in reversed(telling)}
        terms = tuple(self._asked(token) for token in reversed(unique.values()))
        of_birth = any(_OF_BIRTH.match(token.word) for token in telling)
        return Reading(terms, weight, other, _choice(telling), expanded, of_birth)

    def _asked(self, token: Token) -> Term:
        term = self.terms.term(token.word)
        share = _DENIED_SHARE if token.denied else _ASIDE_SHARE if token.aside else 1.0
        emphasis = _LEADING if token.leading else 1.0
        value = min(self.terms.term(side).value for side in SIDES) if token.word in SIDES else term.value
        return Term(term.written, token.denied, term.variants, value * share * emphasis, term.read_as)

    # What phrases mean

    def _expansions(
        self, found: Sequence[Token]
    ) -> Iterator[tuple[list[Token], tuple[tuple[str, str], ...]]]:
        """The words with the terms of the search vocabulary replaced: first meanings, then second ones."""
        segments = _without_second_type(list(self._segments(found)))
        choices = [len(meanings) for _, meanings in segments]
        if not any(choices):
            return
        picks = [[0] * len(segments)]
        for place, count in enumerate(choices):
            picks += [[n * (i == place) for i in range(len(segments))] for n in range(1, count)]
        for pick in picks[:_MOST_READINGS]:
            read: list[Token] = []
            expanded = []
            for (written, meanings), chosen in zip(segments, pick, strict=True):
                if not meanings:
                    read += written
                    continue
                denied = written[0].denied  # "no bowel sounds" denies something itself
                read += [
                    replace(written[0], word=token.word, denied=token.denied or denied)
                    for token in tokens(meanings[chosen])
                ]
                expanded.append((" ".join(token.word for token in written), meanings[chosen]))
            yield read, tuple(expanded)

    def _segments(self, found: Sequence[Token]) -> Iterator[_Segment]:
        """The words cut into the longest terms of the vocabulary, from left to right, and single words."""
        start = 0
        while start < len(found):
            most = min(self._index.longest_phrase + _STOP_WORDS_WITHIN, len(found) - start)
            for length in range(most, 0, -1):
                written = found[start : start + length]
                if meanings := self._meanings(written) or self._meanings_beside_a_side(written):
                    yield written, meanings
                    break
            else:
                length = 1
                yield found[start : start + 1], []
            start += length

    def _meanings(self, written: Sequence[Token]) -> list[str]:
        """What some words mean together; "pain in the" is no "pain in"."""
        ends_with_filler = is_filler(written[0].word) or is_filler(written[-1].word)
        if ends_with_filler and sum(not is_filler(token.word) for token in written) > 1:
            return []
        spellings = [self.terms.spellings(token.word) for token in written]
        for spelling in islice(product(*spellings), _MOST_SPELLINGS):
            if meanings := self._index.meanings_of(phrase_key(spelling)):
                return meanings
        return self._respaced([token.word for token in written])

    def _meanings_beside_a_side(self, written: Sequence[Token]) -> list[str]:
        """What words mean between which a side stands: blood clot in left leg."""
        [side] = sides if len(sides := {token.word for token in written[1:-1]} & SIDES) == 1 else [None]
        if side is None:
            return []
        others = [token for token in written if token.word != side]
        return [f"{meaning}, {side}" for meaning in self._meanings(others)]

    def _respaced(self, written: Sequence[str]) -> list[str]:
        """What was written in two words and is one, or the reverse: echo virus, kidneystone."""
        if len(written) == 2:
            joined = "".join(written)
            found = next(filter(self._is_official, (joined, singular(joined))), None)
            return [found] if found and min(map(len, written)) > 2 else []
        [word] = written if len(written) == 1 else [""]
        if len(word) < 2 * _SHORTEST_PART or not word.isalpha() or self._index.by_stem.get(stem(word)):
            return []
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        both = [f"{word[:n]} {word[n:]}" for n in cuts if all(map(self._is_official, (word[:n], word[n:])))]
        return both[:1]

    def _is_official(self, word: str) -> bool:
        """Whether the release's texts have a word as it stands."""
        number = self._index.word_numbers.get(word)
        return number is not None and self._index.posting_count(number) > 0


def _without_second_type(segments: list[_Segment]) -> list[_Segment]:
    """The words with their meanings; diabetes means type 2 only where no type is named (I.C.4.a.2)."""
    said = " ".join(token.word for written, _ in segments for token in written)
    meant = " ".join(meanings[0] for _, meanings in segments if meanings)
    if not (_NAMES_TYPE.search(said) or "type 1 diabetes" in meant):
        return segments
    return [(w, [] if len(w) == 1 and m and m[0].startswith(_TYPE_2) else m) for w, m in segments]


#: "Both knees", but not "both cervix and uterus".
_BOTH = re.compile(r"\bboth\b(?!.*\band\b)", re.IGNORECASE)
_OF_BIRTH = re.compile(
    r"newborn|neonat|perinat|infan|bab(?:y|ies)|(?:child)?birth|born|preg|mater|mother|obstet|gravid|labou?r|deliver|puerper"
    r"|(?:post|ante|intra|pre)part|postnat|antenat|prenat|fet[aou]|foet|trimester|gestat|amnio|placent|abort|miscar"
    r"|eclamp|preeclamp|lactat|breast|nurs|umbilic|prematur|preterm|meconium|chorio|congenit|hyperemesis|twin|lochia"
)


def _in_full(query: str) -> str:
    """A query with the shorthand of notes and bills written out: hernia w/o obstruction."""
    query = _SLASHED.sub(lambda match: f" {_MEANT[match[1].lower()]} ", query)
    query = _VACCINATION.sub("encounter for immunization", query)
    for phase, meant in _PHASES:
        query = phase.sub(meant, query)
    query = _BOTH.sub("bilateral", query)
    return _NOT_FOUND.sub("no", _ASKED.sub(" ", query))


def _of_spread(reading: Reading, spread: Spread) -> Reading:
    expanded = ((spread.written, spread.meaning), *reading.expanded)
    return replace(reading, weight=_EXPANDED, expanded=expanded)


def _choice(found: Sequence[Token]) -> str | None:
    """The word that chooses among codes; "pregnancy, childbirth and the puerperium" chooses none."""
    phases = [token for token in found if token.word in _PHASE_WORDS]
    named = [token for token in phases if token.aside] or phases
    others = (token.word for token in found if token.word in CHOICES - _PHASE_WORDS)
    return next(others, named[0].word if len(named) == 1 and named[0].word in CHOICES else None)


def _unless_all_denied(found: list[Token]) -> list[Token]:
    """Words that are not denied where all were: what alone is asked about is meant, whatever was found."""
    if any(not token.denied for token in found if token.word not in STOP_WORDS):
        return found
    return [replace(token, denied=False) for token in found]


def _without_openness(found: Sequence[Token]) -> list[Token]:
    """Words without "open" and "closed" where there is a fracture: the 7th character says that, no title."""
    if not any(stem(token.word) in _BROKEN for token in found):
        return list(found)
    return [token for token in found if token.word not in _OPENNESS]
