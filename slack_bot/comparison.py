"""``/icd compare``: what two codes share, where they part, and whether they may stand together."""

from collections.abc import Iterator, Sequence
from datetime import date

from core.card import CardNote
from core.code import Code
from core.full_card import FullCard
from core.render.full_outline import full_outline
from core.render.outline import billable_dates, level_name, title_of
from index.library import Library
from slack_bot.blocks import context, divider, header, listing, section
from slack_bot.card_blocks import card_to_line
from slack_bot.code_lines import footer, opening_menu
from slack_bot.codes_answer import code_of, parting, unknown_code
from slack_bot.limits import Block
from slack_bot.mrkdwn import fitted
from slack_bot.reply import Answer

_LINES = 8
_LINE = 250
_PAID = "Reimbursement"


def comparison(library: Library, written: Sequence[str], on: date) -> Answer:
    """Compare two codes, as they were written."""
    cards: list[FullCard] = []
    for text in written:
        code = code_of(text)
        full = library.full_card(code, on) if isinstance(code, Code) else None
        if full is None:
            return unknown_code(library, text, on)
        cards.append(full)
    one, other = cards
    blocks = [header(f"{one.card.code} and {other.card.code}"), _facts(cards), *_path(one, other)]
    blocks += parting(library, [full.card.code for full in cards], on)
    blocks += [divider(), *_differences(one, other)]
    menu = opening_menu(library, [full.card.code for full in cards], on)
    text = " / ".join(card_to_line(full.card) for full in cards)
    return Answer(text, (*blocks, *menu, footer(library, on)))


def _facts(cards: Sequence[FullCard]) -> Block:
    """What each is, beside each other."""
    texts = [
        f"*{full.card.code}* {fitted(title_of(full.card), 400)}\n"
        f"{'✓' if full.card.billable else '✗'} {fitted(full.card.reason.text, 400)}\n"
        f"{_capitalised(billable_dates(full.card.billable_from, full.card.billable_through))}"
        for full in cards
    ]
    return {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts],
    }


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _path(one: FullCard, other: FullCard) -> Iterator[Block]:
    """Which is above the other, or the nearest level that both are under."""
    for above, below in ((one.card.code, other.card.code), (other.card.code, one.card.code)):
        if below.undotted.startswith(above.undotted):
            yield context(f"{above} is a heading above {below}.")
            return
    names = {level.name for level in other.card.path}
    shared = [level for level in one.card.path if level.name in names and level.name != one.card.code.text]
    if shared:
        yield context(f"Both under {level_name(shared[-1])}")
    else:
        yield context("They are in different chapters.")


def _differences(one: FullCard, other: FullCard) -> Iterator[Block]:
    notes = [_notes(full) for full in (one, other)]
    paid = [_paid(full) for full in (one, other)]
    for full, own, others in ((one, 0, 1), (other, 1, 0)):
        lines = [line for line in (*notes[own], *paid[own]) if line not in (*notes[others], *paid[others])]
        code = full.card.code
        if lines:
            shown = [fitted(line, _LINE) for line in lines[:_LINES]]
            yield listing(f"Only on the card of {code}", shown, len(lines) - len(shown))
        else:
            yield section(f"*Only on the card of {code}*\nNo note, and nothing of reimbursement.")
    shared = [line for line in notes[0] if line in notes[1]]
    if shared:
        yield context(f"{len(shared)} notes stand on both cards, such as {shared[-1]}")


def _notes(full: FullCard) -> dict[str, None]:
    """The notes of a card with the level that they are printed at, the code's own first."""
    return dict.fromkeys(
        f"{_printed(note)} ({note.at.level} {note.at.name})" for note in reversed(full.card.notes)
    )


def _printed(note: CardNote) -> str:
    return note.kind.printed(note.text)


def _paid(full: FullCard) -> dict[str, None]:
    """The lines about reimbursement, without those that name the code."""
    sections = [part for part in full_outline(full).sections if part.heading == _PAID]
    return dict.fromkeys(line.text for part in sections for line in part.lines if not line.is_head)
