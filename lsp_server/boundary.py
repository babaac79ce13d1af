"""A feature's error boundary: a failing feature answers all the same, and takes no other down."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from lsprotocol import types

from lsp_server.quiet_log import log_failure
from lsp_server.session import CodeServer

P = TypeVar("P")
R = TypeVar("R")
Args = ParamSpec("Args")

_FAILED = "icdlens could not answer this; its log says which part failed."


def answers(
    otherwise: Callable[[Any], R],
) -> Callable[[Callable[[CodeServer, P], R]], Callable[[CodeServer, P], R]]:
    """The boundary of a handler: where it fails, ``otherwise`` answers from the request's parameters."""

    def bounded(handler: Callable[[CodeServer, P], R]) -> Callable[[CodeServer, P], R]:
        @wraps(handler)
        def safe(ls: CodeServer, params: P) -> R:
            try:
                return handler(ls, params)
            except Exception as error:
                log_failure(handler.__name__, error)
                return otherwise(params)

        return safe

    return bounded


def failed(_params: object) -> dict[str, Any]:
    """What a request or command of our own that failed in us is answered with."""
    return {"message": _FAILED}


def answers_later(
    otherwise: Callable[[Any], R],
) -> Callable[[Callable[[CodeServer, P], Awaitable[R]]], Callable[[CodeServer, P], Awaitable[R]]]:
    """The boundary of a handler that waits for something; the client can cancel it."""

    def bounded(handler: Callable[[CodeServer, P], Awaitable[R]]) -> Callable[[CodeServer, P], Awaitable[R]]:
        @wraps(handler)
        async def safe(ls: CodeServer, params: P) -> R:
            try:
                return await handler(ls, params)
            except Exception as error:
                log_failure(handler.__name__, error)
                return otherwise(params)

        return safe

    return bounded


def contained(act: Callable[Args, None]) -> Callable[Args, None]:
    """A function that somebody else calls, whose failure is logged and goes no further."""

    @wraps(act)
    def safe(*args: Args.args, **kwargs: Args.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except Exception as error:
            log_failure(act.__name__, error)

    return safe


def contained_later(
    act: Callable[Args, Awaitable[None]],
) -> Callable[Args, Coroutine[Any, Any, None]]:
    """A task in the background, whose failure is logged and goes no further."""

    @wraps(act)
    async def safe(*args: Args.args, **kwargs: Args.kwargs) -> None:
        try:
            await act(*args, **kwargs)
        except Exception as error:
            log_failure(act.__name__, error)

    return safe


def nothing(_params: object) -> Any:
    """The answer ``null``."""
    return None


def empty_list(_params: object) -> list[Any]:
    """An answer with nothing in it."""
    return []


def no_completions(_params: object) -> types.CompletionList:
    """No completion now; the next letter may bring some."""
    return types.CompletionList(is_incomplete=True, items=[])


def unchanged(item: Any) -> Any:
    """What was to be completed, as it was."""
    return item
