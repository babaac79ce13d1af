"""The command ``icdlens``: its options, and the one place where errors become exit codes.

Imports inside the commands are deliberate: ``lookup`` answers in a fraction of a second because it loads
neither the search, the editor protocol nor the chat.
"""

import os
import sys
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from core.classification import Level
from core.code import Code, InvalidCode
from core.errors import IcdlensError
from icdlens import __version__
from icdlens.build_command import build
from icdlens.check_command import check
from icdlens.index_command import index
from icdlens.options import FAILED, FOUND, NOT_FOUND, STOPPED, USAGE, on_option, stream_of
from icdlens.release_commands import diff, doctor, releases, update


class _Commands(click.Group):
    """The commands; a code in a command's place is answered with what was meant."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and _is_code(args[0]):
            raise click.UsageError(f"{args[0]!r} is no command. To look it up: icdlens lookup {args[0]}", ctx)
        return super().resolve_command(ctx, args)


def _is_code(written: str) -> bool:
    try:
        return any(c.isdigit() for c in Code.parse(written).text)
    except InvalidCode:
        return False


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="icdlens %(version)s")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the compiled classification is kept (else $ICDLENS_DATA_DIR, else your data directory).",
)
@click.pass_context
def cli(context: click.Context, data_dir: Path | None) -> None:
    """ICD-10-CM at the cursor: exact codes, their notes and dates, from the official release.

    \b
    icdlens lookup M53.9                what a code is, today
    icdlens lookup M54.5 --on 2021-09-30
    icdlens search low back pain        codes for words
    icdlens index "pain, low back"      the Alphabetic Index, its tables, and where see leads
    icdlens explain note.txt            the codes in a text, and why they are or are not codes
    icdlens check notes/                what is wrong with the codes in notes
    icdlens lsp                         the language server, for editors
    icdlens slack                       the Slack bot

    icdlens sends, stores and logs nothing that you type.
    """
    context.obj = data_dir
    if os.environ.get("NO_COLOR"):  # https://no-color.org: set and not empty
        context.color = False


@cli.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@on_option
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--glance", is_flag=True, help="One screen: what it is, what it is not, what to use instead.")
@click.option(
    "--crosswalk",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="ICDLENS_CROSSWALK",
    metavar="FILE",
    help="Your own CSV of procedures: code,cpt,label,group,note (else $ICDLENS_CROSSWALK).",
)
@click.pass_obj
def lookup(
    data: Path | None,
    codes: tuple[str, ...],
    on: date,
    form: str,
    glance: bool,
    crosswalk: Path | None,
) -> None:
    """Show the card of one or more codes: M53.9, m539, s72001a.

    Exit status: 0 all found, 1 one or more not found (the others are shown), 2 usage, 3 failed, or rows of
    the crosswalk file cannot be used (the cards are shown without them).
    """
    from icdlens.lookup import look_up
    from icdlens.opening import open_library

    with open_library(data) as library:
        looked = look_up(library, codes, on, form, short=glance, crosswalk=crosswalk)
    if looked.refused_rows:
        sys.exit(FAILED)
    sys.exit(FOUND if looked.found_all else NOT_FOUND)


@cli.command()
@click.argument("words", nargs=-1, metavar="WORDS...")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--billable", is_flag=True, help="Only codes that are billable on the date.")
@click.option("--chapter", metavar="N", help="Only codes of one chapter, 1 to 22.")
@click.option("--block", metavar="A-B", help="Only codes of one block, as M50-M54.")
@on_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--jsonl", is_flag=True, help="Answer JSON requests from stdin, one a line; see docs/json.md.")
@click.option("--explain", is_flag=True, help="Show the score of each code and what it is made of.")
@click.option("--no-ai", is_flag=True, help="Look for words only; compare no meanings.")
@click.pass_obj
def search(
    data: Path | None,
    words: tuple[str, ...],
    limit: int,
    billable: bool,
    chapter: str | None,
    block: str | None,
    on: date,
    form: str,
    jsonl: bool,
    explain: bool,
    no_ai: bool,
) -> None:
    """Find codes for words: icdlens search low back pain.

    Words may be abbreviated, misspelt, or what patients say: T2DM w CKD, kidny stone, broken left wrist.
    Every code says which official text matched, and as what your words were read. Where the extra "ai" is
    installed, texts of similar meaning are found too, and say so.

    Exit status: 0 something found, 1 nothing found, 2 usage, 3 failed.
    """
    from icdlens.opening import open_library
    from icdlens.searching import Asked, answer_lines, print_hits

    if jsonl == bool(words):
        raise click.UsageError("Give words to search for, or --jsonl to read requests from stdin.")
    with open_library(data) as library:
        block = block.upper() if block else None
        asked = Asked(on, limit, billable, chapter, block, explain, by_meaning=not no_ai)
        catalog = library.in_force(on).catalog
        if chapter is not None and catalog.group(Level.CHAPTER, chapter) is None:
            raise click.UsageError("There is no such chapter; chapters are numbered 1 to 22.")
        if block is not None and catalog.group(Level.BLOCK, block) is None:
            raise click.UsageError("There is no such block; the card of a code names those that it is in.")
        if jsonl:
            answer_lines(library, stream_of(sys.stdin).buffer, stream_of(sys.stdout).buffer, asked)
            return
        found = print_hits(library, " ".join(words), asked, form)
    sys.exit(FOUND if found else NOT_FOUND)


@cli.command(short_help="Say which tokens of a text are codes, and why.")
@click.argument("text", nargs=-1, metavar="[TEXT|FILE]...")
@on_option
@click.option(
    "--all", "with_ignored", is_flag=True, help="With --jsonl or JSON: tokens that are no codes too."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--jsonl", is_flag=True, help="Answer JSON requests from stdin, one a line; see docs/json.md.")
@click.pass_context
def explain(
    context: click.Context, text: tuple[str, ...], on: date, with_ignored: bool, form: str, jsonl: bool
) -> None:
    """Say of every token that is written like a code what it is, and why.

    \b
    icdlens explain "Dx: m54.50, L4-5 stenosis, vitamin B12"
    icdlens explain note.txt             the name of a file is read, - is stdin
    icdlens explain --on 2021-09-30 "low back pain M54.5"

    \b
    CODE          billable on the date of service, as written
    CODE_NORM     billable, but the official form has other case or a dot
    CATEGORY      a heading: more characters are needed
    RANGE         a range or a wildcard, M50-M54 or M54.-
    RETIRED       valid once, no longer on the date
    INVALID       meant as a code, but there is none on the date
    OTHER_SYSTEM  of HCPCS, ICD-9-CM, ICD-O or another system
    WEAK          a code by its characters only; never reported unasked
    IGNORE        no code

    Without --on, a date of service in the text ("DOS 2021-03-04") counts, else today.

    Exit status: 0 explained, 2 usage, 3 failed.
    """
    from icdlens.explaining import Explained, answer_lines, print_explained, print_json, sources
    from icdlens.opening import open_library

    if jsonl and text:
        raise click.UsageError("--jsonl reads requests from stdin and takes no text.")
    if not jsonl and not text and stream_of(sys.stdin).isatty():
        raise click.UsageError("Give a text, the name of a file, or - for stdin.")
    is_given = context.get_parameter_source("on") is not click.core.ParameterSource.DEFAULT
    with open_library(context.obj) as library:
        if jsonl:
            asked = Explained(on, is_given, with_ignored)
            answer_lines(library, stream_of(sys.stdin).buffer, stream_of(sys.stdout).buffer, asked)
            return
        texts = sources(text, sys.stdin.buffer if sys.stdin else None)
        if form == "json":
            print_json(library, texts, Explained(on, is_given, with_ignored))
        else:
            print_explained(library, texts, Explained(on, is_given, with_ignored=True))


@cli.command()
@click.pass_obj
def lsp(data: Path | None) -> None:
    """Run the language server on stdin and stdout. Your editor starts it; see the README."""
    from lsp_server.server import main as serve

    stream_of(sys.stdout)
    if stream_of(sys.stdin).isatty():
        click.echo("This speaks to an editor, which starts it; see the README. Ctrl-C ends it.", err=True)
    serve(data)


@cli.command(short_help="Run the Slack bot, over Socket Mode or HTTP.")
@click.option("--http", is_flag=True, help="Serve HTTP instead of Socket Mode.")
@click.option("--manifest", is_flag=True, help="Print the app manifest to paste at Slack, and end.")
@click.option(
    "--url", metavar="URL", help="With --manifest: for HTTP at this address, such as https://icd.example.org."
)
@click.option("--new-key", is_flag=True, help="Print a fresh key for ICDLENS_SLACK_KEYS, and end.")
@click.option("--renew-tokens", is_flag=True, help="Seal the stored tokens with the first key, and end.")
@click.pass_obj
def slack(
    data: Path | None, http: bool, manifest: bool, url: str | None, new_key: bool, renew_tokens: bool
) -> None:
    """Run the Slack bot, over Socket Mode or over HTTP; docs/slack.md describes its settings."""
    from icdlens.opening import build_library
    from index.library import LibraryNotBuilt
    from slack_bot import main as bot
    from slack_bot.main import run
    from slack_bot.manifest import manifest_for

    if manifest + new_key + renew_tokens > 1 or (url is not None and not manifest):
        raise click.UsageError(
            "Choose one of --manifest, --new-key and --renew-tokens; --url goes with --manifest"
        )
    if manifest:
        click.echo(manifest_for(url))
        return
    if new_key:
        click.echo(bot.new_key())
        return
    if renew_tokens:
        click.echo(f"{bot.renew_tokens()} tokens are sealed with the first key.", err=True)
        return
    try:
        run(http=http, data=data)
    except LibraryNotBuilt:  # only after the settings were found right
        build_library(data)
        run(http=http, data=data)


for _command in (check, build, index, update, releases, diff, doctor):
    cli.add_command(_command)


def main() -> None:
    """Run the command. Every foreseen error ends as one sentence on stderr, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # An official title or a ✓ must not end the program on a terminal that cannot show it.
            stream.reconfigure(errors="replace")
    try:
        try:
            cli.main(standalone_mode=False)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # while an error can still be said in a sentence
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(STOPPED)
    except IcdlensError as error:
        click.echo(f"icdlens: {error}", err=True)
        sys.exit(FAILED)
    except OSError as error:
        # Python flushes again at its end, and would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"icdlens: The output cannot be written ({error.strerror or error}).", err=True)
        sys.exit(FAILED)
