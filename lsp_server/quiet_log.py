"""Logging that cannot carry a note: file names and texts may identify a patient.

pygls writes whole messages into its log, at INFO and, for those that fail, at ERROR, and Python puts the
text of an exception into its traceback. So pygls is silenced, and our own lines name an exception's type
and the places in the program that it passed, never its text.
"""

import asyncio
import logging
import traceback
from pathlib import Path
from typing import Any

_log = logging.getLogger("lsp_server")
_SILENT = logging.CRITICAL + 1


def silence_libraries() -> None:
    """Let no library log a message of the session, or an exception of its own with a piece of one."""
    for name in ("pygls", "asyncio", "concurrent.futures"):
        logging.getLogger(name).setLevel(_SILENT)


def log_failure(what: str, error: BaseException) -> None:
    """Say that a part of the server failed: ``hover failed: KeyError (hover.py:31, catalog.py:99)``."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    _log.error("%s failed: %s (%s)", what, type(error).__name__, places)


def log_loop_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler."""
    error = context.get("exception")
    if isinstance(error, Exception):
        log_failure("a background task", error)
