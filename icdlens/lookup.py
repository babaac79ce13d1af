"""``icdlens lookup``: cards on the terminal, and what to say of codes that do not exist."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from core.classification import Level
from core.code import Code, InvalidCode, heading_of, shown
from core.full_card import FullCard, OwnFile
from core.render.full_outline import full_outline
from core.render.glance import glance
from core.render.outline import Outline
from icdlens.terminal import print_outline
from index.library import Library

#: The name of a block of several categories; that of one category is looked up as the category.
_BLOCK = re.compile(r"[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Looked:
    """How a look-up ended: whether all codes were found, and whether rows of the user's file were refused."""

    found_all: bool
    refused_rows: bool


def look_up(
    library: Library,
    codes: Sequence[str],
    on: date,
    form: str,
    *,
    short: bool,
    crosswalk: Path | None = None,
) -> Looked:
    """Print the card of each code, or a glance; say on stderr which do not exist.

    Raises ``SourceError`` for a ``crosswalk`` file that is none; its rows at fault are said on stderr.
    """
    codes = [code for written in codes for code in _separated(written)]
    own = _own_file(crosswalk) if crosswalk else None
    cards = [_card(library, code, on, own) for code in codes]
    if form == "json":
        _print_json(library, codes, cards, on)
    else:
        found = [full for full in cards if full]
        _print(form, (glance(full, _whole(full)) if short else full_outline(full) for full in found))
    for written, card in zip(codes, cards, strict=True):
        if card is None:
            click.echo(f"icdlens: {_not_found(library, written, on)}", err=True)
    return Looked(all(cards), bool(own and own.crosswalk.faults))


def _whole(full: FullCard) -> str:
    """The command that shows the whole card for the same date of service."""
    as_of = full.card.as_of
    is_today = as_of == datetime.now().astimezone().date()
    return f"icdlens lookup {full.card.code}" + ("" if is_today else f" --on {as_of}")


def _separated(written: str) -> list[str]:
    """The codes of one argument: a claim lists them with commas."""
    return [part for part in re.split(r"[,;]", written) if part.strip()] or [written]


def _own_file(path: Path) -> OwnFile:
    from core.own_file import read_own_file  # most people have none

    own = read_own_file(path)
    for fault in own.crosswalk.faults:
        click.echo(f"icdlens: {fault}", err=True)
    return own


def _card(library: Library, written: str, on: date, own: OwnFile | None) -> FullCard | None:
    try:
        return library.full_card(Code.parse(heading_of(written.strip())), on, own)
    except InvalidCode:
        return None


def _print(form: str, outlines: Iterable[Outline]) -> None:
    if form == "markdown":
        from core.render.markdown import outline_to_markdown
    for number, out in enumerate(outlines):
        if number:
            click.echo()
        if form == "markdown":
            click.echo(outline_to_markdown(out), nl=False)
        else:
            print_outline(out)


def _print_json(library: Library, codes: Sequence[str], cards: Sequence[FullCard | None], on: date) -> None:
    """One code: an object. Several: a list of objects, in the order asked."""
    from core.render.json_card import full_card_to_dict  # people read text, and need not wait

    answers = [
        full_card_to_dict(card) if card else _missing_to_dict(library, written, on)
        for written, card in zip(codes, cards, strict=True)
    ]
    click.echo(json.dumps(answers[0] if len(answers) == 1 else answers, ensure_ascii=False, indent=2))


def _missing_to_dict(library: Library, written: str, on: date) -> dict[str, Any]:
    from core.icd9_asked import asked_icd9
    from core.render.json_card import SCHEMA

    old = asked_icd9(library.in_force(on).catalog, written)
    near = dict.fromkeys((*((old and old.targets) or ()), *library.near_codes(written, on)))
    return {
        "schema": SCHEMA,
        "found": False,
        "code": written.encode(errors="replace").decode(),
        "error": _not_found(library, written, on),
        "suggestions": [code.text for code in near],
        "release": library.in_force(on).release.name,
        "as_of": str(on),
    }


def _not_found(library: Library, written: str, on: date) -> str:
    """What is wrong, and what to try instead, in one or two sentences."""
    from core.icd9_asked import asked_icd9  # most codes exist

    name = written.strip().upper()
    library = library.in_force(on)
    if _BLOCK.fullmatch(name) and (block := library.catalog.group(Level.BLOCK, name)):
        below = " ".join(entry.name for entry in library.catalog.children(block))
        return f"{block.name} is a block, {block.title}; look up what is in it: {below}"
    try:
        Code.parse(heading_of(written.strip()))
        problem = f"{shown(written)} is not an ICD-10-CM code in any year known here."
    except InvalidCode as error:
        problem = str(error)
    near = library.near_codes(written, on)
    old = asked_icd9(library.catalog, written)
    meant = [f"Did you mean {_either(near)}?"] if near else []
    meant += [old.sentence(f"icdlens search {old.code}")] if old else []
    return " ".join([problem, *(meant or [f"Search by words with: icdlens search {_searchable(written)}"])])


def _either(codes: Sequence[Code]) -> str:
    """M53.9, M53 or M33.99"""
    *others, last = (code.text for code in codes)
    return f"{', '.join(others)} or {last}" if others else last


def _searchable(written: str) -> str:
    return shown(written) if written.isprintable() and written.strip() else "WORDS"
