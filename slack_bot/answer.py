"""What ``/icd …`` and a mention are answered with: decided here, from the text and the library alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.card import OURS, sources_of
from core.code import Code
from core.release import Release
from index.library import Library
from slack_bot.blocks import context, header, listing, section
from slack_bot.card_answer import card_answer
from slack_bot.code_lines import footer
from slack_bot.codes_answer import code_of, codes_answer, unknown_code
from slack_bot.command import READ, BadCommand, Command, Verb, parse, range_of, unwrapped
from slack_bot.comparison import comparison
from slack_bot.index_answer import index_answer
from slack_bot.mrkdwn import escape, readable
from slack_bot.ranges import billable_below, range_answer
from slack_bot.reply import Answer
from slack_bot.state import Part
from slack_bot.words_answer import words_answer

_SCANNED = 4 * READ  # of what was sent: entities and unreadable characters count, too

EXAMPLES = (
    "`/icd M53.9` – a code at a glance; `m539` is read the same, and `M53.9 full` is everything about it",
    "`/icd M54.50 M51.26` – several codes, and whether an Excludes1 note parts them",
    "`/icd M50-M54` or `M54.-` – a range or a heading; `M54.5 billable` – what is billable below it",
    "`/icd low back pain` – codes for words, each with the official text that matched",
    "`/icd low back pain billable` – only those that are billable",
    "`/icd M53.9 on 2023-05-02` – on a date of service, in place of today",
    "`/icd compare M54.50 M54.59` – what two codes share and where they part",
    "`/icd index pain, low back` – the Alphabetic Index: sub terms, and where “see” leads",
    "`/icd M53.9 share` – answered to the whole channel; otherwise only you see it",
    "`/icd about` – the release, its sources, and what becomes of your text",
)
_PRIVACY = (
    "What you ask is neither logged nor stored: no text, no user, no channel. icdlens stores the codes that "
    "you looked at last only if you switch that on in its Home tab. Nothing is sent on. Slack itself carries "
    "your question and the answer, so leave out names and other identifiers. Only you see the answer, unless "
    "you share it, or ask by mentioning icdlens in a channel."
)


def answer(library: Library, text: str, today: date, *, shares: bool = True) -> Answer:
    """Answer a command's text. There is always an answer.

    ``shares`` gives a card the button that shares it: not where everybody sees it already.
    Raises what the library raises where its files are gone: ``IndexUnavailable`` and the like.
    """
    whole = readable(text[:_SCANNED])
    asked = whole[:READ].rstrip()
    found = _answered(library, asked, today, shares=shares)
    if len(whole) <= READ and len(text) <= _SCANNED:
        return found
    note = context(f"Only the first {READ} characters were read.")
    return replace(found, blocks=(*found.blocks[:-1], note, found.blocks[-1]))


def _answered(library: Library, asked: str, today: date, *, shares: bool) -> Answer:
    try:
        command = parse(asked)
    except BadCommand as error:
        return _misread(library, str(error), today)
    on = command.on or today
    installed = library.releases
    library = library.in_force(on)
    shares = shares and not command.share
    match command.verb:
        case Verb.HELP:
            return help_answer(library, on)
        case Verb.ABOUT:
            found = _about(library, installed, on)
        case Verb.COMPARE:
            found = comparison(library, command.codes, on)
        case Verb.INDEX:
            found = index_answer(library, command.words, on)
        case Verb.CODES:
            found = _codes(library, command, asked, on, shares=shares)
        case Verb.WORDS:
            found = words_answer(library, command.words, on, billable=command.billable, shares=shares)
    return replace(found, in_channel=command.share)


def _codes(library: Library, command: Command, asked: str, on: date, *, shares: bool) -> Answer:
    if len(command.codes) > 1:
        return codes_answer(library, command.codes, on)
    [written] = command.codes
    code = code_of(written)
    if isinstance(code, Code):
        card = library.card(code, on) if command.billable else None
        if card and not card.billable and card.children:
            return billable_below(library, card, on)
        part = Part.WHOLE if command.whole else Part.GLANCE
        if found := card_answer(library, code, on, part, shares=shares):
            return found
    if ends := range_of(written.upper()):
        return range_answer(library, ends, on, billable=command.billable)
    # What stood beside the code may help to find it by words.
    return unknown_code(library, written, on, unwrapped(asked) if command.on is None else "")


def help_answer(library: Library, on: date) -> Answer:
    """How to ask."""
    text = "ICD-10-CM at the cursor: /icd and a code or words."
    blocks = (header("ICD-10-CM look-up"), listing("How to ask", EXAMPLES), footer(library, on))
    return Answer(text, blocks)


def _misread(library: Library, why: str, on: date) -> Answer:
    said = escape(why)
    blocks = (section(f"✗ {said}"), listing("How to ask", EXAMPLES), footer(library, on))
    return Answer(said, blocks)


def _about(library: Library, installed: Sequence[Release], on: date) -> Answer:
    release = library.release
    facts = [f"Release: {release.name}, in force from {release.effective}", f"Answers are for {on}"]
    if len(installed) > 1:
        names = ", ".join(each.short_name for each in installed)
        facts.append(f"Releases installed: {names}; a date is answered from the one in force on it")
    facts += [
        f"{s.publisher}: {s.name}, {s.edition}"
        for s in sources_of(release)
        if s.publisher != OURS  # what we derive ourselves is no source
    ]
    blocks = (
        header("About icdlens"),
        listing("What the answers rest on", [escape(fact) for fact in facts]),
        section(f"*What becomes of your text*\n{escape(_PRIVACY)}"),
        footer(library, on),
    )
    return Answer(escape(f"icdlens answers from {release.name}. {_PRIVACY}"), blocks)
