"""Reading an answer's blocks back."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from slack_bot.limits import Block, View, check_blocks, check_view


def texts(blocks: Sequence[Block]) -> list[str]:
    """Every text of some blocks but those of buttons and menus, in order."""
    found: list[str] = []
    for block in blocks:
        if block["type"] in ("actions", "divider", "input"):
            continue
        parts = block.get("fields") or ([block["text"]] if "text" in block else block["elements"])
        found += [part["text"] for part in parts]
    return found


def elements(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """Every button and menu of some blocks, in order."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        elif found := block.get("accessory") or block.get("element"):
            yield found


def labels(blocks: Sequence[Block]) -> list[str]:
    """What the buttons say."""
    return [element["text"]["text"] for element in elements(blocks) if element["type"] == "button"]


def button(blocks: Sequence[Block], label: str) -> dict[str, Any]:
    """The button that says something."""
    return next(e for e in elements(blocks) if e["type"] == "button" and e["text"]["text"] == label)


def menu(blocks: Sequence[Block]) -> dict[str, Any]:
    """The only menu."""
    [found] = [e for e in elements(blocks) if e["type"] == "static_select"]
    return found


def options(element: dict[str, Any]) -> dict[str, str]:
    """The entries of a menu: what each says and carries."""
    return {option["text"]["text"]: option["value"] for option in element.get("options", ())}


def assert_valid(blocks: Sequence[Block]) -> None:
    """Slack takes the blocks, as far as our own check and slack_sdk's models can tell."""
    assert check_blocks(blocks) == []
    assert_modelled(blocks)


def assert_modelled(blocks: Sequence[Block]) -> None:
    """slack_sdk's models take the blocks, and make the same of them."""
    models = SdkBlock.parse_all([dict(block) for block in blocks])
    assert [model.to_dict() for model in models] == json.loads(json.dumps(list(blocks)))


def assert_valid_view(view: View) -> None:
    """The same for a view."""
    assert check_view(view) == []
    assert SdkView(**view).to_dict() == json.loads(json.dumps(view))
