"""The app over Socket Mode: a WebSocket to Slack, so no address of ours needs to be reachable."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from slack_bot.app import slack_errors, web_client
from slack_bot.dispatch import Dispatcher
from slack_bot.metrics import Metrics
from slack_bot.quiet_log import log_failure, slack_logger
from slack_bot.settings import APP_TOKEN, Settings
from slack_bot.slack_failures import http_status, seconds_to_wait
from slack_bot.stopping import Stop
from slack_bot.turns import Turns

_PING_SECONDS = 10
_STOP_SECONDS = 5
_MOMENT = 0.02
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_FAILURES = (aiohttp.ClientError, SlackClientError, OSError, TimeoutError)


async def serve(
    settings: Settings,
    app: AsyncApp,
    stop: Stop,
    announce: Callable[[str], None],
    metrics: Metrics | None = None,
    turns: Turns | None = None,
) -> None:
    """Answer over Socket Mode until ``stop``; lost connections are opened again.

    ``turns`` are those that the app's listeners take.
    What was delivered before the stop is still answered. Raises ``SettingsError`` where Slack refuses the
    app-level token, and ``SlackUnreachable``.
    """
    metrics = metrics or Metrics()
    dispatch = Dispatcher(app, metrics, (turns or Turns()).behind)
    client = Connection(settings, metrics)
    client.socket_mode_request_listeners.append(_answering(dispatch))
    try:
        # connect() would try a refused token again for ever, and say so only in the log.
        with slack_errors(APP_TOKEN):
            is_known = await _unless_stopped(client.learn_address(), stop)
        if is_known and await _unless_stopped(client.connect(), stop):
            announce("Connected to Slack over Socket Mode")
            await stop.wait()
            await client.finish(dispatch)
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # slack_sdk leaves it without types


def _answering(dispatch: Dispatcher) -> Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Any]:
    async def answer(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        start = time.time()
        bolt_request = AsyncBoltRequest(
            mode="socket_mode", body=request.payload, headers=build_headers(request)
        )
        # Without an ack Slack delivers it again: so where the response says that this one failed.
        await send_async_response(client, request, await dispatch(bolt_request), start)

    return answer


async def _unless_stopped(work: Coroutine[Any, Any, None], stop: Stop) -> bool:
    """Whether the work was done before ``stop`` came; its errors are raised."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done() and not stopping.done()
    finally:
        working.cancel()
        stopping.cancel()


def pauses() -> Iterator[float]:
    """Seconds before each next try: twice as long each time, up to 30, and never in step with others."""
    longest = _FIRST_PAUSE
    while True:
        yield longest * random.uniform(0.5, 1)
        longest = min(longest * 2, _LONGEST_PAUSE)


class Connection(SocketModeClient):
    """slack_sdk's client, which connects again with growing pauses.

    slack_sdk's own tries the same address again for ever, though Slack gives each for one connection only,
    and always after the same pause.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        super().__init__(
            settings.app_token,
            logger=slack_logger(),
            web_client=web_client(settings),
            ping_interval=_PING_SECONDS,
        )
        self._metrics = metrics

    async def learn_address(self) -> None:
        """Ask Slack where to connect to. Waits where Slack says so, and raises all else."""
        while self.wss_uri is None:
            try:
                self.wss_uri = await self._new_address()
            except SlackApiError as error:
                if http_status(error) != 429:
                    raise
                await asyncio.sleep(seconds_to_wait(error) + _MOMENT)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Take a new connection in place of the one that there is."""
        async with self.connect_operation_lock:
            if not self.closed and (force or not await self.is_connected()):
                self.wss_uri = None
                await self.connect()

    async def connect(self) -> None:
        """Connect, however often that must be tried."""
        for pause in pauses():
            try:
                await self._open()
                return
            except _FAILURES as error:
                log_failure("No connection over Socket Mode, trying again", error)
                self.wss_uri = None
                await asyncio.sleep(max(pause, seconds_to_wait(error)))
            if self.closed:
                return

    async def finish(self, dispatch: Dispatcher) -> None:
        """Take nothing more, and answer what was delivered; five seconds at most."""
        self.auto_reconnect_enabled = False
        if self.message_receiver is not None:
            self.message_receiver.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await asyncio.sleep(_MOMENT)  # a message that was just taken is not counted yet
                while dispatch.in_flight or not self.message_queue.empty():
                    await asyncio.sleep(_MOMENT)
                await asyncio.sleep(_MOMENT)  # the last ack is being written

    async def _open(self) -> None:
        if self.wss_uri is None:
            self.wss_uri = await self._new_address()
        session = await self.aiohttp_client_session.ws_connect(
            self.wss_uri, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy
        )
        former, self.current_session = self.current_session, session
        self.stale = False
        self.last_ping_pong_time = time.time()
        # Those of the former connection end by themselves: theirs is no longer the current one.
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
        self._metrics.connected()
        if former is not None:
            with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(1):  # it may be gone without a word
                    await former.close()

    async def _new_address(self) -> str:
        # Not issue_new_wss_url(): it fails itself on an error that is no JSON.
        try:
            response = await self.web_client.apps_connections_open(app_token=self.app_token)
        except AttributeError:  # slack_sdk fails so on plain text, which a proxy may answer
            raise aiohttp.ClientPayloadError from None
        return str(response["url"])
