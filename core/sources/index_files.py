"""The files of the Alphabetic Index's parts: which file is which, by its name, and reading it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core.alphabetic_index import AlphabeticIndex
from core.index_editions import IndexParts
from core.index_parts import IndexPart
from core.sources import SourceError
from core.sources.alphabetic_index import read_alphabetic_index
from core.sources.code_tables import CodeTable, TableKind, read_code_table
from core.sources.index_xml import read_index_xml
from core.sources.release_files import FileKind, gather, kind_of

#: The kind of file that each part comes in.
FILE_KINDS: Mapping[IndexPart, FileKind] = {
    IndexPart.DISEASES: FileKind.INDEX,
    IndexPart.EXTERNAL_CAUSES: FileKind.EXTERNAL_CAUSES,
    IndexPart.NEOPLASMS: FileKind.NEOPLASMS,
    IndexPart.DRUGS: FileKind.DRUGS,
}
_PARTS = {kind: part for part, kind in FILE_KINDS.items()}


def find_index_files(paths: Sequence[Path], folder: Path) -> dict[IndexPart, Path]:
    """The files of parts among files, folders and zips, which are unpacked into ``folder``.

    Raises ``SourceError`` where a file is of no part, or two are of one.
    """
    found: dict[IndexPart, Path] = {}
    for path in paths:
        for part, file in _files(path, folder):
            if found.setdefault(part, file) != file:
                raise SourceError(file, f"{found[part].name} is of the {part.title} too; name one of them")
    return found


def read_index_files(files: Mapping[IndexPart, Path]) -> IndexParts:
    """Read parts, each whole or not at all. Raises ``SourceError``."""

    def index(part: IndexPart) -> AlphabeticIndex | None:
        if (path := files.get(part)) is None:
            return None
        return read_index_xml(path) if path.suffix.lower() == ".xml" else read_alphabetic_index(path)

    def table(part: IndexPart, kind: TableKind) -> CodeTable | None:
        return read_code_table(files[part], kind) if part in files else None

    return IndexParts(
        index(IndexPart.DISEASES),
        index(IndexPart.EXTERNAL_CAUSES),
        table(IndexPart.NEOPLASMS, TableKind.NEOPLASMS),
        table(IndexPart.DRUGS, TableKind.DRUGS),
    )


def _files(path: Path, folder: Path) -> Iterator[tuple[IndexPart, Path]]:
    if path.is_dir() or path.suffix.lower() == ".zip":
        yield from _gathered(path, folder)
    elif path.suffix.lower() == ".csv":
        yield IndexPart.DISEASES, path
    elif part := _part_of(path):
        yield part
    else:
        raise SourceError(
            path,
            "its name must say which part of the Index it is, as icd10cm-index-2027.xml, "
            "icd10cm-eindex-2027.xml, icd10cm-neoplasm-2027.xml, icd10cm-drug-2027.xml or "
            "ICD10CM_2025_Index.csv do",
        )


def _part_of(path: Path) -> tuple[IndexPart, Path] | None:
    kind = kind_of(path.name)
    return (_PARTS[kind], path) if kind in _PARTS else None


def _gathered(path: Path, folder: Path) -> Iterator[tuple[IndexPart, Path]]:
    releases = {
        release: parts
        for release, files in gather([path], folder).items()
        if (parts := [(_PARTS[kind], file) for kind, file in files.files.items() if kind in _PARTS])
    }
    if len(releases) != 1:
        several = ", ".join(release.name for release in releases)
        raise SourceError(
            path, f"it holds the Index of {several}; name one" if several else "it holds no file of the Index"
        )
    [parts] = releases.values()
    yield from parts
