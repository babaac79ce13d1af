"""Reading an answer's blocks back."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import Block as SdkBlock

from slack_bot.limits import Block, check_blocks


def texts(blocks: Sequence[Block]) -> list[str]:
    """Every text of some blocks, in order."""
    found: list[str] = []
    for block in blocks:
        parts = [block["text"]] if "text" in block else block["elements"]
        found += [part["text"] for part in parts]
    return found


def assert_valid(blocks: Sequence[Block]) -> None:
    """Slack takes the blocks, as far as our own check and slack_sdk's models can tell."""
    assert check_blocks(blocks) == []
    models = SdkBlock.parse_all([dict(block) for block in blocks])
    assert [model.to_dict() for model in models] == json.loads(json.dumps(list(blocks)))
