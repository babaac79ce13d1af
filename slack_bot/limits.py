"""Slack's limits on blocks, and the check for them: a message that breaks one is not shown at all.

From the Block Kit reference, but for the characters of a whole message: that limit is observed
(``msg_blocks_too_long`` from about 13,200 on), so the check counts everything that is sent.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]

BLOCKS = 50
HEADER = 150
SECTION = 3000
FIELD = 2000
FIELDS = 10
ELEMENT = 2000
ELEMENTS = 10
MESSAGE = 13_000

_KEYS = {
    "header": {"type", "text"},
    "section": {"type", "text", "fields"},
    "context": {"type", "elements"},
}
_MENTIONS = ("<!", "<@", "<#", "<http", "<mailto")


def message_size(blocks: Sequence[Block]) -> int:
    """The characters of a message's blocks as they are sent."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def check_blocks(blocks: Sequence[Block]) -> list[str]:
    """What Slack would refuse, or show otherwise than meant, in blocks of the kinds that we send."""
    return list(_faults(blocks))


def _faults(blocks: Sequence[Block]) -> Iterator[str]:
    if not 1 <= len(blocks) <= BLOCKS:
        yield f"{len(blocks)} blocks"
    if (size := message_size(blocks)) > MESSAGE:
        yield f"{size} characters in all"
    for number, block in enumerate(blocks):
        for fault in _block_faults(block):
            yield f"block {number}: {fault}"


def _block_faults(block: Block) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KEYS:
        yield f"is a {kind}"
        return
    if unknown := block.keys() - _KEYS[kind]:
        yield f"has {', '.join(sorted(unknown))}"
    if kind == "header":
        yield from _text_faults(block.get("text"), HEADER, ("plain_text",))
    elif kind == "context":
        yield from _list_faults(block.get("elements"), ELEMENTS, ELEMENT)
    else:
        if "text" not in block and "fields" not in block:
            yield "is an empty section"
        if "text" in block:
            yield from _text_faults(block["text"], SECTION)
        if "fields" in block:
            yield from _list_faults(block["fields"], FIELDS, FIELD)


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
    if any(mention in words for mention in _MENTIONS):
        yield "mentions or links"
    if not words.replace("\n", "").isprintable():
        yield "has an unprintable character"
