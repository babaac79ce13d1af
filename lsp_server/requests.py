"""Requests of our own beside the protocol's: browsing, the code page, search and status.

They are documented in ``docs/editor.md``. Each answers with an object whose ``message`` is null, or a
sentence where nothing can be answered: a client shows it in the answer's place.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Protocol

from core.branches import Branch, branches_of_code, branches_of_group, chapters
from core.classification import Level
from core.code import Code, InvalidCode
from core.errors import IcdlensError
from core.release import Release, fiscal_year_end, fiscal_year_start
from core.render.json_card import SCHEMA, full_card_to_dict
from core.sources.billable_validity import KNOWN_THROUGH_FISCAL_YEAR
from index.json_hit import hit_to_dict
from index.library import Library
from lsp_server.boundary import answers, failed
from lsp_server.code_page import code_page
from lsp_server.opening import Opening
from lsp_server.protocol import OWN_METHODS
from lsp_server.session import CodeServer
from lsp_server.typed_search import find_while_typing

_MOST_HITS = 100
_HITS = 20


class BadRequest(IcdlensError):
    """A request's parameters are not what ``docs/editor.md`` describes."""


class Session(Protocol):
    """What a request needs of the server."""

    opening: Opening
    compiling: asyncio.Task[None] | None

    def today(self) -> date: ...


Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a request, read as they are needed."""

    values: Mapping[str, object]
    today: date

    @property
    def on(self) -> date:
        """The date of service: the one asked for, else the session's."""
        written = self.text("on", "")
        try:
            return date.fromisoformat(written) if written else self.today
        except ValueError:
            raise BadRequest("A date of service is written YYYY-MM-DD.") from None

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A string; ``otherwise`` where it is absent or null. Raises ``BadRequest``."""
        value = self.values.get(name)
        if value is None:
            value = otherwise
        if not isinstance(value, str):
            raise BadRequest(f'"{name}" is a string.')
        return value

    def flag(self, name: str) -> bool:
        """Whether something was asked for. Raises ``BadRequest``."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise BadRequest(f'"{name}" is true or false.')
        return value

    def count(self, name: str, otherwise: int, most: int) -> int:
        """A number from 1 to ``most``. Raises ``BadRequest``."""
        value = self.values.get(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise BadRequest(f'"{name}" is a number from 1 to {most}.')
        return value


def _with_library(answer: Callable[[Library, Asked], Answer]) -> Callable[[Session, object], Answer]:
    """A handler of a request; without a library it answers with the reason."""

    def handler(ls: Session, params: object) -> Answer:
        library = ls.opening.library
        if library is None:
            return {"message": ls.opening.message}
        try:
            return {"message": None, **answer(library, _asked(params, ls.today()))}
        except IcdlensError as error:
            return {"message": str(error)}

    handler.__name__ = answer.__name__
    return handler


def _asked(params: object, today: date) -> Asked:
    if params is None:
        return Asked({}, today)
    if not isinstance(params, Mapping):
        raise BadRequest("Parameters are an object.")
    return Asked(params, today)


def _children(library: Library, asked: Asked) -> Answer:
    level, name, on = asked.text("level", ""), asked.text("name", ""), asked.on
    branches = _branches(library, level, name, on)
    if branches is None:
        raise BadRequest("The classification has no such chapter, block or code.")
    return {"children": [_branch(branch) for branch in branches], "as_of": str(on)}


def _branches(library: Library, level: str, name: str, on: date) -> tuple[Branch, ...] | None:
    catalog = library.in_force(on).catalog
    if not level:
        return chapters(catalog)
    if level not in list(Level):
        raise BadRequest(f'"level" is one of {", ".join(Level)}; without it, the chapters are meant.')
    if level in (Level.CHAPTER, Level.BLOCK):
        return branches_of_group(catalog, Level(level), name, on)
    return branches_of_code(catalog, Code.parse(name), on)


def _branch(branch: Branch) -> Answer:
    return {
        "level": branch.level.value,
        "name": branch.name,
        "title": branch.title,
        "standing": branch.standing.value if branch.standing else None,
        "codes": branch.codes,
        "has_children": branch.has_children,
    }


def _card(library: Library, asked: Asked) -> Answer:
    written, on = asked.text("code"), asked.on
    try:
        full = library.full_card(Code.parse(written), on)
        problem = None if full else f"{written.strip().upper()} is in no year known here."
    except InvalidCode as error:
        full, problem = None, str(error)
    if full is None:
        near = [code.text for code in library.near_codes(written, on)]
        return {"schema": SCHEMA, "found": False, "code": written, "error": problem, "suggestions": near}
    known_among = library.in_force(on).catalog.known_among
    return {**full_card_to_dict(full), "page": code_page(full, known_among)}


def _search(library: Library, asked: Asked) -> Answer:
    query, on = asked.text("query"), asked.on
    limit = asked.count("limit", _HITS, _MOST_HITS)
    if asked.flag("typing"):
        hits = find_while_typing(library, query, on, limit=limit)
    else:
        hits = library.search(query, on, limit=limit, by_meaning=False)
    return {"hits": [{**hit_to_dict(library, hit, on), "why": hit.why} for hit in hits]}


def status(ls: Session, _params: object) -> Answer:
    """The version, the release in use, and for which dates it answers; never fails for want of a library."""
    library, today = ls.opening.library, ls.today()
    return {
        "message": None if library else ls.opening.message,
        "ready": library is not None,
        "compiling": ls.compiling is not None and not ls.compiling.done(),
        "version": version("icdlens"),
        "as_of": str(today),
        **(_release(library.in_force(today).release, today) if library else {}),
    }


def _release(release: Release, today: date) -> Answer:
    superseded = release.is_superseded_on(today)
    return {
        "release": release.name,
        "release_effective": str(release.effective),
        "superseded_on": str(fiscal_year_start(release.fiscal_year + 1)) if superseded else None,
        "known_through": str(fiscal_year_end(KNOWN_THROUGH_FISCAL_YEAR)),
    }


#: The methods and what answers them.
HANDLERS: Mapping[str, Callable[[Session, object], Answer]] = {
    f"{OWN_METHODS}children": _with_library(_children),
    f"{OWN_METHODS}card": _with_library(_card),
    f"{OWN_METHODS}search": _with_library(_search),
    f"{OWN_METHODS}status": status,
}


def register(server: CodeServer) -> None:
    """Answer every method behind the boundary of its own."""
    for method, answer in HANDLERS.items():
        server.feature(method)(answers(failed)(answer))
