from datetime import date

import pytest

from core.code import Code
from slack_bot.limits import OPTION_VALUE
from slack_bot.state import BadState, CardState, Part


@pytest.mark.parametrize("part", Part)
def test_what_a_button_carries_is_read_back(part: Part) -> None:
    state = CardState(Code("S72.001A"), date(2023, 5, 2), part)
    assert CardState.parse(str(state)) == state
    assert len(str(state)) <= OPTION_VALUE


def test_the_values_of_messages_that_exist_stay_readable() -> None:
    # They are in messages that Slack keeps: another form would break their buttons.
    assert CardState.parse("M53.9 2026-06-01 glance") == CardState(Code("M53.9"), date(2026, 6, 1))
    assert [str(part) for part in Part] == ["glance", "full", "specific", "excludes", "related", "below"]


@pytest.mark.parametrize(
    "value",
    [None, 1, "", "M53.9", "m53.9 2026-06-01 full", "M53.9 2026-06-01 full x", "M53.9 2026-13-01 full"],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(BadState, match="Ask again with /icd"):
        CardState.parse(value)
