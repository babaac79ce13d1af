"""The App Home: the classification to browse, and the recent codes of those who want them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from core.branches import Branch, branches_of_code, branches_of_group, chapters
from core.classification import Level
from core.code import Code, InvalidCode
from core.full_card import FullCard
from core.render.outline import NO_TITLE
from index.library import Library
from slack_bot.blocks import Element, actions, button, context, divider, header, section
from slack_bot.card_blocks import SHOW, card_to_blocks
from slack_bot.code_lines import code_line, footer
from slack_bot.limits import VIEW, VIEW_BLOCKS, Block, View, message_size
from slack_bot.mrkdwn import fitted
from slack_bot.state import BadState, CardState

BROWSE = "icd.home.open"
REMEMBER = "icd.home.remember"
FORGET = "icd.home.forget"

_TITLE = 120
_GROUPS = (Level.CHAPTER, Level.BLOCK)
_NONE = "-"  # a button's value may not be empty

Recent = Sequence[Code] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the classification a home stands: at a chapter, block or heading, or above the chapters."""

    level: Level | None = None
    name: str = ""

    def __str__(self) -> str:
        return f"{self.level} {self.name}" if self.level else _NONE

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read what a button carries. Raises ``BadState``."""
        if value == _NONE:
            return cls()
        try:
            level, name = str(value)[:50].split(" ")
            return cls(Level(level), name)
        except ValueError:
            raise BadState("This button is of another version of icdlens. Open the Home tab again.") from None


def home(library: Library, place: Place, on: date, recent: Recent) -> View:
    """The home at a place, with what is directly below it. An unknown place is the top."""
    library = library.in_force(on)
    branches = _below(library, place, on)
    if branches is None:
        place, branches = Place(), chapters(library.catalog)
    blocks = [*_top(place, recent, on), section(f"*{_heading(library, place)}*")]
    rows = [_row(branch, on) for branch in branches]
    foot = footer(library, on)
    kept = rows
    while kept and not _fits([*blocks, *kept, foot, foot]):
        kept = kept[:-1]
    if len(kept) < len(rows):
        kept = [
            *kept,
            context(f"The first {len(kept)} of {len(rows)} are shown. Look the others up with /icd."),
        ]
    return {"type": "home", "blocks": [*blocks, *kept, foot]}


def home_with_card(library: Library, full: FullCard, state: CardState, recent: Recent) -> View:
    """The home with a part of a card, and the way back to where its code stands."""
    above = full.card.path[:-1] if full.card.title is not None else full.card.path
    up = Place(above[-1].level, above[-1].name) if above else Place()
    blocks: list[Block] = []
    for limit in (0, 8, 3, 1):
        card = card_to_blocks(library.catalog, full, state.part, shares=False, limit=limit)
        blocks = [*_top(up, recent, state.on, up_label="Back"), divider(), *card]
        if _fits(blocks):
            break
    return {"type": "home", "blocks": blocks}


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= VIEW_BLOCKS and message_size(blocks) <= VIEW


def _below(library: Library, place: Place, on: date) -> Sequence[Branch] | None:
    if place.level is None:
        return chapters(library.catalog)
    if place.level in _GROUPS:
        return branches_of_group(library.catalog, place.level, place.name, on)
    try:
        return branches_of_code(library.catalog, Code(place.name), on) or None
    except InvalidCode:
        return None


def _top(place: Place, recent: Recent, on: date, *, up_label: str = "Open") -> list[Block]:
    """What every home begins with: where one is, and the recent codes."""
    row: list[Element] = [button("All chapters", f"{BROWSE}.top", str(Place()))]
    if place.level and up_label == "Back":
        row.append(button(f"Back to {place.name}", f"{BROWSE}.back", str(place)))
    elif place.level and place.level not in _GROUPS:
        row.append(button(f"Card of {place.name}", f"{SHOW}here", str(CardState(Code(place.name), on))))
    if recent is None:
        row.append(button("Remember my recent codes", REMEMBER, _NONE))
    blocks = [
        header("ICD-10-CM"),
        context("Browse here, or type /icd and a code or words anywhere. Only you see this."),
        actions(*row),
    ]
    if recent is not None:
        buttons = [
            button(code.text, f"{SHOW}recent.{n}", str(CardState(code, on))) for n, code in enumerate(recent)
        ]
        shown = "The codes you looked at last" if recent else "The codes you look at will stand here"
        blocks.append(context(f"{shown}. Nothing else is kept of you; the last button deletes them."))
        blocks.append(actions(*buttons, button("Forget them, and switch off", FORGET, _NONE)))
    return blocks


def _heading(library: Library, place: Place) -> str:
    if place.level is None:
        return f"The {len(chapters(library.catalog))} chapters"
    if place.level in _GROUPS:
        entry = library.catalog.group(place.level, place.name)
    else:
        entry = library.catalog.entry(Code(place.name))
    prefix = {Level.CHAPTER: "Chapter ", Level.BLOCK: "Block "}.get(place.level, "")
    return fitted(f"{prefix}{place.name} {entry.title if entry else NO_TITLE}", 300)


def _row(branch: Branch, on: date) -> Block:
    """A line with the button that leads down, or to the card."""
    if branch.level in _GROUPS:
        prefix = "Chapter " if branch.level is Level.CHAPTER else ""
        line = f"*{prefix}{branch.name}* {fitted(branch.title or NO_TITLE, _TITLE)}"
    else:
        line = code_line(Code(branch.name), branch.title, branch.standing)
    if branch.codes:
        line += f" · {branch.codes} billable {'code' if branch.codes == 1 else 'codes'}"
    if branch.has_children:
        return section(line, button("Open", BROWSE, str(Place(branch.level, branch.name))))
    return section(line, button("Card", f"{SHOW}one", str(CardState(Code(branch.name), on))))
