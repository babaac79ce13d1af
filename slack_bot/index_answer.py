"""``/icd index``: what the printed Alphabetic Index and its tables say to some words."""

from collections.abc import Iterator
from datetime import date

from core.code import Code
from core.index_answer import IndexAnswer, Question, ask_index
from core.render.index_text import index_text
from index.library import Library
from slack_bot.blocks import context, header, section
from slack_bot.code_lines import footer, opening_menu
from slack_bot.limits import SECTION
from slack_bot.mrkdwn import escape, fitted
from slack_bot.reply import Answer

_LINES = 12  # under a line
_ECHOED = 80
_FRAME = "```"


def index_answer(library: Library, words: str, on: date) -> Answer:
    """Browse the Index for words, in any order. There is always an answer."""
    found = ask_index(library.catalog, Question(words, on, _LINES))
    asked = fitted(words, _ECHOED)
    if not found.parts:
        text = f"The Alphabetic Index of {escape(library.release.name)} is not installed."
        mended = context("Who runs this app can load it: icdlens build --index FILE, or icdlens update.")
        return Answer(text, (section(f"✗ {text}"), mended, footer(library, on)))
    if not found.details:
        text = f"Nothing in the Index has “{asked}”."
        again = context("Try fewer or other words, or a search: /icd and the same words.")
        return Answer(text, (section(f"✗ {text}"), again, footer(library, on)))
    heading = f"Index: {words}"
    listed, left_out = _listed(found)
    more = [context(f"{left_out} more lines; name a sub term too to see it.")] if left_out else []
    menu = opening_menu(library, _codes(found), on)
    blocks = (header(heading), section(listed), *more, *menu, footer(library, on))
    return Answer(f"Index: “{asked}”", blocks)


def _listed(found: IndexAnswer) -> tuple[str, int]:
    """The lines as they are printed, as many as Slack takes, and how many are left out."""
    lines = [escape(line.text) for line in index_text(found)]
    kept: list[str] = []
    size = 2 * len(_FRAME)
    for line in lines:
        size += len(line) + 1
        if size > SECTION:
            break
        kept.append(line)
    return f"{_FRAME}{chr(10).join(kept)}{_FRAME}", len(lines) - len(kept)


def _codes(found: IndexAnswer) -> Iterator[Code]:
    """The codes of the lines that are shown, those that some year knows."""
    for detail in found.details:
        for answered in (detail.answered, *(f.answered for f in detail.followed), *detail.below):
            for code in answered.codes:
                if code.printed and code.standing:
                    yield code.printed.code
