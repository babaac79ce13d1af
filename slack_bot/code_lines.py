"""Codes in a line each, and what stands at the end of every answer."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.code import Code
from core.lives import Standing
from core.release import caution_about
from core.render.outline import NO_TITLE
from index.hit import Hit, RowKind
from index.library import Library
from slack_bot.blocks import Element, actions, button, context, section, select
from slack_bot.card_blocks import OPEN, SHOW, card_option
from slack_bot.limits import Block
from slack_bot.mrkdwn import fitted
from slack_bot.state import CardState

_TITLE = 160
_WHY = 180


def footer(library: Library, on: date) -> Block:
    """The date that an answer is for, and the release; a caution where that is not the one in force."""
    library = library.in_force(on)
    caution = caution_about(library.release, on)
    basis = f"As of {on} · release {library.release.name}"
    return context(basis, *([f"⚠ {caution}"] if caution else []))


def code_line(code: Code, title: str | None, standing: Standing | None) -> str:
    """A code with its title and what it is on the date, escaped."""
    mark = "✓ billable" if standing is Standing.BILLABLE else f"✗ {_label(standing)}"
    return f"*{code}* {fitted(title or NO_TITLE, _TITLE)} – {mark}"


def code_lines(library: Library, codes: Sequence[Code], on: date) -> list[str]:
    """Several codes, a line each."""
    titles = library.catalog.titles(codes)
    lives = library.catalog.lives([code.text for code in codes])
    return [code_line(code, titles.get(code), lives[code.text].standing(on)) for code in codes]


def hit_line(hit: Hit) -> str:
    """A hit with the official text that matched."""
    return f"{code_line(hit.code, hit.title, hit.standing)}\n      {reason(hit)}"


def reason(hit: Hit) -> str:
    """Why a hit is one; a title that stands beside it is not said again."""
    why = hit.why.replace(f' "{hit.title}"', "") if hit.kind is RowKind.TITLE else hit.why
    matched = "" if hit.kind is RowKind.SIMILAR_MEANING else "matched "
    beside = f"; {hit.more_beside} more beside it match" if hit.more_beside else ""
    return f"{matched}{fitted(why, _WHY)}{beside}"


def opened(markup: str, code: Code, on: date) -> Block:
    """A line about a code with the button that opens its card."""
    return section(markup, button("Card", f"{SHOW}one", str(CardState(code, on))))


def opening_menu(library: Library, codes: Iterable[Code], on: date) -> list[Block]:
    """A menu that opens the card of one of some codes; nothing where there are none."""
    once = dict.fromkeys(codes)
    titles = library.catalog.titles(once)
    options: list[Element] = [card_option(code, titles.get(code), CardState(code, on)) for code in once]
    return [actions(select(f"{SHOW}open", OPEN, options))] if options else []


def _label(standing: Standing | None) -> str:
    return standing.value.replace("_", " ") if standing else "never billable"
