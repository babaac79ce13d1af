"""What the commands share: exit codes, the date of service, files named at once, the standard streams."""

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


class ManyFiles(click.Command):
    """A command whose option that can be repeated holds for each file behind it, as in ``--from *.zip``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        names = {name for p in self.params if isinstance(p, click.Option) and p.multiple for name in p.opts}
        given: list[str] = []
        option = None  # the one that the next file belongs to, once it has one
        for arg, before in zip(args, ["", *args], strict=False):
            if arg.startswith("-"):
                option = arg if arg in names else None
            elif option and before != option:
                given.append(option)
            given.append(arg)
        return super().parse_args(ctx, given)


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
