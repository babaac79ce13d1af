"""The command ``icdlens check``: its options."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from icdlens.options import FOUND, NOT_FOUND, on_option, stream_of

if TYPE_CHECKING:
    from core.findings.finding import Severity
    from lsp_server.configuration import Configuration


def _severities(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, "Severity | None"]:
    from core.findings.finding import Severity
    from core.findings.settings import RULES

    read: dict[str, Severity | None] = {}
    for value in values:
        name, _, severity = value.partition("=")
        if name not in RULES:
            raise click.BadParameter(f"There is no rule {name!r}; icdlens check --list-rules lists them.")
        if severity not in (*(s.value for s in Severity), "off"):
            raise click.BadParameter(f"{value!r}: write RULE=error, warning, information, hint or off.")
        read[name] = None if severity == "off" else Severity(severity)
    return read


def _settings_of_project() -> "Configuration":
    """The settings that editors, too, read in this folder; what is wrong with them is said on stderr."""
    from lsp_server.configuration import Layer, configuration
    from lsp_server.settings_files import folder_of_settings, read_files

    folder = folder_of_settings(Path.cwd())
    layer = read_files(folder) if folder else Layer()
    for problem in layer.problems:
        click.echo(f"icdlens: {problem}", err=True)
    return configuration(layer)


@click.command()
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, readable=False, allow_dash=True), metavar="[PATH]..."
)
@on_option
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text")
@click.option(
    "--rule",
    "severities",
    multiple=True,
    callback=_severities,
    metavar="RULE=SEVERITY",
    help="The severity of a rule's findings: error, warning, information, hint or off. Can be repeated.",
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes; by default as many as pay.")
@click.option(
    "--max-size",
    type=click.FloatRange(0, min_open=True),
    default=10,
    show_default=True,
    metavar="MB",
    help="Larger files are skipped.",
)
@click.option("--list-rules", is_flag=True, help="Show the rules with their severities, and end.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    on: date,
    form: str,
    severities: dict[str, "Severity | None"],
    jobs: int | None,
    max_size: float,
    list_rules: bool,
    quiet: bool,
) -> None:
    """Check the codes in notes: files, folders, or stdin (-).

    \b
    icdlens check note.txt
    icdlens check --on 2026-10-01 templates/    what breaks on October 1
    icdlens check --rule duplicate=off --format sarif notes/ > notes.sarif

    Without --on, the date of service that a note states counts (date_of_service: in its front matter, a
    DOS: line), else dateOfService of the settings, else today. Settings, of rules too, are those that editors
    read: .icdlens.toml, or [tool.icdlens] of pyproject.toml, in this folder or the nearest above it; --rule
    goes before them. "icdlens: ignore RULE" in a comment silences a line; see docs/rules.md.

    Exit status: 0 nothing found, 1 something found, 2 usage, 3 failed.
    """
    from core.findings.settings import CheckSettings
    from icdlens.opening import open_library
    from icdlens.reporting import Reporter, rule_lines

    of_project = _settings_of_project()
    is_given = context.get_parameter_source("on") is not click.core.ParameterSource.DEFAULT
    if not is_given:
        on = of_project.date_of_service or on
    settings = CheckSettings({**dict(of_project.severities), **severities}, reads_dates=not is_given)
    if list_rules:
        click.echo("\n".join(rule_lines(settings)))
        return
    if not paths and stream_of(sys.stdin).isatty():
        raise click.UsageError("Give files or folders to check, or - for stdin.")
    with open_library(context.obj) as library:
        found = Reporter(library, settings, form, quiet=quiet).run(
            paths or ("-",), sys.stdin.buffer if sys.stdin else None, on, int(max_size * 1_000_000), jobs
        )
    sys.exit(NOT_FOUND if found else FOUND)
