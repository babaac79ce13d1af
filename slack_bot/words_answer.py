"""Answers to words: ranked codes with their reasons, or the card of a clear winner."""

from collections.abc import Sequence
from datetime import date

from index.hit import Hit
from index.library import Library
from slack_bot.blocks import context, listing, section
from slack_bot.card_answer import card_answer
from slack_bot.card_blocks import fits
from slack_bot.code_lines import code_lines, footer, hit_line, opened, opening_menu, reason
from slack_bot.limits import Block
from slack_bot.mrkdwn import escape, fitted
from slack_bot.reply import Answer

HITS = 8
_ECHOED = 80
_NEAR = 5
#: Of the best score that no other answer may reach where one is shown alone.
_CLEAR = 0.965
_FOUND = "words of the query found"


def words_answer(library: Library, words: str, on: date, *, billable: bool, shares: bool) -> Answer:
    """Ranked codes for words, or the card of one that is clearly the best."""
    hits = library.search(words, on, limit=HITS, billable_only=billable)
    if not hits:
        return _nothing(library, words, on, billable=billable)
    if winner := clear_winner(hits):
        others = [hit for hit in hits if hit is not winner]
        return _won(library, words, winner, others, on, shares=shares)
    codes = ", ".join(str(hit.code) for hit in hits)
    heading = f"Codes for “{fitted(words, _ECHOED)}”, best first"
    left_out = _left_out(library, words)
    lines = [opened(hit_line(hit), hit.code, on) for hit in hits]
    return Answer(f"{heading}: {codes}", (section(f"*{heading}*"), *lines, *left_out, footer(library, on)))


def clear_winner(hits: Sequence[Hit]) -> Hit | None:
    """The best hit, where all words of the query were found and no other comes near.

    Headings above it do not count: they have the same text, and less to say.
    """
    best, *others = hits
    found = dict(best.parts).get(_FOUND, 0.0)
    others = [hit for hit in others if not best.code.undotted.startswith(hit.code.undotted)]
    is_clear = all(hit.score <= best.score * _CLEAR for hit in others)
    return best if found > 0.999 and is_clear else None


def _won(library: Library, words: str, best: Hit, others: Sequence[Hit], on: date, *, shares: bool) -> Answer:
    found = card_answer(library, best.code, on, shares=shares)
    if found is None:
        raise LookupError("a hit is a code that some year knows")
    heading = f"Best match for “{fitted(words, _ECHOED)}”: {best.code}"
    *card, row, foot = found.blocks
    first = section(f"*{heading}*\n{reason(best)}")
    blocks = [first, *card, *_others(library, others, on), row, foot]
    if not fits(blocks):
        blocks = [first, *card, row, foot]
    return Answer(f"{heading}. {found.text}", tuple(blocks), code=found.code)


def _others(library: Library, hits: Sequence[Hit], on: date) -> list[Block]:
    if not hits:
        return []
    lines = [hit_line(hit) for hit in hits]
    return [listing("Also found", lines), *opening_menu(library, [hit.code for hit in hits], on)]


def _nothing(library: Library, words: str, on: date, *, billable: bool) -> Answer:
    among = " is billable and" if billable else ""
    text = f"Nothing in {escape(library.release.name)}{among} matches “{fitted(words, _ECHOED)}”."
    near = [] if " " in words else library.near_codes(words, on, limit=_NEAR)
    blocks = [section(f"✗ {text}")]
    if near:
        blocks.append(listing("Written almost like it", code_lines(library, near, on)))
    blocks += opening_menu(library, near, on)
    blocks.append(context("Try fewer or other words, or a code: /icd M53.9. For all ways to ask: /icd help"))
    return Answer(text, (*blocks, footer(library, on)))


def _left_out(library: Library, words: str) -> list[Block]:
    """Words that are in no official text, which a search by words leaves out."""
    unknown = library.searcher.unknown_words(words)
    return [context(f"Left out, for it is in no official text: {', '.join(unknown)}")] if unknown else []
