"""The files of a folder that hold settings: ``.icdlens.toml``, over ``[tool.icdlens]`` of ``pyproject.toml``.

The language server reads them in each folder of a workspace, ``icdlens check`` in the folder it is run in.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from lsp_server.configuration import SECTION, Layer, read_layer

PYPROJECT = "pyproject.toml"
OWN_FILE = ".icdlens.toml"
FILES = (PYPROJECT, OWN_FILE)
_LARGEST = 1_000_000  # bytes of a file of settings


def read_files(folder: Path) -> Layer:
    """The settings of a folder's files; what is wrong with a file leaves the other's."""
    own = _read_file(folder / OWN_FILE)
    shared = _read_file(folder / PYPROJECT)
    if shared.values:
        tool = shared.values.get("tool")
        table = tool.get(SECTION) if isinstance(tool, Mapping) else None
        shared = read_layer(table, PYPROJECT)
    if own.values:
        own = read_layer(own.values, OWN_FILE)
    values = {**shared.values, **own.values}
    return Layer(values, (*shared.problems, *own.problems))


def folder_of_settings(start: Path) -> Path | None:
    """The nearest folder with such a file, from a folder upwards; ``None`` where there is none."""
    return next(
        (folder for folder in (start, *start.parents) if any((folder / name).is_file() for name in FILES)),
        None,
    )


def _read_file(path: Path) -> Layer:
    """A file as it is, not yet checked. A file that is not there has no settings."""
    try:
        if path.stat().st_size > _LARGEST:
            return Layer({}, (f"{path.name} of the workspace is too large to be read.",))
        return Layer(tomllib.loads(path.read_bytes().decode()))
    except FileNotFoundError:
        return Layer()
    except OSError:
        return Layer({}, (f"{path.name} of the workspace cannot be read.",))
    except (ValueError, RecursionError):
        return Layer({}, (f"{path.name} of the workspace is not TOML.",))
