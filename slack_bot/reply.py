"""An answer, before it is known where it goes."""

from dataclasses import dataclass

from core.code import Code
from slack_bot.limits import Block


@dataclass(frozen=True, slots=True)
class Answer:
    """Blocks for people, and a text for notifications and for clients that show no blocks.

    ``in_channel`` says that the asker wants the channel to see it, ``code`` whose card it is, if it is one.
    """

    text: str
    blocks: tuple[Block, ...]
    in_channel: bool = False
    code: Code | None = None
