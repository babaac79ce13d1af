"""Answers about codes that were asked for together, and about codes that do not exist."""

import re
from collections.abc import Sequence
from datetime import date

from core.code import Code, InvalidCode, heading_of
from core.findings.check import check
from core.findings.settings import CheckSettings
from core.icd9_asked import asked_icd9
from index.library import Library
from slack_bot.blocks import context, header, listing, section
from slack_bot.code_lines import code_line, code_lines, footer, hit_line, opened, opening_menu
from slack_bot.command import range_of, unwrapped
from slack_bot.limits import Block
from slack_bot.mrkdwn import escape, fitted
from slack_bot.ranges import range_line
from slack_bot.reply import Answer

MOST_CODES = 10  # of one command that are shown
_HITS = 8
_NEAR = 5
_ECHOED = 80
_CONFLICT = 700
_CONFLICTS = 5
_HAS_A_WORD = re.compile(r"[^\W\d_]{3}")
_DATES_ARE_GIVEN = CheckSettings(reads_dates=False)
_PARTED = "excludes1-conflict"


def code_of(written: str) -> Code | InvalidCode:
    """The code that was written; ``M54.-`` is how the Tabular List names all codes below M54."""
    try:
        return Code.parse(heading_of(unwrapped(written)))
    except InvalidCode as error:
        return error


def codes_answer(library: Library, written: Sequence[str], on: date) -> Answer:
    """Several codes, each in a line, with what parts them."""
    shown = written[:MOST_CODES]
    named = [(text, code_of(text)) for text in shown]
    known = library.catalog.known_among({code for _, code in named if isinstance(code, Code)})
    found = [code for _, code in named if code in known]
    blocks: list[Block] = [header(f"{len(written)} codes")]
    blocks += [_line(library, text, code, on, is_known=code in known) for text, code in named]
    blocks += parting(library, [c for c in found if isinstance(c, Code)], on)
    if len(written) > MOST_CODES:
        blocks.append(
            context(
                f"The first {MOST_CODES} of {len(written)} codes are shown, and compared with each other. "
                "Ask for fewer at once."
            )
        )
    names = ", ".join(fitted(text, _ECHOED) for text in shown)
    return Answer(f"{len(written)} codes: {names}", (*blocks, footer(library, on)))


def _line(library: Library, text: str, code: Code | InvalidCode, on: date, *, is_known: bool) -> Block:
    if isinstance(code, Code) and is_known:
        title = library.catalog.titles([code]).get(code)
        return opened(code_line(code, title, library.catalog.standing(code, on)), code, on)
    if (ends := range_of(text.upper())) and (line := range_line(library, ends)):
        return section(line)
    near = ", ".join(c.text for c in library.near_codes(text, on, limit=3))
    old = asked_icd9(library.catalog, unwrapped(text))
    said = [_verdict(code)]
    said += [f"Written almost like it: {near}."] if near else []
    said += [escape(old.sentence())] if old else []
    return section(f"✗ {' '.join(said)}")


def parting(library: Library, codes: Sequence[Code], on: date) -> list[Block]:
    """Whether Excludes1 notes part codes that are reported together; nothing where it is one code."""
    if len(codes) < 2:
        return []
    found = _conflicts(library, codes, on)
    return [section(f"⚠ {text}") for text in found] or [section("No Excludes1 note parts them.")]


def _conflicts(library: Library, codes: Sequence[Code], on: date) -> list[str]:
    text = "\n".join(["Diagnoses:", *(code.text for code in codes)])
    found = check(text, library.catalog, on, _DATES_ARE_GIVEN)
    said = dict.fromkeys(finding.message for finding in found if finding.rule == _PARTED)
    return [fitted(message, _CONFLICT) for message in list(said)[:_CONFLICTS]]


def unknown_code(library: Library, written: str, on: date, beside: str = "") -> Answer:
    """What is no code: why, and what was probably meant. ``beside`` is the text that it stood in."""
    code, asked = code_of(written), beside or written
    old = asked_icd9(library.catalog, unwrapped(written))
    verdict = " ".join([_verdict(code), *([escape(old.sentence())] if old else [])])
    leads = ((old and old.targets) or ())[:_HITS]
    near = library.near_codes(asked, on, limit=_NEAR)
    # Words are looked for where there may be one: M53.99 would only find titles with a 99.
    may_be_words = _HAS_A_WORD.search(asked) or asked[:2].isalpha() or isinstance(code, InvalidCode)
    hits = library.search(asked, on, limit=_HITS) if old is None and (may_be_words or not near) else []
    blocks = [header("No such code"), section(f"✗ {verdict}")]
    lists = [
        ("Written almost like it", code_lines(library, near, on), list(near)),
        ("Found by words", [hit_line(hit) for hit in hits], [hit.code for hit in hits]),
    ]
    if asked[:2].isalpha():  # two letters start few codes and many abbreviations: DM2
        lists.reverse()
    lists.insert(0, ("Where the ICD-9-CM code leads", code_lines(library, leads, on), list(leads)))
    lists = [found for found in lists if found[1]]
    blocks += [listing(heading, lines) for heading, lines, _ in lists]
    blocks += opening_menu(library, [code for *_, codes in lists for code in codes], on)
    if not lists:
        blocks.append(context("Ask with words instead: /icd low back pain. For all ways to ask: /icd help"))
    also = f" Near: {', '.join(str(code) for code in lists[0][2])}." if lists and not leads else ""
    return Answer(verdict + also, (*blocks, footer(library, on)))


def _verdict(code: Code | InvalidCode) -> str:
    if isinstance(code, Code):
        return escape(f"{code} is not an ICD-10-CM code of any year.")
    return escape(str(code))
