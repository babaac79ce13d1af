"""Files behind an option that can be repeated, as a shell makes them of ``--from *.zip``."""

import click
import pytest
from click.testing import CliRunner

from icdlens.options import ManyFiles


@click.command(cls=ManyFiles)
@click.option("--from", "paths", multiple=True)
@click.option("--release")
@click.option("--check", is_flag=True)
def command(paths: tuple[str, ...], release: str | None, check: bool) -> None:
    click.echo(f"{paths} {release} {check}")


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ("--from a b c", "('a', 'b', 'c') None False"),
        ("--from a b --check --from c d", "('a', 'b', 'c', 'd') None True"),
        ("--from a --release b --check", "('a',) b True"),
        ("--from a b --release c", "('a', 'b') c False"),
        ("--from=a --from b c", "('a', 'b', 'c') None False"),
    ],
)
def test_an_option_holds_for_each_file_behind_it(arguments: str, given: str) -> None:
    assert CliRunner().invoke(command, arguments.split()).output == f"{given}\n"


@pytest.mark.parametrize("arguments", ["a", "--from", "--check a", "--release a b", "--from=a b"])
def test_files_without_an_option_are_refused(arguments: str) -> None:
    assert CliRunner().invoke(command, arguments.split()).exit_code == 2
