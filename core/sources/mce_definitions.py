"""Reader of CMS's Definitions of Medicare Code Edits (a text in ``fy2027-fr-definition-mce-v44.zip``).

A manual as text: a table of contents, then numbered edits (``6. Manifestation code as principal
diagnosis``), some with parts (``A. Perinatal/Newborn diagnoses``), prose, and lists whose lines are a code
without its dot, a tab and its description. In edit 9 stands, between "acceptable" and "The following
pages", what is acceptable with a secondary diagnosis. Lists of procedures, and of edits that CMS switched
off, are not read; what says a table of contents holds no codes.

Read by what public programs that read the manual make of it; no manual itself was at hand when this was
written. Edit 2 has no list: its codes are those of chapter 20.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.code import Code, dotted
from core.sources import SourceError
from core.sources.mce import MceEdit
from core.sources.one_file import unpacked
from core.sources.text_lines import read_lines

NAMES = re.compile(r".*(?:definitions?.*(?:mce|medicare.code.edit)|mce.*definitions?).*\.txt", re.IGNORECASE)
_EXAMPLE = "Definitions of Medicare Code Edits_v_44.txt"
_VERSION = re.compile(r"v_?([0-9]{2})(?:[._]?([0-9]))?(?![0-9])", re.IGNORECASE)

_EDIT = re.compile(r"([0-9]{1,2})\. ")
_PART = re.compile(r"([A-Z])\. (.*)")
_LIST_LINE = re.compile(r"([A-Z][0-9A-Z]{2,6})\t.*\S.*")
_EDITS: Mapping[int, MceEdit] = {
    6: MceEdit.MANIFESTATION,
    8: MceEdit.QUESTIONABLE,
    9: MceEdit.UNACCEPTABLE,
    18: MceEdit.WRONG_PROCEDURE,
    20: MceEdit.UNSPECIFIED,
}
_AGE_EDIT = 4
_AGES = {
    "perinatal": MceEdit.NEWBORN,
    "pediatric": MceEdit.PEDIATRIC,
    "maternity": MceEdit.MATERNITY,
    "adult": MceEdit.ADULT,
}
#: Without these it is no such manual.
_ALWAYS = frozenset({*_AGES.values(), MceEdit.MANIFESTATION, MceEdit.UNACCEPTABLE})


@dataclass(frozen=True, slots=True)
class MceDefinitions:
    """The codes of each edit, in the manual's order."""

    version: str  # v44
    edits: Mapping[MceEdit, tuple[Code, ...]]


def read_mce_definitions(path: Path) -> MceDefinitions:
    """Read the manual by itself or in CMS's zip, whole or not at all. Raises ``SourceError``."""
    with unpacked(path, NAMES, _EXAMPLE) as file:
        version = _VERSION.search(file.name) or _VERSION.search(path.name)
        if version is None:
            raise SourceError(path, f"its name does not tell the version, as {_EXAMPLE} does")
        edits: dict[MceEdit, dict[Code, None]] = {}
        for edit, code in _listed(file):
            edits.setdefault(edit, {})[code] = None
        if missing := _ALWAYS - edits.keys():
            names = ", ".join(sorted(edit.label for edit in missing))
            raise SourceError(file, f"there is no list of: {names}")
    with_another = edits.get(MceEdit.REQUIRES_SECONDARY, {})
    for code in with_another:
        edits[MceEdit.UNACCEPTABLE].pop(code, None)
    name = f"v{version[1]}" + (f".{version[2]}" if version[2] else "")
    return MceDefinitions(name, {edit: tuple(codes) for edit, codes in edits.items()})


def _listed(path: Path) -> Iterator[tuple[MceEdit, Code]]:
    number, edit = 0, None
    with_another = False
    for _, text in read_lines(path, or_windows=True):
        if heading := _EDIT.match(text):
            number, with_another = int(heading[1]), False
            edit = _EDITS.get(number)
        elif part := _PART.match(text):
            edit = _of_part(number, part[2].lower(), edit)
        elif number == 9 and "acceptable" in text and "secondary diagnosis" in text:
            with_another = True
        elif number == 9 and text.startswith("The following pages"):
            with_another = False
        elif edit and (row := _LIST_LINE.fullmatch(text)):
            yield MceEdit.REQUIRES_SECONDARY if with_another else edit, Code(dotted(row[1]))


def _of_part(number: int, title: str, edit: MceEdit | None) -> MceEdit | None:
    """The edit whose list a part has; ``None`` for a list of procedures."""
    if number == _AGE_EDIT:
        return next((found for start, found in _AGES.items() if title.startswith(start)), None)
    return None if "pcs" in title else edit
