"""Zips from outside, unpacked as a stream: nothing in them can fill the disk or choose where it is written.

What a zip says about itself may be false, so what is really unpacked is counted: the bytes of a member, of
all together, and how far they were packed. Only members that are asked for are unpacked, under their base
names.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.sources import SourceError

# The zips of FY2027 have 22 MB and some 20 members; 80 MB are unpacked of them, packed to a 25th at most.
_LARGEST_MEMBER = 128 << 20
_LARGEST_SUM = 512 << 20
_MOST_PACKED = 100  # times; small members may be packed further
_SMALL = 1 << 20
_MOST_MEMBERS = 1000
_DEEPEST = 3  # zips within each other
_CHUNK = 1 << 18
_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file from a zip. ``within`` are the names of the zips around it, the outermost first."""

    path: Path
    within: tuple[str, ...]


class Unpacker:
    """Unpacks zips into a folder, all of them within one limit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left = _LARGEST_SUM
        self._count = 0

    def unpack(self, path: Path, wanted: Callable[[str], bool]) -> Iterator[Unpacked]:
        """The members whose base name is wanted, those of zips within included. Raises ``SourceError``."""
        return self._unpack(path, wanted, (path.name,))

    def _unpack(
        self, path: Path, wanted: Callable[[str], bool], within: tuple[str, ...]
    ) -> Iterator[Unpacked]:
        if len(within) > _DEEPEST:
            raise SourceError(path, f"zips within {_DEEPEST} others")
        check_is_zip(path)
        try:
            with zipfile.ZipFile(path) as archive:
                for member in self._members(path, archive):
                    name = base_name(member.filename)
                    is_zip = name.lower().endswith(".zip")
                    if not (is_zip or wanted(name)):
                        continue
                    unpacked = self._write(path, archive, member, name)
                    if is_zip:
                        yield from self._unpack(unpacked, wanted, (*within, name))
                        unpacked.unlink()
                    else:
                        yield Unpacked(unpacked, within)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise SourceError(path, f"cannot be unpacked ({error}); fetch it again") from error

    def _members(self, path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        members = [m for m in archive.infolist() if not m.is_dir()]
        if len(members) > _MOST_MEMBERS:
            raise SourceError(path, f"it holds {len(members)} files, more than any official zip")
        for member in members:
            inside = PurePosixPath(member.filename.replace("\\", "/"))
            if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
                raise SourceError(path, "a file in it leads outside of it; no official zip has such names")
        return [
            m for m in members if "__MACOSX" not in m.filename and not base_name(m.filename).startswith(".")
        ]

    def _write(self, path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Path:
        self._count += 1
        folder = self._folder / str(self._count)  # members of several folders may have one base name
        folder.mkdir()
        size = 0
        with archive.open(member) as packed, (folder / name).open("xb") as file:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                self._left -= len(chunk)
                if size > _LARGEST_MEMBER or self._left < 0:
                    raise SourceError(path, f"{name} in it is larger than any official file")
                if size > max(_SMALL, member.compress_size * _MOST_PACKED):
                    raise SourceError(path, f"{name} in it is packed further than any official file")
                file.write(chunk)
        return folder / name


def base_name(name: str) -> str:
    """What stands behind the last slash of either kind."""
    return name.replace("\\", "/").rpartition("/")[2]


def check_is_zip(path: Path) -> None:
    """Check that a file starts as zips do; sites answer with pages. Raises ``SourceError``."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error
    if start.startswith(_MAGIC):
        return
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        raise SourceError(
            path, "this is a web page and no zip: the site answered with a page instead of the file"
        )
    raise SourceError(path, "this is no zip; fetch it again")
