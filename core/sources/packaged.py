"""The default release: the two data files inside the installed package ``simple-icd-10-cm``.

The package is located, never imported: importing it parses everything (3 s, 195 MB). Its files are
official CDC/NCHS data; the pinned version, sizes and hashes say which release they are.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from core.release import Release
from core.sources import SourceError

PACKAGE = "simple_icd_10_cm"
DISTRIBUTION = "simple-icd-10-cm==1.5.0"
RELEASE = Release(date(2026, 4, 1))

#: The files of the pinned version, by name.
SHA256 = {
    "icd10c-tabular-April-1-2026.xml": "f161f8182aff3ce3a2a78e202f8259c08eaee2c670a9e45b0072445c52302935",
    "code-list-April-2026.txt": "df54d9743a3499f4a4fc12882edb7ce0d975b44ada5a2a25597aa56d0c2ac1c4",
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An official file as it was read: its base name, size in bytes, and sha256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagedRelease:
    """Where the packaged release's files are; their hashes have been checked."""

    release: Release
    tabular: Path
    code_list: Path
    files: tuple[SourceFile, ...]


def packaged_release(locate: Callable[[], Path] | None = None) -> PackagedRelease:
    """Find the packaged release and check that it is the pinned one. Raises ``SourceError``."""
    folder = (locate or _data_folder)()
    tabular, code_list = (folder / name for name in SHA256)
    return PackagedRelease(
        RELEASE, tabular, code_list, tuple(_checked(path) for path in (tabular, code_list))
    )


def source_file(path: Path) -> SourceFile:
    """Hash a file. Raises ``SourceError``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror}); {_MEND}") from error
    return SourceFile(path.name, len(data), hashlib.sha256(data).hexdigest())


_MEND = f"reinstall the package with: pip install --force-reinstall {DISTRIBUTION}"


def _checked(path: Path) -> SourceFile:
    file = source_file(path)
    if file.sha256 != SHA256[path.name]:
        raise SourceError(path, f"this is not the file of {RELEASE.name}; {_MEND}")
    return file


def _data_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(Path(PACKAGE), f"the package with the official data is missing; {_MEND}")
    return Path(spec.submodule_search_locations[0]) / "data"
