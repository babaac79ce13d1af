"""The web server: Slack's requests, the pages of an installation, and what operators look at."""

import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import IcdlensError
from index.library import Library
from slack_bot.app import apology
from slack_bot.dispatch import Dispatcher
from slack_bot.metrics import CONTENT_TYPE, Metrics
from slack_bot.oauth import INSTALL, REDIRECT, InstallPages
from slack_bot.quiet_log import log_failure
from slack_bot.readiness import Readiness, snapshot_check
from slack_bot.settings import HOST, PORT, Settings
from slack_bot.stopping import Stop
from slack_bot.turns import Turns

EVENTS = "/slack/events"
HEALTH = "/healthz"
READY = "/readyz"
METRICS = "/metrics"
#: Of a request. A command has about one thousand bytes; a button brings the message that it stands in.
MOST_BYTES = 256 * 1024
_MOST_DRAINED = 4 * 1024 * 1024
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Operations:
    """What the server has beside the app."""

    metrics: Metrics
    readiness: Readiness
    pages: InstallPages | None = None
    """Where many workspaces are served."""
    turns: Turns = field(default_factory=Turns)
    """Those that the app's listeners take."""


def plain_operations(library: Library) -> Operations:
    """Without a look at Slack, for one workspace."""
    return Operations(Metrics(), Readiness({"snapshot": snapshot_check(library)}))


def asgi(
    app: AsyncApp, library: Library, verifier: SignatureVerifier, operations: Operations | None = None
) -> Starlette:
    """The web application. Requests that ``verifier`` does not take for Slack's never reach Bolt."""
    operations = operations or plain_operations(library)
    dispatch = Dispatcher(app, operations.metrics, operations.turns.behind)
    events = _events(dispatch, verifier, operations.metrics)
    return Starlette(
        routes=[Route(EVENTS, events, methods=["POST"]), *operation_routes(library, operations)],
    )


def _events(
    dispatch: Dispatcher, verifier: SignatureVerifier, metrics: Metrics
) -> Callable[[Request], Awaitable[Response]]:
    async def events(request: Request) -> Response:
        if _content_type(request) not in (_FORM, _JSON):
            metrics.refused("type")
            return _refused(415, f"only {_FORM} and {_JSON} are taken")
        body = await _body(request)
        if body is None:
            metrics.refused("size")
            return _refused(413, "the request is too large")
        if not _is_genuine(verifier, request, body):
            # Slack checks the certificate with requests that need not be signed.
            is_check = parse_qs(body.decode("latin-1")).get("ssl_check") == ["1"]
            if is_check:
                return Response()
            metrics.refused("signature")
            return _refused(401, "the signature is not valid")
        return await _dispatched(dispatch, request, body.decode())

    return events


def operation_routes(library: Library, operations: Operations) -> list[Route]:
    """Health, readiness, figures, and the pages of an installation."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "release": library.release.name})

    async def ready(_: Request) -> Response:
        parts = await operations.readiness.look()
        shown = {name: "ok" if is_well else "failing" for name, is_well in parts.items()}
        is_ready = all(parts.values())
        return JSONResponse({"status": "ok" if is_ready else "failing", **shown}, 200 if is_ready else 503)

    async def metrics(_: Request) -> Response:
        return Response(operations.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    routes = [
        Route(HEALTH, health, methods=["GET"]),
        Route(READY, ready, methods=["GET"]),
        Route(METRICS, metrics, methods=["GET"]),
    ]
    if pages := operations.pages:
        routes.append(Route(INSTALL, pages.install, methods=["GET"]))
        routes.append(Route(REDIRECT, pages.redirect, methods=["GET"]))
    return routes


class AddressUnavailable(IcdlensError):
    """The server cannot listen on the address that the settings name."""


async def serve(
    settings: Settings,
    app: AsyncApp,
    library: Library,
    stop: Stop,
    announce: Callable[[str], None],
    operations: Operations | None = None,
) -> None:
    """Serve until ``stop``; requests that are under way then are still answered.

    Raises ``AddressUnavailable``.
    """
    web = asgi(app, library, SignatureVerifier(settings.signing_secret), operations)
    await serve_web(settings, web, stop, announce, f"{EVENTS}, health at {HEALTH}")


async def serve_operations(
    settings: Settings, library: Library, stop: Stop, announce: Callable[[str], None], operations: Operations
) -> None:
    """Serve all but Slack's requests until ``stop``: what Socket Mode has beside it."""
    web = Starlette(routes=operation_routes(library, operations))
    await serve_web(settings, web, stop, announce, HEALTH)


async def serve_web(
    settings: Settings, web: Starlette, stop: Stop, announce: Callable[[str], None], said: str
) -> None:
    """Serve an application where the settings say. Raises ``AddressUnavailable``."""
    with _listening(settings) as listener:
        config = uvicorn.Config(
            web,
            access_log=False,
            log_config=None,
            log_level="warning",
            ws="none",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        server = _Server(config)
        stop.calls(server.finish)
        host, port = listener.getsockname()[:2]
        name = f"[{host}]" if ":" in host else host
        announce(f"Listening on http://{name}:{port}{said}")
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that is stopped from outside, so that a signal ends the program as it does elsewhere."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def finish(self) -> None:
        self.should_exit = True


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket of ours: its port can be announced, and the error is a sentence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host,
            settings.port,
            type=socket.SOCK_STREAM,
            # Named, or asyncio would not turn off Nagle's algorithm, and each answer take 40 ms more.
            proto=socket.IPPROTO_TCP,
            flags=socket.AI_PASSIVE,
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unavailable(settings, error) from error
    with listener:
        try:
            if os.name == "posix":  # elsewhere the option lets two programs share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise _unavailable(settings, error) from error
        yield listener


def _unavailable(settings: Settings, error: OSError) -> AddressUnavailable:
    return AddressUnavailable(
        f"Cannot listen on {settings.host}, port {settings.port} ({error.strerror or error}); name another "
        f"in {HOST} or {PORT}"
    )


async def _body(request: Request) -> bytes | None:
    """The request's body; ``None`` where it is too large, and then it is read and forgotten.

    A client that is still sending sees no answer, so a moderate excess is read to its end.
    """
    body = bytearray()
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= MOST_BYTES:
                body += chunk
            elif size > _MOST_DRAINED:
                break
    except ClientDisconnect:
        return b""  # nobody is left to answer: not signed, so refused
    return bytes(body) if size <= MOST_BYTES else None


def _is_genuine(verifier: SignatureVerifier, request: Request, body: bytes) -> bool:
    """Whether Slack signed the body within the last five minutes.

    Bolt checks it again, but only after it parsed the body, and fails on what is not a number or not
    ASCII.
    """
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body.decode(), timestamp[:20], signature)
    except UnicodeDecodeError:
        return False


async def _dispatched(dispatch: Dispatcher, request: Request, body: str) -> Response:
    try:
        read = body if _content_type(request) == _JSON else _unmistakable(body)
        bolt_request = AsyncBoltRequest(body=read, headers=dict(request.headers))
        bolt_request.raw_body = body  # what the signature is for
        return to_starlette_response(await dispatch(bolt_request))
    except Exception as error:
        log_failure("A request failed", error)
        return to_starlette_response(apology())


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unmistakable(body: str) -> str:
    """A form that Bolt reads as one.

    Bolt takes every form that holds the word *payload* for an interaction, even where a user wrote it,
    and drops the rest. One letter of it encoded, the form says the same.
    """
    if "payload" not in body or body.startswith("{") or "payload" in parse_qs(body):
        return body
    return body.replace("payload", "%70ayload")


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)
