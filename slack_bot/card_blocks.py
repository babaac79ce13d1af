"""A card as Block Kit: what is said of a code, and the buttons that lead on from it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.card import CodeCard
from core.catalog import Catalog
from core.code import Code
from core.full_card import FullCard
from core.related import Relation
from core.render.full_outline import full_outline
from core.render.glance import basis_line, glance, path_in_a_line
from core.render.linked import linked_lines
from core.render.note_lines import Line
from core.render.outline import CODES_BELOW, NO_TITLE, Outline, Section, cut, status_of, title_of
from slack_bot.blocks import (
    Element,
    actions,
    button,
    context,
    header,
    option,
    overflow,
    section,
    select,
    signed_listing,
)
from slack_bot.limits import BLOCKS, HEADER, MESSAGE, OPTIONS, OVERFLOW, SECTION, Block, message_size
from slack_bot.mrkdwn import escape, fitted
from slack_bot.state import CardState, Part

LINES = 12  # of a section that are shown, where the message is short enough
#: The prefix of the actions that show a part of a card: the buttons, the menus, the overflow.
SHOW = "icd.card."
SHARE = "icd.share"
OPEN = "Open a code …"

_PART_LINES = 40  # of a section, where only a part of the card is shown
_FEWER = (25, 12, 8, 5, 3, 2, 1)
_MORE = "Where each line comes from: the button More"
_MENU = 5000  # characters of a menu: a hundred entries would leave no room for the card
_INDENT = "    "
_LINE = 1000  # characters: even the longest note of a release is shorter
_LABELS = {
    Part.GLANCE: "At a glance",
    Part.WHOLE: "More",
    Part.SPECIFIC: "More specific",
    Part.EXCLUDES: "Excludes",
    Part.RELATED: "Related",
    Part.BELOW: "Codes below",
}
_BUTTONS = (Part.GLANCE, Part.WHOLE, Part.SPECIFIC, Part.EXCLUDES, Part.RELATED)
_RELATED = ("Codes beside it", *(relation.label for relation in Relation))
#: What a section's heading starts with, for each part that is not the whole.
_HEADINGS = {
    Part.SPECIFIC: ("To document", "7th characters", Relation.MORE_SPECIFIC.label),
    Part.EXCLUDES: ("Excludes",),
    Part.RELATED: _RELATED,
    Part.BELOW: (CODES_BELOW,),
}


def card_to_blocks(
    catalog: Catalog, full: FullCard, part: Part = Part.GLANCE, *, shares: bool = True, limit: int = 0
) -> list[Block]:
    """Render a part of a card with its buttons; with fewer lines where Slack takes no more.

    ``shares`` adds the button that shares it with the channel. ``limit`` lines of a section are shown at
    most, of a part its own number where it is 0.
    """
    state = CardState(full.card.code, full.card.as_of, part)
    row = actions(*_buttons(full, state, shares=shares))
    if part is Part.GLANCE:
        brief = glance(full, more="the button More")
        return [*_head(brief), *map(_section, brief.sections), row, context(*brief.footer)]
    whole = full_outline(full)
    if part is Part.WHOLE:
        return _fitted(whole, [row], limit or LINES)
    sections = tuple(_sections_of(full, whole, part))
    shown = replace(whole, path=path_in_a_line(whole), sections=sections, footer=(basis_line(full), _MORE))
    # The menu offers what the whole part names, also where lines of it are left out.
    menu = _menu(catalog, state, sections)
    return _fitted(shown, [actions(menu), row] if menu else [row], limit or _PART_LINES)


def card_to_line(card: CodeCard) -> str:
    """A card in a line, for notifications and for clients that show no blocks."""
    return fitted(f"{card.code} {title_of(card)}. {status_of(card)}", SECTION)


def _fitted(whole: Outline, tail: list[Block], most: int) -> list[Block]:
    basis, *sources = whole.footer
    for lines in (most, *(n for n in _FEWER if n < most)):
        shown = [cut(part, lines) for part in whole.sections]
        is_cut = any(part.left_out for part in shown)
        every_line = [f"Every line: icdlens lookup {whole.code}"] * is_cut
        head, foot = _head(whole), context(basis, "\n".join(sources), *every_line)
        sections = [_section(part) for part in shown] or [section("The card has nothing of this kind.")]
        if fits(blocks := [*head, *sections, *tail, foot]):
            return blocks
    while sections and not fits(blocks):
        sections.pop()
        missing = context(f"… {len(whole.sections) - len(sections)} more sections")
        blocks = [*head, *sections, missing, *tail, foot]
    return blocks


def _sections_of(full: FullCard, whole: Outline, part: Part) -> Iterator[Section]:
    if part is Part.SPECIFIC:
        yield from _more_specific(full)
    yield from (found for found in whole.sections if found.heading.startswith(_HEADINGS[part]))


def _more_specific(full: FullCard) -> Iterator[Section]:
    """The billable codes that settle what the code leaves open, but for those shown by what to document."""
    shown = {choice.code for axis in full.documentation.open_axes for choice in axis.choices}
    codes = [c for c in full.related if c.relation is Relation.MORE_SPECIFIC and Code(c.name) not in shown]
    if codes:
        lines = tuple(Line(f"{code.name} {code.title or NO_TITLE}") for code in codes)
        yield Section(Relation.MORE_SPECIFIC.label, lines)


def _buttons(full: FullCard, state: CardState, *, shares: bool) -> Iterator[Element]:
    for part in _BUTTONS:
        if part is not state.part and _has(full, part):
            shown = CardState(state.code, state.on, part)
            yield button(_LABELS[part], f"{SHOW}{part}", str(shown))
    if shares:
        yield button("Share to channel", SHARE, str(state))
    if children := full.card.children:
        yield _overflow(state, [(child.code, child.title) for child in children])


def _has(full: FullCard, part: Part) -> bool:
    """Whether there is anything to show. The glance and the whole card always have something."""
    if part is Part.SPECIFIC:
        is_more_specific = any(code.relation is Relation.MORE_SPECIFIC for code in full.related)
        return is_more_specific or bool(full.documentation.open_axes or full.card.seventh_characters)
    if part is Part.EXCLUDES:
        return any(note.kind.label.startswith("Excludes") for note in full.card.notes)
    if part is Part.RELATED:
        shown = {Relation.NAMED_IN_ITS_NOTES, Relation.ITS_NOTES_NAME_IT, Relation.SAME_INDEX_TERM}
        return bool(full.card.siblings) or any(code.relation in shown for code in full.related)
    return True


def _overflow(state: CardState, children: Sequence[tuple[Code, str | None]]) -> Element:
    """The codes below; where they are more than fit, the last entry leads to all of them."""
    is_all = len(children) <= OVERFLOW
    shown = children if is_all else children[: OVERFLOW - 1]
    options = [card_option(code, title, replace(state, part=Part.GLANCE)) for code, title in shown]
    if not is_all:
        below = replace(state, part=Part.BELOW)
        options.append(option(f"All {len(children)} codes below {state.code} …", str(below)))
    return overflow(f"{SHOW}child", options)


def _menu(catalog: Catalog, state: CardState, sections: Sequence[Section]) -> Element | None:
    """A menu of the codes that some sections name, in their order."""
    codes = dict.fromkeys(
        run.code
        for part in sections
        for runs in linked_lines(part, state.code, catalog.known_among)
        for run in runs
        if run.code is not None
    )
    if not codes:
        return None
    titles = catalog.titles(codes)
    glimpse = replace(state, part=Part.GLANCE)
    options = [card_option(code, titles.get(code), glimpse) for code in codes]
    shown = options[:OPTIONS]
    while message_size(shown) > _MENU:
        shown = shown[: len(shown) * 9 // 10]
    some = f"Open one of the first {len(shown)} codes …"
    return select(f"{SHOW}open", OPEN if shown == options else some, shown)


def card_option(code: Code, title: str | None, state: CardState) -> Element:
    """An entry of a menu that opens another code on the same date."""
    return option(f"{code} {title or NO_TITLE}", str(CardState(code, state.on, state.part)))


def _head(out: Outline) -> list[Block]:
    """What the code is, what holds on the date, and where it stands."""
    name = f"{out.code} {out.title}"
    lines = [f"Short title: {escape(out.short_title)}"] if out.short_title else []
    lines.append(f"{'✓' if out.billable else '✗'} {escape(out.status)}")
    if len(escape(name)) > HEADER:
        lines.insert(0, f"*{fitted(name, _LINE)}*")
    lines += [f"⚠ {escape(caution)}" for caution in out.cautions]
    blocks = [header(name), section("\n".join(lines))]
    return [*blocks, context(" › ".join(out.path))] if out.path else blocks


def _section(part: Section) -> Block:
    return signed_listing(escape(part.heading), list(map(_line, part.lines)), part.left_out)


def _line(line: Line) -> str:
    """A line as deep as it stands; a head needs no sign for it."""
    sign = "" if line.is_head else "• "
    return f"{_INDENT * line.depth}{sign}{fitted(line.text, _LINE)}"


def fits(blocks: Sequence[Block]) -> bool:
    """Whether Slack takes so many blocks and characters in a message."""
    return len(blocks) <= BLOCKS and message_size(blocks) <= MESSAGE
