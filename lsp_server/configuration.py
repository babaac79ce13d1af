"""The settings of the language server: typed, validated, and laid over each other.

A setting has one name everywhere, in ``pyproject.toml``, in ``.icdlens.toml`` and in an editor's settings;
``docs/language-server.md`` lists them. What is wrong is left out and told by a sentence without the value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Generic, TypeVar

from core.findings.finding import Severity
from core.findings.settings import RULES

SECTION = "icdlens"
_RULE = "rules."
_OFF = "off"
#: Settings that an editor's extension reads and that we pass over.
_OF_EXTENSIONS = ("interpreter", "languages", "trace")

T = TypeVar("T")


class Insert(StrEnum):
    """What a completion puts into the note."""

    CODE = "code"
    CODE_AND_TITLE = "code-and-title"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What holds for one document. The defaults are those of a user who has set nothing."""

    #: For notes that state none; ``None``: today.
    date_of_service: date | None = None
    insert: Insert = Insert.CODE
    #: Whether words are completed outside diagnoses while somebody types, and not only on request.
    in_prose: bool = False
    #: The rules whose severity is set, by name; ``None`` is off.
    severities: tuple[tuple[str, Severity | None], ...] = ()
    inlay_hints: bool = False
    document_links: bool = False
    #: Characters of the longest text that is read as a whole.
    max_file_size: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Layer:
    """The good settings of one place, by name; ``problems`` are sentences about the others."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Option(Generic[T]):
    """A setting: the field that it sets, how its value is read (``ValueError``), and what that has to be."""

    sets: str
    read: Callable[[object], T]
    expects: str


class _Unset(Exception):
    """The value says that the setting is not set."""


def _date(value: object) -> date:
    if value == "":
        raise _Unset
    if isinstance(value, date) and not isinstance(value, datetime):  # TOML has dates
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    raise ValueError


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError


def _insert(value: object) -> Insert:
    if isinstance(value, str):
        return Insert(value)
    raise ValueError


def _severity(value: object) -> Severity | None:
    if isinstance(value, str):
        return None if value == _OFF else Severity(value)
    raise ValueError


_SWITCH = "is true or false"
_OPTIONS: Mapping[str, _Option[Any]] = {
    "dateOfService": _Option("date_of_service", _date, "is a date, as 2026-10-01, or empty"),
    "completion.insert": _Option("insert", _insert, f"is {' or '.join(Insert)}"),
    "completion.inProse": _Option("in_prose", _switch, _SWITCH),
    "inlayHints.enabled": _Option("inlay_hints", _switch, _SWITCH),
    "documentLinks.enabled": _Option("document_links", _switch, _SWITCH),
    "maxFileSize": _Option("max_file_size", _size, "is a number of characters from 1 on"),
}
_RULE_EXPECTS = f"is {', '.join(Severity)} or {_OFF}"

#: The names of all settings, for the documentation's test.
NAMES = (*_OPTIONS, *(f"{_RULE}{rule}" for rule in RULES))


def read_layer(settings: object, where: str) -> Layer:
    """Read the settings of one place, which ``where`` names; nested or with dots in their names.

    ``null`` is as if the setting were left out, and so is ``[]``, which is how Lua writes an empty table.
    """
    if _is_left_out(settings):
        return Layer()
    if not isinstance(settings, Mapping):
        return Layer({}, (f"The settings in {where} are no table.",))
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in _flattened(settings):
        if _is_left_out(value) or name.partition(".")[0] in _OF_EXTENSIONS:
            continue
        option = _option(name)
        if option is None:
            problems.append(f"A name in {where} is no setting of icdlens{_perhaps(name)}.")
            continue
        try:
            values[name] = option.read(value)
        except _Unset:
            continue
        except ValueError:
            problems.append(f'"{name}" in {where} {option.expects}.')
    return Layer(values, tuple(problems))


def read_client_layer(settings: object, where: str) -> Layer | None:
    """Read an editor's settings: ours alone, or all of them with ours under ``icdlens``.

    ``None`` where they are not about us.
    """
    if not isinstance(settings, Mapping):
        return None
    if SECTION in settings:
        return read_layer(settings[SECTION], where)
    prefix = f"{SECTION}."
    ours = {str(name)[len(prefix) :]: v for name, v in settings.items() if str(name).startswith(prefix)}
    if ours:
        return read_layer(ours, where)
    if any(_option(name) for name, _ in _flattened(settings)):
        return read_layer(settings, where)
    return None


def configuration(*layers: Layer) -> Configuration:
    """Lay settings over the defaults, the last one on top."""
    merged = {name: value for layer in layers for name, value in layer.values.items()}
    chosen = {_OPTIONS[name].sets: value for name, value in merged.items() if name in _OPTIONS}
    rules = {name.removeprefix(_RULE): value for name, value in merged.items() if name.startswith(_RULE)}
    return Configuration(severities=tuple(sorted(rules.items())), **chosen)


def _option(name: str) -> _Option[Any] | None:
    if name.startswith(_RULE) and name.removeprefix(_RULE) in RULES:
        return _Option("severities", _severity, _RULE_EXPECTS)
    return _OPTIONS.get(name)


def _is_left_out(value: object) -> bool:
    return value is None or value == []


def _flattened(settings: Mapping[Any, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in settings.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{name}.")
        else:
            yield name, value


def _perhaps(name: str) -> str:
    """What was meant by a name that is unknown. The name itself is not repeated: it may be anything."""
    near = get_close_matches(name, NAMES, n=1, cutoff=0.75)
    return f'; perhaps "{near[0]}" was meant' if near else ""


assert {option.sets for option in _OPTIONS.values()} | {"severities"} == {
    item.name for item in fields(Configuration)
}, "every field of a configuration has a setting"
