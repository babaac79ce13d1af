"""What the commands share: their exit codes, the date of service, and the standard streams."""

import re
from datetime import date, datetime
from typing import Any

import click

FOUND, NOT_FOUND, USAGE, FAILED, STOPPED = 0, 1, 2, 3, 130

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _date_of_service(_context: click.Context, _option: click.Parameter, value: str | None) -> date:
    if value is None:
        return datetime.now().astimezone().date()
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # such as February 30
    raise click.BadParameter(f"{value!r} is no date; write it as 2026-10-01.")


on_option = click.option(
    "--on",
    callback=_date_of_service,
    show_default="today",
    metavar="DATE",
    help="Date of service, as 2026-10-01.",
)


def stream_of(stream: Any) -> Any:
    """A standard stream; a shell can start a program without one (``<&-``)."""
    if stream is None:
        raise click.UsageError("This needs both stdin and stdout.")
    return stream
