"""Logging without texts: what Slack sends holds what users wrote, and that may be about a patient."""

import logging
from pathlib import Path
from types import TracebackType

log = logging.getLogger("slack_bot")


class _Withhold(logging.Filter):
    """Leaves of a record of Slack's libraries where it comes from, and the class of an error.

    Their messages hold request bodies at DEBUG, and at WARNING and ERROR where something is unusual.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0] if record.exc_info else None
        record.msg = "%s:%d %s(details are withheld: they can hold what a user wrote)"
        record.args = (record.filename, record.lineno, f"{error.__name__} " if error else "")
        record.exc_info = record.exc_text = record.stack_info = None
        return True


#: What logs statements with their values, or rows.
_DATABASE_LOGGERS = ("sqlalchemy.engine.Engine", "sqlalchemy.engine", "sqlalchemy", "aiosqlite", "psycopg")


def quiet_databases() -> None:
    """Let the database's libraries say where something happened, and nothing of what is stored."""
    for name in _DATABASE_LOGGERS:
        logger = logging.getLogger(name)
        if not logger.filters:
            logger.addFilter(_Withhold())


def slack_logger() -> logging.Logger:
    """The logger for Bolt and slack_sdk. They copy its level and its filter to every logger they make."""
    logger = logging.getLogger("slack_bot.slack")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_Withhold())
    # Loggers that the libraries make for themselves, past the one they are given.
    for name in ("slack_sdk", "slack_bolt"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return logger


def log_failure(what: str, error: BaseException) -> None:
    """Log the class of an error and where it was raised; never its message, which may quote a user."""
    log.error("%s: %s at %s", what, type(error).__name__, _place(error.__traceback__))


def _place(trace: TracebackType | None) -> str:
    if trace is None:
        return "an unknown place"
    while trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
