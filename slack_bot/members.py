"""Who asks: a user of a workspace, and how often."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Self

from slack_bolt.context.async_context import AsyncBoltContext


@dataclass(frozen=True, slots=True)
class Member:
    """A user of a workspace, by Slack's ids. In no representation: they must not get into a log."""

    team: str = field(repr=False)
    user: str = field(repr=False)

    @classmethod
    def of(cls, context: AsyncBoltContext) -> Self:
        """Who sent a request. Where a whole organisation installed the app, it stands for the workspace."""
        workspace = None if context.is_enterprise_install else context.team_id
        return cls(workspace or context.enterprise_id or context.team_id or "", context.user_id or "")


class RateLimiter:
    """Lets each member ask ``burst`` times at once, and ``per_second`` times a second in the long run.

    It remembers only those who asked lately, at most ``most``: beyond that the longest silent is forgotten.
    """

    def __init__(
        self,
        burst: int = 60,
        per_second: float = 1.0,
        *,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._most = most
        self._clock = clock
        self._left: OrderedDict[Member, tuple[float, float]] = OrderedDict()  # questions left, and when

    def seconds_to_wait(self, member: Member) -> int:
        """0 where the member may ask, which counts; else the seconds until the next question."""
        now = self._clock()
        left, at = self._left.pop(member, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._per_second)
        may_ask = left >= 1
        self._left[member] = (left - may_ask, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0 if may_ask else ceil((1 - left) / self._per_second)


def too_fast(seconds: int) -> str:
    """What a member reads who asked too often."""
    unit = "second" if seconds == 1 else "seconds"
    return f"That was a lot at once, and others ask, too. Try again in {seconds} {unit}."
