"""A single official file that comes by itself, or in a zip among others."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.release import Release
from core.sources import SourceError
from core.sources.archives import Unpacker
from core.sources.release_files import release_of


@contextmanager
def unpacked(path: Path, wanted: re.Pattern[str], called: str) -> Iterator[Path]:
    """The file itself, or the one in a zip whose base name matches, unpacked while the context lasts.

    Raises ``SourceError`` where a zip holds none, or several.
    """
    if path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        found = [u.path for u in Unpacker(Path(folder)).unpack(path, lambda n: bool(wanted.fullmatch(n)))]
        if len(found) != 1:
            raise SourceError(path, f"it holds {len(found)} files named {called} instead of one")
        yield found[0]


def release_named(path: Path, file: Path, example: str) -> Release:
    """The release that the name of a file tells, or that of the zip around it. Raises ``SourceError``."""
    if release := release_of([path.name, file.name]):
        return release
    raise SourceError(path, f"its name does not tell the year, as {example} does")
