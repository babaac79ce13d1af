"""What every surface of the app answers with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from core.code import Code
from index.library import Library
from slack_bot.deliveries import Deliveries
from slack_bot.limits import Block, check_blocks
from slack_bot.members import Member, RateLimiter
from slack_bot.quiet_log import log, log_failure
from slack_bot.recents import Recents, SqliteRecents
from slack_bot.reply import Answer
from slack_bot.turns import Turns

_SUGGESTED_AT_ONCE = 120  # a letter typed is a request
_SUGGESTED_PER_SECOND = 5.0


@dataclass(frozen=True, slots=True)
class Bot:
    """The library, the date of service where none is named, and what is remembered of who asks.

    ``typing`` limits the suggestions for what is being typed, ``limiter`` everything else. What is looked up
    takes its turn in ``turns`` before; what ``deliveries`` do, by itself.
    """

    library: Library
    today: Callable[[], date]
    recents: Recents = field(default_factory=SqliteRecents)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    typing: RateLimiter = field(
        default_factory=lambda: RateLimiter(_SUGGESTED_AT_ONCE, _SUGGESTED_PER_SECOND)
    )
    deliveries: Deliveries = field(default_factory=Deliveries)
    turns: Turns = field(default_factory=Turns)

    async def remember(self, member: Member, code: Code | None) -> None:
        """Add a code to those that a member looked at, if that is switched on. Never fails."""
        try:
            if code is not None:
                await self.recents.add(member, code)
        except Exception as error:  # an answer counts for more than the list of answers
            log_failure("A recent code could not be kept", error)


def sendable(answer: Answer) -> list[Block]:
    """The blocks of an answer; none where Slack would refuse them, and then its text is shown."""
    blocks = list(answer.blocks)
    if faults := check_blocks(blocks):
        log.error("An answer breaks %d of Slack's limits and is shown without blocks", len(faults))
        return []
    return blocks
