"""What ``/icd …`` is answered with: decided here, from the text and the library alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.card import OURS, sources_of
from core.code import Code, InvalidCode
from core.lives import Standing
from core.render.outline import NO_TITLE
from index.hit import Hit, RowKind
from index.library import Library
from slack_bot.blocks import card_to_blocks, card_to_line, context, glance_to_blocks, header, listing, section
from slack_bot.limits import Block
from slack_bot.mrkdwn import escape, fitted, readable

READ = 300  # characters of a command that are considered
_SCANNED = 4 * READ  # of what was sent: entities and unreadable characters count, too
_ECHOED = 80
_HITS = 8
_NEAR = 5
_TITLE = 160
_WHY = 180

#: What people put around a code: quotes, brackets, the marks of chat formatting.
_WRAPPING = " \"'“”‘’«»()[]{}<>,;:!?*_~`"
#: A digit comes second or third in every code (M53, C4A, QA0); without one, hives would be a code.
_CODE_LIKE = re.compile(r"[A-Za-z][A-Za-z]?[0-9][0-9A-Za-z.-]*")
_WHOLE_CARD = re.compile(r"(\S+) full", re.IGNORECASE)
_HAS_A_WORD = re.compile(r"[^\W\d_]{3}")

_EXAMPLES = (
    "`/icd M53.9` – a code at a glance; `m539` is read the same",
    "`/icd M53.9 full` – everything about a code",
    "`/icd low back pain` – codes for words, each with the official text that matched",
    "`/icd about` – the release, its sources, and what becomes of your text",
)
_PRIVACY = (
    "icdlens keeps nothing of what you ask: text, user and channel are neither logged nor stored, and "
    "nothing is sent on. Slack itself carries your command and the answer, so leave out names and other "
    "identifiers. Only you see the answer."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Blocks for people, and a text for notifications and for clients that show no blocks."""

    text: str
    blocks: tuple[Block, ...]


def answer(library: Library, text: str, on: date) -> Answer:
    """Answer a command's text for a date of service. There is always an answer.

    Raises what the library raises where its files are gone: ``IndexUnavailable`` and the like.
    """
    whole = readable(text[:_SCANNED])
    asked = whole[:READ].rstrip()
    cut = len(whole) > READ or len(text) > _SCANNED
    found = _answer(library, asked, on)
    if not cut:
        return found
    note = context(f"Only the first {READ} characters were read.")
    return Answer(found.text, (*found.blocks[:-1], note, found.blocks[-1]))


def _answer(library: Library, asked: str, on: date) -> Answer:
    if asked.casefold() in ("", "help", "?"):
        return _help(library, on)
    if asked.casefold() == "about":
        return _about(library, on)
    whole = _WHOLE_CARD.fullmatch(asked)
    code = _code(whole[1] if whole else asked)
    if isinstance(code, Code) and (full := library.full_card(code, on)):
        render = card_to_blocks if whole else glance_to_blocks
        return Answer(card_to_line(full.card), tuple(render(full)))
    if _CODE_LIKE.fullmatch(_unwrapped(asked)):
        return _unknown_code(library, asked, code, on)
    hits = library.search(asked, on, limit=_HITS)
    return _found(library, asked, hits, on) if hits else _nothing(library, asked, on)


def _help(library: Library, on: date) -> Answer:
    text = "ICD-10-CM at the cursor: /icd and a code or words."
    blocks = (header("ICD-10-CM look-up"), listing("How to ask", _EXAMPLES), _footer(library, on))
    return Answer(text, blocks)


def _about(library: Library, on: date) -> Answer:
    release = library.release
    facts = [f"Release: {release.name}, in force from {release.effective}", f"Answers are for today, {on}"]
    if release.is_superseded_on(on):
        facts.append("A later fiscal year is in force: titles and notes may have changed")
    facts += [
        f"{s.publisher}: {s.name}, {s.edition}"
        for s in sources_of(release)
        if s.publisher != OURS  # what we derive ourselves is no source
    ]
    blocks = (
        header("About icdlens"),
        listing("What the answers rest on", [escape(fact) for fact in facts]),
        section(f"*What becomes of your text*\n{escape(_PRIVACY)}"),
        _footer(library, on),
    )
    return Answer(escape(f"icdlens answers from {release.name}. {_PRIVACY}"), blocks)


def _unknown_code(library: Library, asked: str, code: Code | InvalidCode, on: date) -> Answer:
    if isinstance(code, Code):
        verdict = escape(f"{code} is not an ICD-10-CM code of any year.")
    else:
        verdict = escape(str(code))
    near = library.near_codes(asked, on, limit=_NEAR)
    # Words are looked for where there may be one: M53.99 would only find titles with a 99.
    hits = library.search(asked, on, limit=_HITS) if _HAS_A_WORD.search(asked) or not near else []
    blocks = [header("No such code"), section(f"✗ {verdict}")]
    if near:
        blocks.append(listing("Written almost like it", _near_lines(library, near, on)))
    if hits:
        blocks.append(listing("Found by words", [_hit_line(hit) for hit in hits]))
    if not (near or hits):
        blocks.append(listing("How to ask", _EXAMPLES))
    names = [str(c) for c in near] or [str(hit.code) for hit in hits]
    also = f" Near: {', '.join(names)}." if names else ""
    return Answer(verdict + also, (*blocks, _footer(library, on)))


def _found(library: Library, asked: str, hits: Sequence[Hit], on: date) -> Answer:
    codes = ", ".join(str(hit.code) for hit in hits)
    heading = f"Codes for “{fitted(asked, _ECHOED)}”, best first"
    blocks = (listing(heading, [_hit_line(hit) for hit in hits]), _footer(library, on))
    return Answer(f"{heading}: {codes}", blocks)


def _nothing(library: Library, asked: str, on: date) -> Answer:
    text = f"Nothing in {escape(library.release.name)} matches “{fitted(asked, _ECHOED)}”."
    near = [] if " " in asked else _near_lines(library, library.near_codes(asked, on, limit=_NEAR), on)
    blocks = [section(f"✗ {text}"), *([listing("Written almost like it", near)] if near else [])]
    return Answer(text, (*blocks, listing("How to ask", _EXAMPLES), _footer(library, on)))


def _footer(library: Library, on: date) -> Block:
    return context(f"As of {on} · release {library.release.name}")


def _hit_line(hit: Hit) -> str:
    why = hit.why.replace(f' "{hit.title}"', "") if hit.kind is RowKind.TITLE else hit.why
    matched = "" if hit.kind is RowKind.SIMILAR_MEANING else "matched "
    return f"{_code_line(hit.code, hit.title, hit.standing)}\n      {matched}{fitted(why, _WHY)}"


def _near_lines(library: Library, codes: Iterable[Code], on: date) -> list[str]:
    lines = []
    for code in codes:
        entry = library.catalog.entry(code)
        title = entry.title if entry else None
        lines.append(_code_line(code, title, library.catalog.standing(code, on)))
    return lines


def _code_line(code: Code, title: str | None, standing: Standing | None) -> str:
    mark = "✓ billable" if standing is Standing.BILLABLE else f"✗ {_label(standing)}"
    return f"*{code}* {fitted(title or NO_TITLE, _TITLE)} – {mark}"


def _label(standing: Standing | None) -> str:
    return standing.value.replace("_", " ") if standing else "never billable"


def _code(asked: str) -> Code | InvalidCode:
    """The code that was written; ``M54.-`` is how the Tabular List names all codes below M54."""
    bare = _unwrapped(asked).removesuffix("-").removesuffix(".")
    try:
        return Code.parse(bare)
    except InvalidCode as error:
        return error


def _unwrapped(asked: str) -> str:
    return asked.strip(_WRAPPING)
