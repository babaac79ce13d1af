"""The files of a release as CDC and CMS publish them: recognised by their names, whatever the year.

The names change every year (``icd10c-``, ``icd-10-cm-``, ``icd10cm_``, ``tabular_-2027``), so what counts is
the word for the kind of file, the year, and whether it says April. ``docs/releases.md`` lists the kinds.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from core.release import FIRST_DATE_OF_SERVICE, Release, fiscal_year_start
from core.sources import SourceError
from core.sources.archives import Unpacker

_MOST_FILES = 1000  # in a folder that is named


class FileKind(StrEnum):
    """A file of a release; the value is its name in a snapshot's record."""

    TABULAR = "tabular"
    ORDER = "order"
    INDEX = "index"
    EXTERNAL_CAUSES = "external-causes"
    NEOPLASMS = "neoplasms"
    DRUGS = "drugs"
    ADDENDA = "addenda"
    CODES_ADDENDA = "codes-addenda"


#: What people call the files, and what is there without them.
CALLED: Mapping[FileKind, str] = {
    FileKind.TABULAR: "Tabular List (tabular XML)",
    FileKind.ORDER: "order file",
    FileKind.INDEX: "Alphabetic Index",
    FileKind.EXTERNAL_CAUSES: "External Cause Index",
    FileKind.NEOPLASMS: "Table of Neoplasms",
    FileKind.DRUGS: "Table of Drugs",
    FileKind.ADDENDA: "order addenda",
    FileKind.CODES_ADDENDA: "codes addenda",
}

#: What a release changes; it is whole without.
ADDENDA = (FileKind.ADDENDA, FileKind.CODES_ADDENDA)

#: Without these there is no release.
REQUIRED = (FileKind.TABULAR, FileKind.ORDER)

_ICD = r"icd-?10-?cm?[-_ ]"
_PATTERNS: Mapping[FileKind, re.Pattern[str]] = {
    FileKind.TABULAR: re.compile(rf"{_ICD}(?!.*addend).*tabular.*\.xml", re.IGNORECASE),
    FileKind.ORDER: re.compile(rf"{_ICD}(?!.*addend).*order.*\.txt", re.IGNORECASE),
    FileKind.INDEX: re.compile(rf"{_ICD}(?!.*addend).*(?<!e)index.*\.xml", re.IGNORECASE),
    FileKind.EXTERNAL_CAUSES: re.compile(rf"{_ICD}(?!.*addend).*eindex.*\.xml", re.IGNORECASE),
    FileKind.NEOPLASMS: re.compile(rf"{_ICD}(?!.*addend).*neoplasm.*\.xml", re.IGNORECASE),
    FileKind.DRUGS: re.compile(rf"{_ICD}(?!.*addend).*drug.*\.xml", re.IGNORECASE),
    FileKind.ADDENDA: re.compile(rf"{_ICD}.*order.addenda.*\.txt", re.IGNORECASE),
    FileKind.CODES_ADDENDA: re.compile(rf"{_ICD}.*codes.addenda.*\.txt", re.IGNORECASE),
}
_SAFE = re.compile(r"[A-Za-z0-9 ._()-]{1,120}")  # a name that any file system takes
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_APRIL = re.compile(r"(?<![a-z])apr(?:il)?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """The files of one release that were found, by kind."""

    release: Release
    files: Mapping[FileKind, Path]

    @property
    def missing(self) -> tuple[FileKind, ...]:
        """The required kinds that are not there."""
        return tuple(kind for kind in REQUIRED if kind not in self.files)


def kind_of(name: str) -> FileKind | None:
    """What kind of a release's file a base name is of; ``None`` for any other."""
    if not _SAFE.fullmatch(name):
        return None
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(name)), None)


def release_of(names: Sequence[str]) -> Release | None:
    """The release that a file's name tells, or the name of a zip around it; ``None`` where none does.

    CMS names its April zips by month, and the files in them by year only.
    """
    year = next((int(found[1]) for name in reversed(names) if (found := _YEAR.search(name))), None)
    if year is None:
        return None
    is_april = any(_APRIL.search(name) for name in names)
    return Release(date(year, 4, 1) if is_april else fiscal_year_start(year))


def gather(paths: Iterable[Path], folder: Path) -> dict[Release, ReleaseFiles]:
    """The files of releases among files, folders and zips; zips are unpacked into ``folder``.

    Of two files of one kind the larger counts. Raises ``SourceError``.
    """
    found: dict[Release, dict[FileKind, Path]] = defaultdict(dict)
    unpacker = Unpacker(folder)
    for path in paths:
        for file, within in _files(path, unpacker):
            kind, release = kind_of(file.name), release_of([*within, file.name])
            if kind is None:
                continue
            if release is None:
                raise SourceError(file, "its name does not tell the year, as icd10cm-order-2027.txt does")
            if release.effective < FIRST_DATE_OF_SERVICE:
                raise SourceError(file, f"ICD-10-CM is used for dates from {FIRST_DATE_OF_SERVICE} on")
            files = found[release]
            if kind not in files or file.stat().st_size > files[kind].stat().st_size:
                files[kind] = file
    return {release: ReleaseFiles(release, files) for release, files in sorted(found.items())}


def _files(path: Path, unpacker: Unpacker) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".")]
        if len(inside) > _MOST_FILES:
            raise SourceError(path, f"the folder holds {len(inside)} files; name the release's own")
        for file in inside:
            if kind_of(file.name) or _is_release_zip(file):
                yield from _files(file, unpacker)
    elif path.suffix.lower() == ".zip":
        for unpacked in unpacker.unpack(path, lambda name: kind_of(name) is not None):
            yield unpacked.path, unpacked.within
    elif path.is_file():
        yield path, ()
    else:
        raise SourceError(path, "there is no such file or folder")


def _is_release_zip(path: Path) -> bool:
    """Whether a zip in a folder may be of a release: people keep other zips beside them."""
    return path.suffix.lower() == ".zip" and _YEAR.search(path.name) is not None
