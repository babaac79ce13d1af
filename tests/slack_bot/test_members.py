import pytest
from slack_bolt.context.async_context import AsyncBoltContext

from slack_bot.members import Member, RateLimiter, too_fast

ONE, OTHER = Member("T1", "U1"), Member("T1", "U2")


@pytest.mark.parametrize(
    ("context", "team"),
    [
        ({"team_id": "T1", "enterprise_id": None, "is_enterprise_install": False}, "T1"),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": False}, "T1"),
        # Removed for a whole organisation, Slack names no workspace: what is kept must be found by it.
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": True}, "E1"),
        ({"team_id": None, "enterprise_id": "E1", "is_enterprise_install": True}, "E1"),
    ],
)
def test_an_organisation_that_installed_stands_for_its_workspaces(
    context: dict[str, object], team: str
) -> None:
    assert Member.of(AsyncBoltContext({**context, "user_id": "U1"})) == Member(team, "U1")


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_member_may_ask_so_often_at_once_and_then_waits() -> None:
    clock = Clock()
    limiter = RateLimiter(burst=3, per_second=0.5, clock=clock)
    assert [limiter.seconds_to_wait(ONE) for _ in range(4)] == [0, 0, 0, 2]
    assert limiter.seconds_to_wait(OTHER) == 0
    clock.now = 1.9
    assert limiter.seconds_to_wait(ONE) == 1
    clock.now = 2.0
    assert limiter.seconds_to_wait(ONE) == 0
    assert limiter.seconds_to_wait(ONE) == 2


def test_no_more_is_saved_up_than_the_burst() -> None:
    clock = Clock()
    limiter = RateLimiter(burst=2, per_second=1, clock=clock)
    assert limiter.seconds_to_wait(ONE) == 0
    clock.now = 1000.0
    assert [limiter.seconds_to_wait(ONE) for _ in range(3)] == [0, 0, 1]


def test_the_memory_is_bounded_and_forgets_the_longest_silent() -> None:
    limiter = RateLimiter(burst=1, per_second=0.01, most=2, clock=Clock())
    third = Member("T2", "U1")
    assert [limiter.seconds_to_wait(member) for member in (ONE, OTHER, third)] == [0, 0, 0]
    assert limiter.seconds_to_wait(third) > 0
    assert limiter.seconds_to_wait(ONE) == 0
    assert len(limiter._left) == 2


def test_a_member_is_in_no_representation() -> None:
    assert "U1" not in repr(ONE)
    assert "T1" not in str(ONE)


def test_the_sentence() -> None:
    assert too_fast(1).endswith("Try again in 1 second.")
    assert too_fast(2).endswith("Try again in 2 seconds.")
