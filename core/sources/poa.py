"""Reader of CMS's list of diagnoses exempt from present-on-admission (POA) reporting.

The list comes as ``POAexemptCodesFY26.zip``; in it ``POAexemptCodesFY26.txt``, separated by tabs, with
the columns ``Order26``, ``POAexemptCode`` and ``Description``. Spreadsheets of the same rows, and what
changed since the year before, lie beside it and are not read.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.code import Code, InvalidCode
from core.sources import SourceError

_LIST_NAME = re.compile(r"POAexemptCodesFY([0-9]{2})\.txt", re.IGNORECASE)
_ORDER_COLUMN = re.compile(r"Order([0-9]{2})")
_COLUMNS = ["POAexemptCode", "Description"]

# The list of FY2026 is a zip of 1.2 MB that holds 5.3 MB; ten times that is no such list.
_LARGEST_ZIP = 16 << 20
_LARGEST_LIST = 48 << 20
_MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class PoaExemptList:
    """The exempt codes of a fiscal year, in the list's order."""

    fiscal_year: int
    codes: tuple[Code, ...]


def read_poa_list(path: Path) -> PoaExemptList:
    """Read the list from CMS's zip, or from the text file in it. Raises ``SourceError``."""
    if path.suffix.lower() == ".zip":
        return _read_list(*_unzip(path))
    return _read_list(path, _limited(path, _LARGEST_LIST))


def _limited(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error
    return _no_longer(path, data, limit)


def _no_longer(path: Path, data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise SourceError(path, f"it is larger than {limit >> 20} MB")
    return data


def _unzip(path: Path) -> tuple[Path, bytes]:
    """The list's name and bytes. Nothing is written to disk, and no more is unpacked than the limit."""
    data = _limited(path, _LARGEST_ZIP)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _list_member(path, archive)
            # What the zip says about the unpacked size may be false, so the reading itself is limited.
            with archive.open(member) as file:
                text = file.read(_LARGEST_LIST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise SourceError(path, f"cannot be unpacked ({error})") from error
    name = Path(PurePosixPath(member.filename).name)
    return name, _no_longer(name, text, _LARGEST_LIST)


def _list_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise SourceError(path, f"it holds {len(members)} files, more than any POA-exempt list")
    found = [m for m in members if _is_list(PurePosixPath(m.filename))]
    if len(found) != 1:
        raise SourceError(path, f"it holds {len(found)} files named POAexemptCodesFY….txt instead of one")
    return found[0]


def _is_list(name: PurePosixPath) -> bool:
    return "__MACOSX" not in name.parts and _LIST_NAME.fullmatch(name.name) is not None


def _read_list(path: Path, data: bytes) -> PoaExemptList:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(path, f"not UTF-8 text ({error.reason} at byte {error.start})") from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    try:
        year = _fiscal_year(path, next(rows, []))
        codes = tuple(_codes(path, ((rows.line_num, row) for row in rows)))
    except csv.Error as error:
        raise SourceError(path, f"cannot be read ({error})", rows.line_num) from error
    if not codes:
        raise SourceError(path, "the list holds no code")
    return PoaExemptList(year, codes)


def _fiscal_year(path: Path, header: list[str]) -> int:
    order = _ORDER_COLUMN.fullmatch(header[0]) if header else None
    if order is None or header[1:] != _COLUMNS:
        raise SourceError(path, f"the first line must name Order26, {', '.join(_COLUMNS)}", 1)
    named = _LIST_NAME.fullmatch(path.name)
    if named and named[1] != order[1]:
        raise SourceError(path, f"its first line is of FY20{order[1]}", 1)
    return 2000 + int(order[1])


def _codes(path: Path, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Code]:
    seen = set()
    for line, row in rows:
        if len(row) != len(_COLUMNS) + 1:
            raise SourceError(path, f"{len(row)} columns where {len(_COLUMNS) + 1} belong", line)
        try:
            code = Code(row[1])
        except InvalidCode as error:
            raise SourceError(path, str(error).rstrip("."), line) from error
        if code in seen:
            raise SourceError(path, f"{code} stands there twice", line)
        seen.add(code)
        yield code
