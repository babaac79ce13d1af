"""Data files inside packages that are installed beside this program.

A package is located, never imported, and its version is pinned: size and sha256 say which edition of
the official data a file holds. Anything else is refused, because its facts would carry a wrong date.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.sources import SourceError

#: Finds a package's folder by its import name; ``None`` where it is not installed.
Locate = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A data file of one version of a package. ``path`` is relative to the package's folder."""

    package: str
    distribution: str
    path: str
    size: int
    sha256: str


def package_folder(package: str) -> Path | None:
    """The folder of an installed package, found without importing it; ``None`` where there is none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def pinned_path(file: PinnedFile, locate: Locate = package_folder) -> Path:
    """Find a pinned file and check its size and hash. Raises ``SourceError``."""
    mend = f"install the pinned version with: pip install --force-reinstall {file.distribution}"
    folder = locate(file.package)
    if folder is None:
        raise SourceError(Path(file.package), f"the package is not installed; {mend}")
    path = folder / file.path
    try:
        # The size is asked first, so that a file of any length is refused without reading it.
        same = path.stat().st_size == file.size
        same = same and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror}); {mend}") from error
    if not same:
        raise SourceError(path, f"this is not the file of {file.distribution}; {mend}")
    return path
