"""Blocks and their elements, each within Slack's limits. What they say is decided elsewhere."""

from collections.abc import Sequence
from typing import Any

from slack_bot.limits import ACTIONS, ELEMENT, ELEMENTS, HEADER, LABEL, OPTIONS, OVERFLOW, SECTION, Block
from slack_bot.mrkdwn import fitted

Element = dict[str, Any]


def header(text: str) -> Block:
    """A headline; a long one is cut."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(markup: str, accessory: Element | None = None) -> Block:
    """A section of text that is already escaped, with an element at its right."""
    block = {"type": "section", "text": _markup(markup)}
    return {**block, "accessory": accessory} if accessory else block


def context(*lines: str) -> Block:
    """Small print, at most ten lines; long ones are cut."""
    return {"type": "context", "elements": [_markup(fitted(line, ELEMENT)) for line in lines[:ELEMENTS]]}


def listing(heading: str, lines: Sequence[str], left_out: int = 0) -> Block:
    """A headed list of lines that are already escaped; those that do not fit are counted."""
    return signed_listing(heading, [f"• {line}" for line in lines], left_out)


def signed_listing(heading: str, lines: Sequence[str], left_out: int) -> Block:
    """A headed list of lines with their signs."""
    shown = list(lines)
    while len(markup := _joined(heading, shown, left_out)) > SECTION:
        shown.pop()
        left_out += 1
    return section(markup)


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element) -> Block:
    """A row of buttons and menus."""
    return {"type": "actions", "elements": list(elements[:ACTIONS])}


def button(label: str, action: str, value: str) -> Element:
    return {"type": "button", "action_id": action, "text": plain(label, LABEL), "value": value}


def option(label: str, value: str) -> Element:
    """An entry of a menu."""
    return {"text": plain(label, LABEL), "value": value}


def overflow(action: str, options: Sequence[Element]) -> Element:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action, "options": list(options[:OVERFLOW])}


def select(action: str, placeholder: str, options: Sequence[Element]) -> Element:
    """A menu to choose from."""
    shown = plain(placeholder, LABEL)
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": shown,
        "options": list(options[:OPTIONS]),
    }


def plain(text: str, limit: int) -> Element:
    """A text without formatting, cut at a limit."""
    # No emoji: a colon in a title is a colon.
    return {"type": "plain_text", "text": fitted(text, limit), "emoji": False}


def _joined(heading: str, lines: Sequence[str], left_out: int) -> str:
    more = [f"… {left_out} more"] if left_out else []
    return "\n".join([f"*{heading}*", *lines, *more])


def _markup(text: str) -> Element:
    # verbatim: Slack links and mentions nothing on its own.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
