"""The default release: the two data files inside the installed package ``simple-icd-10-cm``.

The package is located, never imported: importing it parses everything (3 s, 195 MB). Its files are
official CDC/NCHS data; the pinned version, sizes and hashes say which release they are.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.release import Release
from core.sources import SourceError
from core.sources.pinned import Locate, PinnedFile, package_folder, pinned_path

RELEASE = Release(date(2026, 4, 1))

_PACKAGE = "simple_icd_10_cm"
_DISTRIBUTION = "simple-icd-10-cm==1.5.0"

_TABULAR = PinnedFile(
    _PACKAGE,
    _DISTRIBUTION,
    "data/icd10c-tabular-April-1-2026.xml",
    9_747_661,
    "f161f8182aff3ce3a2a78e202f8259c08eaee2c670a9e45b0072445c52302935",
)
_CODE_LIST = PinnedFile(
    _PACKAGE,
    _DISTRIBUTION,
    "data/code-list-April-2026.txt",
    799_043,
    "df54d9743a3499f4a4fc12882edb7ce0d975b44ada5a2a25597aa56d0c2ac1c4",
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An official file as it was read: its base name, size in bytes, and sha256."""

    name: str
    size: int
    sha256: str


#: The files of the pinned version.
FILES = tuple(SourceFile(Path(f.path).name, f.size, f.sha256) for f in (_TABULAR, _CODE_LIST))


@dataclass(frozen=True, slots=True)
class PackagedRelease:
    """Where the packaged release's files are; their hashes have been checked."""

    release: Release
    tabular: Path
    code_list: Path
    files: tuple[SourceFile, ...]


def packaged_release(locate: Locate = package_folder) -> PackagedRelease:
    """Find the packaged release and check that it is the pinned one. Raises ``SourceError``."""
    return PackagedRelease(RELEASE, pinned_path(_TABULAR, locate), pinned_path(_CODE_LIST, locate), FILES)


def source_file(path: Path) -> SourceFile:
    """Hash a file of this program's own. Raises ``SourceError``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror}); install icdlens again") from error
    return SourceFile(path.name, len(data), hashlib.sha256(data).hexdigest())
