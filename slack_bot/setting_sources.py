"""Where settings come from: the environment, files that it names, and a settings file."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS_FILE = "ICDLENS_SLACK_SETTINGS"
_FILE = "_FILE"
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """The values that were found, and a sentence for each source that could not be read."""

    values: Mapping[str, str]
    faults: tuple[str, ...]


def find(environ: Mapping[str, str], names: Iterable[str]) -> Found:
    """Read the settings ``names``.

    ``NAME`` in the environment counts first, then the content of the file that ``NAME_FILE`` names, then the
    entry ``NAME`` of the TOML file that ``ICDLENS_SLACK_SETTINGS`` names. Blank values count as none.
    """
    known = tuple(names)
    faults: list[str] = []
    written = _settings_file(environ.get(SETTINGS_FILE, "").strip(), known, faults)
    values = {}
    for name in known:
        value = environ.get(name, "").strip()
        path = environ.get(name + _FILE, "").strip()
        if not value and path:
            value = _content(name + _FILE, path, faults).strip()
        values[name] = value or written.get(name, "")
    return Found(values, tuple(faults))


def _settings_file(path: str, known: tuple[str, ...], faults: list[str]) -> dict[str, str]:
    if not path:
        return {}
    try:
        entries = tomllib.loads(_content(SETTINGS_FILE, path, faults))
    except tomllib.TOMLDecodeError:  # its message quotes the file, and a secret may stand there
        faults.append(f"the file that {SETTINGS_FILE} names is not TOML")
        return {}
    faults += _misplaced(entries, known)
    return {name: str(value).strip() for name, value in entries.items() if name in known}


def _misplaced(entries: Mapping[str, object], known: tuple[str, ...]) -> Iterator[str]:
    for name, value in entries.items():
        if name not in known:
            yield f"{name[:40]!r} in the settings file is no setting"
        elif isinstance(value, bool) or not isinstance(value, str | int):
            yield f"{name} in the settings file must be a text or a number"


def _content(variable: str, path: str, faults: list[str]) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(_MOST_BYTES).decode()
    except OSError as error:
        faults.append(f"the file that {variable} names cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        faults.append(f"the file that {variable} names is not UTF-8 text")
    return ""
