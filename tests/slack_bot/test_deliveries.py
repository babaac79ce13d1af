import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from slack_bot.deliveries import Deliveries, NotDelivered, patiently

pytestmark = pytest.mark.asyncio


async def test_what_is_under_way_is_finished() -> None:
    done: list[str] = []
    deliveries = Deliveries()

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.append("delivered")

    await deliveries.start(work())
    assert done == []
    await deliveries.finish()
    assert done == ["delivered"]
    await deliveries.finish()


async def test_what_takes_too_long_is_given_up() -> None:
    deliveries = Deliveries()
    await deliveries.start(asyncio.Event().wait())  # type: ignore[arg-type]  # what it gives back is not used
    await deliveries.finish(0.01)
    assert not deliveries._tasks


async def test_a_failing_apology_is_logged_by_its_class_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("planted")

    failures: list[str] = []
    deliveries = Deliveries(lambda: failures.append("one"))
    await deliveries.start(fail(), fail)
    await deliveries.finish()
    assert failures == ["one"]
    assert caplog.text.count("RuntimeError") == 2
    assert "planted" not in caplog.text


async def test_too_many_at_once_make_the_next_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slack_bot.deliveries._MOST", 1)
    release = asyncio.Event()
    deliveries = Deliveries()

    async def work() -> None:
        await release.wait()

    await deliveries.start(work())
    waiting = asyncio.create_task(deliveries.start(work()))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    release.set()
    await waiting
    await deliveries.finish()


class Answers:
    """What Slack answers, one after the other; ``None`` is success."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.attempts = 0

    async def __call__(self) -> str:
        self.attempts += 1
        if (error := self.errors.pop(0)) is not None:
            raise error
        return "taken"


def api_error(status: int, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data={}, headers=headers, status_code=status
    )
    return SlackApiError("planted", response)  # type: ignore[no-untyped-call]  # slack_sdk leaves it without types


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("slack_bot.deliveries.asyncio.sleep", sleep)
    return waited


@pytest.mark.parametrize(
    ("errors", "waited"),
    [
        ([NotDelivered(429, "12"), None], [12.0]),
        ([api_error(429, **{"Retry-After": "12"}), None], [12.0]),
        ([NotDelivered(500, None), NotDelivered(503, None), None], [0.3, 1.0]),
        ([NotDelivered(429, "soon"), None], [0.3]),
    ],
)
async def test_slack_says_how_long_to_wait(
    pauses: list[float], errors: list[Exception | None], waited: list[float]
) -> None:
    answers = Answers(*errors)
    assert await patiently(answers) == "taken"
    assert pauses == waited


@pytest.mark.parametrize(
    "errors",
    [
        [NotDelivered(404, None)],
        [api_error(200)],
        [NotDelivered(429, "31")],
        [NotDelivered(500, None), NotDelivered(500, None), NotDelivered(500, None)],
    ],
)
async def test_what_is_in_vain_is_given_up(pauses: list[float], errors: list[Exception | None]) -> None:
    answers = Answers(*errors)
    with pytest.raises((NotDelivered, SlackApiError)):
        await patiently(answers)
    assert answers.attempts == len(pauses) + 1 <= 3
