"""Reader of the General Equivalence Mappings of 2018 (``2018_I9gem.txt``, ``2018_I10gem.txt``).

Fixed width, CRLF: the source code without its dot, the target or ``NoDx``, and five digits: approximate,
no map, combination, scenario, choice list. The columns differ by file: ``7249  M539    10000`` leads from
ICD-9-CM to ICD-10-CM, ``M539    7249  10000`` back.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from core.code import Code, InvalidCode, dotted
from core.icd9 import Direction, Equivalence, Icd9Code, InvalidIcd9Code
from core.sources import SourceError

#: The files of a folder that ``read_gems`` reads.
FILES = {Direction.TO_ICD9: "2018_I10gem.txt", Direction.TO_ICD10: "2018_I9gem.txt"}

_LARGEST = 16 << 20  # the larger file has 1.7 MB
_WIDTH = 19
_FLAGS_AT = 14
_NOTHING = "NoDx"
_FLAGS = re.compile(r"[01]{3}[0-9]{2}")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the target starts, and which side of a line is ICD-9-CM."""

    target_at: int
    from_icd9: bool


_LAYOUT = {Direction.TO_ICD9: _Columns(8, False), Direction.TO_ICD10: _Columns(6, True)}


def read_gems(folder: Path) -> tuple[Equivalence, ...]:
    """Read both files of a folder, ICD-10-CM to ICD-9-CM first. Raises ``SourceError``."""
    return tuple(row for way, name in FILES.items() for row in read_gem(folder / name, way))


def read_gem(path: Path, direction: Direction) -> tuple[Equivalence, ...]:
    """Read one file, whole or not at all. Raises ``SourceError``."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise SourceError(path, f"it is larger than {_LARGEST >> 20} MB")
        lines = data.decode("ascii").removesuffix("\n").split("\n")
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, "a character that is not ASCII", line) from error
    if lines == [""]:
        raise SourceError(path, "the file is empty")
    return tuple(_row(path, n, line.removesuffix("\r"), direction) for n, line in enumerate(lines, start=1))


def _row(path: Path, number: int, line: str, direction: Direction) -> Equivalence:
    columns = _LAYOUT[direction]
    source, target = line[: columns.target_at].rstrip(), line[columns.target_at : _FLAGS_AT].rstrip()
    flags = line[_FLAGS_AT:]
    if len(line) != _WIDTH or not source or not target or not _FLAGS.fullmatch(flags):
        expected = "7249  M539    10000" if columns.from_icd9 else "M539    7249  10000"
        raise SourceError(path, f"{line[:40]!r} is not in columns like {expected!r}", number)
    approximate, no_map, combination, scenario, choice_list = (int(flag) for flag in flags)
    if no_map != (target == _NOTHING):
        raise SourceError(path, f"target {target} with the flag no map {no_map}", number)
    if not (bool(combination) == bool(scenario) == bool(choice_list)):
        raise SourceError(path, f"the flags {flags} make half a combination", number)
    known = None if no_map else target
    icd9, icd10 = (source, known) if columns.from_icd9 else (known, source)
    try:
        return Equivalence(
            direction=direction,
            icd9=Icd9Code.parse(icd9) if icd9 else None,
            icd10=Code(dotted(icd10)) if icd10 else None,
            approximate=bool(approximate),
            combination=bool(combination),
            scenario=scenario,
            choice_list=choice_list,
        )
    except (InvalidCode, InvalidIcd9Code) as error:
        raise SourceError(path, str(error).rstrip("."), number) from error
