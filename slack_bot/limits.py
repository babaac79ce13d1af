"""Slack's limits on blocks and views, and the check for them: what breaks one is not shown at all.

From the Block Kit reference, but for the characters of a whole message: that limit is observed
(``msg_blocks_too_long`` from about 13,200 on), so the check counts everything that is sent.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]

BLOCKS = 50
VIEW_BLOCKS = 100
HEADER = 150
SECTION = 3000
FIELD = 2000
FIELDS = 10
ELEMENT = 2000
ELEMENTS = 10
MESSAGE = 13_000
#: Characters of a view, far below Slack's 250 kB: a click in it sends it back, within our own limit.
VIEW = 15_000
ACTIONS = 25
LABEL = 75  # of a button, an entry of a menu, a placeholder
VALUE = 2000
OPTION_VALUE = 150
OPTIONS = 100
OVERFLOW = 5
ACTION_ID = 255
INPUT_LABEL = 2000
METADATA = 3000
TITLE = 24  # of a view, and of its buttons

_KEYS = {
    "header": {"type", "text"},
    "section": {"type", "text", "fields", "accessory"},
    "context": {"type", "elements"},
    "divider": {"type"},
    "actions": {"type", "elements"},
    "input": {"type", "block_id", "label", "element", "optional", "dispatch_action"},
}
_ELEMENT_KEYS = {
    "button": {"type", "action_id", "text", "value"},
    "overflow": {"type", "action_id", "options"},
    "static_select": {"type", "action_id", "placeholder", "options"},
    "external_select": {"type", "action_id", "placeholder", "min_query_length"},
    "conversations_select": {
        "type",
        "action_id",
        "placeholder",
        "response_url_enabled",
        "default_to_current_conversation",
    },
}
_VIEW_KEYS = {
    "home": {"type", "blocks"},
    "modal": {"type", "callback_id", "title", "submit", "close", "blocks", "private_metadata"},
}
_MENTION = re.compile("<(?:[!@#]|http|mailto)")
_PLAIN = ("plain_text",)
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def message_size(blocks: Sequence[Block]) -> int:
    """The characters of a message's blocks as they are sent."""
    return len(_encoded(blocks))


def check_blocks(blocks: Sequence[Block]) -> list[str]:
    """What Slack would refuse, or show otherwise than meant, in blocks of the kinds that we send."""
    return list(_faults(blocks, BLOCKS, MESSAGE))


def check_view(view: View) -> list[str]:
    """The same for a view: a modal or a home."""
    return list(_view_faults(view))


def _view_faults(view: View) -> Iterator[str]:
    kind = view.get("type")
    if kind not in _VIEW_KEYS:
        yield f"is a {kind}"
        return
    if unknown := view.keys() - _VIEW_KEYS[kind]:
        yield f"has {', '.join(sorted(unknown))}"
    if kind == "modal" and "title" not in view:
        yield "has no title"
    for name in ("title", "submit", "close"):
        if name in view:
            yield from _text_faults(view[name], TITLE, _PLAIN)
    if len(view.get("private_metadata", "")) > METADATA:
        yield "has too much private metadata"
    if len(view.get("callback_id", "")) > ACTION_ID:
        yield "has a long callback_id"
    blocks = view.get("blocks", [])
    if any(block.get("type") == "input" for block in blocks) and kind == "home":
        yield "has an input"
    yield from _faults(blocks, VIEW_BLOCKS, VIEW, is_view=True)


def _faults(blocks: Sequence[Block], most: int, longest: int, *, is_view: bool = False) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    if (size := message_size(blocks)) > longest:
        yield f"{size} characters in all"
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"{count} blocks {name}" for name, count in named.items() if count > 1)
    for number, block in enumerate(blocks):
        for fault in _block_faults(block, is_view=is_view):
            yield f"block {number}: {fault}"


def _block_faults(block: Block, *, is_view: bool) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KEYS:
        yield f"is a {kind}"
        return
    if unknown := block.keys() - _KEYS[kind]:
        yield f"has {', '.join(sorted(unknown))}"
    match kind:
        case "header":
            yield from _text_faults(block.get("text"), HEADER, _PLAIN)
        case "context":
            yield from _list_faults(block.get("elements"), ELEMENTS, ELEMENT)
        case "actions":
            yield from _row_faults(block.get("elements"))
        case "input":
            yield from () if is_view else ("is an input in a message",)
            yield from _text_faults(block.get("label"), INPUT_LABEL, _PLAIN)
            yield from _element_faults(block.get("element"))
        case "section":
            yield from _section_faults(block)


def _section_faults(block: Block) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "is an empty section"
    if "text" in block:
        yield from _text_faults(block["text"], SECTION)
    if "fields" in block:
        yield from _list_faults(block["fields"], FIELDS, FIELD)
    if "accessory" in block:
        yield from _element_faults(block["accessory"])


def _row_faults(elements: object) -> Iterator[str]:
    if not isinstance(elements, list) or not 1 <= len(elements) <= ACTIONS:
        yield f"needs a list of 1 to {ACTIONS} elements"
        return
    named = Counter(element.get("action_id") for element in elements)
    yield from (f"{count} actions {name}" for name, count in named.items() if count > 1)
    for element in elements:
        yield from _element_faults(element)


def _element_faults(element: object) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in _ELEMENT_KEYS:
        yield f"has a {kind}"
        return
    if unknown := element.keys() - _ELEMENT_KEYS[kind]:
        yield f"a {kind} has {', '.join(sorted(unknown))}"
    if not 1 <= len(element.get("action_id", "")) <= ACTION_ID:
        yield f"a {kind} needs an action_id of 1 to {ACTION_ID} characters"
    if kind == "button":
        yield from _text_faults(element.get("text"), LABEL, _PLAIN)
        if not 1 <= len(element.get("value", "")) <= VALUE:
            yield f"a button needs a value of 1 to {VALUE} characters"
    if "placeholder" in element:
        yield from _text_faults(element["placeholder"], LABEL, _PLAIN)
    if kind in ("overflow", "static_select"):
        yield from check_options(element.get("options"), OVERFLOW if kind == "overflow" else OPTIONS)


def check_options(options: object, most: int = OPTIONS, least: int = 1) -> Iterator[str]:
    """What Slack would refuse in the entries of a menu."""
    if not isinstance(options, list) or not least <= len(options) <= most:
        yield f"needs a list of {least} to {most} options"
        return
    for option in options:
        if option.keys() != {"text", "value"}:
            yield "an option needs a text and a value"
            continue
        yield from _text_faults(option["text"], LABEL, _PLAIN)
        if not 1 <= len(option["value"]) <= OPTION_VALUE:
            yield f"an option needs a value of 1 to {OPTION_VALUE} characters"
    values = Counter(option.get("value") for option in options)
    yield from (f"{count} options {value}" for value, count in values.items() if count > 1)


def _list_faults(texts: object, most: int, longest: int) -> Iterator[str]:
    if not isinstance(texts, list) or not 1 <= len(texts) <= most:
        yield f"needs a list of 1 to {most} texts"
        return
    for text in texts:
        yield from _text_faults(text, longest)


def _text_faults(
    text: object, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield f"needs a text of type {' or '.join(kinds)}"
        return
    words = text.get("text")
    if not isinstance(words, str) or not words.strip():
        yield "has an empty text"
        return
    if len(words) > longest:
        yield f"has a text of {len(words)} characters"
    if _MENTION.search(words):
        yield "mentions or links"
    if not words.replace("\n", "").isprintable():
        yield "has an unprintable character"
