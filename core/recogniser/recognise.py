"""The recogniser: the tokens of a text that are written like codes, each with its verdict and reasons.

A pure function of the text, the catalogue and the date of service; ``core.recogniser.judge`` has the rules.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.catalog import Catalog
from core.recogniser.facts import facts_about
from core.recogniser.grammar import REACH, readings
from core.recogniser.judge import Judge
from core.recogniser.mention import Mention, Verdict
from core.recogniser.service_dates import StatedDates
from core.recogniser.word_lists import WordLists, word_lists

#: Lines above one in an editor that can say what section and table it is in.
LINES_ABOVE = 120
_LINE_REACH = 4000  # characters of a line around a place in it


def recognise(
    text: str,
    catalog: Catalog,
    on: date,
    *,
    stated: StatedDates | None = None,
    lists: WordLists | None = None,
    start: int = 0,
    end: int | None = None,
) -> tuple[Mention, ...]:
    """Every token of a text that is written like a code, from left to right; they do not overlap.

    Verdicts are for the date of service ``on``, or for the dates that the text states where they are
    given. ``start`` and ``end`` choose a part whose tokens are wanted; what stands around it still counts.
    """
    groups = list(readings(text, start, len(text) if end is None else end))
    if not groups:
        return ()
    lists = lists or word_lists()
    facts = facts_about(catalog, groups)
    return tuple(Judge(text, facts, on, stated, lists).mentions(groups))


def recognise_line(
    lines: Sequence[str], number: int, catalog: Catalog, on: date, *, lists: WordLists | None = None
) -> tuple[Mention, ...]:
    """The tokens of one line of a document, with offsets in that line.

    The lines above are looked at up to a limit, so a document of any size costs the same.
    """
    above = "".join(f"{line}\n" for line in lines[max(0, number - LINES_ABOVE) : number])
    text = above + lines[number]
    found = recognise(text, catalog, on, lists=lists, start=len(above))
    return tuple(replace(m, start=m.start - len(above), end=m.end - len(above)) for m in found)


def mention_at(
    line: str, index: int, catalog: Catalog, on: date, *, above: Sequence[str] = ()
) -> Mention | None:
    """The mention that holds the character at ``index`` of a line, else the one that ends there.

    Only the neighbourhood's tokens are judged, so a line of any length costs the same. Favours recall: it
    answers what ``is_reportable`` would leave out, and even an existing code that is judged to be of
    another system; never ``IGNORE``.
    """
    before = "".join(f"{text}\n" for text in above[-LINES_ABOVE:])
    cut = max(0, index - _LINE_REACH)
    moved = len(before) - cut
    text = before + line[cut : index + _LINE_REACH]
    start = max(len(before), index + moved - 2 * REACH)
    end = min(len(text), index + moved + 2 * REACH)
    found = None
    for mention in recognise(text, catalog, on, start=start, end=end):
        low, high = mention.start - moved, mention.end - moved
        if low <= index <= high and mention.verdict is not Verdict.IGNORE:
            found = replace(mention, start=low, end=high)
    return found
