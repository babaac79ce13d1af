"""The one way from Slack's deliveries to Bolt, over HTTP and Socket Mode: timed, and never unanswered."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from slack_bot.app import SORRY, apology
from slack_bot.command import READ, BadCommand, Verb, parse
from slack_bot.installations import NotInstalled, Unavailable
from slack_bot.metrics import Metrics
from slack_bot.mrkdwn import readable
from slack_bot.quiet_log import log_failure

_PAYLOADS = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "view",
    "view_closed": "view",
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "block_suggestion": "options",
}
_FAILED = {apology(text).body for text in (SORRY, Unavailable.FOR_USERS)}
_REFUSED = {apology(NotInstalled.FOR_USERS).body}
_REMEMBERED = 2_000

#: Seconds that a request may wait for its turn. Slack gives up after three, and what comes behind waits too.
_LATE = 0.3
#: A search takes as long as several codes do: where so many seconds would be waited, so many are under way.
_LATE_FOR_SEARCHES = 0.1
_SEARCHES = 4
BUSY = (
    "icdlens is asked more than it can answer right now. Nothing is wrong with your question: "
    "ask again in a moment."
)


class Dispatcher:
    """Hands deliveries to Bolt."""

    def __init__(self, app: AsyncApp, metrics: Metrics, behind: Callable[[], float]) -> None:
        self._app = app
        self._behind = behind
        self._metrics = metrics
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._searches = 0
        self.in_flight = 0

    async def __call__(self, request: AsyncBoltRequest) -> BoltResponse:
        """Bolt's response, or an apology; 503 to an event that Slack should deliver again.

        Where so many wait that all would wait too long, a command is answered with a word at once, and
        letters that are typed with no suggestions.
        """
        kind = kind_of(request.body)
        event = str(request.body.get("event_id") or "") if kind == "event" else ""
        if event and event in self._answered:
            self._metrics.duplicate()
            return BoltResponse(status=200, body="")
        is_search = kind == "command" and _is_search(str(request.body.get("text") or ""))
        if put_off := self._put_off(kind, is_search=is_search):
            with self._metrics.request(kind) as timed:
                timed.outcome = "busy"
            return put_off
        self.in_flight += 1
        self._searches += is_search
        try:
            with self._metrics.request(kind) as timed:
                response = await self._dispatch(request)
                timed.outcome = _outcome(response)
        finally:
            self.in_flight -= 1
            self._searches -= is_search
        if timed.outcome == "failed" and kind == "event":
            return BoltResponse(status=503, body="")
        if event and timed.outcome == "answered":
            self._remember(event)
        return response

    def _put_off(self, kind: str, *, is_search: bool) -> BoltResponse | None:
        """The answer to what would wait too long; ``None`` for what is taken.

        Clicks, shortcuts and events are always: they are acknowledged before anything is looked up.
        """
        behind = self._behind()
        if kind == "options" and behind > _LATE:
            return BoltResponse(status=200, body={"options": []})
        is_crowded = is_search and self._searches >= _SEARCHES and behind > _LATE_FOR_SEARCHES
        if kind == "command" and (behind > _LATE or is_crowded):
            return apology(BUSY)
        return None

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await self._app.async_dispatch(request)
        except Exception as error:
            log_failure("A request failed", error)
            return apology()

    def _remember(self, event: str) -> None:
        """Slack delivers an event again whose ack it missed; best effort, as another replica may get it."""
        self._answered[event] = None
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)


def _is_search(text: str) -> bool:
    try:
        return parse(readable(text[:READ])).verb is Verb.WORDS
    except BadCommand:
        return False


def kind_of(body: Mapping[str, Any]) -> str:
    """The kind of a delivery, one of ``metrics.KINDS``."""
    if "command" in body:
        return "command"
    return _PAYLOADS.get(str(body.get("type")), "other")


def _outcome(response: BoltResponse) -> str:
    if response.status == 404:
        return "unhandled"
    if response.status != 200 or response.body in _FAILED:
        return "failed"
    return "unhandled" if response.body in _REFUSED else "answered"
