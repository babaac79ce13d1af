"""A code's card as an answer. The last glances are kept: many ask for the same few codes."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

from core.catalog import Catalog
from core.code import Code
from core.full_card import OwnFile
from index.library import Library
from slack_bot.card_blocks import card_to_blocks, card_to_line
from slack_bot.reply import Answer
from slack_bot.state import Part

_MOST = 256  # glances of a release


@dataclass(slots=True)
class _Kept:
    """Glances of a release with a crosswalk file. Nothing in them tells who asked."""

    own: OwnFile | None
    answers: OrderedDict[tuple[Code, date, bool], Answer] = field(default_factory=OrderedDict)


#: By catalogue: a library may change its own, and one that is given up takes its glances with it.
_GLANCES: WeakKeyDictionary[Catalog, _Kept] = WeakKeyDictionary()


def card_answer(
    library: Library, code: Code, on: date, part: Part = Part.GLANCE, *, shares: bool = True
) -> Answer | None:
    """A part of the card of a code on a date of service; ``None`` for a code that no year knows.

    ``shares`` gives it the button that shares it.
    """
    library = library.in_force(on)
    if part is not Part.GLANCE:
        return _made(library, code, on, part, shares=shares)
    kept = _GLANCES.get(library.catalog)
    if kept is None or kept.own is not library.own:
        kept = _GLANCES[library.catalog] = _Kept(library.own)
    key = (code, on, shares)
    if found := kept.answers.get(key):
        kept.answers.move_to_end(key)
    elif found := _made(library, code, on, part, shares=shares):
        kept.answers[key] = found
        if len(kept.answers) > _MOST:
            kept.answers.popitem(last=False)
    return found


def _made(library: Library, code: Code, on: date, part: Part, *, shares: bool) -> Answer | None:
    full = library.full_card(code, on)
    if full is None:
        return None
    blocks = card_to_blocks(library.catalog, full, part, shares=shares)
    return Answer(card_to_line(full.card), tuple(blocks), code=full.card.code)
